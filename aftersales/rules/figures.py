"""The figures of a satisfaction report, from counts to shares, each with what it was reckoned from."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_PLACES = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class ServiceFigures:
    """What a dealer's service of a quarter came to. Counts are of tickets received in the quarter.

    ``judged`` are those whose first response came or was missed; ``in_time`` of them came in time. ``hours`` is the
    median from receipt to resolution.
    """

    tickets: int = 0
    judged: int = 0
    in_time: int = 0
    resolved: int = 0
    hours: Decimal | None = None
    reopened: int = 0
    complaints: int = 0
    rated: int = 0
    stars: int = 0

    @property
    def in_time_share(self) -> Decimal | None:
        """Of the judged, the share answered in time."""
        return share(self.in_time, self.judged)

    @property
    def reopened_share(self) -> Decimal | None:
        """Of the resolved, the share that had to be taken up again."""
        return share(self.reopened, self.resolved)

    @property
    def rating(self) -> Decimal | None:
        """The mean of the ratings, to two places."""
        if not self.rated:
            return None
        return (Decimal(self.stars) / self.rated).quantize(Decimal("0.01"), ROUND_HALF_UP)

    def as_kept(self) -> dict[str, object]:
        """The figures as a report keeps them: counts, and the shares they make, as text."""
        return {
            "tickets": self.tickets,
            "judged": self.judged,
            "in_time": self.in_time,
            "in_time_share": _text(self.in_time_share),
            "resolved": self.resolved,
            "median_hours": _text(self.hours),
            "reopened": self.reopened,
            "reopened_share": _text(self.reopened_share),
            "complaints": self.complaints,
            "rated": self.rated,
            "stars": self.stars,
            "rating": _text(self.rating),
        }


def share(part: int, whole: int) -> Decimal | None:
    """``part`` of ``whole`` to four places, half up; None of nothing."""
    return (Decimal(part) / whole).quantize(_PLACES, ROUND_HALF_UP) if whole else None


def _text(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
