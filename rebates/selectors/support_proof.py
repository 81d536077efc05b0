"""The facts behind accepted support, gathered for its proof."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dealers.foundation.half_months import HalfMonth
from rebates.choices import SupportState
from rebates.models import SupportActivity
from rebates.rules.support_proof import AcceptedSupport, proof_of


def proof_of_support(activity: SupportActivity, period: HalfMonth, *, at: datetime) -> dict[str, Any]:
    """The proof of the activity as it is accepted at an instant; people of headquarters stay unnamed in it."""
    quota = activity.quota
    assert quota is not None and activity.reserved is not None and activity.committed is not None
    assert activity.claimed is not None and activity.accepted is not None
    steps = activity.steps.order_by("pk").values_list("state", "at", "amount")
    states = [{"state": state, "at": moment.isoformat(), "amount": f"{amount:.2f}"} for state, moment, amount in steps]
    states.append({"state": SupportState.ACCEPTED.value, "at": at.isoformat(), "amount": f"{activity.accepted:.2f}"})
    files = activity.files.filter(removed_at=None).order_by("pk")
    return proof_of(
        AcceptedSupport(
            number=activity.number,
            purpose=activity.purpose,
            quarter=activity.quarter,
            tier=quota.tier,
            policy=(quota.policy.code, quota.policy.version),
            quota=quota.granted,
            asked=activity.budget,
            reserved=activity.reserved,
            committed=activity.committed,
            claimed=activity.claimed,
            accepted=activity.accepted,
            states=states,
            files=[
                {"paper": paper, "name": name, "sha256": sha256}
                for paper, name, sha256 in files.values_list("paper", "file__name", "file__sha256")
            ],
        ),
        str(period),
    )
