"""Legal bases: the list, one with its versions and evidence, recording, renewing, and the day one ends."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dealers.errors import Refused
from dealers.foundation import clock
from dealers.foundation.file_kinds import EVIDENCE
from dealers.models import Dealer
from dealers.services.files import LARGEST_FILE, endings_of
from dealers.web.access import capability_required, person, refusals_shown
from dealers.web.files import file_response
from dealers.web.form_fields import DayField, day_after
from dealers.web.listing import choice_of, page_of, words_of
from pricing.models import LegalBasis
from pricing.permissions import can
from pricing.selectors.legal_bases import (
    RECENT_DAYS,
    carried_bands,
    evidence_in_sight,
    floors_that_stop,
    judged_otherwise,
    newest_versions,
    versions_of,
    visible_bases,
    with_counts,
)
from pricing.services.legal_bases import add_evidence, record_basis, renew_basis, renewal_day
from pricing.web.bands import place_words

STATES = {
    "holds": gettext_lazy("In force"),
    "60": gettext_lazy("Ends within 60 days"),
    "ended": gettext_lazy("Ended"),
    "open": gettext_lazy("Without end"),
}
_MOST_DEALERS = 100


class EvidenceField(forms.FileField):
    """A document of a kind that can be attached."""

    def __init__(self, **options: Any) -> None:
        said = _("%(kinds)s, at most %(most)s MB.") % {"kinds": endings_of(EVIDENCE), "most": LARGEST_FILE >> 20}
        super().__init__(max_length=255, help_text=said, **options)


class RenewalForm(forms.Form):
    """The next version of a legal basis. The last day is named; the basis keeps the day after it."""

    last_day = DayField(label=gettext_lazy("Last day"))
    summary = forms.CharField(
        label=gettext_lazy("What it rests on"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Facts, shares, safe harbour, decision or opinion, so that a reviewer can follow it."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["file"] = EvidenceField(label=_("Documents in proof"))


class BasisForm(RenewalForm):
    """The first version of a legal basis."""

    reference = forms.CharField(label=gettext_lazy("Reference"), max_length=64)
    field_order = ("reference", "last_day", "summary", "file")

    def clean_reference(self) -> str:
        reference = str(self.cleaned_data["reference"]).strip()
        if not reference.isprintable():
            raise forms.ValidationError(_("The reference contains characters that cannot be shown."))
        return reference


@require_GET
@capability_required("bases.view", can=can)
def legal_bases(request: HttpRequest) -> HttpResponse:
    """The newest version of every legal basis, and how many floors hang on it."""
    today = clock.business_day(clock.now())
    state = choice_of(request, "state", _("All states"), STATES.items())
    words = words_of(request)
    found = with_counts(newest_versions(visible_bases(person(request))), today=today)
    if words:
        found = found.filter(reference__icontains=words) | found.filter(summary__icontains=words)
    match state.value:
        case "open":
            found = found.filter(valid_until__isnull=True)
        case "ended":
            found = found.filter(valid_until__lte=today)
        case "60":
            found = found.filter(valid_until__gt=today, valid_until__lte=today + timedelta(days=60))
        case "holds":
            found = found.exclude(valid_until__lte=today)
    page = page_of(request, found)
    context = {
        "page": page,
        "rows": [{"basis": basis, **standing(basis, today)} for basis in page.object_list],
        "filters": [state],
        "q": words,
        "narrowed": bool(words or state.value),
        "may_record": can(request.user, "bases.record"),
    }
    return render(request, "pricing/legal_bases.html", context)


@require_GET
@capability_required("bases.view", can=can)
def legal_basis(request: HttpRequest, pk: int) -> HttpResponse:
    """One legal basis: its versions, their evidence, and the bands that rest on this version."""
    today = clock.business_day(clock.now())
    basis = get_object_or_404(visible_bases(person(request)), pk=pk)
    versions = list(versions_of(basis))
    page = page_of(request, carried_bands(basis, from_day=today))
    context = {
        "basis": basis,
        "versions": [{"basis": version, **standing(version, today)} for version in versions],
        "newest": versions[0],
        **standing(basis, today),
        "page": page,
        "rows": [{"band": band, "place": place_words(band)} for band in page.object_list],
        "may_record": can(request.user, "bases.record"),
        "kinds": endings_of(EVIDENCE),
    }
    return render(request, "pricing/legal_basis.html", context)


@require_http_methods(["GET", "POST"])
@capability_required("bases.record", can=can)
def basis_new(request: HttpRequest) -> HttpResponse:
    """Record a legal basis."""
    form = BasisForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        end = day_after(given["last_day"])
        assert end is not None
        try:
            basis = record_basis(
                reference=given["reference"],
                valid_until=end,
                summary=given["summary"],
                evidence=[(given["file"].name, given["file"])],
                actor=person(request),
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The legal basis is recorded; bands can rest on it now."))
            return redirect("legal-basis", basis.pk)
    context = {"form": form}
    return render(request, "pricing/legal_basis_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@capability_required("bases.record", can=can)
def basis_renew(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the next version; the bands that name this one follow by themselves."""
    at = clock.now()
    today = clock.business_day(at)
    basis = get_object_or_404(visible_bases(person(request)), pk=pk)
    form = RenewalForm(request.POST or None, request.FILES or None, initial={"summary": basis.summary})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        end = day_after(given["last_day"])
        assert end is not None
        try:
            renewed, receipt = renew_basis(
                basis=basis,
                valid_until=end,
                summary=given["summary"],
                evidence=[(given["file"].name, given["file"])],
                actor=person(request),
                at=at,
            )
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            moved = 0 if receipt is None else receipt.accepted + receipt.revised
            messages.success(request, _("The legal basis is renewed; %(count)s bands rest on it.") % {"count": moved})
            return redirect("legal-basis", renewed.pk)
    from_day = renewal_day(basis, today)
    context = {
        "form": form,
        "basis": basis,
        "from_day": from_day,
        "carried": carried_bands(basis, from_day=from_day).count(),
    }
    return render(request, "pricing/legal_basis_form.html", context, status=422 if form.errors else 200)


