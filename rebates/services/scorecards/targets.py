"""HQ sets what it expects a dealer to sell in a quarter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from dealers.errors import NotFound
from dealers.foundation.periods import Quarter
from dealers.models import ApiKey, Dealer, User
from dealers.selectors.visibility import visible_dealers
from dealers.services.audit import AuditEvent, name_of, record_audits
from rebates import permissions
from rebates.errors import QuarterPublished, TargetNotAboveZero
from rebates.models import SalesTarget, ScorecardQuarter
from rebates.selectors.sales_targets import sales_targets


@dataclass(frozen=True, slots=True)
class NewTarget:
    """What HQ expects, and why."""

    dealer_id: int
    quarter: Quarter
    amount: Decimal
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """How many dealers got their first target of a quarter, and how many another one."""

    first: int
    revised: int


def set_target(*, dealer: Dealer, quarter: Quarter, amount: Decimal, reason: str, actor: User, at: datetime) -> Changed:
    """Set a dealer's target; the same amount again changes nothing.

    Raises :class:`~rebates.errors.QuarterPublished`, :class:`~rebates.errors.TargetNotAboveZero`, or NotFound for a
    dealer out of sight.
    """
    permissions.require(actor, "scorecards.target")
    if not visible_dealers(actor).filter(pk=dealer.pk).exists():
        raise NotFound(what="", key=dealer.code)
    if amount <= 0:
        raise TargetNotAboveZero()
    return set_targets([NewTarget(dealer.pk, quarter, amount, reason[:500])], actor=actor, at=at)


@transaction.atomic
def set_targets(targets: Iterable[NewTarget], *, actor: User | ApiKey | None, at: datetime) -> Changed:
    """Set many targets at once, those that differ from what stands; the caller has checked who may.

    Raises :class:`~rebates.errors.QuarterPublished` for a quarter whose cards stand for good.
    """
    wanted = list(targets)
    standing: dict[Quarter, dict[int, Decimal]] = {}
    for quarter in sorted({target.quarter for target in wanted}):
        # Publication takes the same row: a target comes before the cards stand, or it is refused.
        known = ScorecardQuarter.objects.select_for_update().filter(quarter=str(quarter)).first()
        if known is not None and known.published_at is not None:
            raise QuarterPublished(quarter=str(quarter))
        ids = [target.dealer_id for target in wanted if target.quarter == quarter]
        standing[quarter] = sales_targets(quarter, dealer_ids=ids)
    new = [target for target in wanted if standing[target.quarter].get(target.dealer_id) != target.amount]
    made = SalesTarget.objects.bulk_create(
        [
            SalesTarget(
                dealer_id=target.dealer_id,
                quarter=str(target.quarter),
                amount=target.amount,
                reason=target.reason,
                set_at=at,
                set_by=name_of(actor)[:200],
            )
            for target in new
        ],
        batch_size=2_000,
    )
    record_audits(
        AuditEvent(
            actor,
            "sales_target.set",
            row,
            at,
            target.reason,
            before={"amount": standing[target.quarter].get(target.dealer_id)},
            after={"quarter": row.quarter, "amount": row.amount},
            dealer_id=row.dealer_id,
        )
        for target, row in zip(new, made, strict=True)
    )
    revised = sum(target.dealer_id in standing[target.quarter] for target in new)
    return Changed(len(new) - revised, revised)
