"""Trade messages: the files that came, what became of each message, and what is agreed about them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dealers.choices import MessageState
from dealers.foundation import clock
from dealers.foundation.findings import Finding
from dealers.foundation.trade_messages import TradeFormat
from dealers.models import Dealer, Region, TradeAgreement, TradeFileReceived, TradeMessage, TradePlace
from dealers.permissions import can
from dealers.selectors.trade import messages_of, visible_trade_files
from dealers.selectors.visibility import visible_dealers
from dealers.services.trade.acknowledging import acknowledgement_of
from dealers.services.trade.agreements import agree, remove_place, set_place
from dealers.web.access import capability_required, person, refusals_shown
from dealers.web.listing import page_of, window_of, words_of

FORMATS: dict[str, str] = {TradeFormat.X12: "ANSI X12", TradeFormat.EDIFACT: "UN/EDIFACT", TradeFormat.UBL: "UBL"}


class AgreementForm(forms.Form):
    """How the messages of a dealer are understood."""

    strict = forms.BooleanField(
        label=gettext_lazy("Refuse messages whose control totals are wrong"),
        help_text=gettext_lazy("Otherwise they are taken and the fault is remarked. What is cut short is never taken."),
        required=False,
    )
    qs_is_sales = forms.BooleanField(
        label=gettext_lazy("QS of an 852 counts what was sold"),
        help_text=gettext_lazy("By the standard it is sold or withdrawn, so nobody can tell without this."),
        required=False,
    )
    net_price_is_paid = forms.BooleanField(
        label=gettext_lazy("Prices called net are what the customer paid, tax included"),
        help_text=gettext_lazy("For the kinds AAA, AAB, AAF, CAL and INV of an SLSRPT, and for line totals."),
        required=False,
    )
    region = forms.ModelChoiceField(
        label=gettext_lazy("Region of sales without a place"),
        queryset=Region.objects.none(),
        required=False,
        empty_label=gettext_lazy("None: such lines wait in the quarantine"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = Region.objects.order_by("code")  # type: ignore[attr-defined]


class PlaceForm(forms.Form):
    """A place by its number in messages."""

    code = forms.CharField(label=gettext_lazy("Number in messages"), max_length=80)
    region = forms.ModelChoiceField(
        label=gettext_lazy("Region"), queryset=Region.objects.none(), required=False, empty_label="—"
    )
    warehouse = forms.CharField(
        label=gettext_lazy("Warehouse"),
        max_length=64,
        required=False,
        help_text=gettext_lazy("For stock; the number itself when empty."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = Region.objects.order_by("code")  # type: ignore[attr-defined]


@require_GET
@capability_required("deliveries.view")
def trade_files(request: HttpRequest) -> HttpResponse:
    """The files in sight, the newest first; the list is never counted."""
    user = person(request)
    found = visible_trade_files(user)
    dealer = words_of(request, "dealer") if not user.dealer_id else ""
    if dealer:
        found = found.filter(dealer__code=dealer)
    window = window_of(request, found)
    rows = list(window.rows)
    states = _states([file.pk for file in rows])
    context = {
        "window": window,
        "rows": [{"file": file, "format": FORMATS.get(file.format, file.format), **states[file.pk]} for file in rows],
        "dealer": dealer,
        "for_dealer": user.dealer_id is not None,
        "may_deliver": can(user, "trade.deliver"),
    }
    return render(request, "dealers/trade_files.html", context)


@require_GET
@capability_required("deliveries.view")
def trade_file(request: HttpRequest, number: UUID) -> HttpResponse:
    """What became of each message of a file."""
    file = _file_in_sight(request, number)
    rows = [
        {
            "message": message,
            "receipts": [each for each in (message.inventory, message.sales) if each is not None],
            "faults": [Finding.from_record(fault) for fault in message.faults],
            "remarks": [Finding.from_record(remark) for remark in message.remarks],
            "refused": message.state == MessageState.REFUSED,
        }
        for message in messages_of(file)
    ]
    context = {
        "file": file,
        "format": FORMATS.get(file.format, file.format),
        "rows": rows,
        "refused": sum(bool(row["refused"]) for row in rows),
        "has_acknowledgement": file.format != TradeFormat.UBL,
    }
    return render(request, "dealers/trade_file.html", context)


@require_GET
@capability_required("deliveries.view")
def trade_acknowledgement(request: HttpRequest, number: UUID) -> HttpResponse:
    """The 997 or CONTRL of a file, to hand to the own system."""
    file = _file_in_sight(request, number)
    if file.format == TradeFormat.UBL:
        raise Http404
    text, name = acknowledgement_of(file)
    charset = "utf-8" if file.format == TradeFormat.X12 else "iso-8859-1"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text.encode(charset), content_type=TradeFormat(file.format).content_type, headers=headers)


@require_http_methods(["GET", "POST"])
@capability_required("deliveries.view")
def trade_terms(request: HttpRequest, code: str = "") -> HttpResponse:
    """What is agreed about a dealer's messages, and its places; the owner and the channel manager change it."""
    user, dealer = person(request), _dealer(request, code)
    may_agree = can(user, "trade.agree")
    agreement = TradeAgreement.objects.select_related("region", "changed_by").filter(dealer=dealer).first()
    form = AgreementForm(request.POST or None, initial=_initial(agreement))
    if request.method == "POST":
        if not may_agree:
            raise PermissionDenied
        if form.is_valid():
            with refusals_shown(request):
                agree(dealer=dealer, actor=user, at=clock.now(), **form.cleaned_data)
                messages.success(request, _("What is agreed about trade messages is changed."))
            return redirect(request.path)
    places = TradePlace.objects.filter(dealer=dealer).select_related("region").order_by("code")
    context = {
        "dealer": dealer,
        "own": user.dealer_id is not None,
        "form": form,
        "agreement": agreement,
        "place_form": PlaceForm(auto_id="place_%s"),
        "page": page_of(request, places),
        "may_agree": may_agree,
    }
    return render(request, "dealers/trade_terms.html", context)


