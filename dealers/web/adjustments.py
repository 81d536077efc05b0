"""Declared changes of stock: the list, and for a dealer the form to declare one."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from dealers.choices import AdjustmentKind, Door
from dealers.foundation import clock
from dealers.foundation.clock import BUSINESS_ZONE
from dealers.models import Product, QuarantinedLine, StockAdjustment
from dealers.permissions import can
from dealers.selectors.adjustments import visible_adjustments
from dealers.selectors.transfers import OtherSide, other_sides
from dealers.selectors.visibility import visible_dealers
from dealers.services.deliveries import detail_of
from dealers.services.imports.adjustments import OWN_STOCK_ADJUSTMENTS
from dealers.services.imports.importing import import_rows
from dealers.services.imports.sources import RecordSource
from dealers.web.access import capability_required, own_dealer, person
from dealers.web.listing import ROWS_PER_PAGE, Window, choice_of, words_of

_OTHER_SIDES = {
    "matched": (gettext_lazy("Both sides agree"), "ok"),
    "differs": (gettext_lazy("Other quantity there"), "warn"),
    "undeclared": (gettext_lazy("Not declared there"), "warn"),
    "unknown": (gettext_lazy("No dealer of this name"), ""),
}


class AdjustmentForm(forms.Form):
    """One declared change. The document number is made when the form is drawn, so that sending it twice counts once."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind of change"), choices=AdjustmentKind.choices)
    sku = forms.CharField(label="SKU", max_length=64, widget=forms.TextInput(attrs={"list": "own-products"}))
    quantity = forms.IntegerField(label=gettext_lazy("Units"), min_value=1)
    occurred_at = forms.DateTimeField(
        label=gettext_lazy("When"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=gettext_lazy("Beijing time"),
    )
    warehouse = forms.CharField(label=gettext_lazy("Warehouse"), max_length=64, required=False)
    counterparty = forms.CharField(
        label=gettext_lazy("Other party of a transfer"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Leave empty between your own warehouses."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Needed when goods were damaged, lost or found."),
    )
    doc_no = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def record(self) -> dict[str, Any]:
        """The declaration as a line of a report."""
        given = self.cleaned_data
        at: datetime = given["occurred_at"]
        local = at.replace(tzinfo=BUSINESS_ZONE) if at.tzinfo is None else at.astimezone(BUSINESS_ZONE)
        return {
            **{name: value for name, value in given.items() if value},
            "line_no": 1,
            "occurred_at": local.isoformat(),
        }


@require_http_methods(["GET", "POST"])
@capability_required("stock.view")
def adjustments(request: HttpRequest) -> HttpResponse:
    """A dealer declares and sees its own; HQ sees those of the dealers in sight, with the other side of transfers."""
    user = person(request)
    form = _form(request) if can(user, "reports.submit") else None
    if request.method == "POST":
        if form is None:
            return redirect("adjustments")
        if form.is_valid() and _declared(request, form):
            return redirect("adjustments")
    kind = choice_of(request, "kind", _("All kinds"), AdjustmentKind.choices)
    sku, dealer = words_of(request, "sku"), words_of(request, "dealer") if user.dealer_id is None else ""
    found = visible_adjustments(user)
    if kind.value:
        found = found.filter(kind=kind.value)
    if sku:
        found = found.filter(product__sku=sku)
    if dealer:
        found = found.filter(dealer__code=dealer)
    window = _window(request, found)
    sides = _sides(user, window.rows) if user.dealer_id is None else {}
    context = {
        "window": window,
        "rows": [_row(line, sides) for line in window.rows],
        "filters": [kind],
        "sku": sku,
        "dealer": dealer,
        "narrowed": bool(kind.value or sku or dealer),
        "for_dealer": user.dealer_id is not None,
        "form": form,
        "products": _own_products(request) if form is not None else (),
    }
    return render(request, "dealers/adjustments.html", context, status=422 if request.method == "POST" else 200)


def _form(request: HttpRequest) -> AdjustmentForm:
    now = clock.now().astimezone(BUSINESS_ZONE)
    drawn = {"occurred_at": now, "doc_no": f"DL-{now:%y%m%d}-{secrets.token_hex(4)}", "sku": words_of(request, "for")}
    return AdjustmentForm(request.POST if request.method == "POST" else None, initial=drawn)


def _declared(request: HttpRequest, form: AdjustmentForm) -> bool:
    """Whether the line was taken; when not, the form says why, and the line waits in the quarantine like any other."""
    user = person(request)
    delivery = import_rows(
        OWN_STOCK_ADJUSTMENTS,
        RecordSource([form.record()], OWN_STOCK_ADJUSTMENTS.layout),
        actor=user,
        door=Door.PORTAL,
        dealer=own_dealer(request),
        delivered_by=user.get_username(),
    )
    refused = QuarantinedLine.objects.filter(delivery=delivery).first()
    if refused is None:
        messages.success(request, _("Declared. It counts in your stock from now on."))
        return True
    form.add_error(refused.field if refused.field in form.fields else None, detail_of(refused))
    return False


def _own_products(request: HttpRequest) -> QuerySet[Product]:
    return Product.objects.filter(industry=own_dealer(request).industry).order_by("sku")[:500]


def _window(request: HttpRequest, lines: QuerySet[StockAdjustment]) -> Window:
    """The lines after the one the address names; nothing is counted."""
    query = request.GET.copy()
    place = _place_of(str(query.pop("after", [""])[-1]))
    first = f"?{query.urlencode()}" if place else ""
    if place:
        at, *key = place
        same = Q(TupleGreaterThan(Tuple("dealer_id", "doc_no", "line_no"), tuple(key)), occurred_at=at)
        lines = lines.filter(Q(occurred_at__lt=at) | same, occurred_at__lte=at)
    found = list(lines.select_related("dealer", "product")[: ROWS_PER_PAGE + 1])
    if len(found) <= ROWS_PER_PAGE:
        return Window(found, "", first)
    last = found[ROWS_PER_PAGE - 1]
    query["after"] = f"{last.occurred_at.isoformat()}~{last.dealer_id}~{last.line_no}~{last.doc_no}"
    return Window(found[:ROWS_PER_PAGE], f"?{query.urlencode()}", first)


def _place_of(text: str) -> tuple[datetime, int, str, int] | None:
    try:
        at, dealer_id, line_no, doc_no = text.split("~", 3)
        return clock.parse_instant(at), int(dealer_id), doc_no.replace("\x00", ""), int(line_no)
    except ValueError:
        return None


def _sides(user: Any, lines: list[StockAdjustment]) -> dict[tuple[int, str, int], OtherSide]:
    """The other sides, those out of the reader's sight without their dealer."""
    transfers = [line for line in lines if AdjustmentKind(line.kind).is_transfer and line.counterparty and line.change]
    sides = other_sides(transfers) if transfers else {}
    named = {side.dealer_id for side in sides.values() if side.dealer_id is not None}
    seen = set(visible_dealers(user).filter(pk__in=named).values_list("pk", flat=True)) if named else set()
    return {key: side for key, side in sides.items() if side.dealer_id is None or side.dealer_id in seen}


def _row(line: StockAdjustment, sides: dict[tuple[int, str, int], OtherSide]) -> dict[str, Any]:
    side = sides.get((line.dealer_id, line.doc_no, line.line_no))
    words, tone = _OTHER_SIDES[side.state] if side else ("", "")
    return {
        "line": line,
        "side": side,
        "side_words": words,
        "side_tone": tone,
        "tone": "" if not line.change else "ok" if line.change > 0 else "warn",
    }
