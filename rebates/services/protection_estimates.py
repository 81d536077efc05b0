"""Reckoning in the background what a proposal of many list prices would cost in price protection."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from dealers.choices import PriceChangeState
from dealers.models import JobRun, PriceChange, User
from dealers.permissions import can, require
from dealers.selectors.list_prices import price_steps
from dealers.services.jobs import request_job
from rebates.models import EstimatedProtection, ProtectionEstimate
from rebates.rules.quantities import cents_text
from rebates.selectors.price_protection import proposed_falls, terms_of
from rebates.selectors.protection_estimates import ESTIMATE_TASK, job_key, policy_for, sums_in_parts


def request_estimate(*, change: PriceChange, actor: User, at: datetime) -> JobRun:
    """Ask for the estimate of a proposal; while one is being reckoned, that one is the answer."""
    require(actor, "prices.propose" if can(actor, "prices.propose") else "prices.confirm")
    return request_job(task=ESTIMATE_TASK, key=job_key(change.pk), params={"change": change.pk}, actor=actor, at=at)


def reckon_estimate(
    *, change_id: int, at: datetime, on_progress: Callable[[int], None] = lambda _percent: None
) -> ProtectionEstimate | None:
    """Reckon and keep the estimate with the facts there are at ``at``.

    None when there is nothing to say: the proposal was decided meanwhile, no price falls, or no policy is in force.
    """
    change = PriceChange.objects.get(pk=change_id)
    falls = proposed_falls(price_steps(change.lines.select_related("product")))
    policy = policy_for(falls, at)
    if change.state != PriceChangeState.PROPOSED or policy is None:
        return None
    sums = sums_in_parts(falls, terms_of(policy), at=at, on_progress=on_progress)
    with transaction.atomic():
        estimate = ProtectionEstimate.objects.create(change=change, as_of=at, falls=len(falls), policy=policy)
        EstimatedProtection.objects.bulk_create(
            (
                EstimatedProtection(
                    estimate=estimate,
                    dealer_id=row.dealer_id,
                    units=row.units,
                    amount=cents_text(row.amount),
                    products=row.products,
                    zeros={str(zero): count for zero, count in row.zeros.items()},
                )
                for row in sums
            ),
            batch_size=2_000,
        )
    return estimate
