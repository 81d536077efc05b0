"""The process tree of an installation stays complete, and ends as one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.embedded.processes import birth_mark
from config.supervisor import Program, ProgramFailed, Supervisor

_SLEEPER = "import os, sys, time; open(sys.argv[1], 'a').write(f'{os.getpid()}\\n'); time.sleep(60)"
_STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {_SLEEPER}"


def sleeper(note: Path, code: str = _SLEEPER, **options: object) -> Program:
    return Program("sleeper", [sys.executable, "-c", code, str(note)], **options)


def pids(note: Path, count: int = 1) -> list[int]:
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        found = [int(line) for line in note.read_text().split()] if note.exists() else []
        if len(found) >= count:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{note} does not name {count} processes")


def test_what_dies_is_started_again(tmp_path):
    said: list[str] = []
    supervisor = Supervisor([sleeper(tmp_path / "note")], said.append)
    supervisor.start()
    [first] = pids(tmp_path / "note")
    os.kill(first, signal.SIGKILL)
    deadline = time.monotonic() + 15

    def stop_when_back() -> None:
        if len(pids(tmp_path / "note")) == 2 or time.monotonic() > deadline:
            supervisor._on_signal(signal.SIGTERM, None)

    supervisor.watch(stop_when_back)
    supervisor.stop()
    assert said == ["sleeper ended with code -9; starting it again in 1 s."]
    assert [birth_mark(pid) for pid in pids(tmp_path / "note", 2)] == [None, None]


def test_a_program_that_cannot_come_up_stops_everything(tmp_path):
    broken = Program("broken", [sys.executable, "-c", "raise SystemExit(7)"])
    supervisor = Supervisor([sleeper(tmp_path / "note"), broken], print)
    supervisor.start()
    [pid] = pids(tmp_path / "note")
    with pytest.raises(ProgramFailed, match="broken ended with code 7"):
        supervisor.wait_until(lambda: False, "broken", patience=20)
    assert birth_mark(pid) is None


def test_a_program_that_will_not_stop_is_killed_when_its_patience_is_over(tmp_path):
    supervisor = Supervisor([sleeper(tmp_path / "note", _STUBBORN, patience=0.2)], print)
    supervisor.start()
    [pid] = pids(tmp_path / "note")
    supervisor.stop()
    assert birth_mark(pid) is None


def test_a_killed_supervisor_leaves_nothing_behind(tmp_path):
    script = f"""
import sys
from pathlib import Path
from config.supervisor import Program, Supervisor
supervisor = Supervisor([Program("sleeper", [sys.executable, "-c", {_SLEEPER!r}, {str(tmp_path / "note")!r}])], print)
supervisor.start()
supervisor.watch(lambda: None)
"""
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=Path(__file__).parents[2])
    [child] = pids(tmp_path / "note")
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 10
    while birth_mark(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert birth_mark(child) is None
