"""What time does to disputes: a dealer's silence rejects, and a calendar that has arrived moves deadlines."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from dealers.foundation.working_days import deadline
from dealers.selectors.calendar import current_calendar
from dealers.services.audit import record_audit
from settlement.choices import DisputeAct, DisputeState
from settlement.models import Dispute
from settlement.rules.dispute_life import PENDING
from settlement.services.disputes.acting import close, lock, move, note, release_statement, spread, tell_dealer

_AT_ONCE = 500


def reject_unanswered(*, at: datetime) -> int:
    """Reject the disputes whose dealer did not do what it was asked in time; how many. Safe to run twice and at once.

    Provisional deadlines are reckoned again first.
    """
    refresh_provisional(at=at)
    due = Dispute.objects.filter(state=DisputeState.NEEDS_ACTION, due_at__lte=at).order_by("due_at", "pk")
    rejected = 0
    for pk, statement_id in list(due.values_list("pk", "statement_id")[:_AT_ONCE]):
        with transaction.atomic():
            dispute = lock(pk, statement_id)
            if dispute.state != DisputeState.NEEDS_ACTION or dispute.due_at is None or dispute.due_at > at:
                continue
            asked = dispute.decision_reason
            move(dispute, DisputeAct.LAPSE)
            close(dispute, at)
            dispute.save()
            note(dispute, DisputeAct.LAPSE, asked, actor=None, at=at)
            release_statement(dispute, at)
            tell_dealer(dispute, "dispute_lapsed", at=at)
            spread(dispute, at=at)
            rejected += 1
    return rejected


def refresh_provisional(*, at: datetime) -> int:
    """Reckon the provisional deadlines of undecided disputes with the calendar we have now; how many changed."""
    changed = 0
    pending = Dispute.objects.filter(state__in=PENDING, due_provisional=True)
    for pk, statement_id in list(pending.values_list("pk", "statement_id")[:_AT_ONCE]):
        with transaction.atomic():
            dispute = lock(pk, statement_id)
            if not dispute.due_provisional or dispute.due_from is None or dispute.due_days is None:
                continue
            due, before = deadline(dispute.due_from, dispute.due_days, current_calendar()), dispute.due_at
            if due.provisional and due.expires_at == before:
                continue
            dispute.due_at, dispute.due_provisional = due.expires_at, due.provisional
            dispute.save(update_fields=["due_at", "due_provisional"])
            record_audit(
                actor=None,
                action="dispute.move_deadline",
                subject=dispute,
                at=at,
                before={"due_at": before},
                after={"due_at": due.expires_at, "calendar": due.calendar_version},
                dealer_id=dispute.dealer_id,
            )
            changed += 1
    return changed
