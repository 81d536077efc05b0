"""The buttons of a promotion request: each a POST that calls one service and leads back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dealers.errors import Refused
from dealers.foundation import clock
from pricing.models import PromoRequest
from pricing.services.promos.budget import close_meeting, decide_budget
from pricing.services.promos.legal import clear_hit, decide_legal
from pricing.services.promos.submission import submit_promo
from pricing.services.promos.withdrawal import withdraw_promo


@login_required
@require_POST
def submit(request: HttpRequest, code: str) -> HttpResponse:
    return _done(request, code, submit_promo, _("%(code)s is submitted; the legal review has begun."))


@login_required
@require_POST
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    reason = request.POST.get("reason", "")
    return _done(request, code, withdraw_promo, _("%(code)s is withdrawn."), reason=reason)


@login_required
@require_POST
def clear(request: HttpRequest, code: str, hit: int) -> HttpResponse:
    return _done(request, code, clear_hit, "", hit=hit, note=request.POST.get("note", ""), step_id=_step(request))


@login_required
@require_POST
def legal(request: HttpRequest, code: str) -> HttpResponse:
    return _done(request, code, decide_legal, _("Your decision on %(code)s is recorded."), **_decision(request))


@login_required
@require_POST
def budget(request: HttpRequest, code: str) -> HttpResponse:
    return _done(request, code, decide_budget, _("Your decision on %(code)s is recorded."), **_decision(request))


@login_required
@require_POST
def close(request: HttpRequest, code: str) -> HttpResponse:
    words = _("The vote on %(code)s is closed.")
    reason = request.POST.get("reason", "")
    return _done(request, code, close_meeting, words, reason=reason, step_id=_step(request))


def _done(
    request: HttpRequest, code: str, act: Callable[..., PromoRequest], words: str, **given: Any
) -> HttpResponseRedirect:
    """Do it, say what happened, and go back to where the button was."""
    try:
        promo = act(code=code, actor=request.user, at=clock.now(), **given)
    except Refused as refusal:
        messages.error(request, str(refusal))
        target = _back(request, code)
        return HttpResponseRedirect(reverse("promos") if refusal.status == 404 else target)
    if words:
        messages.success(request, words % {"code": promo.code})
    return HttpResponseRedirect(_back(request, code))


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


def _back(request: HttpRequest, code: str) -> str:
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return target
    return reverse("promo-detail", args=[code])
