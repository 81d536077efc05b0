"""The dealer's answer to a statement: confirmed by its people, by its key, or by silence."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from dealers.errors import NotPermitted
from dealers.foundation.working_days import deadline
from dealers.models import ApiKey, User
from dealers.selectors.calendar import current_calendar
from dealers.services.audit import AuditEvent, record_audit, record_audits
from settlement import permissions
from settlement.choices import StatementState
from settlement.errors import NothingToConfirm, StatementNotFound
from settlement.models import Statement
from settlement.terms import settlement_terms

_AT_ONCE = 2000


def confirm_statement(*, statement: Statement, actor: User | ApiKey, at: datetime) -> Statement:
    """Confirm an issued statement for its dealer. Repeating it changes nothing.

    Raises :class:`StatementNotFound` for anyone of another dealer, :class:`~dealers.errors.NotPermitted` for HQ and
    :class:`NothingToConfirm` for a draft or a disputed one.
    """
    _refuse_strangers(statement, actor)
    with transaction.atomic():
        locked = Statement.objects.select_for_update().get(pk=statement.pk)
        if locked.state == StatementState.CONFIRMED:
            return locked
        if locked.state != StatementState.ISSUED:
            raise NothingToConfirm(state=StatementState(locked.state).label)
        locked.state = StatementState.CONFIRMED
        locked.confirmed_at = at
        if isinstance(actor, ApiKey):
            locked.confirmed_by_key = actor.prefix
        else:
            locked.confirmed_by = actor
        locked.save(update_fields=["state", "confirmed_at", "confirmed_by", "confirmed_by_key"])
        record_audit(
            actor=actor,
            action="statement.confirm",
            subject=locked,
            at=at,
            before={"state": StatementState.ISSUED},
            after={"state": locked.state},
            dealer_id=locked.dealer_id,
        )
    return locked


def confirm_silent_statements(*, at: datetime) -> int:
    """Count silence as confirmation where the deadline has passed; returns how many. Safe to run twice and at once.

    Provisional deadlines are reckoned again first, so that a calendar that has arrived is heeded. A disputed
    statement stays disputed; silence confirms its undisputed rest, of which ``confirmed_at`` is the instant.
    """
    refresh_provisional_deadlines(at=at)
    whole = _confirm_silent(StatementState.ISSUED, StatementState.CONFIRMED, "statement.confirm_silent", at)
    return whole + _confirm_silent(StatementState.DISPUTED, StatementState.DISPUTED, "statement.confirm_rest", at)


def _confirm_silent(state: StatementState, becomes: StatementState, action: str, at: datetime) -> int:
    confirmed = 0
    while True:
        with transaction.atomic():
            silent = Statement.objects.filter(state=state, confirm_due_at__lte=at, confirmed_at=None)
            due = list(
                silent.select_for_update(skip_locked=True).order_by("pk").values_list("pk", "dealer_id")[:_AT_ONCE]
            )
            if not due:
                return confirmed
            Statement.objects.filter(pk__in=[pk for pk, _ in due]).update(state=becomes, confirmed_at=at)
            record_audits(
                AuditEvent(
                    actor=None,
                    action=action,
                    subject=(Statement._meta.label_lower, str(pk)),
                    at=at,
                    before={"state": state},
                    after={"state": becomes, "confirmed_at": at},
                    dealer_id=dealer_id,
                )
                for pk, dealer_id in due
            )
            confirmed += len(due)


def refresh_provisional_deadlines(*, at: datetime) -> int:
    """Reckon the provisional deadlines of open statements with the calendar we have now; how many changed."""
    changed = 0
    open_ones = Statement.objects.filter(
        state__in=[StatementState.ISSUED, StatementState.DISPUTED], confirmed_at=None, confirm_due_provisional=True
    )
    runs = open_ones.order_by("run").values_list("run", "delivered_at").distinct()
    for run_id, delivered_at in list(runs):
        with transaction.atomic():
            of_run = open_ones.filter(run=run_id, delivered_at=delivered_at)
            statement = of_run.select_related("run__policy").first()
            if statement is None or statement.run.policy is None or delivered_at is None:
                continue
            days = settlement_terms(statement.run.policy).confirm_working_days
            due = deadline(delivered_at, days, current_calendar())
            if due.expires_at == statement.confirm_due_at and due.provisional:
                continue
            before = statement.confirm_due_at
            count = of_run.update(confirm_due_at=due.expires_at, confirm_due_provisional=due.provisional)
            record_audit(
                actor=None,
                action="statement.move_deadline",
                subject=statement.run,
                at=at,
                before={"confirm_due_at": before},
                after={"confirm_due_at": due.expires_at, "statements": count, "calendar": due.calendar_version},
            )
            changed += count
    return changed


def _refuse_strangers(statement: Statement, actor: User | ApiKey) -> None:
    if actor.dealer_id is None:
        raise NotPermitted(capability="statements.confirm")
    if actor.dealer_id != statement.dealer_id:
        raise StatementNotFound(what="", key=str(statement.pk))
    if isinstance(actor, User):
        permissions.require(actor, "statements.confirm")
