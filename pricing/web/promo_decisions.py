"""The buttons of a promotion request: each a POST that calls one service and leads back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealers.errors import NotFound, Refused
from dealers.foundation import clock
from dealers.web.access import back_to, person, refusals_shown
from pricing.models import PromoRequest
from pricing.rules.promo_remarks import RemarkContent
from pricing.services.promos.budget import close_meeting, decide_budget
from pricing.services.promos.discarding import delete_draft
from pricing.services.promos.legal import clear_hit, decide_legal
from pricing.services.promos.minutes import write_minutes
from pricing.services.promos.submission import submit_promo
from pricing.services.promos.withdrawal import withdraw_promo


@require_POST
@login_required
def submit(request: HttpRequest, code: str) -> HttpResponse:
    return _done(request, code, submit_promo, _("%(code)s is submitted; the legal review has begun."))


@require_POST
@login_required
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    reason = request.POST.get("reason", "")
    return _done(request, code, withdraw_promo, _("%(code)s is withdrawn."), reason=reason)


@require_POST
@login_required
def clear(request: HttpRequest, code: str, hit: int) -> HttpResponse:
    return _done(request, code, clear_hit, "", hit=hit, note=request.POST.get("note", ""), step_id=_step(request))


@require_POST
@login_required
def legal(request: HttpRequest, code: str) -> HttpResponse:
    return _done(request, code, decide_legal, _("Your decision on %(code)s is recorded."), **_decision(request))


@require_POST
@login_required
def budget(request: HttpRequest, code: str) -> HttpResponse:
    return _done(request, code, decide_budget, _("Your decision on %(code)s is recorded."), **_decision(request))


@require_POST
@login_required
def close(request: HttpRequest, code: str) -> HttpResponse:
    words = _("The vote on %(code)s is closed.")
    reason = request.POST.get("reason", "")
    return _done(request, code, close_meeting, words, reason=reason, step_id=_step(request))


@require_POST
@login_required
def delete(request: HttpRequest, code: str) -> HttpResponse:
    """Throw a draft away; afterwards there is nothing to go back to but the list."""
    with refusals_shown(request):
        delete_draft(code=code, actor=person(request), at=clock.now())
        messages.success(request, _("The draft %(code)s is deleted.") % {"code": code})
        return redirect("promos")
    return back_to(request, "promo-detail", code)


@require_POST
@login_required
def minutes(request: HttpRequest, code: str) -> HttpResponse:
    file = request.FILES.get("file")
    with refusals_shown(request):
        write_minutes(
            code=code,
            text=request.POST.get("text", ""),
            file=file,
            file_name=(file.name or "") if file else "",
            actor=person(request),
            at=clock.now(),
        )
        messages.success(request, _("The minutes of %(code)s are kept.") % {"code": code})
    return back_to(request, "promo-detail", code)


def _done(request: HttpRequest, code: str, act: Callable[..., PromoRequest], words: str, **given: Any) -> HttpResponse:
    """Do it, say what happened, and go back to where the button was."""
    try:
        promo = act(code=code, actor=person(request), at=clock.now(), **given)
    except NotFound as refusal:
        raise Http404(str(refusal)) from refusal
    except Refused as refusal:  # also what is not permitted: the reviewer reads why, beside the request
        messages.error(request, str(refusal))
    else:
        if words:
            messages.success(request, words % {"code": promo.code})
    return back_to(request, "promo-detail", code)


def _decision(request: HttpRequest) -> dict[str, Any]:
    return {
        "decision": request.POST.get("decision", ""),
        "reason": request.POST.get("reason", ""),
        "step_id": _step(request),
        "remarks": _remarks(request),
    }


def _remarks(request: HttpRequest) -> list[RemarkContent]:
    """The remarks on single fields; a line without words does not count. `finding-3` is the wording number 3."""
    remarks = []
    pairs = zip(request.POST.getlist("remark_on"), request.POST.getlist("remark"), strict=False)
    for target, text in pairs:
        if not text.strip():
            continue
        kind, _dash, number = target.partition("-")
        wording = int(number) if kind == "finding" and number.isascii() and number.isdigit() else None
        remarks.append(RemarkContent("ad_copy" if wording is not None else target, text, wording))
    return remarks


def _step(request: HttpRequest) -> int | None:
    """The step the reviewer saw; a decision never falls on a later one."""
    step = request.POST.get("step", "")
    return int(step) if step.isascii() and step.isdigit() else None
