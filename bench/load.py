"""What the real server takes in over the loopback: lines a second, and how long a caller waits.

    python bench/load.py --dealers 50 --seconds 10

Starts gunicorn as in production on a scratch database. Three kinds of calls, one after the other, each by ``--dealers``
callers at once with a connection and a key of their own, for ``--seconds``: the bare ``/healthz`` of the same server
(the floor), sale reports of a single line, and sale reports of 1,000 lines by a few callers. Every accepted line is
counted again in the database at the end. The callers share the machine with server and database.
"""

from __future__ import annotations

import argparse
import http.client
import json
import multiprocessing
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.scratch import ROOT, scratch_database

CALLER_PROCESSES = 2
LINES_IN_A_BATCH = 1_000
BATCH_CALLERS = 4


@dataclass(frozen=True)
class Calls:
    """One kind of call: what to send, by how many callers, with how many lines in each."""

    name: str
    path: str
    callers: int
    lines: int


@dataclass
class Heard:
    """What the callers of one kind heard: seconds waited for each call, lines accepted, calls that failed."""

    waited: list[float] = field(default_factory=list)
    accepted: int = 0
    failed: int = 0
    seconds: float = 0.0
    server_cpu: float = 0.0
    database_cpu: float = 0.0

    def summary(self) -> dict[str, float]:
        waited = sorted(self.waited)
        return {
            "requests_a_second": len(waited) / self.seconds,
            "lines_a_second": self.accepted / self.seconds,
            "p50_ms": waited[len(waited) // 2] * 1000,
            "p99_ms": waited[len(waited) * 99 // 100] * 1000,
            "failed": self.failed,
            "server_cpu_share": self.server_cpu / self.seconds / (os.cpu_count() or 1),
            "server_cpu_ms_a_request": self.server_cpu / len(waited) * 1000,
            "database_cpu_ms_a_request": self.database_cpu / len(waited) * 1000,
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dealers", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with scratch_database("load"):
        result = measure(dealers=options.dealers, seconds=options.seconds)
    if options.json:
        print(json.dumps(result))
        return
    for name, figures in result.items():
        print(name)
        for figure, value in figures.items():
            print(f"    {figure:24} {value:>12,.2f}")


def measure(*, dealers: int, seconds: float) -> dict[str, dict[str, float]]:
    """Figures of each kind of call, and what they are in shares of the bare one."""
    from django.db import connection

    from bench.company import build_company
    from dealers.foundation import clock
    from dealers.models import Dealer
    from dealers.services.keys import create_api_key

    company = build_company(dealers=dealers, products=500, cities=50)
    people = Dealer.objects.order_by("code")
    keys = [create_api_key(name="load", actor=None, at=clock.now(), dealer=dealer)[1] for dealer in people]
    goods = {"skus": company.products, "homes": [homes[0] for homes in company.homes], "keys": keys}
    heard = {}
    with server(connection.settings_dict) as (port, processes):
        for calls in (
            Calls("bare endpoint", "/healthz", dealers, 0),
            Calls("single lines", "/api/v1/sales-reports", dealers, 1),
            Calls("batches of 1,000 lines", "/api/v1/sales-reports", min(dealers, BATCH_CALLERS), LINES_IN_A_BATCH),
        ):
            drive(calls, port, goods, 1.0)  # connections, caches and compiled rules stand before it counts
            before, of_database = cpu_seconds(processes()), cpu_seconds(backends())
            found = drive(calls, port, goods, seconds)
            found.server_cpu = cpu_seconds(processes()) - before
            found.database_cpu = cpu_seconds(backends()) - of_database
            heard[calls.name] = found
    figures = {name: found.summary() for name, found in heard.items()}
    bare = figures["bare endpoint"]["requests_a_second"]
    for name, row in figures.items():
        row["requests_as_share_of_bare"] = row["requests_a_second"] / bare
        assert row["failed"] == 0, f"{name}: {row['failed']} calls failed"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pricing_saleline")
        (stored,) = cursor.fetchone()
        cursor.execute("SELECT sum(accepted) FROM dealers_feeddelivery")
        (receipted,) = cursor.fetchone()
    assert stored == receipted, f"{receipted:,} lines on receipts, {stored:,} in the table"
    return figures


@contextmanager
def server(database: dict[str, Any]) -> Iterator[tuple[int, Any]]:
    """Gunicorn as in production on a free port, on the scratch database, without a limit of calls."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    user, password = urllib.parse.quote(database["USER"]), urllib.parse.quote(database["PASSWORD"])
    address = f"postgres://{user}:{password}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    surroundings = {
        **os.environ,
        "DATABASE_URL": address,
        "PORT": str(port),
        "HALFMOON_API_RATE": "1000000/min",
        "HALFMOON_ROW_SCOPE": "",
    }
    command = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi:application"]
    running = subprocess.Popen(command, cwd=ROOT, env=surroundings)
    try:
        wait_for(port)
        yield port, lambda: [running.pid, *children_of(running.pid)]
    finally:
        running.terminate()
        running.wait(20)


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            caller = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            caller.request("GET", "/healthz")
            if caller.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server did not come up within a minute")


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def backends() -> list[int]:
    """The processes of the database's sessions; the server keeps its own, so they are the same before and after."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        return [pid for (pid,) in cursor.fetchall()]


def cpu_seconds(pids: list[int]) -> float:
    """Processor time used so far by these processes, in seconds; those of another machine count nothing."""
    ticks = 0
    for pid in pids:
        stat = Path(f"/proc/{pid}/stat")
        if stat.exists():
            fields = stat.read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def drive(calls: Calls, port: int, goods: dict[str, Any], seconds: float) -> Heard:
    """Let all callers call for so long, from processes of their own; what they heard together."""
    spawn = multiprocessing.get_context("spawn")
    begin = time.time() + 1.5
    with spawn.Pool(CALLER_PROCESSES) as pool:
        work = [(calls, port, goods, number, begin, seconds) for number in range(CALLER_PROCESSES)]
        parts = pool.starmap(call_for_a_while, work)
    together = Heard(seconds=seconds)
    for part in parts:
        together.waited += part.waited
        together.accepted += part.accepted
        together.failed += part.failed
    return together


def call_for_a_while(
    calls: Calls, port: int, goods: dict[str, Any], process: int, begin: float, seconds: float
) -> Heard:
    """The callers of one process, each a thread with one connection."""
    heard = Heard()
    lock = threading.Lock()

    def one(caller: int) -> None:
        bodies = reports(calls, goods, caller)
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        time.sleep(max(0.0, begin - time.time()))
        mine = Heard()
        while time.time() < begin + seconds:
            body = next(bodies)
            started = time.perf_counter()
            try:
                if body is None:
                    link.request("GET", calls.path)
                else:
                    link.request("POST", calls.path, body, headers_of(goods["keys"][caller]))
                answer = link.getresponse()
                content = answer.read()
            except (OSError, http.client.HTTPException):
                link.close()  # a worker that ended its life closes its idle connections
                continue
            mine.waited.append(time.perf_counter() - started)
            if answer.status >= 300:
                mine.failed += 1
            elif body is not None:
                mine.accepted += json.loads(content)["accepted"]
        with lock:
            heard.waited += mine.waited
            heard.accepted += mine.accepted
            heard.failed += mine.failed

    threads = [
        threading.Thread(target=one, args=(caller,)) for caller in range(process, calls.callers, CALLER_PROCESSES)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return heard


def headers_of(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}", "Content-Type": "application/json", "Accept-Language": "en"}


def reports(calls: Calls, goods: dict[str, Any], caller: int) -> Iterator[bytes | None]:
    """Bodies without end, none the same as another; None for a call without body."""
    sold_at = (datetime.now(UTC) - timedelta(hours=2)).isoformat(timespec="seconds")
    run = f"{os.getpid()}-{time.time_ns()}-{caller}"
    number = 0
    while True:
        if not calls.lines:
            yield None
            continue
        number += 1
        lines = [
            {
                "doc_no": f"{run}-{number}",
                "line_no": line + 1,
                "sold_at": sold_at,
                "sku": goods["skus"][(number * 7 + line) % len(goods["skus"])],
                "quantity": 1 + line % 3,
                "unit_price": f"{100 + line}.00",
                "region": goods["homes"][caller],
            }
            for line in range(calls.lines)
        ]
        yield json.dumps({"lines": lines}).encode()


if __name__ == "__main__":
    main()
