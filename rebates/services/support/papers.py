"""The files of an activity: offers with the plan, the contract with the commitment, proof of what was done."""

from __future__ import annotations

from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from dealers.services.audit import record_audit
from dealers.services.files import keep_file
from rebates.choices import SupportPaper, SupportState
from rebates.errors import SupportNotFound, SupportStateRefused, TooManyPapers
from rebates.models import SupportActivity, SupportFile
from rebates.services.support.acting import Actor, audit_actor, label_of
from rebates.services.support.plans import own_activity

MOST_PAPERS = 20

#: When which kind of file may be added or taken out.
_OPEN_FOR = {
    SupportPaper.PLAN: (SupportState.DRAFT, SupportState.REJECTED),
    SupportPaper.CONTRACT: (SupportState.RESERVED,),
    SupportPaper.PROOF: (SupportState.COMMITTED,),
}


@transaction.atomic
def attach_paper(
    *, number: str, paper: SupportPaper, name: str, content: bytes | UploadedFile, actor: Actor, at: datetime
) -> SupportFile:
    """Add a file while its time is. The same file again changes nothing.

    Raises :class:`SupportStateRefused`, :class:`TooManyPapers`, or what ``keep_file`` refuses.
    """
    activity = own_activity(actor, number)
    _require_open(activity, paper)
    kept = list(activity.files.filter(removed_at=None).select_related("file"))
    if len(kept) >= MOST_PAPERS:
        raise TooManyPapers(most=MOST_PAPERS)
    file = keep_file(actor=audit_actor(actor), name=name, content=content, dealer_id=activity.dealer_id, at=at)
    same = next((one for one in kept if one.paper == paper and one.file.sha256 == file.sha256), None)
    if same is not None:
        return same
    made = SupportFile.objects.create(
        activity=activity, dealer_id=activity.dealer_id, paper=paper, file=file, added_at=at, added_by=label_of(actor)
    )
    record_audit(
        actor=audit_actor(actor),
        action="support.attach",
        subject=activity,
        at=at,
        after={"paper": paper, "file": file.name, "sha256": file.sha256},
        dealer_id=activity.dealer_id,
    )
    return made


@transaction.atomic
def remove_paper(*, number: str, key: int, actor: Actor, at: datetime) -> None:
    """Take a file out while its time is. Twice is once."""
    activity = own_activity(actor, number)
    found = activity.files.select_related("file").filter(pk=key).first()
    if found is None:
        raise SupportNotFound(key=key)
    if found.removed_at is not None:
        return
    _require_open(activity, SupportPaper(found.paper))
    found.removed_at = at
    found.save(update_fields=["removed_at"])
    record_audit(
        actor=audit_actor(actor),
        action="support.detach",
        subject=activity,
        at=at,
        before={"paper": found.paper, "file": found.file.name, "sha256": found.file.sha256},
        dealer_id=activity.dealer_id,
    )


def papers_open_in(state: str) -> list[SupportPaper]:
    """The kinds of file that may be added in a state."""
    return [paper for paper, states in _OPEN_FOR.items() if state in states]


def _require_open(activity: SupportActivity, paper: SupportPaper) -> None:
    if activity.state not in _OPEN_FOR[paper]:
        raise SupportStateRefused(number=activity.number, state=SupportState(activity.state).label)
