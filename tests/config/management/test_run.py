"""``manage.py run``, as a person at a terminal meets it."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded.attach import BASE_DIR
from config.embedded.processes import free_port

_PATIENCE = 120


class Installation:
    """A run in a home of its own, on the servers of the tests' own making."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.output = home / "output.txt"
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        return [sys.executable, str(BASE_DIR / "manage.py"), "run", "--without-demo"]

    def environment(self) -> dict[str, str]:
        own = {"HALFMOON_HOME": str(self.home), "PORT": str(self.port)}
        inherited = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        return {**inherited, **own, "HALFMOON_WORKERS": "1", "HALFMOON_BULK_WORKERS": "1", "WEB_CONCURRENCY": "1"}

    def start(self) -> None:
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(self.command(), env=self.environment(), stdout=output, stderr=output)
        deadline = time.monotonic() + _PATIENCE
        while f"is running at http://127.0.0.1:{self.port}" not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.1)

    def said(self) -> str:
        return self.output.read_text()

    def status_of(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def processes(self) -> list[str]:
        """Every process that was started for this home."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                environment = (folder / "environ").read_bytes()
                command = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if str(self.home).encode() in environment + command and command:
                found.append(command.replace(b"\0", b" ").decode())
        return found


@pytest.fixture
def installation() -> Iterator[Installation]:
    home = Path(tempfile.mkdtemp(prefix="halfmoon-installation-"))
    home.chmod(0o711)  # run as root, the servers belong to another account that has to pass
    made = Installation(home)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.process.terminate()
        made.process.wait(60)
    while made.processes():  # servers linger a moment after a refused start
        time.sleep(0.1)
    shutil.rmtree(home)


@pytest.mark.slow
def test_one_command_brings_everything_up_and_ctrl_c_takes_everything_down(installation):
    installation.start()
    assert (installation.status_of("/healthz"), installation.status_of("/readyz")) == (200, 200)

    second = subprocess.run(
        installation.command(), env=installation.environment(), capture_output=True, text=True, check=False
    )
    assert second.returncode == 1
    assert f"already running at http://127.0.0.1:{installation.port}" in second.stderr

    assert installation.process is not None
    installation.process.send_signal(signal.SIGINT)
    assert installation.process.wait(60) == 0, installation.said()
    assert installation.processes() == []


@pytest.mark.slow
def test_a_taken_port_is_told_with_another_to_take(installation):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", installation.port))
        taken.listen()
        refused = subprocess.run(
            installation.command(), env=installation.environment(), capture_output=True, text=True, check=False
        )
    assert refused.returncode == 1
    assert f"PORT={installation.port + 1} make run" in refused.stderr
