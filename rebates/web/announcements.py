"""What a fall of list prices will cost, said before it is confirmed: an estimate with the facts there are now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from dealers.choices import Role
from dealers.models import PriceChange, User
from dealers.selectors.list_prices import PriceStep
from dealers.selectors.visibility import visible_dealers
from rebates.rules.price_protection import Zero
from rebates.rules.quantities import cents_text
from rebates.selectors.price_protection import (
    DealerProtection,
    DealerSum,
    PriceFall,
    proposed_falls,
    protections,
    sums_by_dealer,
    terms_of,
)
from rebates.selectors.protection_estimates import is_large, kept_sums, latest_estimate, policy_for
from rebates.terms import PriceProtectionTerms
from rebates.web.protection_words import zero_words


@dataclass(slots=True)
class Announcement:
    """The estimate ``as_of`` an instant; ``terms`` is None when no policy is in force on the first day."""

    as_of: datetime
    falls: int
    first_day: date | None
    terms: PriceProtectionTerms | None
    policy: str = ""
    sums: list[DealerSum] = field(default_factory=list)
    details: list[DealerProtection] = field(default_factory=list)
    #: Reckoned in the background at `as_of`, not while the page was made.
    kept: bool = False

    @property
    def units(self) -> int:
        return sum(row.units for row in self.sums)

    @property
    def amount(self) -> str:
        return cents_text(sum(row.amount for row in self.sums))

    @property
    def credited(self) -> int:
        """How many dealers are credited anything."""
        return sum(row.units > 0 for row in self.sums)

    @property
    def zeros(self) -> list[tuple[Any, int]]:
        """Why nothing is credited, in words, and how often."""
        found: Counter[Zero] = Counter()
        for row in self.sums:
            found.update(row.zeros)
        return [(zero_words(zero), count) for zero, count in found.most_common()]

    def record(self) -> dict[str, Any]:
        """What stays with a confirmed change."""
        return {
            "as_of": self.as_of.isoformat(),
            "falls": self.falls,
            "policy": self.policy,
            "dealers": self.credited,
            "units": self.units,
            "amount": self.amount,
        }


def announce(
    steps: Iterable[PriceStep],
    *,
    at: datetime,
    dealers: Collection[int] | None = None,
    keep: bool = False,
    known_at: datetime | None = None,
) -> Announcement:
    """Reckon what the falls among these prices cost; ``keep`` keeps every dealer and product in ``details``.

    ``known_at`` leaves out facts received later.
    """
    falls = proposed_falls(steps)
    told = _unreckoned(falls, at)
    if told.terms is not None:
        found: Iterable[DealerProtection] = protections(falls, told.terms, at=at, dealers=dealers, known_at=known_at)
        if keep:
            told.details = sorted(found, key=lambda row: (-row.protection.amount, row.dealer_id, row.product_id))
            found = told.details
        told.sums = sums_by_dealer(found)
    return told


def announced(
    change: PriceChange, steps: Sequence[PriceStep], *, at: datetime, dealers: Collection[int] | None = None
) -> Announcement | None:
    """What a page is told: reckoned at once when that is quick, else as it was kept; None while nothing is kept."""
    falls = proposed_falls(steps)
    if not is_large(falls):
        return announce(steps, at=at, dealers=dealers)
    told = _unreckoned(falls, at)
    if told.terms is None:
        return told
    kept = latest_estimate(change.pk)
    if kept is None:
        return None
    return replace(
        told,
        as_of=kept.as_of,
        terms=terms_of(kept.policy),
        policy=str(kept.policy),
        sums=kept_sums(kept, dealers),
        kept=True,
    )


def _unreckoned(falls: Sequence[PriceFall], at: datetime) -> Announcement:
    policy = policy_for(falls, at)
    first_day = min((fall.day for fall in falls), default=None)
    return Announcement(at, len(falls), first_day, None if policy is None else terms_of(policy), str(policy or ""))


def in_sight(user: User) -> list[int] | None:
    """The dealers whose figures a person may see; None is everyone."""
    if user.role != Role.CHANNEL_MANAGER:
        return None
    return list(visible_dealers(user).values_list("pk", flat=True))
