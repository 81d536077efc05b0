"""What every step of a case does: lock, move, write it down, set the deadline, tell those concerned with proof."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse

from dealers.choices import Announcement, NoticeKind, Role
from dealers.errors import NotPermitted
from dealers.foundation.clock import BUSINESS_ZONE
from dealers.foundation.working_days import deadline
from dealers.models import ApiKey, User
from dealers.selectors.calendar import current_calendar
from dealers.services.audit import name_of, record_audit
from dealers.services.files import keep_file
from dealers.services.notices import people_of_dealers, tell
from dealers.services.webhooks import announce
from settlement import permissions
from settlement.case_errors import CaseStateRefused, NobodyToHear
from settlement.choices import CasePaper, CaseState, DeliveryProof
from settlement.documents.paper import deadline_words
from settlement.errors import CaseNotFound, ReasonMissing, TooManyFiles
from settlement.models import Case, CaseDelivery, CaseEntry, CaseFile
from settlement.rules.case_life import CASE_LIFE, JUDGING_STEPS, CaseAct, CaseStep

Actor = User | ApiKey
Step = CaseAct | CaseStep
MOST_FILES = 20


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file as it came in, not looked at yet."""

    name: str
    content: bytes | UploadedFile


def locked_case(number: str) -> Case:
    """The case, locked until the transaction ends. Raises :class:`CaseNotFound`."""
    found = Case.objects.select_for_update(of=("self",)).select_related("dealer", "owner").filter(number=number).first()
    if found is None:
        raise CaseNotFound(key=number)
    return found


def own_locked_case(number: str, actor: Actor) -> Case:
    """The case of the actor's own dealer, in which it is or was heard, locked. Raises :class:`CaseNotFound`."""
    if actor.dealer_id is None:
        raise NotPermitted(capability="cases.reply")
    if isinstance(actor, User):
        permissions.require(actor, "cases.reply")
    found = Case.objects.filter(number=number, dealer=actor.dealer_id, heard_at__isnull=False)
    if not found.exists():
        raise CaseNotFound(key=number)
    return locked_case(number)


def refused(case: Case) -> CaseStateRefused:
    """That an act does not fit the state the case is in."""
    return CaseStateRefused(number=case.number, state=CaseState(case.state).label)


def move(case: Case, act: CaseAct) -> None:
    """Bring the case, unsaved, where ``act`` leads. Raises :class:`CaseStateRefused`."""
    if not CASE_LIFE.allows(case.state, act):
        raise refused(case)
    case.state = CASE_LIFE.next(case.state, act)


def words_given(text: str) -> str:
    """What was written, without blanks around it. Raises :class:`ReasonMissing` for nothing."""
    if not text.strip():
        raise ReasonMissing
    return text.strip()


def set_deadline(case: Case, days: int, at: datetime) -> None:
    """Whoever is to move now has so many working days from ``at``."""
    due = deadline(at, days, current_calendar())
    case.due_at, case.due_provisional = due.expires_at, due.provisional
    case.due_from, case.due_days = at, days


def clear_deadline(case: Case) -> None:
    """Nobody has to move any more."""
    case.due_at = case.due_from = case.due_days = None
    case.due_provisional = False


def moment(instant: datetime | None) -> str:
    """A deadline as notices write it; midnight is the end of the day before."""
    return deadline_words(instant) if instant else ""


def write_down(
    case: Case, step: Step, text: str = "", *, actor: Actor | None, at: datetime, before: Any = None, **details: Any
) -> CaseEntry:
    """Put what was done into the case's history and the audit trail, with the deadline that holds from then on."""
    if case.due_at is not None:
        details["deadline"] = case.due_at.astimezone(BUSINESS_ZONE).isoformat()
    entry = CaseEntry.objects.create(
        case=case,
        dealer_id=case.dealer_id,
        act=str(step),
        text=text,
        details={name: value for name, value in details.items() if value not in (None, "")},
        made_at=at,
        made_by=name_of(actor),
        person=actor if isinstance(actor, User) else None,
        by_dealer=actor is not None and actor.dealer_id is not None,
    )
    record_audit(
        actor=actor,
        action=f"case.{step}",
        subject=case,
        at=at,
        reason=text,
        before=before,
        after={"number": case.number, "state": case.state, "due_at": case.due_at, **entry.details},
        dealer_id=case.dealer_id,
    )
    return entry


