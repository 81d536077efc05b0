"""The automatic checks a reviewer sees: each an outcome and a sentence with its numbers.

They inform and never decide; a failed check is refused only where a service asks its rule itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from dealers.foundation.refusals import msgid as _
from pricing.rules.promo_bands import BandComparison


class Outcome(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


_WEIGHT = {Outcome.OK: 0, Outcome.WARN: 1, Outcome.FAIL: 2}


@dataclass(frozen=True, slots=True)
class Check:
    """`message` is an English msgid filled in by `params`; `code` names the check."""

    code: str
    outcome: Outcome
    message: str
    params: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Rival:
    """Another promotion in force or under way for the same dealer, product, region and days."""

    code: str
    same_applicant: bool
    skus: tuple[str, ...]
    #: Those of `skus` that it sells at another price.
    other_prices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Supplier:
    """How the applicant stands; `late_feeds` and `holds` are names for the reader."""

    late_feeds: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PastPromos:
    """What became of the applicant's requests in the twelve months before."""

    approved: int = 0
    rejected: int = 0
    withdrawn: int = 0


@dataclass(frozen=True, slots=True)
class PromoFacts:
    """Everything the checks look at. `supplier` is None when HQ itself asks; `day` is the day of asking.

    `latest_submission` is None where no policy says how early to submit.
    """

    day: date
    starts_on: date
    submitted_on: date | None
    latest_submission: date | None
    lead_working_days: int
    comparisons: Sequence[BandComparison]
    rivals: Sequence[Rival]
    hits: int
    uncleared_hits: int
    has_ad_copy: bool
    supplier: Supplier | None
    past: PastPromos


def check_promo(facts: PromoFacts) -> tuple[Check, ...]:
    """All checks that apply, in a fixed order."""
    return tuple(check for rule in CHECKS if (check := rule(facts)) is not None)


def worst(checks: Iterable[Check]) -> Outcome:
    """The gravest outcome among them."""
    return max((check.outcome for check in checks), key=_WEIGHT.__getitem__, default=Outcome.OK)


def lead_time(facts: PromoFacts) -> Check | None:
    """Whether it was submitted early enough; nothing to say while no policy covers the day."""
    if facts.latest_submission is None:
        return None
    submitted_on = facts.submitted_on or facts.day
    params = {
        "days": facts.lead_working_days,
        "latest": facts.latest_submission.isoformat(),
        "submitted": submitted_on.isoformat(),
    }
    if submitted_on > facts.latest_submission:
        return Check(
            "lead_time",
            Outcome.FAIL,
            _("To be submitted %(days)s working days before the start, that is by %(latest)s; it is %(submitted)s."),
            params,
        )
    if facts.submitted_on is None:
        return Check(
            "lead_time", Outcome.OK, _("Submit by %(latest)s: %(days)s working days before the start."), params
        )
    return Check("lead_time", Outcome.OK, _("Submitted on %(submitted)s; %(latest)s was the last day allowed."), params)


def band_comparison(facts: PromoFacts) -> Check:
    """The promo prices against the floors they meet."""
    above = [item.sku for item in facts.comparisons if any(meeting.is_above_ceiling for meeting in item.meetings)]
    if above:
        return Check(
            "band", Outcome.FAIL, _("The promo price lies above the ceiling for %(skus)s."), {"skus": _listed(above)}
        )
    bare = [item.sku for item in facts.comparisons if not item.meetings or item.bare_places]
    if bare:
        return Check(
            "band",
            Outcome.WARN,
            _("No price band covers %(skus)s everywhere in the window; nothing to compare with there."),
            {"skus": _listed(bare)},
        )
    gaps = [
        meeting.gap
        for item in facts.comparisons
        for meeting in item.meetings
        if meeting.is_below_floor and meeting.gap is not None
    ]
    if gaps:
        return Check(
            "band",
            Outcome.WARN,
            _("Up to %(percent)s%% below the floor; the approval lets dealers sell at this price."),
            {"percent": percentage(-min(gaps))},
        )
    return Check("band", Outcome.OK, _("Every promo price lies within its band; no exception from a floor is needed."))


