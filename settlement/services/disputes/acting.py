"""What every step of a dispute does: lock, move, note what was said, keep files, tell those concerned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse

from dealers.choices import Announcement, NoticeKind
from dealers.errors import NotPermitted
from dealers.foundation.clock import BUSINESS_ZONE
from dealers.foundation.working_days import deadline
from dealers.models import ApiKey, User
from dealers.selectors.calendar import current_calendar
from dealers.services.audit import name_of, record_audit
from dealers.services.files import keep_file
from dealers.services.notices import managers_of_dealers, people_of_dealers, tell
from dealers.services.webhooks import announce
from settlement import permissions
from settlement.choices import DisputeAct, DisputeState, StatementState
from settlement.errors import DisputeNotFound, DisputeStateRefused, ReasonMissing, TooManyFiles
from settlement.models import Dispute, DisputeEntry, DisputeFile, Statement
from settlement.rules.dispute_life import DISPUTE_LIFE, PENDING

Actor = User | ApiKey
MOST_FILES = 20


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file as it came in, not looked at yet."""

    name: str
    content: bytes | UploadedFile


def require_dealer_side(actor: Actor) -> None:
    """Raises :class:`~dealers.errors.NotPermitted` unless the actor may dispute for its dealer."""
    if actor.dealer_id is None:
        raise NotPermitted(capability="disputes.open")
    if isinstance(actor, User):
        permissions.require(actor, "disputes.open")


def locked_dispute(number: str, actor: Actor) -> Dispute:
    """The dispute with its statement, both locked. Raises :class:`DisputeNotFound`, also for one of another dealer."""
    found = Dispute.objects.filter(number=number)
    if actor.dealer_id is not None:
        found = found.filter(dealer=actor.dealer_id)
    key = found.values_list("pk", "statement_id").first()
    if key is None:
        raise DisputeNotFound(key=number)
    return lock(*key)


def lock(pk: int, statement_id: int) -> Dispute:
    """Lock a statement, then its dispute."""
    Statement.objects.select_for_update().get(pk=statement_id)
    return Dispute.objects.select_for_update(of=("self",)).select_related("statement__run__policy", "dealer").get(pk=pk)


def move(dispute: Dispute, act: DisputeAct) -> None:
    """Bring the dispute where ``act`` leads. Raises :class:`DisputeStateRefused`."""
    if not DISPUTE_LIFE.allows(dispute.state, act):
        raise DisputeStateRefused(number=dispute.number, state=DisputeState(dispute.state).label)
    dispute.state = DISPUTE_LIFE.next(dispute.state, act)


def set_deadline(dispute: Dispute, days: int, at: datetime) -> None:
    """Whoever is to move now has so many working days from ``at``."""
    due = deadline(at, days, current_calendar())
    dispute.due_at, dispute.due_provisional = due.expires_at, due.provisional
    dispute.due_from, dispute.due_days = at, days


def close(dispute: Dispute, at: datetime) -> None:
    """The dispute is over: nobody has to move any more."""
    dispute.decided_at = at
    dispute.due_at = dispute.due_from = dispute.due_days = None
    dispute.due_provisional = False


def release_statement(dispute: Dispute, at: datetime) -> None:
    """When the last dispute of a statement is over it is confirmed, or waits for its answer while there is time."""
    statement = Statement.objects.get(pk=dispute.statement_id)
    if Dispute.objects.filter(statement=statement, state__in=PENDING).exists():
        return
    in_time = statement.confirmed_at is None and statement.confirm_due_at is not None and at < statement.confirm_due_at
    statement.state = StatementState.ISSUED if in_time else StatementState.CONFIRMED
    if not in_time and statement.confirmed_at is None:
        statement.confirmed_at = at
    statement.save(update_fields=["state", "confirmed_at"])
    record_audit(
        actor=None,
        action="statement.disputes_over",
        subject=statement,
        at=at,
        before={"state": StatementState.DISPUTED},
        after={"state": statement.state, "dispute": dispute.number},
        dealer_id=statement.dealer_id,
    )


