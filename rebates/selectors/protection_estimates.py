"""What a proposal would cost in price protection: reckoned at once when it is small, kept when it is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime

from dealers.foundation.clock import business_day
from dealers.models import Dealer, JobRun, PolicyVersion
from dealers.selectors.policies import policy_in_force
from rebates.models import ProtectionEstimate
from rebates.rules.price_protection import Zero
from rebates.selectors.price_protection import DealerProtection, DealerSum, PriceFall, protections, sums_by_dealer
from rebates.terms import PriceProtectionTerms

ESTIMATE_TASK = "rebates.estimate_protection"
#: Prices that fall times dealers: up to here a page can wait for it, a second at most.
_AT_ONCE = 50_000
#: So many pairs of a dealer and a price that falls are asked for in one statement, between two notes of progress.
_PAIRS_AT_ONCE = 50_000


def is_large(falls: Sequence[PriceFall]) -> bool:
    """Whether the estimate takes too long for a page to wait for it."""
    return bool(falls) and len(falls) * Dealer.objects.count() > _AT_ONCE


def policy_for(falls: Iterable[PriceFall], at: datetime) -> PolicyVersion | None:
    """The policy in force on the first day a price falls, else the present one; None without a fall or a policy."""
    first = min((fall.day for fall in falls), default=None)
    return None if first is None else policy_in_force(first) or policy_in_force(business_day(at))


def sums_in_parts(
    falls: Sequence[PriceFall], terms: PriceProtectionTerms, *, at: datetime, on_progress: Callable[[int], None]
) -> list[DealerSum]:
    """As :func:`~rebates.selectors.price_protection.sums_by_dealer`, some dealers at a time."""
    dealers = list(Dealer.objects.order_by("pk").values_list("pk", flat=True))
    size = max(1, _PAIRS_AT_ONCE // max(1, len(falls)))
    parts = [dealers[first : first + size] for first in range(0, len(dealers), size)]

    def found() -> Iterable[DealerProtection]:
        for done, part in enumerate(parts):
            on_progress(95 * done // len(parts))
            yield from protections(falls, terms, at=at, dealers=part)

    return sums_by_dealer(found())


def latest_estimate(change_id: int) -> ProtectionEstimate | None:
    """The estimate that counts."""
    return ProtectionEstimate.objects.filter(change=change_id).select_related("policy").first()


def job_key(change_id: int) -> str:
    return str(change_id)


def estimate_job(change_id: int) -> JobRun | None:
    """The latest piece of work on a proposal's estimate."""
    return JobRun.objects.filter(task=ESTIMATE_TASK, key=job_key(change_id)).first()


def kept_sums(estimate: ProtectionEstimate, dealers: Collection[int] | None) -> list[DealerSum]:
    """What was reckoned for these dealers, None for everyone, the largest amount first."""
    rows = estimate.dealers.order_by("-amount", "dealer_id")
    if dealers is not None:
        rows = rows.filter(dealer__in=dealers)
    return [
        DealerSum(dealer_id, units, int(amount * 100), products, Counter({Zero(why): n for why, n in zeros.items()}))
        for dealer_id, units, amount, products, zeros in rows.values_list(
            "dealer_id", "units", "amount", "products", "zeros"
        )
    ]
