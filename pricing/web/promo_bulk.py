"""Approving many harmless requests at a time, with one line of answer for each."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from dealers.errors import Refused
from dealers.foundation import clock
from dealers.web.access import capability_required, person
from pricing.permissions import can
from pricing.services.promos.bulk import approve_many


@require_POST
@capability_required("promos.decide", can=can)
def approve(request: HttpRequest) -> HttpResponse:
    """Approve what was ticked; `chosen` holds `NUMBER:STEP`. The answer page tells of each what became of it."""
    chosen = [_chosen(mark) for mark in request.POST.getlist("chosen")]
    if not chosen:
        return redirect("promos")
    try:
        answers = approve_many(
            chosen=chosen, reason=request.POST.get("reason", ""), actor=person(request), at=clock.now()
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("promos")
    approved = sum(1 for answer in answers if answer.approved)
    context = {"answers": answers, "approved": approved, "refused": len(answers) - approved}
    return render(request, "promos/bulk.html", context)


def _chosen(mark: str) -> tuple[str, int | None]:
    code, _colon, step = mark.rpartition(":")
    return (code, int(step)) if code and step.isascii() and step.isdigit() else (mark, None)
