"""`receive_webhooks --port P --secret S`: a receiver to try webhooks with, and to copy from."""

from __future__ import annotations

import json
import time
from argparse import ArgumentParser
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from django.core.management.base import BaseCommand

from dealers.foundation.signatures import HEADER, problem_with

MOST_BYTES = 1024 * 1024
_REMEMBERED = 10_000


class Command(BaseCommand):
    help = "Listen on loopback, verify what arrives, and print it; for trying out an endpoint."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=9900)
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--secret", required=True, help="the secret shown when the endpoint was made")
        parser.add_argument("--count", type=int, default=0, help="end after so many; 0 goes on until Ctrl-C")

    def handle(self, *args: Any, port: int, host: str, secret: str, count: int, **options: Any) -> None:
        server = Receiver((host, port), secret, self._say)
        self._say(f"listening on http://{host}:{server.server_port}/")
        try:
            while not count or server.received < count:
                server.handle_request()
        except KeyboardInterrupt:
            self._say("stopped")
        finally:
            server.server_close()

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


class Receiver(HTTPServer):
    """Takes webhooks one after the other; remembers the last event numbers, for an event may come twice."""

    def __init__(self, address: tuple[str, int], secret: str, say: Any) -> None:
        super().__init__(address, Handler)
        self.secret, self.say = secret, say
        self.received = 0
        self.seen: dict[str, None] = {}


class Handler(BaseHTTPRequestHandler):
    """Verifies the signature over the bytes as they came, then answers at once."""

    server: Receiver
    timeout = 10

    def do_POST(self) -> None:
        length = self.headers.get("Content-Length", "")
        if not (length.isdigit() and int(length) <= MOST_BYTES):
            return self._answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "refused: no length, or more than 1 MB")
        body = self.rfile.read(int(length))
        problem = problem_with(self.headers.get(HEADER, ""), body, secret=self.server.secret, now=time.time())
        if problem:
            return self._answer(HTTPStatus.UNAUTHORIZED, f"failed: signature {problem}")
        number = self.headers.get("Halfmoon-Event-Id", "")
        again = number in self.server.seen
        self.server.seen[number] = None
        while len(self.server.seen) > _REMEMBERED:
            del self.server.seen[next(iter(self.server.seen))]
        told = json.dumps(json.loads(body), ensure_ascii=False, sort_keys=True)
        return self._answer(HTTPStatus.NO_CONTENT, f"verified{' (known already)' if again else ''}: {told}")

    def _answer(self, status: HTTPStatus, words: str) -> None:
        self.server.received += 1
        self.server.say(words)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """What is worth saying was said."""
