"""The processes an installation consists of beside its database and broker."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from config.supervisor import Program

_CONFIG = Path(__file__).resolve().parent


def installation_programs() -> list[Program]:
    """Web, scheduler and two workers: long imports and settlements never stand in the way of short tasks."""
    return [
        Program(
            "web",
            [sys.executable, "-m", "gunicorn", "-c", str(_CONFIG / "gunicorn.py"), "config.wsgi:application"],
            # A web process sees no rows until it knows whom it serves.
            {"HALFMOON_ROW_SCOPE": ""},
        ),
        _worker("worker", "default", os.environ.get("HALFMOON_WORKERS", "2")),
        _worker("bulk worker", "import,settle", os.environ.get("HALFMOON_BULK_WORKERS", str(os.cpu_count() or 2))),
        Program("scheduler", [*_celery(), "beat", "--loglevel=WARNING", "--pidfile="], _COMPANY),
    ]


_COMPANY = {"HALFMOON_ROW_SCOPE": "*"}


def _celery() -> list[str]:
    return [sys.executable, "-m", "celery", "--quiet", "-A", "config.celery"]


def _worker(name: str, queues: str, processes: str) -> Program:
    command = [
        *_celery(),
        "worker",
        f"--hostname={name.replace(' ', '-')}@%h",
        f"--queues={queues}",
        f"--concurrency={processes}",
        "--loglevel=WARNING",
        "--without-gossip",
        "--without-mingle",
    ]
    # SIGQUIT gives unfinished tasks back to the broker instead of waiting for them.
    return Program(name, command, _COMPANY, hasten=signal.SIGQUIT, patience=4.0)
