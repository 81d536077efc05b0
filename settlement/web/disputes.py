"""Disputes: the queue, one with its lines and what was said, and the dealer's and finance's forms."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dealers.errors import NotFound, Refused
from dealers.foundation import clock
from dealers.models import User
from dealers.selectors.people import with_people_called
from dealers.web.access import capability_required, person, refusals_shown
from dealers.web.files import file_response
from dealers.web.listing import page_of, words_of
from settlement.choices import DisputeAct, DisputeOutcome, DisputeState, StatementState
from settlement.models import Dispute, Statement
from settlement.permissions import can
from settlement.rules.dispute_life import DISPUTE_LIFE, PENDING
from settlement.selectors.disputes import (
    DisputeWish,
    dispute_of,
    entries_in,
    file_in,
    lines_in,
    listed_disputes,
    waiting_disputes,
)
from settlement.selectors.visible import statement_of
from settlement.services.disputes.acting import GivenFile
from settlement.services.disputes.deciding import decide_dispute, prepare_decision, send_back
from settlement.services.disputes.opening import (
    ContestedLine,
    add_files,
    answer_dispute,
    open_dispute,
    terms_of,
    withdraw_dispute,
)
from settlement.web.amounts import typed_amount

_LONGEST = 2000
_TONES = {DisputeAct.ACCEPT: "ok", DisputeAct.REJECT: "bad", DisputeAct.LAPSE: "bad", DisputeAct.ASK: "warn"}


@require_GET
@capability_required("disputes.view", can=can)
def disputes(request: HttpRequest) -> HttpResponse:
    """The disputes in sight: by default those whoever asks has to move in."""
    user, words = person(request), words_of(request)
    own = user.dealer_id is not None
    groups = [("hq", _("At headquarters")), ("dealer", _("At the dealer")), ("over", _("Over")), ("all", _("All"))]
    group = request.GET.get("show", "all" if own else "hq")
    waiting = waiting_disputes(user, at=clock.now())
    counts = {"hq": waiting.at_headquarters, "dealer": waiting.at_dealers}
    found = listed_disputes(user, DisputeWish(group=group, words=words))
    context = {
        "page": page_of(request, found),
        "q": words,
        "group": group,
        "own": own,
        "waiting": waiting,
        "tabs": [
            {"label": label, "url": f"?show={key}", "current": key == group, "count": counts.get(key)}
            for key, label in groups
        ],
    }
    return render(request, "settlement/disputes.html", context)


@require_GET
@capability_required("disputes.view", can=can)
def dispute(request: HttpRequest, number: str) -> HttpResponse:
    """One dispute: the contested lines, what was said by whom, and what may be done now."""
    user = person(request)
    found = _found(user, number)
    return render(request, "settlement/dispute.html", _shown(found, user))


@require_http_methods(["GET", "POST"])
@capability_required("disputes.open", can=can)
def contest(request: HttpRequest, period: str, dealer: str) -> HttpResponse:
    """The form on which a dealer ticks the lines it contests, and says what they should be and why."""
    user = person(request)
    try:
        statement = statement_of(user, period, dealer)
    except NotFound as error:
        raise Http404(str(error)) from error
    status = 200
    if request.method == "POST":
        try:
            opened = _open(request, statement, user)
        except Refused as refusal:
            messages.error(request, str(refusal))
            status = 422
        else:
            messages.success(request, _("Dispute opened. The disputed lines wait; everything else goes on."))
            return redirect("dispute", opened.number)
    context = {
        "statement": statement,
        "run": statement.run,
        "rows": _rows(request, statement),
        "reason": request.POST.get("reason", ""),
        "open": may_contest(statement, user),
        "too_late": statement.confirm_due_at is not None and clock.now() >= statement.confirm_due_at,
    }
    return render(request, "settlement/contest.html", context, status=status)


@require_POST
@capability_required("disputes.open", can=can)
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """The dealer does what it was asked."""
    text = request.POST.get("text", "")[:_LONGEST]
    return _act(request, number, _("Answered; finance looks at it."), answer_dispute, text=text, files=_files(request))


@require_POST
@capability_required("disputes.open", can=can)
def attach_files(request: HttpRequest, number: str) -> HttpResponse:
    """The dealer attaches further files."""
    return _act(request, number, _("Attached."), add_files, files=_files(request))


@require_POST
@capability_required("disputes.open", can=can)
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """The dealer takes its dispute back."""
    return _act(request, number, _("Withdrawn: the lines stand as they are."), withdraw_dispute)


@require_POST
@capability_required("disputes.prepare", can=can)
def prepare(request: HttpRequest, number: str) -> HttpResponse:
    """Finance makes a decision ready for another person."""
    _found(person(request), number)
    with refusals_shown(request):
        outcome = request.POST.get("outcome", "")
        if outcome not in DisputeOutcome.values:
            messages.error(request, _("Choose how the dispute should be decided."))
            return redirect("dispute", number)
        granted = {
            int(name.removeprefix("granted_")): amount
            for name, text in request.POST.items()
            if name.startswith("granted_") and name[8:].isdecimal() and (amount := typed_amount(str(text))) is not None
        }
        days = request.POST.get("days", "")
        prepare_decision(
            number=number,
            outcome=DisputeOutcome(outcome),
            reason=request.POST.get("reason", "")[:_LONGEST],
            granted=granted,
            days=int(days) if days.isdecimal() and len(days) < 4 else None,
            actor=person(request),
            at=clock.now(),
        )
        messages.success(request, _("Prepared; another person of finance decides."))
    return redirect("dispute", number)


@require_POST
@capability_required("disputes.decide", can=can)
def return_preparation(request: HttpRequest, number: str) -> HttpResponse:
    """The approver has the decision prepared anew."""
    reason = request.POST.get("reason", "")[:_LONGEST]
    return _act(request, number, _("Sent back to be prepared anew."), send_back, reason=reason)


@require_POST
@capability_required("disputes.decide", can=can)
def decide(request: HttpRequest, number: str) -> HttpResponse:
    """The approver decides as prepared."""
    try:
        seen = clock.parse_instant(request.POST.get("prepared_at", ""))
    except ValueError:
        seen = None
    return _act(request, number, _("Decided; the dealer has been told."), decide_dispute, prepared_at=seen)


@require_GET
@capability_required("disputes.view", can=can)
def dispute_file(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """A file of a dispute, for whoever may see the dispute."""
    try:
        return file_response(file_in(person(request), number, pk).file)
    except NotFound as missing:
        raise Http404 from missing


def may_contest(statement: Statement, user: User) -> bool:
    """Whether this person may contest lines of the statement now."""
    return (
        can(user, "disputes.open")
        and statement.state in (StatementState.ISSUED, StatementState.DISPUTED)
        and statement.confirmed_at is None
        and statement.confirm_due_at is not None
        and clock.now() < statement.confirm_due_at
    )


def _act(request: HttpRequest, number: str, done: str, service: Any, **given: Any) -> HttpResponse:
    _found(person(request), number)
    with refusals_shown(request):
        service(number=number, actor=person(request), at=clock.now(), **given)
        messages.success(request, done)
    return redirect("dispute", number)


def _found(user: User, number: str) -> Dispute:
    try:
        return dispute_of(user, number)
    except NotFound as error:
        raise Http404(str(error)) from error


def _open(request: HttpRequest, statement: Statement, user: User) -> Dispute:
    chosen = [int(number) for number in request.POST.getlist("line") if number.isdecimal() and len(number) < 9]
    lines = [
        ContestedLine(
            line_no=number,
            claimed=typed_amount(request.POST.get(f"claimed_{number}", "")),
            reason=request.POST.get(f"reason_{number}", "")[:500],
        )
        for number in dict.fromkeys(chosen)
    ]
    reason = request.POST.get("reason", "")[:_LONGEST]
    return open_dispute(
        statement=statement, lines=lines, reason=reason, actor=user, at=clock.now(), files=_files(request)
    )


def _files(request: HttpRequest) -> list[GivenFile]:
    return [GivenFile(file.name or "file", file) for file in request.FILES.getlist("files")]


def _rows(request: HttpRequest, statement: Statement) -> list[dict[str, Any]]:
    """The lines with what was filled in, and the dispute a line is in already."""
    lines = list(statement.lines.order_by("line_no").prefetch_related("disputed__dispute"))
    ticked = set(request.POST.getlist("line")) | set(request.GET.getlist("line"))
    return [
        {
            "line": line,
            "ticked": str(line.line_no) in ticked,
            "claimed": request.POST.get(f"claimed_{line.line_no}", ""),
            "reason": request.POST.get(f"reason_{line.line_no}", ""),
            "dispute": next((one.dispute for one in line.disputed.all() if not one.withdrawn), None),
        }
        for line in lines
    ]


def _shown(found: Dispute, user: User) -> dict[str, Any]:
    own = user.dealer_id is not None
    lines = list(lines_in(found))
    pending = found.state in PENDING
    mine = user.pk in (found.proposed_by_id, found.opened_by_id)
    prepared = found.state == DisputeState.PREPARED
    return {
        "dispute": found,
        "statement": found.statement,
        "run": found.statement.run,
        "lines": lines,
        "held": sum(max(line.line.amount, 0) for line in lines) if pending else 0,
        "granted": sum(line.granted or 0 for line in lines),
        "own": own,
        "pending": pending,
        "shows_preparation": not own and bool(found.proposed_outcome),
        "entries": _timeline(found, for_dealer=own),
        "files": list(found.files.select_related("file")),
        "may_answer": can(user, "disputes.open") and found.state == DisputeState.NEEDS_ACTION,
        "may_attach": can(user, "disputes.open") and pending,
        "may_withdraw": can(user, "disputes.open") and pending,
        "may_prepare": can(user, "disputes.prepare") and DISPUTE_LIFE.allows(found.state, DisputeAct.PREPARE),
        "may_decide": can(user, "disputes.decide") and prepared and not mine,
        "own_work": can(user, "disputes.decide") and prepared and mine,
        "outcomes": DisputeOutcome.choices,
        "days": terms_of(found.statement).answer_working_days,
        "statement_url": reverse("statement-detail", args=[found.statement.run.period, found.dealer.code]),
    }


def _timeline(found: Dispute, *, for_dealer: bool) -> list[dict[str, Any]]:
    """What was done; who exactly at headquarters did it is not the dealer's to know."""
    entries = entries_in(found, for_dealer=for_dealer)
    return with_people_called(
        {
            "title": DisputeAct(entry.act).label,
            "at": entry.made_at,
            "actor": entry.made_by if entry.by_dealer or not for_dealer else _("Headquarters"),
            "quote": entry.text,
            "tone": _TONES.get(DisputeAct(entry.act), ""),
        }
        for entry in entries
    )
