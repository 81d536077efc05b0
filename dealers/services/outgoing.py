"""One call to another system: to the address that was checked, without redirects, bounded in time and size."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.util.ssl_match_hostname import CertificateError

from dealers.foundation.addresses import NOBODY, PrivateReceivers, Resolve, checked_address, read_target
from dealers.foundation.refusals import Refused

#: A receiver notes the event and answers; work that takes longer it does afterwards.
CONNECT_SECONDS = 5
WHOLE_CALL_SECONDS = 15
MOST_BYTES_READ = 4096


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call: the status, or in a code what stood in the way."""

    status: int | None
    error: str
    milliseconds: int

    @property
    def taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def resolve_host(host: str, port: int) -> list[str]:
    """The addresses of a name, as the system knows them now."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_rest, address in found))


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    private: PrivateReceivers = NOBODY,
    resolve: Resolve = resolve_host,
) -> Answer:
    """Send ``body`` once. Never raises for what the other side or the network does."""
    began = time.monotonic()
    try:
        status = _post(url, body, headers, private, resolve)
    except Refused as refusal:
        return Answer(None, refusal.code, _since(began))
    except ssl.SSLError:
        return Answer(None, "tls_failed", _since(began))
    except TimeoutError:
        return Answer(None, "timed_out", _since(began))
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        return Answer(None, _code_of(error, began), _since(began))
    problem = "redirected" if 300 <= status < 400 else "" if 200 <= status < 300 else "refused"
    return Answer(status, problem, _since(began))


def _post(url: str, body: bytes, headers: Mapping[str, str], private: PrivateReceivers, resolve: Resolve) -> int:
    target = read_target(url, private=private)
    address = checked_address(target, resolve=resolve, private=private)
    connection: HTTPConnection
    if target.secure:
        # Connected to the checked address; the certificate must be the name's.
        connection = HTTPSConnection(
            address,
            target.port,
            timeout=CONNECT_SECONDS,
            server_hostname=target.host,
            assert_hostname=target.host,
            ssl_context=ssl.create_default_context(),
        )
    else:
        connection = HTTPConnection(address, target.port, timeout=CONNECT_SECONDS)
    host = target.host if target.port in (80, 443) else f"{target.host}:{target.port}"
    deadline = threading.Timer(WHOLE_CALL_SECONDS, _cut, [connection])
    deadline.daemon = True
    deadline.start()
    try:
        connection.connect()
        if connection.sock is not None:
            connection.sock.settimeout(WHOLE_CALL_SECONDS)
        connection.request("POST", target.path, body=body, headers={**headers, "Host": host}, preload_content=False)
        answer = connection.getresponse()
        answer.read(MOST_BYTES_READ)
        return answer.status
    finally:
        deadline.cancel()
        connection.close()


def _cut(connection: HTTPConnection) -> None:
    """End a call whose other side feeds us byte by byte; its reader then fails at once."""
    sock = connection.sock
    if sock is not None:
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


def _code_of(error: Exception, began: float) -> str:
    if time.monotonic() - began >= WHOLE_CALL_SECONDS or "timed out" in str(error).lower():
        return "timed_out"
    cause = getattr(error, "__cause__", None)
    if isinstance(error, (urllib3.exceptions.SSLError, CertificateError)) or isinstance(cause, ssl.SSLError):
        return "tls_failed"
    return "not_reached"


def _since(began: float) -> int:
    return int((time.monotonic() - began) * 1000)
