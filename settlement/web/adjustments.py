"""Adjustments: the list, one of them, the form to propose one, and the decision."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dealers.errors import NotFound, Refused
from dealers.foundation import clock
from dealers.foundation.half_months import HalfMonth
from dealers.models import Dealer, User
from dealers.web.access import capability_required, person, refusals_shown
from dealers.web.files import file_response
from dealers.web.listing import only_mine, window_of, words_of
from settlement.choices import AdjustmentState
from settlement.errors import AdjustmentMovesNothing, RunNotFound, StatementNotFound
from settlement.models import Adjustment, StatementLine
from settlement.permissions import can
from settlement.selectors.adjustments import adjustment_file, adjustment_of, listed_adjustments
from settlement.selectors.visible import half_month_of, statement_of
from settlement.services.adjustments import decide_adjustment, propose_adjustment
from settlement.services.disputes.acting import GivenFile
from settlement.web.amounts import typed_amount


@require_GET
@capability_required("adjustments.view", can=can)
def adjustments(request: HttpRequest) -> HttpResponse:
    """The adjustments in sight, by default those that await a decision."""
    user, words = person(request), words_of(request)
    state = request.GET.get("state", AdjustmentState.PROPOSED.value)
    found = listed_adjustments(user, state=state, words=words)
    context = {
        "window": window_of(request, found.exclude(proposed_by=user) if only_mine(request) else found),
        "q": words,
        "state": state,
        "may_propose": can(user, "adjustments.propose"),
        "tabs": [
            {"label": label, "url": f"?state={value}", "current": state == value, "count": None}
            for value, label in [*AdjustmentState.choices, ("all", _("All"))]
        ],
    }
    return render(request, "settlement/adjustments.html", context)


@require_GET
@capability_required("adjustments.view", can=can)
def adjustment(request: HttpRequest, number: str) -> HttpResponse:
    """One adjustment: what it puts right, why, who proposed and decided, and where it was settled."""
    user = person(request)
    found = _found(user, number)
    proposed = found.state == AdjustmentState.PROPOSED
    settlement = getattr(found.credit, "settlement", None)
    context = {
        "adjustment": found,
        "files": list(found.files.select_related("file")),
        "settled_in": str(HalfMonth.from_ordinal(settlement.period)) if settlement else "",
        "may_decide": proposed and can(user, "adjustments.approve") and found.proposed_by_id != user.pk,
        "own_work": proposed and can(user, "adjustments.approve") and found.proposed_by_id == user.pk,
    }
    return render(request, "settlement/adjustment.html", context)


@require_http_methods(["GET", "POST"])
@capability_required("adjustments.propose", can=can)
def propose(request: HttpRequest) -> HttpResponse:
    """Propose an adjustment; from the page of a settled line it is filled in so that it takes the line back."""
    user, status = person(request), 200
    line = _line(request, user)
    if request.method == "POST":
        try:
            made = _propose(request, user, line)
        except Refused as refusal:
            messages.error(request, str(refusal))
            status = 422
        else:
            messages.success(request, _("Proposed; another person of finance approves it."))
            return redirect("settlement-adjustment", made.number)
    given = request.POST or request.GET
    context = {
        "line": line,
        "run": line.statement.run if line else None,
        "dealer_code": given.get("dealer", ""),
        "amount": request.POST.get("amount", f"{-line.amount:f}" if line else ""),
        "for_period": given.get("for_period", str(HalfMonth.containing(clock.now()).previous())),
        "reason": request.POST.get("reason", ""),
        "key": request.POST.get("key") or uuid.uuid4(),
    }
    return render(request, "settlement/adjustment_form.html", context, status=status)


@require_POST
@capability_required("adjustments.approve", can=can)
def decide(request: HttpRequest, number: str) -> HttpResponse:
    """Approve or decline an adjustment."""
    _found(person(request), number)
    with refusals_shown(request):
        approve = request.POST.get("decision") == "approve"
        remark = request.POST.get("remark", "")[:2000]
        decide_adjustment(number=number, approve=approve, remark=remark, actor=person(request), at=clock.now())
        done = _("Approved: the next open half-month settles it.") if approve else _("Declined; nothing moves.")
        messages.success(request, done)
    return redirect("settlement-adjustment", number)


@require_GET
@capability_required("adjustments.view", can=can)
def file(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """A file of an adjustment."""
    try:
        return file_response(adjustment_file(person(request), number, pk).file)
    except NotFound as missing:
        raise Http404 from missing


def _propose(request: HttpRequest, user: User, line: StatementLine | None) -> Adjustment:
    amount = typed_amount(request.POST.get("amount", ""))
    if amount is None:
        raise AdjustmentMovesNothing
    code = request.POST.get("dealer", "").strip()
    dealer = line.statement.dealer if line else Dealer.objects.filter(code=code).first()
    if dealer is None:
        raise StatementNotFound(what="", key=code[:40])
    return propose_adjustment(
        dealer=dealer,
        amount=amount,
        reason=request.POST.get("reason", "")[:2000],
        for_period=half_month_of(line.for_period if line else request.POST.get("for_period", "")),
        line=line,
        files=[GivenFile(one.name or "file", one) for one in request.FILES.getlist("files")],
        key=_key(request.POST.get("key", "")),
        actor=user,
        at=clock.now(),
    )


def _line(request: HttpRequest, user: User) -> StatementLine | None:
    """The settled line the form is about, if the address names one."""
    period, code, number = (request.GET.get(name, "") for name in ("period", "dealer", "line"))
    if not number.isdecimal() or len(number) > 8:
        return None
    try:
        statement = statement_of(user, period, code)
    except (NotFound, RunNotFound) as error:
        raise Http404(str(error)) from error
    found: StatementLine | None = (
        StatementLine.objects.select_related("statement__run", "statement__dealer")
        .filter(statement=statement, line_no=int(number))
        .first()
    )
    return found


def _found(user: User, number: str) -> Adjustment:
    try:
        return adjustment_of(user, number)
    except NotFound as error:
        raise Http404(str(error)) from error


def _key(text: str) -> Any:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
