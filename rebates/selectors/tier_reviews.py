"""Tier reviews as a person, or a system by its scope, may see them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from dealers.selectors.visibility import visible_dealers
from rebates.choices import ProposalState
from rebates.models import TierProposal
from rebates.permissions import can


def visible_proposals(user: Any) -> QuerySet[TierProposal]:
    """Proposals of the dealers in sight. A dealer sees its own once nothing is left to be decided about it."""
    proposals = TierProposal.objects.select_related("dealer", "review", "decided_by")
    if user.dealer_id is not None:
        return proposals.filter(dealer_id=user.dealer_id).exclude(state=ProposalState.PROPOSED)
    if user.role is not None and not can(user, "tiers.view"):
        return proposals.none()
    return proposals.filter(dealer__in=visible_dealers(user))