def legal_risk(facts: PromoFacts) -> Check | None:
    """Floors undercut: what they rest on (Anti-Monopoly Law, article 18)."""
    undercut = [meeting for item in facts.comparisons for meeting in item.meetings if meeting.is_below_floor]
    if not undercut:
        return None
    without = sorted(
        {
            meeting.sku
            for meeting in undercut
            if meeting.band.enforced and not meeting.band.has_basis_on(facts.starts_on)
        }
    )
    if without:
        return Check(
            "legal_risk",
            Outcome.WARN,
            _("The enforced floor of %(skus)s has no legal basis in force at the start: it binds nobody."),
            {"skus": _listed(without)},
        )
    bases = sorted({meeting.band.basis for meeting in undercut if meeting.band.enforced})
    if bases:
        return Check(
            "legal_risk",
            Outcome.OK,
            _("The floors undercut rest on %(bases)s; selling below cost stays forbidden (Price Law, article 14)."),
            {"bases": _listed(bases)},
        )
    return Check("legal_risk", Outcome.OK, _("The floors undercut are recommended only."))


def conflicts(facts: PromoFacts) -> Check:
    own = [rival for rival in facts.rivals if rival.same_applicant]
    differing = sorted({sku for rival in own or facts.rivals for sku in rival.other_prices})
    if own and differing:
        return Check(
            "conflicts",
            Outcome.FAIL,
            _(
                "Same applicant, product, region and days as %(codes)s, at another price for %(skus)s: "
                "only one can hold."
            ),
            {"codes": _listed([rival.code for rival in own]), "skus": _listed(differing)},
        )
    if own:
        return Check(
            "conflicts",
            Outcome.FAIL,
            _("Same applicant, product, region and days as %(codes)s: probably a duplicate."),
            {"codes": _listed([rival.code for rival in own])},
        )
    if differing:
        return Check(
            "conflicts",
            Outcome.WARN,
            _("Overlaps with %(codes)s for the same dealer, product, region and days, at another price for %(skus)s."),
            {"codes": _listed([rival.code for rival in facts.rivals]), "skus": _listed(differing)},
        )
    if facts.rivals:
        return Check(
            "conflicts",
            Outcome.WARN,
            _("Overlaps with %(codes)s for the same dealer, product, region and days."),
            {"codes": _listed([rival.code for rival in facts.rivals])},
        )
    return Check("conflicts", Outcome.OK, _("No other promotion for the same dealer, product, region and days."))


def ad_terms(facts: PromoFacts) -> Check:
    params = {"hits": facts.hits, "open": facts.uncleared_hits}
    if not facts.has_ad_copy:
        return Check("ad_terms", Outcome.OK, _("There is no ad copy to examine."))
    if facts.uncleared_hits:
        return Check(
            "ad_terms",
            Outcome.FAIL,
            _("%(open)s of %(hits)s wordings found by the advertising law scan are open."),
            params,
        )
    if facts.hits:
        return Check(
            "ad_terms", Outcome.WARN, _("%(hits)s wordings were found, and cleared by legal one by one."), params
        )
    return Check("ad_terms", Outcome.OK, _("No forbidden or unprovable wording found in the ad copy."))


def supply_status(facts: PromoFacts) -> Check | None:
    """Whether the applicant reports in time and may be supplied."""
    if facts.supplier is None:
        return None
    if facts.supplier.holds:
        return Check("sync", Outcome.FAIL, _("Supply is held: %(holds)s."), {"holds": _listed(facts.supplier.holds)})
    if facts.supplier.late_feeds:
        return Check(
            "sync", Outcome.WARN, _("Reports are late: %(feeds)s."), {"feeds": _listed(facts.supplier.late_feeds)}
        )
    return Check("sync", Outcome.OK, _("Reports arrive in time and supply is open."))


def past_promos(facts: PromoFacts) -> Check:
    past = facts.past
    params = {"approved": past.approved, "rejected": past.rejected, "withdrawn": past.withdrawn}
    if not (past.approved or past.rejected or past.withdrawn):
        return Check("past", Outcome.OK, _("First request in twelve months."))
    outcome = Outcome.WARN if past.rejected > past.approved else Outcome.OK
    return Check(
        "past",
        outcome,
        _("Twelve months: %(approved)s approved, %(rejected)s rejected, %(withdrawn)s withdrawn."),
        params,
    )


CHECKS: tuple[Callable[[PromoFacts], Check | None], ...] = (
    lead_time,
    band_comparison,
    legal_risk,
    conflicts,
    ad_terms,
    supply_status,
    past_promos,
)


def percentage(fraction: Decimal) -> str:
    """A fraction in percent with one decimal, half up."""
    return format((fraction * 100).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP), "f")


def _listed(names: Sequence[str], limit: int = 4) -> str:
    shown = ", ".join(names[:limit])
    return shown if len(names) <= limit else f"{shown} +{len(names) - limit}"
