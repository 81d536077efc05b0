"""Approving many harmless requests at a time, each by the service that decides one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dealers.errors import Refused
from dealers.models import User
from pricing.choices import Decision, StepKind
from pricing.errors import Objected, PromoNotFound, PromoStateRefused, TooManyAtOnce
from pricing.models import PromoRequest
from pricing.rules.promo_bulk import objection_to_bulk
from pricing.rules.promo_flow import IN_REVIEW
from pricing.selectors.promo_review import Review, findings_of, last_step, review_promos
from pricing.selectors.promos import visible_promos, with_parts
from pricing.services.promos.budget import decide_budget
from pricing.services.promos.legal import decide_legal

#: As many as a page of the inbox shows.
MOST_AT_ONCE = 50


@dataclass(frozen=True)
class BulkAnswer:
    """What became of one request: approved, or why not."""

    code: str
    request: PromoRequest | None
    refusal: Refused | None

    @property
    def approved(self) -> bool:
        return self.refusal is None


def approve_many(
    *, chosen: Sequence[tuple[str, int | None]], reason: str, actor: User, at: datetime
) -> list[BulkAnswer]:
    """Approve each request that is harmless, in the order given; ``chosen`` are numbers with the step that was read.

    Every one is decided in a transaction of its own and gets its answer; none is passed over in silence. Asking again
    approves nothing twice. Raises :class:`~pricing.errors.TooManyAtOnce`.
    """
    if len(chosen) > MOST_AT_ONCE:
        raise TooManyAtOnce(most=MOST_AT_ONCE)
    codes = [code for code, _step in chosen]
    found = list(with_parts(visible_promos(actor)).filter(code__in=codes))
    reviews = {review.request.code: review for review in review_promos(found, at=at)}
    return [_approve(code, step, reviews.get(code), reason, actor, at) for code, step in dict(chosen).items()]


def _approve(
    code: str, step_id: int | None, review: Review | None, reason: str, actor: User, at: datetime
) -> BulkAnswer:
    try:
        if review is None:
            raise PromoNotFound(key=code)
        step = last_step(review.request)
        if step is None or review.request.state not in IN_REVIEW:
            raise PromoStateRefused(code=code, state=review.request.get_state_display())
        objection = objection_to_bulk(step.kind, step.authority, review.checks, len(findings_of(review.request)))
        if objection is not None:
            raise Objected(objection)
        decide = decide_legal if step.kind == StepKind.LEGAL else decide_budget
        decide(code=code, decision=Decision.APPROVE, reason=reason, actor=actor, at=at, step_id=step_id or step.pk)
    except Refused as refusal:
        return BulkAnswer(code, review.request if review else None, refusal)
    return BulkAnswer(code, review.request, None)
