"""The papers of dealers: a dealer's own; at headquarters those to confirm, those that end, those that ran out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from dealers.choices import CertificateState, DocumentKind
from dealers.foundation import clock
from dealers.models import Dealer
from dealers.permissions import can
from dealers.selectors.admission import admission_terms
from dealers.selectors.certificates import ending, run_out, visible_certificates, waiting_certificates
from dealers.selectors.visibility import visible_dealers
from dealers.services.certificates import NewCertificate, decide_certificate, hand_in_certificate, retire_certificate
from dealers.web.access import back_to, capability_required, person, refusals_shown
from dealers.web.files import file_response
from dealers.web.form_fields import DayField
from dealers.web.join_forms import PaperForm, TextField
from dealers.web.listing import only_mine, window_of, words_of

#: The furthest warning when no policy is in force.
_DAYS = 60
_MOST = 200


class CertificateForm(PaperForm):
    """A renewed or further paper. Headquarters names the dealer."""

    first_day = DayField(
        label=gettext_lazy("Valid from"), required=False, help_text=gettext_lazy("Left empty: from today on.")
    )
    dealer = TextField(label=gettext_lazy("Dealer code"), max_length=32)
    field_order = ["dealer", "kind", "name", "number", "first_day", "last_day", "file"]

    def __init__(self, *args: Any, own: Dealer | None, **options: Any) -> None:
        super().__init__(*args, **options)
        if own is not None:
            del self.fields["dealer"]


@require_GET
@capability_required("certificates.view")
def certificates(request: HttpRequest) -> HttpResponse:
    """The papers in sight by what is to be done about them."""
    user = person(request)
    today = clock.business_day(clock.now())
    terms = admission_terms(clock.now())
    within = max(terms.document_warning_days) if terms else _DAYS
    words = words_of(request)
    found = visible_certificates(user)
    if words:
        found = found.filter(dealer__name__icontains=words) | found.filter(dealer__code__icontains=words)
    waiting = found.filter(state=CertificateState.SUBMITTED)
    if only_mine(request):
        waiting = waiting.filter(pk__in=waiting_certificates(user).order_by().values("pk"))
    lists = {
        "waiting": waiting,
        "ending": ending(found, today=today, within=within),
        "out": run_out(found, today=today),
    }
    tab = request.GET.get("tab", "")
    if tab not in (*lists, "all"):
        tab = "all" if user.dealer else "waiting"
    labels = {
        "waiting": _("To be confirmed"),
        "ending": _("Ending within %(days)s days") % {"days": within},
        "out": _("Run out"),
    }
    tabs = [
        {"label": labels[key], "url": f"?tab={key}", "current": key == tab, "count": rows.count()}
        for key, rows in lists.items()
    ]
    window = window_of(request, found) if tab == "all" else None
    context = {
        "tabs": [*tabs, {"label": _("All"), "url": "?tab=all", "current": tab == "all", "count": None}],
        "tab": tab,
        "q": words,
        "rows": window.rows if window else list(lists[tab][:_MOST]),
        "window": window,
        "own": user.dealer,
        "today": today,
        "decidable": set(waiting_certificates(user).values_list("pk", flat=True)),
        "may_retire": can(user, "certificates.confirm"),
        "form": CertificateForm(own=user.dealer, auto_id="paper_%s") if can(user, "certificates.hand_in") else None,
    }
    return render(request, "dealers/certificates.html", context)


@require_POST
@capability_required("certificates.hand_in")
def certificate_new(request: HttpRequest) -> HttpResponse:
    """Hand in a paper: a dealer its own, headquarters for a dealer in sight."""
    user = person(request)
    form = CertificateForm(request.POST, request.FILES, own=user.dealer)
    if not form.is_valid():
        for name, faults in form.errors.items():
            label = form.fields[name].label if name in form.fields else ""
            messages.error(request, f"{label}: {' '.join(map(str, faults))}")
        return redirect("certificates")
    given = form.cleaned_data
    dealer = user.dealer or get_object_or_404(visible_dealers(user), code=given["dealer"])
    paper = NewCertificate(
        kind=DocumentKind(given["kind"]),
        filename=given["file"].name,
        content=given["file"],
        name=given["name"],
        number=given["number"],
        first_day=given["first_day"],
        last_day=given["last_day"],
    )
    with refusals_shown(request):
        hand_in_certificate(dealer=dealer, paper=paper, actor=user, at=clock.now())
        messages.success(request, _("Handed in. It counts once somebody at headquarters has confirmed it."))
    return redirect("certificates")


@require_POST
@capability_required("certificates.confirm")
def certificate_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm a paper, decline it, or say that it is needed no longer."""
    user = person(request)
    paper = get_object_or_404(visible_certificates(user), pk=pk)
    decision, remark = request.POST.get("decision", ""), request.POST.get("remark", "")[:500]
    with refusals_shown(request):
        if decision == "retire":
            retire_certificate(certificate=paper, remark=remark, actor=user, at=clock.now())
        else:
            confirm = decision == "confirm"
            decide_certificate(certificate=paper, confirm=confirm, remark=remark, actor=user, at=clock.now())
        messages.success(request, _("Done."))
    return back_to(request, "certificates")


@require_GET
@capability_required("certificates.view")
def certificate_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The paper itself."""
    return file_response(get_object_or_404(visible_certificates(person(request)), pk=pk).file)
