"""Children that cannot outlive their parent, and recognising a process that was started earlier."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def dies_with_parent(signum: signal.Signals) -> Callable[[], None]:
    """A ``preexec_fn``: the kernel sends ``signum`` to the child when the process calling this ends.

    Elsewhere than on Linux it does nothing; leftovers are then stopped at the next start.
    """
    parent = os.getpid()

    def prepare() -> None:
        if _libc is None:
            return
        _libc.prctl(_PR_SET_PDEATHSIG, int(signum))
        if os.getppid() != parent:  # it ended between fork and prctl
            os._exit(1)

    return prepare


def follow_parent(signum: signal.Signals) -> None:
    """The same for the process itself, for children that are forked by other libraries."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(signum))


def free_port(preferred: int | None = None) -> int:
    """A loopback port nobody listens on: the preferred one if it is free."""
    for port in (preferred or 0, 0):
        if (found := _probe_port(port)) is not None:
            return found
    raise OSError("no loopback port is free")


def _probe_port(port: int) -> int | None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return None
        return int(probe.getsockname()[1])


def birth_mark(pid: int) -> str | None:
    """What tells this process from a later one with the same number; None when it does not run."""
    if sys.platform == "linux":
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] in "ZX" else fields[19]
    answer = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return answer.stdout.strip() or None


def remember_process(path: Path, pid: int) -> None:
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps({"pid": pid, "birth": birth_mark(pid)}))
    draft.replace(path)


def end_remembered_process(path: Path, signum: signal.Signals, *, patience: float = 60) -> bool:
    """Stop the process noted in ``path`` if it still runs; False when it would not go in time."""
    try:
        note = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return True
    pid, birth = int(note["pid"]), note["birth"]
    deadline = time.monotonic() + patience
    asked = False
    while birth is not None and birth_mark(pid) == birth:
        if not asked:
            os.kill(pid, signum)
            asked = True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    path.unlink(missing_ok=True)
    return True
