"""What finance looks at every day: what is open by its age, which bills fall due when, what waits for somebody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Sum

from dealers.foundation.clock import business_day
from dealers.foundation.money import ZERO
from dealers.selectors.policies import policy_in_force
from settlement.choices import PaymentState
from settlement.models import Bill, Payment
from settlement.rules.ageing import Bucket, buckets
from settlement.rules.dispute_life import PENDING
from settlement.rules.maturity import Rung, ladder
from settlement.terms import PaymentTerms, settlement_terms

#: A bill in one of these will still be presented for payment.
OUTSTANDING = (PaymentState.DRAFTED, PaymentState.ACCEPTED, PaymentState.DELIVERED)


@dataclass(frozen=True, slots=True)
class AgedSum:
    """One bucket: what is open of that age, undisputed or not, of how many dealers."""

    bucket: Bucket
    undisputed: Decimal
    disputed: Decimal
    dealers: int
    overdue: bool

    @property
    def open(self) -> Decimal:
        return self.undisputed + self.disputed


@dataclass(frozen=True, slots=True)
class RungSum:
    """One step of the maturity ladder: which bills, worth how much."""

    rung: Rung
    amount: Decimal
    bills: int


def overdue_days(at: datetime) -> int:
    """After how many days an undisputed amount is overdue by the policy in force."""
    policy = policy_in_force(business_day(at))
    return PaymentTerms().overdue_days if policy is None else settlement_terms(policy).payment.overdue_days


def ageing(*, at: datetime) -> list[AgedSum]:
    """What is open to all dealers, by how long it has been; one query over what is open."""
    limit = overdue_days(at)
    among = buckets(limit)
    sums = dict.fromkeys(range(len(among)), (ZERO, ZERO, 0))
    with connection.cursor() as cursor:
        edges = [bucket.first for bucket in among]
        cursor.execute(_AGED, {"on": business_day(at), "pending": [*PENDING], "edges": edges})
        for place, undisputed, disputed, dealers in cursor.fetchall():
            sums[place - 1] = (undisputed, disputed, dealers)
    return [AgedSum(bucket, *sums[place], bucket.first > limit) for place, bucket in enumerate(among)]


def aged_dealers(*, at: datetime, words: str = "") -> list[dict[str, Any]]:
    """The dealers with anything open, those with the oldest first: how much, disputed, overdue, since when."""
    with connection.cursor() as cursor:
        cursor.execute(
            _AGED_DEALERS,
            {
                "on": business_day(at),
                "pending": [*PENDING],
                "limit": overdue_days(at),
                "words": f"%{words}%",
            },
        )
        names = ("code", "name", "open", "disputed", "overdue", "oldest", "statements")
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def maturity_ladder(*, today: date) -> list[RungSum]:
    """The outstanding bills by when they fall due; one query."""
    rungs = ladder(today)
    rows = Bill.objects.filter(payment__state__in=OUTSTANDING).values("due_on").order_by("due_on")
    found: list[Any] = list(rows.annotate(amount=Sum("amount"), bills=Count("pk")))
    return [_rung(rung, [row for row in found if rung.holds(row["due_on"])]) for rung in rungs]


def _rung(rung: Rung, rows: Sequence[dict[str, Any]]) -> RungSum:
    return RungSum(rung, sum((row["amount"] for row in rows), ZERO), sum(row["bills"] for row in rows))


def payment_sums() -> dict[tuple[str, str], tuple[Decimal, int]]:
    """How much stands in payments of each method and state, and how many; one query."""
    rows = Payment.objects.order_by().values("method", "state").annotate(amount=Sum("amount"), count=Count("pk"))
    return {(row["method"], row["state"]): (row["amount"], row["count"]) for row in rows}


#: What is open of each contribution, and how much of that is held back by disputes.
_OPEN = """
    SELECT p.dealer_id, p.open, least(p.open, coalesce(f.frozen, 0)) AS disputed, p.age FROM (
        SELECT id, statement_id, dealer_id, amount - paid - set_off AS open,
               greatest(0, %(on)s::date - (since AT TIME ZONE 'Asia/Shanghai')::date) AS age
        FROM settlement_payable WHERE amount > paid + set_off
    ) p LEFT JOIN (
        SELECT d.statement_id, sum(s.amount) AS frozen
        FROM settlement_disputedline l JOIN settlement_dispute d ON d.id = l.dispute_id
        JOIN settlement_statementline s ON s.id = l.line_id
        WHERE d.state = ANY(%(pending)s) AND NOT l.withdrawn AND s.amount > 0 GROUP BY 1
    ) f ON f.statement_id = p.statement_id
"""
_AGED = f"""
    SELECT width_bucket(age, %(edges)s::int[]) AS place, sum(open - disputed), sum(disputed), count(DISTINCT dealer_id)
    FROM ({_OPEN}) o GROUP BY 1
"""
_AGED_DEALERS = f"""
    SELECT d.code, d.name, sum(open), sum(disputed),
           coalesce(sum(open - disputed) FILTER (WHERE age > %(limit)s), 0), max(age), count(*)
    FROM ({_OPEN}) o JOIN dealers_dealer d ON d.id = o.dealer_id
    WHERE d.code ILIKE %(words)s OR d.name ILIKE %(words)s
    GROUP BY d.id ORDER BY max(age) DESC, sum(open) DESC, d.code
"""
