"""Proposing list prices: of one product by a form, of many by a table in the columns of the import."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from dealers.errors import Refused
from dealers.foundation import clock
from dealers.foundation.tabular import UnusableFile
from dealers.models import PriceChange, Product, User
from dealers.selectors.list_prices import price_steps
from dealers.services.imports.list_prices import LAYOUT
from dealers.services.imports.price_tables import FaultyRow, read_prices
from dealers.services.imports.sources import TableSource
from dealers.services.price_changes import NewPrice, propose_prices
from dealers.web.access import capability_required, person
from dealers.web.form_fields import DayField, PriceField, day_after
from dealers.web.listing import words_of
from rebates.selectors.price_protection import proposed_falls
from rebates.selectors.protection_estimates import is_large
from rebates.services.protection_estimates import request_estimate

LARGEST_TABLE = 8 << 20
_MOST_FAULTS_SHOWN = 100


class PriceForm(forms.Form):
    """A list price from a day on. The last day is named; the price keeps the day after it."""

    sku = forms.CharField(label="SKU", max_length=64, widget=forms.TextInput(attrs={"list": "products"}))
    price = PriceField(label=gettext_lazy("List price"))
    valid_from = DayField(label=gettext_lazy("First day"))
    last_day = DayField(
        label=gettext_lazy("Last day"),
        required=False,
        help_text=gettext_lazy("Empty: until another list price follows."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def clean_sku(self) -> Product:
        product = Product.objects.filter(sku=self.cleaned_data["sku"].strip()).first()
        if product is None:
            raise forms.ValidationError(_("There is no such product in the catalogue."))
        return product

    def clean_price(self) -> Any:
        if not self.cleaned_data["price"]:
            raise forms.ValidationError(_("A list price is above zero."))
        return self.cleaned_data["price"]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        first, last = given.get("valid_from"), given.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day lies before the first."))
        return given

    def price_wanted(self) -> NewPrice:
        given = self.cleaned_data
        return NewPrice(given["sku"].pk, given["price"], given["valid_from"], day_after(given["last_day"]))


class PriceTableForm(forms.Form):
    """Many list prices as a table."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        max_length=255,
        help_text=gettext_lazy("CSV or a spreadsheet (XLSX, XLS, ODS), at most 8 MB."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_TABLE:
            raise forms.ValidationError(_("The file is larger than 8 MB; split it."))
        return file


@require_http_methods(["GET", "POST"])
@capability_required("prices.propose")
def price_propose(request: HttpRequest) -> HttpResponse:
    """Propose the list price of one product."""
    tomorrow = clock.business_day(clock.now()) + timedelta(days=1)
    form = PriceForm(request.POST or None, initial={"sku": words_of(request, "sku"), "valid_from": tomorrow})
    if request.method == "POST" and form.is_valid():
        change = _propose(form, [form.price_wanted()], person(request))
        if change is not None:
            return _proposed(request, change)
    products = Product.objects.only("sku", "name_zh", "name_en").order_by("sku")[:2000]
    context = {"form": form, "products": products}
    return render(request, "rebates/price_propose.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@capability_required("prices.propose")
def prices_propose(request: HttpRequest) -> HttpResponse:
    """Propose a table of list prices; with one faulty row nothing is proposed and every fault is shown."""
    form = PriceTableForm(request.POST or None, request.FILES or None)
    faults: list[FaultyRow] = []
    if request.method == "POST" and form.is_valid():
        file: UploadedFile = form.cleaned_data["file"]
        try:
            source = TableSource(file.file, LAYOUT, filename=file.name)  # type: ignore[arg-type]
            rows, faults = read_prices(source)
        except UnusableFile as error:
            said = _("%(file)s %(reason)s. Nothing was stored.")
            form.add_error("file", said % {"file": file.name, "reason": error.render()})
        else:
            if faults:
                form.add_error("file", _("Rows with faults: %(count)s. Nothing was proposed.") % {"count": len(faults)})
            else:
                wanted = [NewPrice(row.key[0], row.content[0], row.lower, row.upper) for row in rows]
                change = _propose(form, wanted, person(request), filename=file.name or "")
                if change is not None:
                    return _proposed(request, change)
    context = {
        "form": form,
        "faults": faults[:_MOST_FAULTS_SHOWN],
        "required": LAYOUT.required,
        "optional": LAYOUT.optional,
    }
    return render(request, "rebates/prices_propose.html", context, status=422 if form.errors else 200)


def _propose(form: forms.Form, prices: list[NewPrice], user: User, filename: str = "") -> PriceChange | None:
    """The proposal; None when it was refused, which the form then says."""
    try:
        return propose_prices(
            prices=prices, reason=form.cleaned_data["reason"], actor=user, at=clock.now(), filename=filename
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None


def _proposed(request: HttpRequest, change: PriceChange) -> HttpResponse:
    if is_large(proposed_falls(price_steps(change.lines.select_related("product")))):
        request_estimate(change=change, actor=person(request), at=clock.now())
    messages.success(request, _("Proposed. Another person puts it in force; below is what a fall would cost."))
    return redirect("price-change", change.pk)
