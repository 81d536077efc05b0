"""What is asked of the facts: a window, and the instant as of which everything is taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from dealers.foundation.periods import Window
from settlement.rules.signals.signal import Signal


@dataclass(frozen=True, slots=True)
class Asked:
    """A window as known at ``at``; ``is_past`` when things may have become known since, so that history counts."""

    window: Window
    at: datetime
    is_past: bool = False

    @property
    def params(self) -> dict[str, Any]:
        """The placeholders of :meth:`lines`."""
        return {"first": self.window.starts_on, "end": self.window.ends_on, "at": self.at}

    def lines(
        self, columns: str, *, where: str = "", first: str = "first", end: str = "end", past: bool = False
    ) -> str:
        """SQL that selects ``columns`` (of ``l``) of the sale lines sold in the window, as known at the instant.

        ``first`` and ``end`` name other placeholders for the days; ``past`` also looks into history when nothing of
        the run asks for it. Sandboxes are left out.
        """
        narrowed = (
            f"l.dealer_id > 0 AND l.sold_on >= %({first})s AND l.sold_on < %({end})s AND l.known_from <= %(at)s {where}"
        )
        now = f"SELECT {columns} FROM pricing_saleline l WHERE {narrowed}"
        if not (self.is_past or past):
            return now
        return (
            f"{now} UNION ALL SELECT {columns} FROM pricing_salelinehistory l"
            f" WHERE {narrowed} AND l.known_until > %(at)s"
        )


@dataclass(frozen=True, slots=True)
class Found:
    """A signal with the hint of the facts it was found in."""

    signal: Signal
    hint: Any = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Pieces of evidence as they were, the most telling first, of ``total``."""

    pieces: list[dict[str, Any]] = field(default_factory=list)
    total: int = 0


def rows_of(sql: str, params: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """The rows of a reduction, fetched in portions."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        while rows := cursor.fetchmany(5_000):
            yield from rows


def amount(value: Any) -> Decimal:
    """A sum of the database as an amount; none is zero."""
    return Decimal(0) if value is None else Decimal(value)


def keyed(keys: Sequence[tuple[int, str]]) -> dict[str, Any]:
    """Placeholders for ``unnest(%(numbers)s::int[], %(dealers)s::bigint[], %(subjects)s::text[])``."""
    return {
        "numbers": list(range(len(keys))),
        "dealers": [dealer for dealer, _subject in keys],
        "subjects": [subject for _dealer, subject in keys],
    }


def days_before(day: date, days: int) -> date:
    """The day so many days earlier."""
    return date.fromordinal(day.toordinal() - days)
