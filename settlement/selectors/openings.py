"""Where a statement's opening balance comes from: the closing before, less what was paid since."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F

from dealers.foundation.money import ZERO
from settlement.choices import RunState
from settlement.models import Statement


@dataclass(frozen=True, slots=True)
class Opening:
    """``previous`` less ``paid`` is the opening balance; ``paid`` is negative when more failed than was paid."""

    previous: Decimal
    paid: Decimal


def opening_of(statement: Statement) -> Opening:
    """The closing balance of the dealer's statement before, and what was paid between the two cutoffs; one query."""
    earlier = Statement.objects.filter(
        dealer=statement.dealer_id,
        run__state=RunState.CLOSED,
        run__ordinal__lt=statement.run.ordinal,
        draft=F("run__draft"),
    )
    closing = earlier.order_by("-run__ordinal").values_list("closing", flat=True).first()
    previous = ZERO if closing is None else closing
    return Opening(previous, previous - statement.opening)
