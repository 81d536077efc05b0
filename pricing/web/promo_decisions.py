"""The buttons of a promotion request: each a POST that calls one service and leads back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealers.errors import NotFound, Refused
from dealers.foundation import clock
from dealers.web.access import back_to, person
from pricing.models import PromoRequest
from pricing.services.promos.budget import close_meeting, decide_budget
from pricing.services.promos.legal import clear_hit, decide_legal
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
    }


def _step(request: HttpRequest) -> int | None:
    """The step the reviewer saw; a decision never falls on a later one."""
    step = request.POST.get("step", "")
    return int(step) if step.isascii() and step.isdigit() else None
