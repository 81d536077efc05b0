"""The process that owns one embedded server: ``python -m config.embedded.keeper HOME SERVICE [--throwaway]``.

It holds ``keeper.lock`` for as long as it lives and writes ``state.json`` when its server is ready. Once a
moment it tries to take ``users.lock`` for itself: that it can means nobody uses the server. Then it stops, still
holding the lock, so that a newcomer waits for the end and starts afresh instead of meeting a dying server.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import signal
import socket
import sys
import time
from pathlib import Path
from types import FrameType

from config.embedded.broker import BrokerServer
from config.embedded.errors import ServicesError
from config.embedded.locks import FileLock
from config.embedded.place import remove_place
from config.embedded.postgres import PostgresServer

SERVERS: dict[str, type[PostgresServer] | type[BrokerServer]] = {
    server.service: server for server in (PostgresServer, BrokerServer)
}
#: How long a server outlives its last user, so that commands typed one after another find it warm.
LINGER_SECONDS = 5.0
_LOOK_SECONDS = 0.25
_RESTARTS_BEFORE_GIVING_UP = 5
_STEADY_SECONDS = 60.0


class Keeper:
    def __init__(self, home: Path, service: str, *, throwaway: bool) -> None:
        self.control = home / "embedded" / service
        self.state = self.control / "state.json"
        self.throwaway = throwaway
        self.users = FileLock(self.control / "users.lock")
        self.owned = FileLock(self.control / "keeper.lock")
        self.home = home
        self.service = service
        self.linger = 0.0 if throwaway else LINGER_SECONDS
        self.stopping = False
        self._wake, writer = socket.socketpair()
        self._wake.setblocking(False)
        writer.setblocking(False)
        self._writer = writer

    def run(self) -> int:
        if not self.owned.own_within(3):
            return 0  # another keeper was quicker
        self.state.unlink(missing_ok=True)
        signal.set_wakeup_fd(self._writer.fileno())
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.signal(signal.SIGUSR1, self._stop_lingering)
        try:
            server = SERVERS[self.service](self.home, self.control, throwaway=self.throwaway)
            try:
                server.start()
                self._publish(server.url)
                return self._keep(server)
            finally:
                self.state.unlink(missing_ok=True)
                server.stop()
                if self.throwaway:
                    remove_place(self.control)
        except ServicesError as error:
            print(error, file=sys.stderr)
            return 1

    def _keep(self, server: PostgresServer | BrokerServer) -> int:
        """Stay until nobody needs the server. Returns the exit code."""
        idle_since: float | None = None
        restarts: list[float] = []
        while not self.stopping:
            self._doze()
            if not server.alive() and not self.stopping:
                restarts = [moment for moment in restarts if time.monotonic() - moment < _STEADY_SECONDS]
                restarts.append(time.monotonic())
                if len(restarts) > _RESTARTS_BEFORE_GIVING_UP:
                    print(f"The embedded {self.service} keeps dying; see its server.log.", file=sys.stderr)
                    return 1
                print(f"The embedded {self.service} died; starting it again.", file=sys.stderr)
                self.state.unlink(missing_ok=True)  # newcomers wait until it is back
                server.start()
                self._publish(server.url)
            if not self.owned.still_in_place():
                return 0  # the home was removed
            if not self.users.own(wait=False):
                idle_since = None
                continue
            idle_since = idle_since or time.monotonic()
            if time.monotonic() - idle_since >= self.linger:
                return 0  # the lock stays ours until we are gone
            self.users.release()
        return 0

    def _doze(self) -> None:
        ready, _, _ = select.select([self._wake], [], [], _LOOK_SECONDS)
        if ready:
            self._wake.recv(1024)

    def _publish(self, url: str) -> None:
        draft = self.state.with_suffix(".new")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            json.dump({"pid": os.getpid(), "url": url}, file)
        draft.replace(self.state)

    def _stop(self, signum: int, frame: FrameType | None) -> None:
        self.stopping = True

    def _stop_lingering(self, signum: int, frame: FrameType | None) -> None:
        self.linger = 0.0


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="config.embedded.keeper")
    parser.add_argument("home", type=Path)
    parser.add_argument("service", choices=sorted(SERVERS))
    parser.add_argument("--throwaway", action="store_true")
    options = parser.parse_args(arguments)
    return Keeper(options.home, options.service, throwaway=options.throwaway).run()


if __name__ == "__main__":
    sys.exit(main())
