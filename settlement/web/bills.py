"""Entering a bill that pays a dealer out of a plan."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from dealers.errors import NotFound, Refused
from dealers.foundation import clock
from dealers.foundation.clock import business_day
from dealers.models import Dealer
from dealers.web.access import capability_required, person
from dealers.web.form_fields import DayField
from settlement.choices import BillKind
from settlement.errors import PaymentRefused
from settlement.permissions import can
from settlement.rules.bills import BillGiven
from settlement.selectors.consents import takes_bills
from settlement.selectors.payments import plan_dealers, plan_of
from settlement.services.bills import draw_bill
from settlement.web.payment_frame import frame
from settlement.web.plans import MoneyField


class BillForm(forms.Form):
    """A bill as it reads; what follows from number and sub-range may be left empty."""

    number = forms.CharField(
        label=gettext_lazy("Bill number"), max_length=60, help_text=gettext_lazy("30 digits; spaces do no harm.")
    )
    range = forms.CharField(
        label=gettext_lazy("Sub-range"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("For example 1-108000: ¥1,080.00. Empty or 0: the whole bill."),
    )
    amount = MoneyField(
        label=gettext_lazy("Amount"), required=False, help_text=gettext_lazy("Empty: what the sub-range is worth.")
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        required=False,
        choices=[("", gettext_lazy("As its number says")), *BillKind.choices],
    )
    drawer = forms.CharField(label=gettext_lazy("Drawer"), max_length=200)
    acceptor = forms.CharField(label=gettext_lazy("Acceptor"), max_length=200)
    issued_on = DayField(label=gettext_lazy("Issued on"))
    due_on = DayField(label=gettext_lazy("Due on"))

    def given(self) -> BillGiven:
        return BillGiven(**{name: self.cleaned_data[name] for name in self.fields})


@require_http_methods(["GET", "POST"])
@capability_required("payments.execute", can=can)
def bill_new(request: HttpRequest, number: str, dealer: str) -> HttpResponse:
    """Enter a bill for a dealer; a field at fault says so beside itself."""
    user, at = person(request), clock.now()
    try:
        plan = plan_of(user, number)
    except NotFound as error:
        raise Http404(str(error)) from error
    payee = get_object_or_404(Dealer, code=dealer)
    row = plan_dealers(plan).filter(dealer_id=payee.pk).first()
    if row is None:
        raise Http404
    today = business_day(at)
    initial: dict[str, Any] = {"issued_on": today, "due_on": today + timedelta(days=90)}
    form = BillForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = draw_bill(plan=plan, dealer=payee, given=form.given(), actor=user, at=at)
        except PaymentRefused as refusal:
            field = refusal.params["field"]
            form.add_error(field if field in form.fields else None, str(refusal))
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Entered and posted. Record when it is accepted and delivered."))
            return redirect("payment", made.number)
    context = {
        "form": form,
        "plan": plan,
        "dealer": payee,
        "row": row,
        "takes_bills": takes_bills(payee.pk, at=at),
        **frame(request, "payment-plans"),
    }
    return render(request, "settlement/bill_new.html", context, status=422 if form.errors else 200)
