"""A dealer contests lines of its statement, takes that back, or does what headquarters asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection, transaction

from dealers.foundation.clock import BUSINESS_ZONE, business_day
from dealers.models import ApiKey
from dealers.services.audit import record_audit
from settlement.choices import DisputeAct, DisputeState, StatementState
from settlement.errors import (
    DisputeEmpty,
    DisputeTooLate,
    LineDisputedAlready,
    LineNamedTwice,
    LineNotOnStatement,
    NothingToDispute,
    NothingWasAsked,
    StatementNotFound,
)
from settlement.models import Dispute, DisputedLine, Statement, StatementLine
from settlement.services.disputes.acting import (
    Actor,
    GivenFile,
    attach,
    close,
    locked_dispute,
    move,
    note,
    release_statement,
    require_dealer_side,
    set_deadline,
    spread,
    tell_finance,
    words_given,
)
from settlement.terms import DisputeTerms, settlement_terms


@dataclass(frozen=True, slots=True)
class ContestedLine:
    """A line by its number, what the dealer says it should be (if it says), and why if not for the common reason."""

    line_no: int
    claimed: Decimal | None = None
    reason: str = ""


def open_dispute(
    *,
    statement: Statement,
    lines: Sequence[ContestedLine],
    reason: str,
    actor: Actor,
    at: datetime,
    files: Sequence[GivenFile] = (),
) -> Dispute:
    """Contest lines of an issued statement for its dealer; those lines are frozen until the dispute is decided.

    Sent again, the same dispute is answered with the first one. Raises :class:`DisputeTooLate` after the dealer's
    working days, :class:`NothingToDispute` for a statement that is confirmed, :class:`LineNotOnStatement`,
    :class:`LineNamedTwice`, :class:`LineDisputedAlready`, and what :func:`~dealers.services.files.keep_file` refuses.
    """
    require_dealer_side(actor)
    if actor.dealer_id != statement.dealer_id:
        raise StatementNotFound(what="", key=str(statement.pk))
    why = words_given(reason)
    with transaction.atomic():
        locked = Statement.objects.select_for_update(of=("self",)).select_related("run__policy").get(pk=statement.pk)
        found = _lines_of(locked, lines)
        same = _sent_before(locked, found, why)
        if same is not None:
            return same
        _refuse_too_late(locked, at)
        dispute = _make(locked, found, lines, why, actor, at)
        attach(dispute, files, actor=actor, at=at)
        if locked.state == StatementState.ISSUED:
            locked.state = StatementState.DISPUTED
            locked.save(update_fields=["state"])
        record_audit(
            actor=actor,
            action="statement.dispute",
            subject=locked,
            at=at,
            reason=why,
            before={"state": StatementState.ISSUED},
            after={"state": locked.state, "dispute": dispute.number, "lines": sorted(found)},
            dealer_id=locked.dealer_id,
        )
        note(dispute, DisputeAct.OPEN, why, actor=actor, at=at)
        tell_finance(dispute, "dispute_opened", at=at)
        spread(dispute, at=at)
    return dispute


def answer_dispute(*, number: str, text: str, actor: Actor, at: datetime, files: Sequence[GivenFile] = ()) -> Dispute:
    """Do what headquarters asked: in words, and with files. Headquarters' days begin anew.

    Raises :class:`NothingWasAsked` when nothing was, or the time to answer has ended.
    """
    require_dealer_side(actor)
    said = words_given(text)
    with transaction.atomic():
        dispute = locked_dispute(number, actor)
        if dispute.state != DisputeState.NEEDS_ACTION or dispute.due_at is None or at >= dispute.due_at:
            raise NothingWasAsked(number=number)
        move(dispute, DisputeAct.ANSWER)
        set_deadline(dispute, terms_of(dispute.statement).decide_working_days, at)
        _forget_preparation(dispute)
        dispute.save()
        attach(dispute, files, actor=actor, at=at)
        note(dispute, DisputeAct.ANSWER, said, actor=actor, at=at)
        tell_finance(dispute, "dispute_answered", at=at)
        spread(dispute, at=at)
    return dispute


def add_files(*, number: str, files: Sequence[GivenFile], actor: Actor, at: datetime) -> Dispute:
    """Attach further files to an undecided dispute. Raises :class:`DisputeStateRefused` for one that is over."""
    require_dealer_side(actor)
    with transaction.atomic():
        dispute = locked_dispute(number, actor)
        if dispute.due_at is None:
            move(dispute, DisputeAct.ANSWER)
        for kept in attach(dispute, files, actor=actor, at=at):
            record_audit(
                actor=actor,
                action="dispute.attach",
                subject=dispute,
                at=at,
                after={"file": kept.file.name, "sha256": kept.file.sha256},
                dealer_id=dispute.dealer_id,
            )
    return dispute


def withdraw_dispute(*, number: str, actor: Actor, at: datetime) -> Dispute:
    """Take a dispute back; its lines stand as they are. Repeating it changes nothing."""
    require_dealer_side(actor)
    with transaction.atomic():
        dispute = locked_dispute(number, actor)
        if dispute.state == DisputeState.WITHDRAWN:
            return dispute
        move(dispute, DisputeAct.WITHDRAW)
        close(dispute, at)
        dispute.save()
        dispute.lines.update(withdrawn=True)
        note(dispute, DisputeAct.WITHDRAW, "", actor=actor, at=at)
        release_statement(dispute, at)
        tell_finance(dispute, "dispute_withdrawn", at=at)
        spread(dispute, at=at)
    return dispute


def terms_of(statement: Statement) -> DisputeTerms:
    """What the policy the statement was settled under says about disputes."""
    return DisputeTerms() if statement.run.policy is None else settlement_terms(statement.run.policy).dispute


def _lines_of(statement: Statement, asked: Sequence[ContestedLine]) -> dict[int, StatementLine]:
    if not asked:
        raise DisputeEmpty
    numbers = [one.line_no for one in asked]
    found = {line.line_no: line for line in StatementLine.objects.filter(statement=statement, line_no__in=numbers)}
    for number in numbers:
        if number not in found:
            raise LineNotOnStatement(period=statement.run.period, line=number)
        if numbers.count(number) > 1:
            raise LineNamedTwice(line=number)
    return found


def _sent_before(statement: Statement, found: dict[int, StatementLine], reason: str) -> Dispute | None:
    """The dispute that contests exactly these lines for this reason; raises when another contests one of them."""
    taken = DisputedLine.objects.filter(line__in=found.values(), withdrawn=False).select_related("dispute", "line")
    rows = list(taken.order_by("line__line_no"))
    if not rows:
        return None
    dispute = rows[0].dispute
    whole = {row.line.line_no for row in rows} == found.keys() and dispute.lines.count() == len(found)
    if whole and dispute.reason == reason and {row.dispute_id for row in rows} == {dispute.pk}:
        return dispute
    raise LineDisputedAlready(line=rows[0].line.line_no, dispute=dispute.number)


def _refuse_too_late(statement: Statement, at: datetime) -> None:
    if statement.confirm_due_at is not None and at >= statement.confirm_due_at:
        raise DisputeTooLate(ended=f"{statement.confirm_due_at.astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M}")
    if statement.state not in (StatementState.ISSUED, StatementState.DISPUTED) or statement.confirmed_at is not None:
        raise NothingToDispute(state=StatementState(statement.state).label)


def _make(
    statement: Statement,
    found: dict[int, StatementLine],
    asked: Sequence[ContestedLine],
    reason: str,
    actor: Actor,
    at: datetime,
) -> Dispute:
    dispute = Dispute(
        number=_next_number(at),
        statement=statement,
        dealer_id=statement.dealer_id,
        reason=reason,
        opened_at=at,
        opened_by=None if isinstance(actor, ApiKey) else actor,
        opened_by_key=actor.prefix if isinstance(actor, ApiKey) else "",
    )
    set_deadline(dispute, terms_of(statement).decide_working_days, at)
    dispute.save(force_insert=True)
    DisputedLine.objects.bulk_create(
        DisputedLine(
            dispute=dispute,
            dealer_id=statement.dealer_id,
            line=found[one.line_no],
            claimed=one.claimed,
            reason=one.reason.strip(),
        )
        for one in asked
    )
    return dispute


def _forget_preparation(dispute: Dispute) -> None:
    dispute.proposed_outcome = dispute.proposed_reason = ""
    dispute.proposed_days = dispute.proposed_by = dispute.proposed_at = None
    dispute.lines.update(granted=None)


def _next_number(at: datetime) -> str:
    """``DISP-2026-000012``; numbers are never given twice, and one may stay unused."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('settlement_dispute_number')")
        return f"DISP-{business_day(at).year}-{cursor.fetchone()[0]:06d}"