@require_POST
@capability_required("trade.agree")
def trade_place_set(request: HttpRequest, code: str = "") -> HttpResponse:
    """Say where a place is."""
    dealer = _dealer(request, code)
    form = PlaceForm(request.POST)
    if form.is_valid():
        with refusals_shown(request):
            place = set_place(dealer=dealer, actor=person(request), at=clock.now(), **form.cleaned_data)
            messages.success(request, _("The place %(code)s is known now.") % {"code": place.code})
    else:
        messages.error(request, _("A place needs its number in messages."))
    return _back(code)


@require_POST
@capability_required("trade.agree")
def trade_place_remove(request: HttpRequest, pk: int, code: str = "") -> HttpResponse:
    """Forget a place."""
    with refusals_shown(request):
        remove_place(dealer=_dealer(request, code), place_id=pk, actor=person(request), at=clock.now())
        messages.success(request, _("The place is no longer known."))
    return _back(code)


def _back(code: str) -> HttpResponse:
    return redirect("dealer-trade-terms", code) if code else redirect("trade-terms")


def _dealer(request: HttpRequest, code: str) -> Dealer:
    """The own dealer, or for HQ the one in the address if it is in sight."""
    user = person(request)
    if not code:
        if user.dealer is None:
            raise PermissionDenied
        return user.dealer
    if user.dealer_id is not None:
        raise Http404
    return get_object_or_404(visible_dealers(user), code=code)


def _initial(agreement: TradeAgreement | None) -> dict[str, Any]:
    if agreement is None:
        return {"strict": True}
    names = ("strict", "qs_is_sales", "net_price_is_paid", "region")
    return {name: getattr(agreement, name) for name in names}


def _file_in_sight(request: HttpRequest, number: UUID) -> TradeFileReceived:
    return get_object_or_404(visible_trade_files(person(request)), number=number)


def _states(files: list[int]) -> dict[int, dict[str, Any]]:
    """The kinds of messages of each file, and how many were refused; one query for all."""
    found: dict[int, dict[str, Any]] = {pk: {"kinds": [], "count": 0, "refused": 0} for pk in files}
    rows = TradeMessage.objects.filter(file__in=files).order_by("file", "position")
    for file, kind, state in rows.values_list("file_id", "kind", "state"):
        row = found[file]
        row["count"] += 1
        row["refused"] += state == MessageState.REFUSED
        if kind not in row["kinds"]:
            row["kinds"].append(kind)
    return found
