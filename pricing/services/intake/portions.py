"""Portions of a report in their order, of which the next ones can be read before they are wanted."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from pricing.services.intake.sources import Portion

_MOST_AHEAD = 2


class Portions:
    """What a source gives, dealt out part by part."""

    def __init__(self, portions: Iterator[Portion]) -> None:
        self._portions = portions
        self._ahead: deque[Portion] = deque()
        self._failure: Exception | None = None
        #: The last line dealt out.
        self.last_line = 0

    def part(self, lines: int | None) -> Iterator[Portion]:
        """Portions that together have at least ``lines`` lines; all that are left for None.

        What reading them raises is raised where the unreadable portion would stand.
        """
        dealt = 0
        while (lines is None or dealt < lines) and self._read(1):
            if not self._ahead and self._failure:
                raise self._failure
            portion = self._ahead.popleft()
            dealt += len(portion.numbers) + len(portion.broken)
            self.last_line = portion.last_line
            yield portion

    def read_ahead(self) -> None:
        """Read while others work; memory grows by no more than two portions."""
        self._read(_MOST_AHEAD)

    @property
    def is_over(self) -> bool:
        """Whether nothing is left."""
        return not self._read(1)

    def _read(self, wanted: int) -> bool:
        while len(self._ahead) < wanted and self._failure is None:
            try:
                portion = next(self._portions, None)
            except Exception as failure:
                self._failure = failure
                break
            if portion is None:
                break
            self._ahead.append(portion)
        return bool(self._ahead or self._failure)
