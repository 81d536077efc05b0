"""A call goes to the address that was checked, follows nobody, and ends in time."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from dealers.foundation.addresses import PrivateReceivers
from dealers.services import outgoing
from dealers.services.outgoing import post

LOOPBACK = PrivateReceivers.parse(["127.0.0.1"])


@contextmanager
def server(answer: Callable[[socket.socket, bytes], None]) -> Iterator[tuple[int, list[bytes]]]:
    """A server on loopback that reads one request and answers as told; yields its port and what it got."""
    got: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        try:
            while True:
                peer, _address = listening.accept()
                with peer:
                    got.append(whole_request(peer))
                    answer(peer, got[-1])
        except OSError:
            return

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listening.getsockname()[1], got
    finally:
        listening.close()


def whole_request(peer: socket.socket) -> bytes:
    """Everything that is sent: closing with some of it unread would cut the caller off before it reads the answer."""
    read = peer.recv(65536)
    while read.startswith(b"POST") and not is_whole(read) and (more := peer.recv(65536)):
        read += more
    return read


def is_whole(request: bytes) -> bool:
    head, ended, body = request.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    return bool(ended) and len(body) >= int(length[1] if length else 0)


def replying(head: str) -> Callable[[socket.socket, bytes], None]:
    return lambda peer, _request: peer.sendall(head.replace("\n", "\r\n").encode())


def test_the_name_is_resolved_once_and_its_checked_address_called() -> None:
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.9.9.9"]  # a name that changes its mind

    with server(replying("HTTP/1.1 204 No Content\n\n")) as (port, got):
        url = f"http://receiver.example:{port}/in?x=1"
        answer = post(url, b"{}", {"X-Test": "1"}, private=LOOPBACK, resolve=resolve)
    assert (answer.status, answer.taken, asked) == (204, True, ["receiver.example"])
    head = got[0].decode()
    assert head.startswith("POST /in?x=1 HTTP/1.1")
    assert f"Host: receiver.example:{port}" in head
    assert head.count("Host:") == 1


def test_a_name_that_leads_home_is_not_called() -> None:
    with server(replying("HTTP/1.1 204 No Content\n\n")) as (port, got):
        for url in (f"https://receiver.example:{port}/", f"https://127.0.0.1:{port}/", f"https://[::1]:{port}/"):
            assert post(url, b"{}", {}, resolve=lambda host, port: ["127.0.0.1"]).error == "private_address"
    assert got == []


@pytest.mark.parametrize(
    ("head", "status", "error"),
    [
        ("HTTP/1.1 302 Found\nLocation: http://127.0.0.1:1/\n\n", 302, "redirected"),
        ("HTTP/1.1 500 Oops\nContent-Length: 2\n\nno", 500, "refused"),
        ("nonsense\n\n", None, "not_reached"),
    ],
)
def test_what_is_no_success(head: str, status: int | None, error: str) -> None:
    with server(replying(head)) as (port, got):
        answer = post(f"http://127.0.0.1:{port}/", b"{}", {}, private=LOOPBACK)
    assert (answer.status, answer.error, len(got)) == (status, error, 1)


def test_a_receiver_that_answers_byte_by_byte_is_cut_off(monkeypatch) -> None:
    monkeypatch.setattr(outgoing, "WHOLE_CALL_SECONDS", 1)

    def drip(peer: socket.socket, _request: bytes) -> None:
        for _byte in range(200):
            peer.sendall(b"H")
            time.sleep(0.05)

    began = time.monotonic()
    with server(drip) as (port, _got):
        answer = post(f"http://127.0.0.1:{port}/", b"{}", {}, private=LOOPBACK)
    assert (answer.status, answer.error) == (None, "timed_out")
    assert time.monotonic() - began < 5


def test_an_answer_without_end_is_read_only_a_little() -> None:
    def endless(peer: socket.socket, _request: bytes) -> None:
        peer.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        with pytest.raises(OSError):
            while True:
                peer.sendall(b"x" * 65536)

    with server(endless) as (port, _got):
        assert post(f"http://127.0.0.1:{port}/", b"{}", {}, private=LOOPBACK).status == 200


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert post(f"http://127.0.0.1:{port}/", b"{}", {}, private=LOOPBACK).error == "not_reached"


def test_a_server_without_tls_behind_https() -> None:
    with server(replying("HTTP/1.1 200 OK\n\n")) as (port, _got):
        assert post(f"https://127.0.0.1:{port}/", b"{}", {}, private=LOOPBACK).error == "tls_failed"