def words_given(text: str) -> str:
    """What was written, without blanks around it. Raises :class:`ReasonMissing` for nothing."""
    if not text.strip():
        raise ReasonMissing
    return text.strip()


def note(dispute: Dispute, act: DisputeAct, text: str, *, actor: Actor | None, at: datetime) -> None:
    """Write what was done into the dispute's history and the audit trail."""
    DisputeEntry.objects.create(
        dispute=dispute,
        dealer_id=dispute.dealer_id,
        act=act,
        text=text,
        made_at=at,
        made_by=name_of(actor),
        by_dealer=actor is not None and actor.dealer_id is not None,
    )
    record_audit(
        actor=actor,
        action=f"dispute.{act}",
        subject=dispute,
        at=at,
        reason=text,
        after={"number": dispute.number, "state": dispute.state, "due_at": dispute.due_at},
        dealer_id=dispute.dealer_id,
    )


def attach(dispute: Dispute, files: Sequence[GivenFile], *, actor: Actor, at: datetime) -> list[DisputeFile]:
    """Keep files with the dispute; one that is there already is not kept twice. Raises :class:`TooManyFiles`."""
    present = dict(dispute.files.values_list("file__sha256", "pk"))
    if len(present) + len(files) > MOST_FILES:
        raise TooManyFiles(most=MOST_FILES)
    kept = []
    for given in files:
        file = keep_file(actor=actor, name=given.name, content=given.content, dealer_id=dispute.dealer_id, at=at)
        if file.sha256 in present:
            continue
        present[file.sha256] = 0
        kept.append(
            DisputeFile.objects.create(
                dispute=dispute,
                dealer_id=dispute.dealer_id,
                file=file,
                added_at=at,
                added_by=name_of(actor),
                by_dealer=actor.dealer_id is not None,
            )
        )
    return kept


def tell_finance(dispute: Dispute, reason: str, *, at: datetime) -> None:
    """Leave word with finance, and with the channel managers of the dealer."""
    finance = User.objects.filter(is_active=True, role__in=permissions.FINANCE)
    _tell([*finance, *managers_of_dealers([dispute.dealer_id]).get(dispute.dealer_id, [])], dispute, reason, at)


def tell_dealer(dispute: Dispute, reason: str, *, at: datetime) -> None:
    """Leave word with the dealer's people."""
    _tell(people_of_dealers([dispute.dealer_id]).get(dispute.dealer_id, []), dispute, reason, at)


def spread(dispute: Dispute, *, at: datetime) -> None:
    """Let the dealer's own systems and headquarters' know where the dispute stands."""
    data: dict[str, Any] = {
        "number": dispute.number,
        "period": dispute.statement.run.period,
        "state": dispute.state,
        "lines": list(dispute.lines.order_by("line__line_no").values_list("line__line_no", flat=True)),
        "due_at": dispute.due_at and dispute.due_at.astimezone(BUSINESS_ZONE).isoformat(),
        "reason": dispute.decision_reason,
    }
    announce(event=Announcement.DISPUTE_CHANGED, dealer_id=dispute.dealer_id, data=data, at=at)


def _tell(people: Iterable[User], dispute: Dispute, reason: str, at: datetime) -> None:
    tell(
        recipients=people,
        kind=NoticeKind.STATEMENT,
        key=f"{reason}:{dispute.number}:{at.isoformat()}",
        params={
            "reason": reason,
            "number": dispute.number,
            "dealer": dispute.dealer.name,
            "period": dispute.statement.run.period,
            "why": dispute.decision_reason or dispute.reason,
            "due_at": f"{dispute.due_at.astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M}" if dispute.due_at else "",
        },
        at=at,
        url=reverse("dispute", args=[dispute.number]),
    )
