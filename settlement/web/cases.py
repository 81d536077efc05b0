"""One case for headquarters or its dealer, its evidence and files, and the ways in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dealers.errors import NotFound, Refused
from dealers.foundation import clock
from dealers.foundation.digest import canonical_json, sha256_hex
from dealers.web.access import back_to, capability_required, person, refusals_shown
from dealers.web.files import file_response
from dealers.web.listing import page_of
from pricing.web.violation_decisions import given
from settlement.choices import CaseKind, EvidenceKind
from settlement.errors import CaseNotFound
from settlement.models import Case, CaseEvidence
from settlement.permissions import can
from settlement.selectors.case_board import overrides
from settlement.selectors.cases import case_of, file_in
from settlement.selectors.signals.findings import changed_lines
from settlement.services import breach_intake, case_intake
from settlement.services.case_path.acting import GivenFile
from settlement.services.case_path.by_hand import open_by_hand
from settlement.services.case_path.hearing import mark_opened
from settlement.web.case_page import dealers_view, headquarters_view
from settlement.web.case_words import evidence_row, lines_as_seen, seen_facts
from settlement.web.signal_evidence import evidence_rows

_LINES_SHOWN = 500
_LONGEST = 4000


@require_GET
@capability_required("cases.view", "cases.own", can=can)
def case(request: HttpRequest, number: str) -> HttpResponse:
    """One case: for headquarters with everything it may do, for its dealer with what it is told and may say."""
    found, user = _found(request, number), person(request)
    if user.dealer_id is None:
        return render(request, "settlement/case.html", headquarters_view(found, user, at=clock.now()))
    mark_opened(case=found, actor=user, at=clock.now())
    return render(request, "settlement/my_case.html", dealers_view(found, user, at=clock.now()))


@require_GET
@capability_required("cases.view", "cases.own", can=can)
def evidence(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """One piece of evidence as it was kept, and whether it is still what its fingerprint was taken of."""
    found = get_object_or_404(_found(request, number).evidence.select_related("added_by", "case__dealer"), pk=pk)
    own = person(request).dealer_id is not None
    if own and found.kind == EvidenceKind.SIGNAL:
        raise Http404
    lines = lines_as_seen(found)
    context = {
        "case": found.case,
        "row": evidence_row(found, for_dealer=own),
        "evidence": found,
        "intact": sha256_hex(canonical_json(found.snapshot)) == found.digest,
        "lines": lines[:_LINES_SHOWN],
        "seen": [] if own else seen_facts(found),
        "left_out": len(lines[_LINES_SHOWN:]),
        **_signal_pieces(found),
    }
    return render(request, "settlement/evidence.html", context)


def _signal_pieces(found: CaseEvidence) -> dict[str, Any]:
    """The pieces of a signal as they were, and which of its lines say something else now; nothing for other kinds."""
    if found.kind != EvidenceKind.SIGNAL:
        return {}
    pieces = found.snapshot.get("evidence", [])
    return {"rows": evidence_rows(pieces, changed_lines(pieces)), "kind": pieces[0]["kind"] if pieces else ""}


@require_GET
@capability_required("cases.view", "cases.own", can=can)
def case_file(request: HttpRequest, number: str, key: str) -> HttpResponse:
    """A file of a case, as a download."""
    try:
        return file_response(file_in(person(request), number, key))
    except NotFound as error:
        raise Http404(str(error)) from error


@require_GET
@capability_required("cases.view", can=can)
def case_overrides(request: HttpRequest) -> HttpResponse:
    """Where judges took less than in full, or decided though it was out of proportion, with their reasons."""
    return render(request, "settlement/case_overrides.html", {"page": page_of(request, overrides(person(request)))})


@require_http_methods(["GET", "POST"])
@capability_required("cases.investigate", can=can)
def case_new(request: HttpRequest) -> HttpResponse:
    """The form by which a case is opened by hand."""
    status = 200
    if request.method == "POST":
        try:
            opened = _open(request)
        except Refused as refusal:
            messages.error(request, str(refusal))
            status = 422
        else:
            messages.success(request, _("Opened as %(case)s.") % {"case": opened})
            return redirect("case", opened.number)
    context = {
        "kinds": [each for each in CaseKind.choices if each[0] != CaseKind.PRICE],
        "typed": request.POST if request.method == "POST" else request.GET,
    }
    return render(request, "settlement/case_new.html", context, status=status)


@require_POST
@capability_required("cases.open", can=can)
def hand_over_violation(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a violation over to the case path."""
    with refusals_shown(request):
        opened = case_intake.hand_over_violation(violation_id=pk, **given(request))
        messages.success(
            request, _("Handed over as %(case)s. Nothing follows before it is decided.") % {"case": opened}
        )
    return back_to(request, "violation", pk)


@require_POST
@capability_required("cases.open", can=can)
def hand_over_observation(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a seen price over to the case path."""
    with refusals_shown(request):
        reason = request.POST.get("reason", "")[:2000]
        opened = case_intake.hand_over_observation(
            observation_id=pk, reason=reason, actor=person(request), at=clock.now()
        )
        said = _("Handed over as %(case)s. Nothing follows before it is decided.")
        messages.success(request, said % {"case": opened})
    return back_to(request, "observation", pk)


@require_POST
@capability_required("cases.open", can=can)
def hand_over_breach(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand what a dealer missed over to the case path."""
    with refusals_shown(request):
        reason = request.POST.get("reason", "")[:2000]
        opened = breach_intake.hand_over_breach(breach_id=pk, reason=reason, actor=person(request), at=clock.now())
        said = _("Handed over as %(case)s. Nothing follows before it is decided.")
        messages.success(request, said % {"case": opened})
    return back_to(request, "service-breaches")


def _open(request: HttpRequest) -> Case:
    kind = request.POST.get("kind", "")
    return open_by_hand(
        dealer_code=request.POST.get("dealer", "")[:32],
        kind=CaseKind(kind) if kind in CaseKind.values else CaseKind.FRAUD,
        period=request.POST.get("period", ""),
        reason=request.POST.get("reason", "")[:_LONGEST],
        references=request.POST.get("references", "")[:_LONGEST].splitlines()[:20],
        files=[GivenFile(file.name or "file", file) for file in request.FILES.getlist("files")],
        actor=person(request),
        at=clock.now(),
    )


def _found(request: HttpRequest, number: str) -> Case:
    try:
        return case_of(person(request), number)
    except CaseNotFound as error:
        raise Http404(str(error)) from error
