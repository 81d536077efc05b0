"""What the rule about outliers needs of every dealer, reduced by one statement of SQL; and the review queue itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Q, QuerySet

from dealers.foundation.half_months import HalfMonth
from settlement.choices import LineKind, RunState
from settlement.models import ReviewItem, SettlementRun
from settlement.rules.outliers import EarningFacts
from settlement.selectors.debts import owes_since

#: Against so many like halves before a dealer is compared with itself: half a year.
LIKE_HALVES = 6

_FACTS = """
    WITH past(run_id, draft, days) AS (
        SELECT * FROM unnest(%s::bigint[], %s::int[], %s::int[])
    ), history AS (
        SELECT s.dealer_id, count(*) AS halves, avg(s.total / p.days) AS mean, stddev_samp(s.total / p.days) AS spread
        FROM settlement_statement s JOIN past p ON p.run_id = s.run_id AND p.draft = s.draft GROUP BY 1
    ), said AS (
        SELECT l.dealer_id, bool_or(l.proof->>'capped' = 'true') AS capped,
               coalesce(sum(l.amount) FILTER (WHERE l.kind = %s), 0) AS adjustments
        FROM settlement_statementline l JOIN settlement_statement s ON s.id = l.statement_id
        WHERE s.run_id = %s AND s.draft = %s GROUP BY 1
    ), paid AS (
        SELECT DISTINCT s.dealer_id FROM settlement_statement s
        JOIN settlement_settlementrun r ON r.id = s.run_id AND r.draft = s.draft
        WHERE r.state = %s AND r.ordinal < %s AND s.payable > 0
    )
    SELECT s.dealer_id, s.digest, s.total, s.closing, s.payable, coalesce(i.adjustments, 0), coalesce(i.capped, false),
           p.dealer_id IS NOT NULL, coalesce(h.halves, 0), h.mean, h.spread
    FROM settlement_statement s
    LEFT JOIN history h ON h.dealer_id = s.dealer_id
    LEFT JOIN said i ON i.dealer_id = s.dealer_id
    LEFT JOIN paid p ON p.dealer_id = s.dealer_id
    WHERE s.run_id = %s AND s.draft = %s ORDER BY s.dealer_id
"""


def earning_facts(run: SettlementRun, draft: int) -> Iterator[tuple[int, str, EarningFacts]]:
    """Dealer, digest of its statement, and what the rule needs of it; three queries for all dealers of the draft.

    On the very first settlement of a company nobody was paid before; that is then no news of any single dealer.
    """
    like = SettlementRun.objects.filter(state=RunState.CLOSED, ordinal__lt=run.ordinal).order_by("-ordinal")
    closed = list(like.values_list("pk", "draft", "ordinal"))
    past = [one for one in closed if one[2] % 2 == run.ordinal % 2][:LIKE_HALVES]
    days = HalfMonth.from_ordinal(run.ordinal).days
    with connection.cursor() as cursor:
        cursor.execute(
            _FACTS,
            [
                [pk for pk, _draft, _ordinal in past],
                [of for _pk, of, _ordinal in past],
                [HalfMonth.from_ordinal(ordinal).days for _pk, _draft, ordinal in past],
                LineKind.ADJUSTMENT,
                run.pk,
                draft,
                RunState.CLOSED,
                run.ordinal,
                run.pk,
                draft,
            ],
        )
        rows = cursor.fetchall()
    negative = [row[0] for row in rows if row[3] < 0]
    since = owes_since(negative) if negative else {}
    for dealer, digest, total, closing, payable, adjustments, capped, paid, halves, mean, spread in rows:
        known = paid or not closed
        facts = EarningFacts(
            total,
            closing,
            payable,
            adjustments,
            capped,
            known,
            days,
            halves,
            mean=mean,
            deviation=spread,
            owes_since=str(since.get(dealer, "")),
        )
        yield dealer, digest, facts


def review_items(run: SettlementRun) -> QuerySet[ReviewItem]:
    """The statements that stand out, those nobody has looked at first, then the weightiest."""
    items = ReviewItem.objects.filter(run=run).select_related("dealer", "looked_by")
    return items.order_by("looked_at", "-weight", "pk")


@dataclass(frozen=True, slots=True)
class ReviewProgress:
    """How many statements stand out, and how many of them nobody has looked at."""

    items: int
    unreviewed: int


def review_progress(run: SettlementRun) -> ReviewProgress:
    """How far the review of a run is; one query."""
    counts = ReviewItem.objects.filter(run=run).aggregate(
        items=Count("pk"), unreviewed=Count("pk", filter=Q(looked_at=None))
    )
    return ReviewProgress(counts["items"], counts["unreviewed"])