def attach(entry: CaseEntry, files: Sequence[GivenFile], *, actor: Actor, at: datetime) -> None:
    """Keep what the dealer handed in; the same file is not kept twice in a case. Raises :class:`TooManyFiles`."""
    present = set(CaseFile.objects.filter(case=entry.case_id).values_list("file__sha256", flat=True))
    if len(present) + len(files) > MOST_FILES:
        raise TooManyFiles(most=MOST_FILES)
    for given in files:
        file = keep_file(actor=actor, name=given.name, content=given.content, dealer_id=entry.dealer_id, at=at)
        if file.sha256 not in present:
            present.add(file.sha256)
            CaseFile.objects.create(case_id=entry.case_id, dealer_id=entry.dealer_id, entry=entry, file=file)


def handled_by(case: Case) -> set[int]:
    """Everybody who brought, investigated, added to or prepared the case; they never decide it."""
    merged = [case.pk, *Case.objects.filter(merged_into=case.pk).values_list("pk", flat=True)]
    people = {case.opened_by_id, case.owner_id}
    people |= set(Case.objects.filter(pk__in=merged).values_list("opened_by", flat=True))
    acted = CaseEntry.objects.filter(case__in=merged, person__isnull=False, by_dealer=False)
    people |= set(acted.exclude(act__in=JUDGING_STEPS).values_list("person", flat=True))
    people |= set(case.evidence.values_list("added_by", flat=True))
    return {person for person in people if person is not None}


def judged_by(case: Case) -> set[int]:
    """Everybody who decided anything in the case."""
    acted = CaseEntry.objects.filter(case=case, act__in=JUDGING_STEPS, person__isnull=False)
    return set(acted.values_list("person_id", flat=True)) - {None}


def deliver(case: Case, paper: CasePaper, reason: str, *, at: datetime, required: bool = True, **params: Any) -> None:
    """Leave a paper in the inbox of each of the dealer's people, with proof.

    Raises :class:`NobodyToHear` where the delivery is ``required``: a deadline counts from it.
    """
    people = people_of_dealers([case.dealer_id]).get(case.dealer_id, [])
    if not people and required:
        raise NobodyToHear(dealer=case.dealer.name)
    _tell(people, case, reason, at, **params)
    CaseDelivery.objects.bulk_create(
        [
            CaseDelivery(
                case=case,
                dealer_id=case.dealer_id,
                paper=paper,
                proof=DeliveryProof.NOTICE,
                to=person.get_username(),
                at=at,
            )
            for person in people
        ],
        ignore_conflicts=True,
    )


def tell_dealer(case: Case, reason: str, *, at: datetime, **params: Any) -> None:
    """Leave word with the dealer's people, if there are any."""
    _tell(people_of_dealers([case.dealer_id]).get(case.dealer_id, []), case, reason, at, **params)


def tell_investigator(case: Case, reason: str, *, at: datetime, **params: Any) -> None:
    """Leave word with the case's owner; with every investigator while it has none."""
    people = [case.owner] if case.owner else User.objects.filter(is_active=True, role=Role.RISK_INVESTIGATOR)
    _tell(people, case, reason, at, **params)


def tell_judges(case: Case, reason: str, *, at: datetime, besides: Iterable[Role] = (), **params: Any) -> None:
    """Leave word with the judges who may decide the case."""
    people = User.objects.filter(is_active=True, role__in=[Role.RISK_JUDGE, *besides])
    barred = handled_by(case)
    _tell([person for person in people if person.pk not in barred], case, reason, at, **params)


def spread(case: Case, *, at: datetime) -> None:
    """Let the dealer's own systems and headquarters' know where a case stands in which the dealer is heard."""
    data = {
        "number": case.number,
        "kind": case.kind,
        "period": case.period,
        "state": case.state,
        "outcome": case.outcome,
        "due_at": case.due_at and case.due_at.astimezone(BUSINESS_ZONE).isoformat(),
    }
    announce(event=Announcement.CASE_CHANGED, dealer_id=case.dealer_id, data=data, at=at)


def _tell(people: Iterable[User], case: Case, reason: str, at: datetime, **params: Any) -> None:
    tell(
        recipients=people,
        kind=NoticeKind.CASE,
        key=f"{reason}:{case.number}:{at.isoformat()}",
        params={
            "reason": reason,
            "number": case.number,
            "dealer": case.dealer.name,
            "due_at": moment(case.due_at),
            **params,
        },
        at=at,
        url=reverse("case", args=[case.number]),
    )
