"""The checks of a request that is still being written, so that its applicant is warned before it is submitted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dealers.foundation.clock import business_day
from dealers.selectors.calendar import current_calendar
from dealers.selectors.policies import published_policies
from dealers.selectors.visibility import visible_dealers
from pricing.rules.ad_terms import Hit, scan_ad_copy
from pricing.rules.lead_time import Lead, lead_before
from pricing.rules.promo_bands import compare_with_bands
from pricing.rules.promo_checks import Check, PastPromos, PromoFacts, ad_terms, band_comparison, conflicts, lead_time
from pricing.rules.promo_content import PromoContent
from pricing.selectors.ad_terms import load_ad_terms
from pricing.selectors.promo_bands import bands_of
from pricing.selectors.promo_claims import rivals_of_content
from pricing.selectors.promo_places import load_region_tree
from pricing.selectors.promo_review import lead_days_on


@dataclass(frozen=True)
class DraftView:
    """What can be told of a draft: its checks, the wordings legal will ask about, and the lead day by day."""

    checks: tuple[Check, ...]
    hits: tuple[Hit, ...]
    lead: Lead | None
    lead_days: int


def draft_view(content: PromoContent, user: Any, *, code: str, at: datetime) -> DraftView:
    """The view of a content whose window is not empty; ``code`` is the number of a draft saved before."""
    today = business_day(at)
    tree = load_region_tree()
    lead_days = lead_days_on(published_policies(), today)
    lead = None if lead_days is None else lead_before(content.starts_on, lead_days, current_calendar())
    hits = scan_ad_copy(content.ad_copy, load_ad_terms())
    bands = bands_of([item.sku for item in content.items], content.starts_on, content.ends_on)
    places = tree.places_in(content.regions)
    dealers = visible_dealers(user).filter(code__in=content.dealers).values_list("pk", flat=True)
    facts = PromoFacts(
        day=today,
        starts_on=content.starts_on,
        submitted_on=None,
        latest_submission=None if lead is None else lead.latest,
        lead_working_days=lead_days or 0,
        comparisons=[
            compare_with_bands(
                item.sku, item.price, places, bands.get(item.sku, ()), content.starts_on, content.ends_on
            )
            for item in content.items
        ],
        rivals=rivals_of_content(
            content, tree, code=code, applicant_id=user.dealer_id, dealers=() if user.dealer_id else list(dealers)
        ),
        hits=len(hits),
        uncleared_hits=len(hits),
        has_ad_copy=bool(content.ad_copy),
        supplier=None,
        past=PastPromos(),
    )
    rules = (lead_time, band_comparison, conflicts, ad_terms) if content.items else (lead_time, ad_terms)
    return DraftView(tuple(check for rule in rules if (check := rule(facts))), hits, lead, lead_days or 0)
