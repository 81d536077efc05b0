"""Runs the processes of one installation together: all of them, or a clear reason why not.

Every program gets its own session, so that Ctrl-C in the terminal reaches the supervisor alone, and a signal
from the kernel when the supervisor is killed, so that none is left behind.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

from config.embedded.processes import dies_with_parent

_FIRST_DELAY_SECONDS = 1.0
_LONGEST_DELAY_SECONDS = 30.0
_STEADY_SECONDS = 60.0
_TICK_SECONDS = 0.1


class ProgramFailed(Exception):
    """A program could not be brought up; everything has been stopped."""


@dataclass(frozen=True)
class Program:
    """One child. ``hasten`` ends it without finishing its work, should it not end on SIGTERM within ``patience``."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    hasten: signal.Signals = signal.SIGTERM
    patience: float = 5.0


class _Child:
    """A program with its present process and the history of its deaths."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.start_again_at: float | None = None
        self.delay = _FIRST_DELAY_SECONDS

    def start(self) -> None:
        self.process = subprocess.Popen(
            list(self.program.command),
            env={**os.environ, **self.program.environment},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=dies_with_parent(self.program.hasten),
        )
        self.started_at = time.monotonic()
        self.start_again_at = None

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def signal(self, signum: signal.Signals) -> None:
        if self.process is not None and self.running():
            self.process.send_signal(signum)

    def kill_all(self) -> None:
        """The process and whatever it has started in its session."""
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                return
            self.process.wait()


class Supervisor:
    """Starts programs, starts again what dies, and stops them all on SIGINT, SIGTERM or SIGHUP."""

    def __init__(self, programs: Sequence[Program], say: Callable[[str], None]) -> None:
        self._children = [_Child(program) for program in programs]
        self._say = say
        self._signals = 0

    @property
    def stopping(self) -> bool:
        return self._signals > 0

    def listen(self) -> None:
        """Take over the signals that mean "stop"; a second one means "at once"."""
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, self._on_signal)

    def start(self) -> None:
        for child in self._children:
            child.start()

    def restart(self) -> None:
        """Start every program anew, with the environment as it is now."""
        self.stop()
        self.start()

    def wait_until(self, ready: Callable[[], bool], program: str, patience: float) -> None:
        """Return when ``ready`` or asked to stop. Raises ProgramFailed when ``program`` ends or time runs out first."""
        child = next(child for child in self._children if child.program.name == program)
        deadline = time.monotonic() + patience
        while not self.stopping and not ready():
            if not child.running():
                assert child.process is not None
                code = child.process.returncode
                self.stop()
                raise ProgramFailed(f"{program} ended with code {code} before it was ready; its messages stand above.")
            if time.monotonic() > deadline:
                self.stop()
                raise ProgramFailed(f"{program} was not ready within {patience:.0f} seconds.")
            time.sleep(_TICK_SECONDS)

    def watch(self, each_second: Callable[[], None]) -> None:
        """Keep everything running until asked to stop."""
        next_look = 0.0
        while not self.stopping:
            for child in self._children:
                self._revive(child)
            if time.monotonic() >= next_look:
                each_second()
                next_look = time.monotonic() + 1
            time.sleep(_TICK_SECONDS)

    def stop(self) -> None:
        """End every program: first gently, then without finishing its work, then by force."""
        began = time.monotonic()
        for child in self._children:
            child.signal(signal.SIGTERM)
        hastened: set[str] = set()
        while alive := [child for child in self._children if child.running()]:
            waited = time.monotonic() - began
            for child in alive:
                patience = child.program.patience
                if self._signals > 1 or waited > 2 * patience:
                    child.kill_all()
                elif waited > patience and child.program.name not in hastened:
                    child.signal(child.program.hasten)
                    hastened.add(child.program.name)
            time.sleep(_TICK_SECONDS / 2)
        for child in self._children:
            child.kill_all()  # what a program left in its session

    def _revive(self, child: _Child) -> None:
        if child.running():
            return
        name = child.program.name
        if child.start_again_at is None:
            assert child.process is not None
            if time.monotonic() - child.started_at > _STEADY_SECONDS:
                child.delay = _FIRST_DELAY_SECONDS
            child.kill_all()
            self._say(f"{name} ended with code {child.process.returncode}; starting it again in {child.delay:.0f} s.")
            child.start_again_at = time.monotonic() + child.delay
            child.delay = min(child.delay * 2, _LONGEST_DELAY_SECONDS)
        elif time.monotonic() >= child.start_again_at:
            child.start()

    def _on_signal(self, signum: int, frame: FrameType | None) -> None:
        self._signals += 1
