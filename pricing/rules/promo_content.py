"""What a promotion request must say, and how one submission differs from the one before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from dealers.foundation.findings import Finding, Severity
from dealers.foundation.refusals import msgid as _
from pricing.rules.promo_costs import CostShares, faults_in_shares, shares_of
from pricing.rules.promo_goals import Goal, faults_in_goals

PRICE_PLACES = 6
SHARE_PLACES = 6
MONEY_PLACES = 2
_WHOLE_DIGITS_OF_A_PRICE = 12
_WHOLE_DIGITS_OF_A_BUDGET = 16
_MOST_ITEMS = 200

#: What a content consists of, in the order of the form.
FIELDS = (
    "title",
    "kind",
    "starts_on",
    "ends_on",
    "items",
    "regions",
    "dealers",
    "budget",
    "brand_share",
    "dealer_share",
    "other_share",
    "other_party",
    "goals",
    "goal",
    "ad_copy",
    "attachments",
)
#: Fields that hold several things by name; a difference tells them one by one.
_KEYED = ("items", "goals", "attachments")


@dataclass(frozen=True, slots=True)
class PromoItemContent:
    sku: str
    price: Decimal


@dataclass(frozen=True, slots=True)
class PromoContent:
    """What an applicant asks for. `ends_on` is the first day no longer covered; no region or dealer means all.

    Without `dealer_share` the dealers bear what brand and other party leave.
    """

    title: str
    kind: str
    starts_on: date
    ends_on: date
    budget: Decimal
    brand_share: Decimal
    goal: str
    ad_copy: str
    items: tuple[PromoItemContent, ...]
    regions: tuple[str, ...] = ()
    dealers: tuple[str, ...] = ()
    dealer_share: Decimal | None = None
    other_share: Decimal = Decimal(0)
    other_party: str = ""
    goals: tuple[Goal, ...] = ()

    @property
    def shares(self) -> CostShares:
        return shares_of(self.brand_share, self.dealer_share, self.other_share, self.other_party)

    def as_record(self) -> dict[str, Any]:
        """The plain form kept with a submission, in an order that does not depend on the applicant's."""
        shares = self.shares
        return {
            "title": self.title,
            "kind": self.kind,
            "starts_on": self.starts_on.isoformat(),
            "ends_on": self.ends_on.isoformat(),
            "budget": plain(self.budget),
            "brand_share": plain(shares.brand),
            "dealer_share": plain(shares.dealers),
            "other_share": plain(shares.other),
            "other_party": shares.other_party,
            "goals": {goal.measure: plain(goal.target) for goal in sorted(self.goals, key=lambda goal: goal.measure)},
            "goal": self.goal,
            "ad_copy": self.ad_copy,
            "items": {item.sku: plain(item.price) for item in sorted(self.items, key=lambda item: item.sku)},
            "regions": sorted(self.regions),
            "dealers": sorted(self.dealers),
        }


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs; an absent side is empty.

    `key` is the SKU when a price changed, the measure when a goal did, the digest when a file came or went.
    """

    field: str
    before: str
    after: str
    key: str = ""


def faults_in(content: PromoContent) -> tuple[Finding, ...]:
    """Everything that keeps the request from being submitted, each with its field."""
    return (*draft_faults_in(content), *_gaps(content))


def draft_faults_in(content: PromoContent) -> tuple[Finding, ...]:
    """Everything that keeps the request from being saved; a draft may still lack what a submission needs."""
    return tuple(_faults(content))


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """What differs between two submissions, in the order of the form; prices, goals and files one by one.

    What an older submission did not record yet is no difference.
    """
    changes: list[Change] = []
    for field in FIELDS:
        if field not in before or field not in after or before[field] == after[field]:
            continue
        old, new = before[field], after[field]
        if field in _KEYED:
            changes.extend(
                Change(field, old.get(key, ""), new.get(key, ""), key)
                for key in sorted({*old, *new})
                if old.get(key) != new.get(key)
            )
        else:
            changes.append(Change(field, _text(old), _text(new)))
    return tuple(changes)


def plain(number: Decimal) -> str:
    """The number without zeros at its end, never in scientific form."""
    return format(number.normalize(), "f")


def _text(value: Any) -> str:
    if value is None:
        return ""
    return ", ".join(value) if isinstance(value, Sequence) and not isinstance(value, str) else str(value)


def _faults(content: PromoContent) -> Iterator[Finding]:
    if content.ends_on <= content.starts_on:
        yield _fault(
            "window_empty",
            _("The end %(ends_on)s must lie after the start %(starts_on)s; it is the first day without promotion."),
            "ends_on",
            starts_on=content.starts_on.isoformat(),
            ends_on=content.ends_on.isoformat(),
        )
    yield from _number_faults("budget", content.budget, MONEY_PLACES, _WHOLE_DIGITS_OF_A_BUDGET)
    yield from _share_faults(content)
    yield from faults_in_goals(content.goals)
    if len(content.items) > _MOST_ITEMS:
        yield _fault(
            "too_many_items", _("A request has at most %(limit)s products; split the list."), "items", limit=_MOST_ITEMS
        )
    seen: set[str] = set()
    for number, item in enumerate(content.items):
        if item.sku in seen:
            yield _fault(
                "sku_repeated",
                _("The product %(sku)s is named twice; keep one line."),
                f"items.{number}.sku",
                sku=item.sku,
            )
        seen.add(item.sku)
        yield from _number_faults(f"items.{number}.promo_price", item.price, PRICE_PLACES, _WHOLE_DIGITS_OF_A_PRICE)


def _gaps(content: PromoContent) -> Iterator[Finding]:
    if not content.items:
        yield _fault("no_items", _("Name at least one product with its promo price."), "items")


def _share_faults(content: PromoContent) -> Iterator[Finding]:
    written = {
        "brand_share": content.brand_share,
        "dealer_share": Decimal(0) if content.dealer_share is None else content.dealer_share,
        "other_share": content.other_share,
    }
    faults = [fault for field, share in written.items() for fault in _one_share(field, share)]
    yield from faults
    if not faults:
        yield from faults_in_shares(content.shares, dealers_given=content.dealer_share is not None)


def _one_share(field: str, share: Decimal) -> Iterator[Finding]:
    yield from _number_faults(field, share, SHARE_PLACES, 1)
    if share > 1:
        yield _fault("share_above_one", _("A share lies between 0 and 1 of the budget."), field)


def _number_faults(field: str, value: Decimal, places: int, whole_digits: int) -> Iterator[Finding]:
    if not value.is_finite():
        yield _fault("not_a_number", _("Write a plain number."), field)
        return
    if value < 0:
        yield _fault("negative", _("The number must not be negative."), field)
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > places:
        yield _fault("too_many_places", _("The number has more than %(places)s decimal places."), field, places=places)
    if value.adjusted() >= whole_digits:
        yield _fault("too_large", _("The number is too large."), field)


def _fault(code: str, message: str, field: str, **params: Any) -> Finding:
    return Finding(code, Severity.ERROR, message, params, field=field)
