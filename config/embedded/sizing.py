"""How much memory this machine, or the container we are in, has to give."""

from __future__ import annotations

import os
from pathlib import Path

_MEGABYTE = 1024 * 1024


def memory_megabytes() -> int:
    physical = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // _MEGABYTE
    for limit in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            granted = int(Path(limit).read_text()) // _MEGABYTE
        except (OSError, ValueError):
            continue
        physical = min(physical, granted)
    return physical


def shared_buffers_megabytes() -> int:
    """A quarter of the memory, between 64 MB and 1 GB."""
    return max(64, min(1024, memory_megabytes() // 4))
