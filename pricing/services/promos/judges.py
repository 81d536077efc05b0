"""Who has a part in a promotion and therefore does not judge it."""

from __future__ import annotations

from pricing.choices import Decision, StepKind
from pricing.models import PromoRequest, PromoSpend, PromoStep, PromoVote
from pricing.rules.evaluation_duties import EvaluationParts
from pricing.services.promos.steps import parts_in


def parts_of(request: PromoRequest) -> EvaluationParts:
    """Who asked for it, who granted its budget, let it be granted or voted for it, and who recorded its spend."""
    steps = PromoStep.objects.filter(submission__request=request, kind=StepKind.BUDGET, decision=Decision.APPROVE)
    granted = [pk for pair in steps.values_list("decided_by_id", "on_behalf_of_id") for pk in pair]
    voted = PromoVote.objects.filter(
        step__submission__request=request, step__decision=Decision.APPROVE, in_favour=True
    ).values_list("voter_id", flat=True)
    recorded = PromoSpend.objects.filter(request=request, recorded_by__isnull=False)
    return EvaluationParts(
        proposers=parts_in(request).proposers,
        deciders=frozenset({pk for pk in (*granted, *voted) if pk is not None}),
        bookkeepers=frozenset(pk for pk in recorded.values_list("recorded_by_id", flat=True) if pk is not None),
    )
