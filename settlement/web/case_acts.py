"""What people do to a case on its page: investigators, judges, whoever hears an appeal, and the dealer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealers.foundation import clock
from dealers.models import User
from dealers.web.access import capability_required, person, refusals_shown
from settlement.case_errors import NotAnInvestigator
from settlement.choices import AppealOutcome, CaseOutcome, CasePriority
from settlement.errors import CaseNotFound
from settlement.permissions import can
from settlement.rules.case_consequences import Choice
from settlement.selectors.cases import case_of
from settlement.services.case_path import appealing, applying, deciding, hearing, merging, reversing, working
from settlement.services.case_path.acting import GivenFile
from settlement.services.case_path.deciding import Verdict
from settlement.web.amounts import typed_amount

_LONGEST = 4000


@require_POST
@capability_required("cases.investigate", can=can)
def take(request: HttpRequest, number: str) -> HttpResponse:
    """The investigator takes the case."""
    return _act(request, number, _("It is yours now."), working.take_case)


@require_POST
@capability_required("cases.investigate", can=can)
def assign(request: HttpRequest, number: str) -> HttpResponse:
    """The case goes to another investigator."""

    def done(**given: Any) -> None:
        name = request.POST.get("owner", "")
        owner = User.objects.filter(username=name, dealer__isnull=True).first()
        if owner is None:
            raise NotAnInvestigator(person=name[:80])
        working.assign_case(owner=owner, reason=_text(request, "reason"), **given)

    return _act(request, number, _("Handed on."), done)


@require_POST
@capability_required("cases.investigate", can=can)
def prioritise(request: HttpRequest, number: str) -> HttpResponse:
    """How urgent it is."""
    chosen = request.POST.get("priority", "")
    priority = CasePriority(chosen) if chosen in CasePriority.values else CasePriority.NORMAL
    return _act(
        request,
        number,
        _("Priority set."),
        working.set_priority,
        priority=priority,
        reason=_text(request, "reason"),
    )


@require_POST
@capability_required("cases.note", can=can)
def note(request: HttpRequest, number: str) -> HttpResponse:
    """A note for headquarters only."""
    files = _files(request)
    return _act(
        request,
        number,
        _("Noted; the dealer does not see it."),
        working.add_note,
        text=_text(request, "text"),
        file=files[0] if files else None,
    )


@require_POST
@capability_required("cases.investigate", can=can)
def add_evidence(request: HttpRequest, number: str) -> HttpResponse:
    """Files, or a reference, become evidence."""

    def done(**given: Any) -> None:
        reason = _text(request, "reason")
        files = _files(request)
        for file in files:
            working.add_file(file=file, reason=reason, **given)
        if not files or request.POST.get("reference", "").strip():
            working.add_reference(reference=request.POST.get("reference", ""), reason=reason, **given)

    return _act(request, number, _("Added to the evidence."), done)


@require_POST
@capability_required("cases.investigate", can=can)
def merge(request: HttpRequest, number: str) -> HttpResponse:
    """The case joins another one, which is shown then."""
    _found(request, number)
    into = request.POST.get("into", "")
    with refusals_shown(request):
        merging.merge_cases(
            number=number, into=into, reason=_text(request, "reason"), actor=person(request), at=clock.now()
        )
        messages.success(request, _("Joined: the evidence is here now."))
        return redirect("case", into)
    return redirect("case", number)


@require_POST
@capability_required("cases.investigate", can=can)
def propose_dismissal(request: HttpRequest, number: str) -> HttpResponse:
    """The investigator would dismiss it."""
    return _act(
        request, number, _("Proposed; a judge decides."), working.propose_dismissal, reason=_text(request, "reason")
    )


@require_POST
@capability_required("cases.investigate", can=can)
def hear(request: HttpRequest, number: str) -> HttpResponse:
    """The dealer is asked to reply."""

    def done(**given: Any) -> None:
        loss = typed_amount(request.POST.get("alleged_loss", ""))
        hearing.hear_dealer(charge=_text(request, "charge"), alleged_loss=loss, **given)

    return _act(request, number, _("The dealer has been told, with proof."), done)


@require_POST
@capability_required("cases.investigate", can=can)
def extend(request: HttpRequest, number: str) -> HttpResponse:
    """The dealer gets more time."""
    days = request.POST.get("days", "")
    return _act(
        request,
        number,
        _("Extended; the dealer has been told."),
        hearing.extend_reply,
        days=int(days) if days.isdecimal() and len(days) < 4 else 1,
        reason=_text(request, "reason"),
    )


@require_POST
@capability_required("cases.decide", can=can)
def decide_dismissal(request: HttpRequest, number: str) -> HttpResponse:
    """The judge dismisses as proposed, or has it investigated further."""
    agreed = request.POST.get("agree") == "yes"
    service = deciding.dismiss_unheard if agreed else deciding.refuse_dismissal
    said = _("Dismissed.") if agreed else _("Sent back to be investigated further.")
    return _act(request, number, said, service, reason=_text(request, "reason"))


@require_POST
@capability_required("cases.decide", can=can)
def decide(request: HttpRequest, number: str) -> HttpResponse:
    """The judge decides."""
    if request.POST.get("outcome", "") not in CaseOutcome.values:
        messages.error(request, _("Choose how the case should be decided."))
        return redirect("case", number)
    return _act(
        request,
        number,
        _("Decided; the dealer has been told."),
        deciding.decide_case,
        verdict=lambda: _verdict(request),
    )


@require_POST
@capability_required("cases.decide", can=can)
def see_changes(request: HttpRequest, number: str) -> HttpResponse:
    """The judge has seen how the facts changed since the decision."""
    return _act(
        request,
        number,
        _("Seen; what still stands takes effect."),
        applying.see_changes,
        seen=request.POST.get("seen", "")[:64],
    )


@require_POST
@capability_required("cases.decide", can=can)
def review(request: HttpRequest, number: str) -> HttpResponse:
    """The judge looks again at an amount of its own after the ladder fell."""
    return _act(
        request,
        number,
        _("Looked at again."),
        reversing.settle_review,
        keep=request.POST.get("keep") == "yes",
        reason=_text(request, "reason"),
    )


@require_POST
@capability_required("cases.hear_appeal", can=can)
def decide_appeal(request: HttpRequest, number: str) -> HttpResponse:
    """A third person decides about the appeal."""
    chosen = request.POST.get("outcome", "")
    if chosen not in AppealOutcome.values:
        messages.error(request, _("Choose whether the decision stands."))
        return redirect("case", number)
    return _act(
        request,
        number,
        _("Decided; the dealer has been told."),
        appealing.decide_appeal,
        outcome=AppealOutcome(chosen),
        reasons=_text(request, "reasons"),
    )


@require_POST
@capability_required("cases.reply", can=can)
def reply(request: HttpRequest, number: str) -> HttpResponse:
    """The dealer replies."""
    return _act(
        request,
        number,
        _("Your reply has arrived."),
        hearing.reply,
        text=_text(request, "text"),
        final=request.POST.get("final") == "yes",
        files=_files(request),
    )


@require_POST
@capability_required("cases.reply", can=can)
def hand_in(request: HttpRequest, number: str) -> HttpResponse:
    """The dealer hands in files."""
    return _act(request, number, _("Attached."), hearing.hand_in, files=_files(request))


@require_POST
@capability_required("cases.reply", can=can)
def appeal(request: HttpRequest, number: str) -> HttpResponse:
    """The dealer appeals."""
    return _act(
        request,
        number,
        _("Your appeal has arrived; a third person hears it."),
        appealing.appeal,
        grounds=_text(request, "grounds"),
        files=_files(request),
    )


def _verdict(request: HttpRequest) -> Verdict:
    fraud = "forfeit" in request.POST
    outcome = CaseOutcome(request.POST["outcome"])
    return Verdict(
        outcome=outcome,
        reasons=_text(request, "reasons"),
        proven_loss=typed_amount(request.POST.get("proven_loss", "")),
        choice=Choice(
            penalty=typed_amount(request.POST.get("penalty", "")),
            forfeit=request.POST.get("forfeit") == "yes" if fraud else None,
            hold=request.POST.get("hold") == "yes" if "hold" in request.POST else None,
        ),
        override_reason=_text(request, "override_reason"),
        acknowledgement=_text(request, "acknowledgement"),
        seen=request.POST.get("seen", "")[:64],
    )


def _text(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "")[:_LONGEST]


def _files(request: HttpRequest) -> list[GivenFile]:
    return [GivenFile(file.name or "file", file) for file in request.FILES.getlist("files")]


def _act(request: HttpRequest, number: str, done: str, service: Callable[..., Any], **given: Any) -> HttpResponse:
    """Do it, say so or say why not, and show the case again. What has to be read first is given as a function."""
    _found(request, number)
    with refusals_shown(request):
        read = {name: value() if callable(value) else value for name, value in given.items()}
        service(number=number, actor=person(request), at=clock.now(), **read)
        messages.success(request, done)
    return redirect("case", number)


def _found(request: HttpRequest, number: str) -> None:
    try:
        case_of(person(request), number)
    except CaseNotFound as error:
        raise Http404(str(error)) from error
