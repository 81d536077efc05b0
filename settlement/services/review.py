"""The review queue of a run: filled with every draft, ticked off by the people of finance."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from dealers.models import User
from dealers.services.audit import record_audit
from settlement import permissions
from settlement.choices import RunState
from settlement.errors import RunClosed, RunNotFound
from settlement.models import ReviewItem, SettlementRun
from settlement.rules.outliers import outlier_findings
from settlement.selectors.outliers import earning_facts
from settlement.terms import settlement_terms


def fill_review_queue(run: SettlementRun, draft: int) -> int:
    """Put what stands out in a draft into the run's queue, in the caller's transaction; returns how many.

    A statement that is the same as in the draft before stays ticked off.
    """
    seen = {(item.dealer_id, item.digest): item for item in ReviewItem.objects.filter(run=run).exclude(looked_at=None)}
    ReviewItem.objects.filter(run=run).delete()
    assert run.policy is not None
    limits = settlement_terms(run.policy).review.limits()
    items = []
    for dealer_id, digest, facts in earning_facts(run, draft):
        findings = outlier_findings(facts, limits)
        if not findings:
            continue
        before = seen.get((dealer_id, digest))
        items.append(
            ReviewItem(
                run=run,
                dealer_id=dealer_id,
                digest=digest,
                findings=[{"code": finding.code, **finding.numbers} for finding in findings],
                weight=max(abs(facts.total), abs(facts.closing)),
                note=before.note if before else "",
                looked_at=before.looked_at if before else None,
                looked_by=before.looked_by if before else None,
            )
        )
    return len(ReviewItem.objects.bulk_create(items, batch_size=2000))


def tick_off(*, period: str, dealer_code: str, note: str, actor: User, at: datetime) -> ReviewItem:
    """Record that the actor has looked at a statement that stands out, and what it found; again replaces the note.

    Raises :class:`RunClosed` once the half-month is frozen, and :class:`RunNotFound` when nothing stands out there.
    """
    permissions.require(actor, "runs.review")
    with transaction.atomic():
        run = SettlementRun.objects.select_for_update().filter(period=period).first()
        item = ReviewItem.objects.filter(run=run, dealer__code=dealer_code).first() if run else None
        if run is None or item is None:
            raise RunNotFound(what="", key=f"{period} {dealer_code}")
        if run.state in (RunState.APPROVED, RunState.CLOSED):
            raise RunClosed(period=run.period)
        item.note, item.looked_at, item.looked_by = note.strip(), at, actor
        item.save(update_fields=["note", "looked_at", "looked_by"])
        record_audit(
            actor=actor,
            action="settlement.review",
            subject=run,
            at=at,
            reason=item.note,
            after={"dealer": dealer_code, "digest": item.digest[:16], "findings": item.findings},
            dealer_id=item.dealer_id,
        )
    return item
