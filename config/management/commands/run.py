"""``manage.py run``: the whole installation in one process tree, until Ctrl-C."""

from __future__ import annotations

import http.client
import io
import json
import os
import socket
import time
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from config.embedded import release_services, revive_services, services_alive
from config.embedded.locks import FileLock
from config.programs import installation_programs
from config.supervisor import ProgramFailed, Supervisor
from dealers.foundation import clock
from dealers.models import Dealer
from dealers.services.calendar import load_calendar

_WEB_START_SECONDS = 90.0


class Command(BaseCommand):
    help = "Bring up web, workers and scheduler on a migrated database, with a demo company the first time."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--without-demo", action="store_true", help="leave an empty company empty")

    def handle(self, *, without_demo: bool, **options: Any) -> None:
        home = Path(settings.HALFMOON_HOME)
        home.mkdir(parents=True, exist_ok=True)
        note = home / "run.json"
        running = FileLock(home / "run.lock")
        if not running.own(wait=False):
            raise CommandError(_already_running(note))
        # A note left behind means the last run was killed; its children may need a moment to go.
        _refuse_taken_port(patience=15 if note.exists() else 0)
        note.write_text(json.dumps({"pid": os.getpid(), "address": settings.APP_URL}))
        supervisor = Supervisor(installation_programs(), self._say)
        try:
            self._prepare_database(home, without_demo=without_demo)
            supervisor.listen()
            supervisor.start()
            supervisor.wait_until(_web_answers, "web", _WEB_START_SECONDS)
            if not supervisor.stopping:
                self._welcome(home)
            supervisor.watch(lambda: self._look_after_servers(supervisor))
            self._say("Stopping …")
        except ProgramFailed as failure:
            raise CommandError(f"Halfmoon was not started: {failure}") from None
        except KeyboardInterrupt:
            self._say("Stopped before everything was up.")
        finally:
            supervisor.stop()
            connections.close_all()
            release_services()
            note.unlink(missing_ok=True)
        self._say("Halfmoon is stopped; starting it again keeps the data.")

    def _prepare_database(self, home: Path, *, without_demo: bool) -> None:
        self._say("Preparing the database …")
        call_command("migrate", interactive=False, verbosity=0)
        load_calendar(actor=None, at=clock.now())
        if not without_demo:
            self._seed_demo_once(home)
        connections.close_all()

    def _seed_demo_once(self, home: Path) -> None:
        unfinished = home / "demo.unfinished"
        if Dealer.objects.exists():
            if unfinished.exists():
                self.stderr.write(
                    f"The demo company is incomplete, its making was interrupted. Remove {home} to make it afresh, "
                    f"or {unfinished} to keep what there is."
                )
            return
        self._say("Making the demo company …")
        unfinished.touch()
        logins = call_command("seed_demo", stdout=io.StringIO())
        unfinished.unlink()
        if logins:
            path = _logins_path(home)
            path.unlink(missing_ok=True)
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(f"{logins.strip()}\n")

    def _welcome(self, home: Path) -> None:
        self._say(f"\nHalfmoon 半月 is running at {settings.APP_URL}")
        with suppress(FileNotFoundError):
            logins = _logins_path(home).read_text().rstrip()
            self._say(f"\nDemo logins, one per role (also in {_logins_path(home)}):\n{logins}")
        self._say("\nCtrl-C stops it.")

    def _look_after_servers(self, supervisor: Supervisor) -> None:
        """Bring back an embedded server whose keeper was killed; children find it at the same address."""
        if services_alive():
            return
        self._say("An embedded server is gone; starting it again.")
        if revive_services():
            supervisor.restart()

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _logins_path(home: Path) -> Path:
    return home / "demo_logins.txt"


def _already_running(note: Path) -> str:
    try:
        known = json.loads(note.read_text())
    except (FileNotFoundError, ValueError):
        return "Halfmoon is already running here and still starting up."
    return f"Halfmoon is already running at {known['address']} (process {known['pid']})."


def _refuse_taken_port(patience: float) -> None:
    host = os.environ.get("HALFMOON_BIND", "127.0.0.1")
    deadline = time.monotonic() + patience
    while (problem := _binding_problem(host)) is not None:
        if time.monotonic() > deadline:
            raise CommandError(
                f"Halfmoon cannot listen on {host}:{settings.PORT} ({problem}). "
                f"Choose another port: PORT={settings.PORT + 1} make run"
            )
        time.sleep(0.2)


def _binding_problem(host: str) -> str | None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, settings.PORT))
        except OSError as error:
            return error.strerror
    return None


def _web_answers() -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", settings.PORT, timeout=2)
    try:
        connection.request("GET", "/healthz")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True
