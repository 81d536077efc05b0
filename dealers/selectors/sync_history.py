"""What the sync clock did to a dealer: warned it, held supply, released it; and what was agreed."""

from __future__ import annotations

from dataclasses import dataclass

from dealers.choices import HoldKind
from dealers.models import Dealer, SupplyHold, SyncExemption, SyncWarning

_LATEST = 20


@dataclass(frozen=True, slots=True)
class SyncHistory:
    """The latest of each kind, the newest first; three queries."""

    warnings: tuple[SyncWarning, ...]
    holds: tuple[SupplyHold, ...]
    exemptions: tuple[SyncExemption, ...]


def sync_history(dealer: Dealer) -> SyncHistory:
    """The warnings, holds for missing reports or placed by hand, and exemptions of a dealer."""
    holds = dealer.holds.filter(kind__in=(HoldKind.SYNC, HoldKind.MANUAL)).select_related("opened_by", "lifted_by")
    return SyncHistory(
        tuple(SyncWarning.objects.filter(dealer=dealer).order_by("-warned_at")[:_LATEST]),
        tuple(holds.order_by("-opened_at")[:_LATEST]),
        tuple(SyncExemption.objects.filter(dealer=dealer).select_related("agreed_by").order_by("-agreed_at")[:_LATEST]),
    )
