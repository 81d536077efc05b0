"""What reviewers asked the applicant to change."""

from __future__ import annotations

from pricing.choices import Decision
from pricing.models import PromoRequest, PromoStep


def latest_returned(request: PromoRequest) -> PromoStep | None:
    """The step that returned or rejected the latest submission, loaded with its remarks; None if none did."""
    submissions = list(request.submissions.all())
    if not submissions:
        return None
    steps = [step for step in submissions[-1].steps.all() if step.decision in (Decision.RETURN, Decision.REJECT)]
    return steps[-1] if steps else None
