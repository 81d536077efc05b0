"""Becoming a user of the embedded servers, and ceasing to be one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from config.embedded.errors import ServicesError
from config.embedded.locks import FileLock, is_free

BASE_DIR = Path(__file__).resolve().parent.parent.parent
#: Which variable names a server, and which service stands in when it is absent.
SERVICES = {"DATABASE_URL": "database", "REDIS_URL": "broker"}

_attachments: dict[str, Attachment] = {}


def default_home() -> Path:
    """HALFMOON_HOME, or ``.halfmoon/`` beside manage.py."""
    return Path(os.environ.get("HALFMOON_HOME") or BASE_DIR / ".halfmoon").absolute()


def ensure_services(home: Path | None = None, *, throwaway: bool = False) -> None:
    """Put DATABASE_URL and REDIS_URL into the environment, starting the servers that are not named there.

    They stay until this process ends or calls ``release_services``; any number of processes share them. A
    ``throwaway`` service trades durability for speed and leaves no data. Raises ServicesError.
    """
    home = (home or default_home()).absolute()
    os.environ["HALFMOON_HOME"] = str(home)
    missing = [variable for variable in SERVICES if not os.environ.get(variable)]
    if not missing:
        return
    _prepare(home)
    wanted = {variable: Attachment(home, SERVICES[variable], throwaway=throwaway) for variable in missing}
    with ThreadPoolExecutor(len(wanted)) as pool:
        urls = dict(zip(wanted, pool.map(Attachment.attach, wanted.values()), strict=True))
    _attachments.update(wanted)
    os.environ.update(urls)


def services_alive() -> bool:
    """Whether every server this process attached to still has its keeper."""
    return all(attachment.alive() for attachment in _attachments.values())


def revive_services() -> bool:
    """Start again what lost its keeper. True when an address changed, so that children need a new environment."""
    moved = False
    for variable, attachment in _attachments.items():
        if not attachment.alive():
            before, os.environ[variable] = attachment.url, attachment.attach()
            moved |= before != attachment.url
    return moved


def release_services() -> None:
    """Stop using the servers; they stop at once unless somebody else uses them, and then this returns."""
    for variable, attachment in list(_attachments.items()):
        attachment.ask_to_stop()
        if os.environ.get(variable) == attachment.url:
            del os.environ[variable]
    for attachment in _attachments.values():
        attachment.wait_for_end()
    _attachments.clear()


def _prepare(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True)
        embedded = home / "embedded"
        # Started by root, the servers run as another account, which has to pass through but sees nothing.
        mode = 0o711 if os.geteuid() == 0 else 0o700
        for folder in (embedded, *(embedded / service for service in SERVICES.values())):
            if not folder.exists():
                folder.mkdir(exist_ok=True)
                folder.chmod(mode)
        if not os.access(embedded, os.W_OK):
            raise PermissionError
    except PermissionError:
        raise ServicesError(
            f"{home} cannot be written by this user. Set HALFMOON_HOME to a folder of yours, or DATABASE_URL and "
            "REDIS_URL to servers."
        ) from None


class Attachment:
    """This process's hold on one service of one home."""

    def __init__(self, home: Path, service: str, *, throwaway: bool) -> None:
        self.home = home
        self.service = service
        self.throwaway = throwaway
        self.control = home / "embedded" / service
        self.users = FileLock(self.control / "users.lock")
        self.keeper_lock = self.control / "keeper.lock"
        self.state = self.control / "state.json"
        self.url = ""
        self._keeper: subprocess.Popen[bytes] | None = None

    def attach(self) -> str:
        """Hold the service, start its keeper if there is none, and return its address when it is ready."""
        self.users.share()
        starting = FileLock(self.control / "start.lock")
        starting.own()
        keeper = None
        try:
            while True:
                if is_free(self.keeper_lock):
                    if keeper is not None:
                        raise self._failure(keeper.wait())
                    self.state.unlink(missing_ok=True)
                    keeper = self._start_keeper()
                elif (state := self._read_state()) is not None:
                    self.url = state["url"]
                    return self.url
                time.sleep(0.02)
        finally:
            starting.close()

    def alive(self) -> bool:
        """Whether the service is kept and still at the address that was given."""
        state = self._read_state()
        return state is not None and state["url"] == self.url and not is_free(self.keeper_lock)

    def ask_to_stop(self) -> None:
        self.users.close()
        state = self._read_state()
        if state is not None and not is_free(self.keeper_lock):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(int(state["pid"]), signal.SIGUSR1)

    def wait_for_end(self, patience: float = 60) -> None:
        """Return when the keeper is gone, or when it stays because others use it."""
        undecided = time.monotonic() + 1.0
        deadline = time.monotonic() + patience
        while not is_free(self.keeper_lock) and time.monotonic() < deadline:
            if self.state.exists() and time.monotonic() > undecided:
                return
            time.sleep(0.02)
        if self._keeper is not None:
            self._keeper.wait(5)

    def _start_keeper(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "config.embedded.keeper", str(self.home), self.service]
        with (self.control / "keeper.log").open("wb") as log:
            self._keeper = subprocess.Popen(
                [*command, "--throwaway"] if self.throwaway else command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=BASE_DIR,
                start_new_session=True,  # Ctrl-C in the terminal is for the user of the server, not for its keeper
            )
        while self._keeper.poll() is None and is_free(self.keeper_lock):
            time.sleep(0.02)
        return self._keeper

    def _failure(self, code: int) -> ServicesError:
        log = (self.control / "keeper.log").read_text(errors="replace").strip()
        return ServicesError(
            f"The embedded {self.service} did not start.\n{log or f'Its keeper ended without a word, code {code}.'}\n"
            f"To use a server of your own instead, set {_variable(self.service)}."
        )

    def _read_state(self) -> dict[str, str] | None:
        try:
            return dict(json.loads(self.state.read_text()))
        except (FileNotFoundError, ValueError):
            return None


def _variable(service: str) -> str:
    return next(variable for variable, name in SERVICES.items() if name == service)
