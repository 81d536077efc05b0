"""Database, broker and web worker are killed while dealers report: every line is there afterwards, exactly once.

The servers, the database and the broker are the test's own, started as the product starts them, because they are killed
with SIGKILL. The dealer's system is the client package that we hand to integrators.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import psycopg2
import pytest

from config.embedded.locks import is_free
from tests.factories import valid_uscc

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs" / "clients" / "python"))

from halfmoon_client import Halfmoon, Patience, Receipt, SaleLine  # noqa: E402

pytestmark = [pytest.mark.slow]

REPORTS, LINES = 60, 40
PATIENCE = 90.0
TABLES = {
    "regions": "code,name_zh,name_en,kind,parent,city_tier\nP1,浙江,Zhejiang,province,,\nC1,杭州,Hangzhou,city,P1,2\n",
    "products": "sku,name_zh,name_en,category,industry\nS-1,茶壶,Teapot,tea,electronics\n",
    "dealers": "code,name,uscc,industry,annual_revenue,territory,activated_on,contract_no,contract_amount,"
    f"contract_start,contract_end\nD1,杭州茶庄,{valid_uscc(1)},electronics,9000000,C1,2026-01-01,K1,100000,"
    "2026-01-01,2030-01-01\n",
    "bands": "sku,scope,scope_code,floor,ceiling,enforcement,valid_from\n"
    "S-1,national,,900,1200,recommended,2026-01-01\n",
}
#: Migrates, imports the tables and prints a key of the dealer; one program, for each would take seconds to start.
PREPARING = """
import sys
from pathlib import Path
import django
django.setup()
from django.core.management import call_command
home, *kinds = sys.argv[1:]
call_command("migrate", verbosity=0, skip_checks=True)
for kind in kinds:
    with open(Path(home) / f"{kind}.log", "w") as said:
        call_command("import_data", kind, str(Path(home) / f"{kind}.csv"), stdout=said)
call_command("create_api_key", dealer="D1")
"""


@dataclass
class Installation:
    """Halfmoon on servers of its own: the environment of its programs, and where the pieces are."""

    home: Path
    surroundings: dict[str, str]
    port: int = 0
    secret: str = ""

    def run(self, *arguments: str) -> str:
        """Run a program to its end; what it printed."""
        ran = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.surroundings,
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def asked(self, sql: str) -> int:
        """The one number that a query finds, in a session that sees everything."""
        connection = psycopg2.connect(self.surroundings["DATABASE_URL"], options="-c halfmoon.dealer=*")
        try:
            with connection.cursor() as cursor:
                cursor.execute(sql)
                return int(cursor.fetchone()[0])
        finally:
            connection.close()

    def server_pid(self, service: str) -> int:
        """The process of the database or broker itself: the child of its keeper."""
        keeper = json.loads((self.home / "embedded" / service / "state.json").read_text())["pid"]
        (child,) = Path(f"/proc/{keeper}/task/{keeper}/children").read_text().split()
        return int(child)

    def kill_server(self, service: str) -> None:
        """Kill a server the hard way; its keeper starts it again."""
        os.kill(self.server_pid(service), signal.SIGKILL)


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    # Run as root the servers belong to another account that has to pass, so not under pytest's own folder.
    home = Path(tempfile.mkdtemp(prefix="halfmoon-survives-"))
    home.chmod(0o711)
    bare = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    surroundings = {**bare, "HALFMOON_HOME": str(home), "DJANGO_SETTINGS_MODULE": "config.settings"}
    holding = "import json, os, sys; from config.embedded import ensure_services; ensure_services(); "
    telling = (
        "print(json.dumps({n: os.environ[n] for n in ('DATABASE_URL', 'REDIS_URL')}), flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", holding + telling],
        cwd=ROOT,
        env=surroundings,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert holder.stdout is not None
        surroundings |= json.loads(holder.stdout.readline())
        made = Installation(home, surroundings)
        for kind, table in TABLES.items():
            (home / f"{kind}.csv").write_text(table, encoding="utf-8")
        made.secret = made.run("-c", PREPARING, str(home), *TABLES).strip()
        yield made
    finally:
        holder.communicate("")
        deadline = time.monotonic() + 30
        locks = [home / "embedded" / service / "keeper.lock" for service in ("database", "broker")]
        while not all(is_free(lock) for lock in locks) and time.monotonic() < deadline:
            time.sleep(0.05)
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def web(installation: Installation) -> Iterator[subprocess.Popen[bytes]]:
    """The web server as in production."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        installation.port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi:application"],
        cwd=ROOT,
        env={**installation.surroundings, "PORT": str(installation.port), "WEB_CONCURRENCY": "2"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_until(
            lambda: answers(installation.port, "/readyz") == 200 or answers(installation.port, "/healthz") == 200
        )
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, f"not within {PATIENCE:.0f} s"
        time.sleep(0.05)


def answers(port: int, path: str) -> int:
    caller = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        caller.request("GET", path)
        return caller.getresponse().status
    except OSError:
        return 0
    finally:
        caller.close()


def workers_of(process: subprocess.Popen[bytes]) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def report(number: int) -> list[SaleLine]:
    sold_at = datetime.now(UTC) - timedelta(hours=1)
    return [SaleLine(f"R{number:03d}", line + 1, sold_at, "S-1", 1, Decimal("999.00"), "C1") for line in range(LINES)]


def test_every_accepted_line_is_there_once_whatever_was_killed(
    installation: Installation, web: subprocess.Popen[bytes]
) -> None:
    receipts: list[Receipt] = []
    patience = Patience(attempts=60, first_pause=0.2, longest_pause=1.0)

    def dealers_system() -> None:
        url = f"http://127.0.0.1:{installation.port}"
        with Halfmoon(url, installation.secret, language="en", patience=patience, timeout=20) as halfmoon:
            for number in range(REPORTS):
                receipts.append(halfmoon.report_sales(report(number)))

    reporting = threading.Thread(target=dealers_system)
    reporting.start()
    for at, kill in (
        (6, lambda: installation.kill_server("database")),
        (18, lambda: installation.kill_server("broker")),
        (30, lambda: os.kill(workers_of(web)[0], signal.SIGKILL)),
        (42, lambda: installation.kill_server("database")),
    ):
        wait_until(lambda at=at: len(receipts) >= at or not reporting.is_alive())  # type: ignore[misc]
        kill()
    reporting.join(PATIENCE)
    assert not reporting.is_alive()

    assert len(receipts) == REPORTS
    # A report whose answer was lost comes back as the first answer or as duplicates: never as something new.
    assert all(receipt.accepted + receipt.duplicates == LINES for receipt in receipts)
    assert installation.asked("SELECT count(*) FROM pricing_saleline") == REPORTS * LINES
    assert installation.asked("SELECT count(DISTINCT (doc_no, line_no)) FROM pricing_saleline") == REPORTS * LINES
    assert installation.asked("SELECT sum(accepted) FROM dealers_feeddelivery WHERE feed = 'sales'") == REPORTS * LINES
    assert installation.asked("SELECT sum(lines) FROM pricing_salestally") == REPORTS * LINES
