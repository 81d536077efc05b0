"""Advisory locks on files. The kernel drops them when their holder ends, however it ends."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path


class FileLock:
    """A lock on ``path``, shared by many or exclusive to one; not inherited by programs that are started."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def share(self, *, wait: bool = True) -> bool:
        return self._take(fcntl.LOCK_SH, wait)

    def own(self, *, wait: bool = True) -> bool:
        return self._take(fcntl.LOCK_EX, wait)

    def own_within(self, seconds: float) -> bool:
        """Try for a while: whoever probes the lock holds it for an instant only."""
        deadline = time.monotonic() + seconds
        while not self.own(wait=False):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def release(self) -> None:
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)

    def close(self) -> None:
        os.close(self._descriptor)

    def still_in_place(self) -> bool:
        """Whether the file that was locked is still the one its path names."""
        try:
            return os.path.samestat(os.fstat(self._descriptor), os.stat(self.path))
        except FileNotFoundError:
            return False

    def _take(self, mode: int, wait: bool) -> bool:
        try:
            fcntl.flock(self._descriptor, mode if wait else mode | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def is_free(path: Path) -> bool:
    """Whether nobody holds the lock on ``path`` right now."""
    lock = FileLock(path)
    try:
        return lock.share(wait=False)
    finally:
        lock.close()
