"""Recording one-off amounts, taking them back, and marking them as settled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from dealers.foundation.barrier import enter_intake
from dealers.foundation.half_months import HalfMonth
from dealers.foundation.money import ZERO
from dealers.models import User
from rebates.choices import CreditKind
from rebates.models import Credit
from rebates.rules.proof_shape import prove


@dataclass(frozen=True, slots=True)
class NewCredit:
    """A credit before it is recorded; see :class:`~rebates.models.Credit` for what the fields mean."""

    dealer_id: int
    kind: CreditKind
    program: str
    reference: str
    for_period: HalfMonth
    amount: Decimal
    proof: Mapping[str, Any]
    base: Decimal = ZERO
    rate: Decimal = ZERO
    reverses: Credit | None = field(default=None)


def record_credits(credits: Iterable[NewCredit], *, actor: User | None, at: datetime) -> list[Credit]:
    """Record credits in the caller's transaction; those whose reference is known already are left as they are.

    Returns what is on record for the references, in their order. The intake barrier is entered first, so that a
    settlement either waits for these credits or leaves them to the next one.
    """
    asked = list(credits)
    with transaction.atomic():
        with connection.cursor() as cursor:
            enter_intake(cursor)
        Credit.objects.bulk_create(
            [
                Credit(
                    dealer_id=credit.dealer_id,
                    kind=credit.kind,
                    program=credit.program,
                    reference=credit.reference,
                    for_period=credit.for_period.ordinal,
                    base=credit.base,
                    rate=credit.rate,
                    amount=credit.amount,
                    proof=dict(credit.proof),
                    reverses=credit.reverses,
                    known_from=at,
                    recorded_by=actor,
                )
                for credit in asked
            ],
            ignore_conflicts=True,
        )
    found = Credit.objects.in_bulk([credit.reference for credit in asked], field_name="reference")
    return [found[credit.reference] for credit in asked]


def reverse_credit(credit: Credit, *, reason: str, actor: User | None, at: datetime) -> Credit:
    """Take a credit back to the cent by one that refers to it. Repeating it changes nothing."""
    proof = prove(
        rule="reversal",
        subject={"reason": reason},
        inputs=[{"of": "credit", "doc": credit.reference, "amount": credit.amount}],
        steps=[("reversed", "-credit")],
    )
    reversal = NewCredit(
        dealer_id=credit.dealer_id,
        kind=CreditKind(credit.kind),
        program=credit.program,
        reference=f"reversal:{credit.pk}",
        for_period=HalfMonth.from_ordinal(credit.for_period),
        amount=-credit.amount,
        proof=proof,
        base=-credit.base,
        rate=credit.rate,
        reverses=credit,
    )
    return record_credits([reversal], actor=actor, at=at)[0]


def settle_credits(*, source: str, params: Sequence[Any], period: int) -> int:
    """Mark the credits whose references ``source`` selects as settled by half-month ``period``; how many there were.

    Raises an integrity error when one of them has been settled before.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO rebates_creditsettlement (credit_id, period)"
            f" SELECT c.id, %s FROM rebates_credit c WHERE c.reference IN ({source})",
            [period, *params],
        )
        return int(cursor.rowcount)
