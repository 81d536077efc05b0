"""The embedded broker: Valkey with a password, an append-only file and no eviction."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path

import redis

from config.embedded.errors import ServicesError
from config.embedded.place import broker_program, find_place
from config.embedded.processes import dies_with_parent, end_remembered_process, free_port, remember_process
from config.secrets import load_or_create_secret


class BrokerServer:
    """Starts, watches and stops the broker of one home. One keeper per home uses it at a time."""

    service = "broker"

    def __init__(self, home: Path, control: Path, *, throwaway: bool) -> None:
        self.throwaway = throwaway
        self.password = load_or_create_secret(home, "broker_password")
        self.place, self.account = find_place(control, self.service)
        self.program = broker_program(self.place, self.account)
        self.log = self.place / "server.log"
        self.pid_note = control / "server.json"
        self.port_note = control / "port"
        self.process: subprocess.Popen[bytes] | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Return when the broker answers; raise ServicesError with the reason if it cannot."""
        if not end_remembered_process(self.pid_note, signal.SIGTERM, patience=20):
            raise ServicesError(f"An earlier broker of {self.place} does not stop; end it by hand ({self.pid_note}).")
        for attempt in range(5):
            self._launch()
            if self._wait_until_ready():
                return
            time.sleep(0.3 * (attempt + 1))
        tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])
        raise ServicesError(f"The broker does not start. The end of {self.log}:\n{tail}")

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(5)
        self.pid_note.unlink(missing_ok=True)

    def _launch(self) -> None:
        preferred = int(self.port_note.read_text()) if self.port_note.exists() else None
        self.port = free_port(preferred)
        self.port_note.write_text(str(self.port))
        with self.log.open("wb") as log:
            self.account.own(self.log)
            self.process = subprocess.Popen(
                [str(self.program), "-"],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self.place,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
                start_new_session=True,
                preexec_fn=dies_with_parent(signal.SIGTERM),
                **self.account.popen_options(),  # type: ignore[call-overload]
            )
        # By standard input, so that the password stands neither in a file nor in the list of processes.
        assert self.process.stdin is not None
        try:
            self.process.stdin.write("\n".join(self._settings()).encode() + b"\n")
            self.process.stdin.close()
        except BrokenPipeError:
            return  # it exited at once; waiting for readiness finds out
        remember_process(self.pid_note, self.process.pid)

    def _settings(self) -> list[str]:
        return [
            "bind 127.0.0.1",
            f"port {self.port}",
            f'requirepass "{self.password}"',
            f'dir "{self.place}"',
            "maxmemory-policy noeviction",
            f"appendonly {'no' if self.throwaway else 'yes'}",
            "appendfsync everysec",
            'save ""',
            "loglevel notice",
        ]

    def _wait_until_ready(self) -> bool:
        """True when it answers, however long loading takes; False when it exited."""
        client = redis.Redis.from_url(self.url, socket_connect_timeout=2, socket_timeout=5)
        try:
            while self.alive():
                try:
                    client.ping()
                except redis.RedisError:
                    time.sleep(0.02)
                else:
                    return True
            return False
        finally:
            client.close()
