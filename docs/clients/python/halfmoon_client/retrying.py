"""How long to go on asking, and how long to wait in between."""

from __future__ import annotations

import random
from dataclasses import dataclass

#: Answers that say "not now": too fast, a first try still running, our side failing or starting.
WORTH_ANOTHER_TRY = frozenset({429, 500, 502, 503, 504})
#: The code of a 409 that only means that the first try has not ended.
STILL_RUNNING = "still_running"


@dataclass(frozen=True)
class Patience:
    """Up to ``attempts`` tries; pauses in seconds double from ``first_pause`` to ``longest_pause``, less some chance.

    The server's ``Retry-After`` wins when it asks for more, up to ``longest_wait``.
    """

    attempts: int = 8
    first_pause: float = 1.0
    longest_pause: float = 60.0
    longest_wait: float = 300.0

    def pause(self, tries: int, retry_after: str | None = None) -> float:
        """Seconds to wait after so many tries (1 after the first)."""
        longest = min(self.longest_pause, self.first_pause * 2.0 ** (tries - 1))
        asked = float(retry_after) if retry_after and retry_after.isdigit() else 0.0
        # Clients that failed together must not come back together.
        return min(self.longest_wait, max(asked, longest * random.uniform(0.5, 1.0)))
