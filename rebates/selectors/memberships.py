"""Who belongs to which alliance when."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db import connection

from dealers.choices import PolicyState
from dealers.foundation.half_months import HalfMonth
from dealers.models import PolicyVersion
from dealers.scope import WHOLE_COMPANY, row_scope

#: (from half-month, code of the alliance or empty), in order.
Spans = list[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Memberships:
    """Who belonged to which alliance when; ``codes`` are the dealers' codes."""

    spans: Mapping[int, Spans] = field(default_factory=dict)
    codes: Mapping[int, str] = field(default_factory=dict)
    until: int = 0

    def alliance_at(self, dealer_id: int, period: int) -> str:
        """The alliance at the start of the half-month, empty when there is none."""
        found = [alliance for since, alliance in self.spans.get(dealer_id, ()) if since <= period]
        return found[-1] if found else ""

    def allied(self, dealer_id: int) -> Collection[int]:
        """The half-months, up to the one asked for, in which the dealer belongs to an alliance."""
        spans = self.spans.get(dealer_id, [])
        ends = [since for since, _ in spans[1:]] + [self.until + 1]
        return {
            period
            for (since, alliance), end in zip(spans, ends, strict=False)
            if alliance
            for period in range(since, end)
        }

    def together(self, dealer_id: int) -> set[int]:
        """The dealers that ever belonged to an alliance to which this one belonged, itself included."""
        own = {alliance for _, alliance in self.spans.get(dealer_id, ()) if alliance}
        return {other for other, spans in self.spans.items() if own & {alliance for _, alliance in spans}} | {dealer_id}


def memberships_for(period: HalfMonth) -> Memberships:
    """Every membership, when any policy in force up to ``period`` pools; else none, for one query.

    Members share what all of them bring, so all are read, also when a member asks.
    """
    pooling = PolicyVersion.objects.filter(
        state=PolicyState.PUBLISHED,
        valid__startswith__lte=period.end,
        document__rebates__programs__contains=[{"pooling": "alliance"}],
    )
    if not pooling.exists():
        return Memberships()
    spans: dict[int, Spans] = {}
    codes: dict[int, str] = {}
    with row_scope(WHOLE_COMPANY), connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.dealer_id, d.code, m.from_period, coalesce(a.code, '') FROM dealers_alliancemembership m"
            " JOIN dealers_dealer d ON d.id = m.dealer_id LEFT JOIN dealers_alliance a ON a.id = m.alliance_id"
            " WHERE m.from_period <= %s ORDER BY m.from_period, m.id",
            [period.ordinal],
        )
        for dealer_id, code, since, alliance in cursor.fetchall():
            spans.setdefault(dealer_id, []).append((since, alliance))
            codes[dealer_id] = code
    return Memberships(spans, codes, period.ordinal)
