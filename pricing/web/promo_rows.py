"""Reviews of promotion requests in the words and shapes of the page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from dealers.choices import CityTier
from dealers.models import Region
from pricing.choices import BandScope
from pricing.models import PromoRequest, PromoStep
from pricing.rules.promo_bands import BandComparison, BandMeeting
from pricing.rules.promo_bulk import objection_to_bulk
from pricing.rules.promo_checks import Check, Outcome
from pricing.rules.promo_flow import IN_REVIEW
from pricing.selectors.promo_review import Review, findings_of, last_step

CHECK_LABELS: Mapping[str, Any] = {
    "lead_time": _("Lead time"),
    "band": _("Price against band"),
    "legal_risk": _("Floor and law"),
    "conflicts": _("Overlapping promotions"),
    "ad_terms": _("Ad wording"),
    "sync": _("Reports and supply"),
    "past": _("Earlier requests"),
}
OUTCOME_WORDS: Mapping[Outcome, Any] = {
    Outcome.OK: _("OK"),
    Outcome.WARN: _("Attention"),
    Outcome.FAIL: _("Problem"),
}
TONES: Mapping[Outcome, str] = {Outcome.OK: "ok", Outcome.WARN: "warn", Outcome.FAIL: "bad"}


@dataclass(frozen=True)
class Row:
    """One line of the list. The price and gap are those of the item that lies lowest against its floor."""

    request: PromoRequest
    product: str
    kind: str
    more: int
    price: Decimal | None
    gap: Decimal | None
    gap_tone: str
    outcome: str
    outcome_tone: str
    problems: str
    step: PromoStep | None
    #: Why it cannot be approved with others; empty when it is harmless.
    bulk_objection: str = ""

    @property
    def days(self) -> str:
        """The first and the last day."""
        return f"{self.request.starts_on:%m-%d} – {self.request.ends_on - timedelta(days=1):%m-%d}"

    @property
    def counted(self) -> str:
        """Which working days the deadline counted."""
        return counted_days(self.step) if self.step else ""


def row_of(review: Review) -> Row:
    """The line of a review."""
    request = review.request
    lowest = min(
        review.comparisons,
        key=lambda item: (_gap(item) is None, _gap(item) or Decimal(0), item.sku),
        default=None,
    )
    names = {item.product.sku: item.product.name for item in request.items.all()}
    step = last_step(request) if request.state in IN_REVIEW else None
    problems = [check_words(check)["detail"] for check in review.checks if check.outcome != Outcome.OK]
    return Row(
        request=request,
        product=names.get(lowest.sku, "") if lowest else "",
        kind=request.get_kind_display(),
        more=max(len(names) - 1, 0),
        price=lowest.price if lowest else None,
        gap=_gap(lowest) if lowest else None,
        gap_tone=gap_tone(lowest.tightest) if lowest else "",
        outcome=str(OUTCOME_WORDS[review.outcome]) if review.checks else "",
        outcome_tone=TONES[review.outcome],
        problems="\n".join(problems),
        step=step,
        bulk_objection=_bulk_objection(review, step),
    )


def _bulk_objection(review: Review, step: PromoStep | None) -> str:
    if step is None:
        return ""
    objection = objection_to_bulk(step.kind, step.authority, review.checks, len(findings_of(review.request)))
    return objection.render() if objection else ""


def check_words(check: Check) -> dict[str, str]:
    """A check as the check list component takes it."""
    return {
        "outcome": TONES[check.outcome],
        "label": str(CHECK_LABELS[check.code]),
        "result": str(OUTCOME_WORDS[check.outcome]),
        "detail": gettext(check.message) % check.params,
    }


def gap_tone(meeting: BandMeeting | None) -> str:
    """The colour of a price against its floor: below an enforced one is bad, below a recommended one to look at."""
    if meeting is None:
        return ""
    if meeting.is_above_ceiling:
        return "bad"
    if not meeting.is_below_floor:
        return "ok"
    return "bad" if meeting.band.enforced else "warn"


def band_lines(review: Review, *, most: int = 5) -> list[dict[str, Any]]:
    """Per product its price against each band it meets, the highest floor first."""
    names = {item.product.sku: item.product.name for item in review.request.items.all()}
    regions = region_names(review.comparisons)
    return [band_line(item, names.get(item.sku, ""), regions, most=most) for item in review.comparisons]


def band_line(item: BandComparison, name: str, regions: Mapping[str, str], *, most: int = 5) -> dict[str, Any]:
    """One product with its price against each band it meets."""
    return {
        "sku": item.sku,
        "name": name,
        "price": item.price,
        "bare_places": item.bare_places,
        "hidden": max(len(item.meetings) - most, 0),
        "meetings": [
            {
                "scope": _scope_words(meeting, regions),
                "places": ngettext("%(count)d city", "%(count)d cities", meeting.places) % {"count": meeting.places},
                "floor": meeting.band.floor,
                "ceiling": meeting.band.ceiling,
                "gap": meeting.gap,
                "tone": gap_tone(meeting),
                "enforced": meeting.band.enforced,
                "basis": meeting.band.basis,
            }
            for meeting in item.meetings[:most]
        ],
    }


def counted_days(step: PromoStep) -> str:
    """“counted 2026-02-14, 2026-02-24”, for the deadline chip."""
    return gettext("working days counted: %(days)s") % {"days": ", ".join(step.deadline.get("counted", []))}


def _gap(item: BandComparison) -> Decimal | None:
    return item.tightest.gap if item.tightest else None


def region_names(items: Iterable[BandComparison]) -> dict[str, str]:
    """The names of the regions whose own bands are met, by code. One query."""
    codes = {meeting.band.region for item in items for meeting in item.meetings if meeting.band.region}
    return {region.code: region.name for region in Region.objects.filter(code__in=codes)} if codes else {}


def _scope_words(meeting: BandMeeting, regions: Mapping[str, str]) -> str:
    band = meeting.band
    if band.scope == BandScope.REGION and band.region:
        return regions.get(band.region, band.region)
    if band.scope == BandScope.CITY_TIER and band.city_tier:
        return str(CityTier(band.city_tier).label)
    return str(BandScope.NATIONAL.label)
