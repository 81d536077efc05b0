"""Whether dealers take bills, and since when."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from settlement.models import BillConsent


def takes_bills(dealer_id: int, *, at: datetime) -> bool:
    """Whether the dealer has consented to bills and not withdrawn it up to that instant; without a word it has not."""
    latest = latest_consent(dealer_id, at=at)
    return latest is not None and latest.consents


def latest_consent(dealer_id: int, *, at: datetime) -> BillConsent | None:
    """The dealer's last word up to an instant."""
    return BillConsent.objects.filter(dealer=dealer_id, at__lte=at).select_related("by").order_by("-at", "-id").first()


def consents_of(dealer_ids: Collection[int], *, at: datetime) -> Mapping[int, BillConsent]:
    """The last word of each of these dealers that has ever said anything; one query."""
    said = BillConsent.objects.filter(dealer__in=dealer_ids, at__lte=at).order_by("dealer_id", "-at", "-id")
    return {one.dealer_id: one for one in said.distinct("dealer_id")}
