"""B2B addenda: those in force, those that end soon, signing one and ending one."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from dealers.foundation import clock
from dealers.foundation.clock import parse_date
from dealers.foundation.refusals import Refused as Unreadable
from dealers.permissions import can
from dealers.selectors.contracts import contract_terms, ending_addenda, visible_addenda
from dealers.selectors.visibility import visible_dealers
from dealers.services.addenda import end_addendum, sign_addendum
from dealers.web.access import capability_required, person, refusals_shown
from dealers.web.files import file_response
from dealers.web.form_fields import DayField
from dealers.web.join_forms import TextField
from dealers.web.listing import window_of, words_of

_MOST = 200


class AddendumForm(forms.Form):
    """A signed addendum; a renewal is one that begins when the present one ends."""

    dealer = TextField(label=gettext_lazy("Dealer code"), max_length=32)
    number = TextField(label=gettext_lazy("Number"), max_length=64)
    first_day = DayField(label=gettext_lazy("First day"), help_text=gettext_lazy("Tomorrow at the earliest."))
    last_day = DayField(label=gettext_lazy("Last day"), required=False)
    file = forms.FileField(
        label=gettext_lazy("Signed addendum"),
        help_text=gettext_lazy("PDF or picture, up to 10 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,image/*"}),
    )


@require_GET
@capability_required("addenda.view")
def addenda(request: HttpRequest) -> HttpResponse:
    """Addenda that end soon and none follows, and all."""
    user = person(request)
    at = clock.now()
    today, within = clock.business_day(at), contract_terms(at).addendum_days
    words = words_of(request)
    found = visible_addenda(user)
    if words:
        found = found.filter(dealer__name__icontains=words) | found.filter(dealer__code__icontains=words)
    ending = ending_addenda(found, today=today, within=within)
    everything = request.GET.get("tab") == "all"
    window = window_of(request, found) if everything else None
    soon = _("Ending within %(days)s days") % {"days": within}
    context = {
        "tabs": [
            {"label": soon, "url": "?", "current": not everything, "count": ending.count()},
            {"label": _("All"), "url": "?tab=all", "current": everything, "count": None},
        ],
        "tab": "all" if everything else "",
        "q": words,
        "rows": window.rows if window else list(ending[:_MOST]),
        "window": window,
        "today": today,
        "form": AddendumForm(auto_id="addendum_%s") if can(user, "addenda.sign") else None,
    }
    return render(request, "dealers/addenda.html", context)


@require_POST
@capability_required("addenda.sign")
def addendum_sign(request: HttpRequest) -> HttpResponse:
    """Record a signed addendum."""
    user = person(request)
    form = AddendumForm(request.POST, request.FILES)
    if not form.is_valid():
        for name, faults in form.errors.items():
            label = form.fields[name].label if name in form.fields else ""
            messages.error(request, f"{label}: {' '.join(map(str, faults))}")
        return redirect("addenda")
    given = form.cleaned_data
    dealer = get_object_or_404(visible_dealers(user), code=given["dealer"])
    with refusals_shown(request):
        sign_addendum(
            dealer=dealer,
            number=given["number"],
            first_day=given["first_day"],
            last_day=given["last_day"],
            filename=given["file"].name,
            content=given["file"],
            actor=user,
            at=clock.now(),
        )
        messages.success(request, _("The addendum is recorded."))
    return redirect("addenda")


@require_POST
@capability_required("addenda.sign")
def addendum_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End an addendum early."""
    user = person(request)
    found = get_object_or_404(visible_addenda(user), pk=pk)
    try:
        last_day = parse_date(request.POST.get("last_day", ""))
    except Unreadable as refusal:
        messages.error(request, refusal.render())
        return redirect("addenda")
    with refusals_shown(request):
        reason = request.POST.get("reason", "")[:500]
        end_addendum(addendum=found, last_day=last_day, reason=reason, actor=user, at=clock.now())
        messages.success(request, _("The addendum ends on %(day)s.") % {"day": last_day.isoformat()})
    return redirect("addenda")


@require_GET
@capability_required("addenda.view")
def addendum_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The signed addendum."""
    found = get_object_or_404(visible_addenda(person(request)), pk=pk)
    if found.file is None:
        raise Http404(pk)
    return file_response(found.file)
