"""Calls over TLS: whom the certificate names is called, nobody else. The test makes keys and authority."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from dealers.foundation.addresses import PrivateReceivers
from dealers.services.outgoing import Answer, post

LOOPBACK = PrivateReceivers.parse(["127.0.0.1"])
NAME = "receiver.example"


class Authority:
    """A certificate authority with its files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of a test")])
        own = self._signed(self._name, self._key, x509.BasicConstraints(ca=True, path_length=0))
        self.file = folder / "authority.pem"
        self.file.write_bytes(own.public_bytes(serialization.Encoding.PEM))

    def server(self, name: str) -> ssl.SSLContext:
        """What a server needs that is to be believed to be ``name``."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = self._signed(subject, key, x509.SubjectAlternativeName([x509.DNSName(name)]))
        file = self._folder / f"{name}.pem"
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + secret)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _signed(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, said: x509.ExtensionType
    ) -> x509.Certificate:
        now = dt.datetime.now(dt.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(hours=1))
            .not_valid_after(now + dt.timedelta(hours=1))
            .add_extension(said, critical=isinstance(said, x509.BasicConstraints))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        return builder.sign(self._key, hashes.SHA256())


@contextmanager
def receiver(context: ssl.SSLContext) -> Iterator[tuple[int, list[bytes]]]:
    """A server on loopback that takes whatever comes over TLS; its port, and what it got."""
    got: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                peer, _address = listening.accept()
                with suppress(OSError), context.wrap_socket(peer, server_side=True) as secured:
                    got.append(secured.recv(65536))
                    secured.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listening.getsockname()[1], got
    finally:
        listening.close()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def called(port: int) -> Answer:
    url = f"https://{NAME}:{port}/in"
    return post(url, b'{"a": 1}', {"X-Test": "1"}, private=LOOPBACK, resolve=lambda host, port: ["127.0.0.1"])


def test_a_receiver_whose_certificate_names_it_gets_the_call(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))  # whom this machine trusts
    with receiver(authority.server(NAME)) as (port, got):
        answer = called(port)
    assert (answer.status, answer.taken, answer.error) == (204, True, "")
    assert got[0].startswith(b"POST /in HTTP/1.1\r\n")
    assert f"Host: {NAME}:{port}".encode() in got[0]


def test_a_certificate_of_another_name_is_not_believed(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with receiver(authority.server("other.example")) as (port, got):
        answer = called(port)
    assert (answer.status, answer.error, any(got)) == (None, "tls_failed", False)


def test_an_authority_that_nobody_trusts_is_not_believed(authority: Authority) -> None:
    with receiver(authority.server(NAME)) as (port, got):
        answer = called(port)
    assert (answer.status, answer.error, any(got)) == (None, "tls_failed", False)
