"""What a piece of work costs: seconds by the clock, processor time of ours and of the database's session, memory.

Beside other work on the same machine the clock tells little; processor time tells what the work itself took.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds. ``own`` and ``database`` are processor time, of this process and of its session's server process."""

    seconds: float = 0.0
    own: float = 0.0
    database: float = 0.0

    @property
    def processor(self) -> float:
        return self.own + self.database

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.seconds + other.seconds, self.own + other.own, self.database + other.database)


def cost_of(work: Callable[[], object]) -> Cost:
    """Do the work and tell what it cost. What parallel workers of the database take is not seen: see `alone`."""
    started, own, database = time.perf_counter(), time.process_time(), backend_seconds()
    work()
    return Cost(time.perf_counter() - started, time.process_time() - own, backend_seconds() - database)


def alone() -> None:
    """Let every statement of this database be answered by one process of the server, which we can see."""
    from django.db import connection

    name = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{name}" SET max_parallel_workers_per_gather = 0')
    connection.close()


def backend_seconds() -> float:
    """Processor time of the database's end of our connection, 0 where it cannot be seen."""
    from django.db import connection

    connection.ensure_connection()
    assert connection.connection is not None
    try:
        fields = Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_megabytes() -> int:
    """The most memory this process has had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
