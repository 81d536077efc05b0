"""A home of its own for each test, and users of it: processes that hold its servers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from config.embedded.attach import BASE_DIR
from config.embedded.locks import is_free

#: Attaches, tells its environment, and stays until its standard input ends; then leaves without a good-bye.
_USER = """
import json, os, sys
from config.embedded import ensure_services
ensure_services()
print(json.dumps({name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}), flush=True)
sys.stdin.read()
"""
#: Named by a test that does not need the service, so that it is not started.
ELSEWHERE = {"DATABASE_URL": "postgres://elsewhere/halfmoon", "REDIS_URL": "redis://elsewhere:6379/0"}


class User:
    """A process that uses the embedded servers of a home."""

    def __init__(self, home: Path, *needs: str) -> None:
        given = {name: url for name, url in ELSEWHERE.items() if name not in needs}
        environment = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
        self.process = subprocess.Popen(
            [sys.executable, "-c", _USER],
            cwd=BASE_DIR,
            env={**environment, **given, "HALFMOON_HOME": str(home)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def addresses(self) -> dict[str, str]:
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read()
        return dict(json.loads(line))

    def query(self, statement: str) -> Any:
        connection = psycopg2.connect(self.addresses()["DATABASE_URL"])
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(statement)
                return cursor.fetchone() if cursor.description else None
        finally:
            connection.close()

    def leave(self) -> str:
        """End the process; what it had to complain about."""
        return self.process.communicate()[1]

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def keeper_pid(home: Path, service: str) -> int:
    return int(json.loads((home / "embedded" / service / "state.json").read_text())["pid"])


def server_pid(home: Path, service: str) -> int:
    """The running server; 0 while there is none."""
    note = home / "embedded" / service / "server.json"
    return int(json.loads(note.read_text())["pid"]) if note.exists() else 0


def eventually(true: Callable[[], bool], patience: float = 15) -> bool:
    deadline = time.monotonic() + patience
    while not (reached := true()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return reached


def all_stopped(home: Path) -> bool:
    return all(is_free(lock) for lock in home.glob("embedded/*/keeper.lock"))


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="halfmoon-embedded-"))
    folder.chmod(0o711)
    yield folder
    for state in folder.glob("**/embedded/*/state.json"):
        with suppress(ProcessLookupError):
            os.kill(json.loads(state.read_text())["pid"], signal.SIGTERM)
    assert eventually(lambda: all(is_free(lock) for lock in folder.glob("**/keeper.lock")))
    for note in folder.glob("**/embedded/*/place"):
        place = Path(note.read_text().strip())
        shutil.rmtree(place)
        place.with_name(f"{place.name}.home").unlink(missing_ok=True)
    shutil.rmtree(folder)


@pytest.fixture
def use(home: Path) -> Iterator[Callable[..., User]]:
    """Attach a new process to the services named by their variables."""
    users: list[User] = []

    def attach(*needs: str, at: Path = home) -> User:
        users.append(User(at, *needs))
        return users[-1]

    yield attach
    for user in users:
        if user.process.poll() is None:
            user.kill()
