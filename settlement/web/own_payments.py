"""A dealer's own view: what is owed to it, how it is paid, whether it takes bills, and its bank account."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dealers.errors import NotFound
from dealers.foundation import clock
from dealers.web.access import capability_required, own_dealer, person, refusals_shown
from dealers.web.listing import window_of
from settlement.choices import BankAccountState
from settlement.permissions import can
from settlement.selectors.consents import latest_consent
from settlement.selectors.open_amounts import LEFT, open_amounts
from settlement.selectors.payment_board import overdue_days
from settlement.selectors.payments import payment_of, visible_bank_accounts, visible_payables, visible_payments
from settlement.services.consents import say_about_bills
from settlement.services.payment_news import periods_paid
from settlement.web.payments import shown


@require_GET
@capability_required("payments.view_own", can=can)
def my_payments(request: HttpRequest) -> HttpResponse:
    """What is open half-month by half-month, and what was paid when by what."""
    user, dealer, at = person(request), own_dealer(request), clock.now()
    window = window_of(request, visible_payments(user))
    standing = open_amounts(list(visible_payables(user).filter(LEFT).order_by("ordinal")))
    accounts = list(visible_bank_accounts(user).exclude(state=BankAccountState.DECLINED)[:20])
    paid = periods_paid(window.rows)
    consent = latest_consent(dealer.pk, at=at)
    context = {
        "window": window,
        "rows": [{"payment": one, "periods": paid.get(one.pk, {})} for one in window.rows],
        "standing": [_standing(one) for one in standing],
        "open": sum((one.left if one.payable.amount > 0 else -one.left for one in standing), start=0),
        "overdue_days": overdue_days(at),
        "consent": consent,
        "takes_bills": bool(consent and consent.consents),
        "may_consent": can(user, "payments.consent"),
        "account": next((one for one in accounts if one.state == "confirmed" and one.valid.upper is None), None),
        "waiting": next((one for one in accounts if one.state == BankAccountState.PROPOSED), None),
        "may_propose": can(user, "bank_accounts.propose"),
    }
    return render(request, "settlement/my_payments.html", context)


@require_GET
@capability_required("payments.view_own", can=can)
def my_payment(request: HttpRequest, number: str) -> HttpResponse:
    """One payment: what it pays and where it is."""
    own_dealer(request)
    try:
        found = payment_of(person(request), number)
    except NotFound as error:
        raise Http404(str(error)) from error
    return render(request, "settlement/my_payment.html", shown(found, person(request)))


@require_POST
@capability_required("payments.consent", can=can)
def consent(request: HttpRequest) -> HttpResponse:
    """Say that bills are taken, or no longer."""
    consents = request.POST.get("consents") == "1"
    with refusals_shown(request):
        say_about_bills(dealer=own_dealer(request), consents=consents, actor=person(request), at=clock.now())
        messages.success(
            request,
            _("Recorded: you take commercial bills.") if consents else _("Recorded: you are paid by transfer only."),
        )
    return redirect("my-payments")


def _standing(one: Any) -> dict[str, Any]:
    return {
        "one": one,
        "since": one.payable.since,
        "left": one.left if one.payable.amount > 0 else -one.left,
        "total": one.payable.amount,
        "settled": one.payable.paid + one.payable.set_off,
    }