@require_POST
@capability_required("bases.record", can=can)
def basis_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """Attach one more document."""
    basis = get_object_or_404(visible_bases(person(request)), pk=pk)
    file = request.FILES.get("file")
    if file is None:
        messages.error(request, _("Choose a file."))
        return redirect("legal-basis", pk)
    with refusals_shown(request):
        add_evidence(
            basis=basis,
            name=file.name or "",
            content=file,
            note=request.POST.get("note", "").replace("\x00", "").strip()[:300],
            actor=person(request),
            at=clock.now(),
        )
        messages.success(request, _("The document is attached."))
    return redirect("legal-basis", pk)


@require_GET
@capability_required("bases.view", can=can)
def basis_file(request: HttpRequest, pk: int, evidence: int) -> HttpResponse:
    """A document as a download."""
    found = evidence_in_sight(person(request), pk, evidence)
    if found is None:
        raise Http404
    return file_response(found.file)


@require_GET
@capability_required("bases.view", can=can)
def basis_end(request: HttpRequest, pk: int) -> HttpResponse:
    """What changes the day a legal basis ends: floors, dealers, lines, and what to do before."""
    user = person(request)
    today = clock.business_day(clock.now())
    basis = get_object_or_404(visible_bases(user), pk=pk)
    otherwise = judged_otherwise(user, basis, today=today)
    dealers = Dealer.objects.in_bulk([row.dealer_id for row in otherwise[:_MOST_DEALERS]])
    page = page_of(request, floors_that_stop(basis))
    newest = versions_of(basis).first()
    context = {
        "basis": basis,
        **standing(basis, today),
        "newest": newest,
        "page": page,
        "rows": [{"band": band, "place": place_words(band)} for band in page.object_list],
        "floors": page.paginator.count,
        "lines": sum(row.lines for row in otherwise),
        "shortfall": sum((row.shortfall for row in otherwise), 0),
        "dealers": len(otherwise),
        "otherwise": [{"found": row, "dealer": dealers[row.dealer_id]} for row in otherwise[:_MOST_DEALERS]],
        "recent_days": RECENT_DAYS,
        "may_record": can(user, "bases.record"),
        "may_edit": can(user, "bands.edit"),
    }
    return render(request, "pricing/legal_basis_end.html", context)


def standing(basis: LegalBasis, today: Any) -> dict[str, Any]:
    """How a version stands, in words with a tone, and the days it still holds."""
    if basis.valid_until is None:
        return {"words": STATES["open"], "tone": "warn", "left": None}
    left = (basis.valid_until - today).days
    if left <= 0:
        return {"words": STATES["ended"], "tone": "bad", "left": left}
    return {"words": STATES["holds"], "tone": "warn" if left <= 60 else "ok", "left": left}
