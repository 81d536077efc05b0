"""Contracts: those that end, deciding what becomes of one, and its signed paper.

The page of one contract stands in :mod:`settlement.web.contracts`, from where every app's facts can be seen.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from dealers.choices import RenewalKind
from dealers.foundation import clock
from dealers.models import ContractRenewal
from dealers.selectors.contracts import (
    contract_terms,
    contracts_in_force,
    decidable_renewals,
    ending_contracts,
    open_renewals,
    unsigned_renewals,
    visible_contracts,
)
from dealers.services.contract_signing import sign_renewal
from dealers.services.contracts import decide_renewal
from dealers.web.access import capability_required, person, refusals_shown
from dealers.web.files import file_response
from dealers.web.form_fields import DayField
from dealers.web.join_forms import AmountField, TextField
from dealers.web.listing import only_mine, window_of, words_of

_MOST = 200


class RenewalForm(forms.Form):
    """What is to become of a contract. Number, amount and last day are those of the one that follows."""

    kind = forms.ChoiceField(label=gettext_lazy("Proposal"), choices=RenewalKind.choices)
    number = TextField(label=gettext_lazy("Contract number"), max_length=64, required=False)
    amount = AmountField(label=gettext_lazy("Contract amount"), required=False)
    last_day = DayField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("It begins on the day after the present one ends."),
    )
    file = forms.FileField(
        label=gettext_lazy("Signed contract"),
        required=False,
        help_text=gettext_lazy("PDF or picture, up to 10 MB. It may also follow once the renewal is agreed."),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,image/*"}),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("kind") != RenewalKind.LET_END:
            for name in ("number", "amount", "last_day"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, _("This is needed to renew."))
        return given


@require_GET
@capability_required("contracts.view")
def contracts(request: HttpRequest) -> HttpResponse:
    """Contracts ending without a renewal, proposals that wait, and all in force."""
    user = person(request)
    at = clock.now()
    today, within = clock.business_day(at), contract_terms(at).assessment_days
    words = words_of(request)
    found = visible_contracts(user)
    if words:
        named = found.filter(dealer__name__icontains=words) | found.filter(dealer__code__icontains=words)
        found = named | found.filter(number__icontains=words)
    ending, proposals = ending_contracts(found, today=today, within=within), open_renewals(user)
    if only_mine(request):
        proposals = decidable_renewals(user)
    tab = request.GET.get("tab", "")
    tab = tab if tab in ("proposals", "unsigned", "force") else "ending"
    unsigned = unsigned_renewals(user)
    labels = {
        "ending": (_("Ending within %(days)s days") % {"days": within}, ending.count()),
        "proposals": (_("Proposals to decide"), proposals.count()),
        "unsigned": (_("To be signed"), unsigned.count()),
        "force": (_("In force"), None),
    }
    context: dict[str, Any] = {
        "tabs": [
            {"label": label, "url": f"?tab={key}", "current": key == tab, "count": count}
            for key, (label, count) in labels.items()
        ],
        "tab": tab,
        "q": words,
        "today": today,
    }
    if tab in ("proposals", "unsigned"):
        context["proposals"] = list((proposals if tab == "proposals" else unsigned)[:_MOST])
    elif tab == "force":
        context["window"] = window = window_of(request, contracts_in_force(found, today=today))
        context["rows"] = window.rows
    else:
        context["rows"] = list(ending[:_MOST])
    return render(request, "dealers/contracts.html", context)


@require_GET
@capability_required("contracts.view")
def contract_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The signed contract."""
    found = get_object_or_404(visible_contracts(person(request)), pk=pk)
    if found.file is None:
        raise Http404(pk)
    return file_response(found.file)


@require_GET
@capability_required("contracts.view")
def renewal_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The contract that is to follow."""
    found = _renewal(request, pk)
    if found.file is None:
        raise Http404(pk)
    return file_response(found.file)


@require_POST
@capability_required("contracts.decide")
def renewal_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Agree to a proposal or decline it."""
    found = _renewal(request, pk)
    agree, note = request.POST.get("decision") == "agree", request.POST.get("note", "")[:1000]
    with refusals_shown(request):
        decide_renewal(renewal=found, agree=agree, note=note, actor=person(request), at=clock.now())
        messages.success(request, _("Agreed.") if agree else _("Declined."))
    return redirect("contract", found.contract_id)


@require_POST
@capability_required("contracts.propose")
def renewal_sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an agreed renewal in force with its signed contract, or without it for a reason."""
    found, file = _renewal(request, pk), request.FILES.get("file")
    with refusals_shown(request):
        sign_renewal(
            renewal=found,
            filename=getattr(file, "name", "") or "",
            content=file if isinstance(file, UploadedFile) else None,
            reason=request.POST.get("reason", "").replace("\x00", "")[:500],
            actor=person(request),
            at=clock.now(),
        )
        messages.success(request, _("Recorded."))
    return redirect("contract", found.contract_id)


def _renewal(request: HttpRequest, pk: int) -> ContractRenewal:
    in_sight = visible_contracts(person(request)).values("pk")
    return get_object_or_404(ContractRenewal.objects.filter(contract__in=in_sight), pk=pk)
