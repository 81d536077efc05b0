"""How the test files are shared out among the workers of a run."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from xdist.scheduler import LoadFileScheduling

#: Folders whose files take longest: begun first, so that no worker is left alone with one in the end.
LONGEST = ("journeys", "resilience", "browser", "config")
#: Their tests stop and kill servers and wait for what comes next: one after the other.
ALONE = "resilience"


class SharedByFile(LoadFileScheduling):
    """A file belongs to one worker, which arranges once what all its tests need; those that kill things are one."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return ALONE if ALONE in PurePosixPath(file).parts else file

    def _assign_work_unit(self, node: Any) -> None:
        longest = (
            scope for name in LONGEST for scope in self.workqueue if name == scope or name in PurePosixPath(scope).parts
        )
        if (scope := next(longest, None)) is not None:
            self.workqueue.move_to_end(scope, last=False)
        super()._assign_work_unit(node)
