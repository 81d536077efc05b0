"""Payments for finance: what is open by its age, when bills fall due, the list, and one with its steps."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dealers.errors import NotFound
from dealers.foundation import clock
from dealers.foundation.clock import business_day
from dealers.foundation.half_months import HalfMonth
from dealers.foundation.money import ZERO
from dealers.models import User
from dealers.web.access import capability_required, person, refusals_shown
from dealers.web.downloads import table_response
from dealers.web.listing import choice_of, page_of, window_of, words_of
from settlement.choices import PaymentMethod, PaymentState
from settlement.models import Payment
from settlement.permissions import can
from settlement.rules.bill_numbers import in_groups
from settlement.rules.payment_life import REOPENED
from settlement.selectors.payment_board import (
    OUTSTANDING,
    aged_dealers,
    ageing,
    maturity_ladder,
    overdue_days,
    payment_sums,
)
from settlement.selectors.payments import allocations_of, listed_payments, payment_of
from settlement.services.payment_steps import LIVES, move_payment
from settlement.web.payment_frame import bucket_words, frame, rung_words
from settlement.web.payment_words import ACT_WORDS, steps_told

_UNDER_WAY = (PaymentState.DRAFTED, PaymentState.ACCEPTED, PaymentState.ORDERED, PaymentState.SENT)
AGEING_COLUMNS = ("dealer", "name", "open", "disputed", "overdue", "oldest_days", "statements")


@require_GET
@capability_required("payments.view", can=can)
def payments(request: HttpRequest) -> HttpResponse:
    """What is open by its age, what is under way, and which bills fall due when."""
    at = clock.now()
    words = words_of(request)
    aged = ageing(at=at)
    rungs = maturity_ladder(today=business_day(at))
    sums = payment_sums()
    context = {
        "aged": aged,
        "undisputed": sum((row.undisputed for row in aged), ZERO),
        "disputed": sum((row.disputed for row in aged), ZERO),
        "overdue": sum((row.undisputed for row in aged if row.overdue), ZERO),
        "overdue_days": overdue_days(at),
        "under_way": sum((amount for (_m, state), (amount, _n) in sums.items() if state in _UNDER_WAY), ZERO),
        "bills": sum((rung.amount for rung in rungs), ZERO),
        "due_soon": sum((rung.amount for rung in rungs if rung.rung.key in ("past", "week")), ZERO),
        "bars": [
            {
                "label": bucket_words(row.bucket),
                "value": row.open,
                "shown": f"¥{row.open:,.2f}",
                "tone": "bad" if row.overdue and row.undisputed else "",
            }
            for row in aged
        ],
        "ladder": [
            {
                "label": rung_words(row.rung),
                "value": row.amount,
                "shown": f"¥{row.amount:,.2f}",
                "tone": "bad" if row.rung.key == "past" and row.bills else "",
                "url": f"{reverse('payments-list')}?method=bill&state=delivered",
            }
            for row in rungs
        ],
        "page": page_of(request, aged_dealers(at=at, words=words)),
        "q": words,
        **frame(request, "payments"),
    }
    return render(request, "settlement/payments.html", context)


@require_GET
@capability_required("payments.view", can=can)
def ageing_export(request: HttpRequest, written: str) -> HttpResponseBase:
    """What is open by dealer, as a table."""
    at = clock.now()
    rows = (tuple(row.values()) for row in aged_dealers(at=at))
    return table_response(request, written, f"ageing-{business_day(at)}", AGEING_COLUMNS, rows)


@require_GET
@capability_required("payments.view", can=can)
def payment_list(request: HttpRequest) -> HttpResponse:
    """Bills and transfers, the newest first."""
    filters = [
        choice_of(request, "method", _("All methods"), PaymentMethod.choices),
        choice_of(request, "state", _("All states"), PaymentState.choices),
    ]
    method, state = (one.value for one in filters)
    words = words_of(request)
    found = listed_payments(person(request), method=method, state=state, words=words)
    context = {
        "window": window_of(request, found),
        "filters": filters,
        "q": words,
        "narrowed": bool(words or method or state),
        "today": business_day(clock.now()),
        "outstanding": OUTSTANDING,
        **frame(request, "payments-list"),
    }
    return render(request, "settlement/payment_list.html", context)


@require_GET
@capability_required("payments.view", can=can)
def payment(request: HttpRequest, number: str) -> HttpResponse:
    """One payment: what it pays, where it is, and what may become of it next."""
    user = person(request)
    found = _found(user, number)
    return render(request, "settlement/payment.html", {**shown(found, user), **frame(request, "payments-list")})


@require_POST
@capability_required("payments.track", can=can)
def step(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """Take a payment one step on its way."""
    found = _found(person(request), number)
    if act not in {event for _state, event, _to in LIVES[found.method].rows}:
        raise Http404
    with refusals_shown(request):
        reason = request.POST.get("reason", "").replace("\x00", "")[:500]
        move_payment(payment=found, act=act, reason=reason, actor=person(request), at=clock.now())
        messages.success(request, _("Recorded and posted."))
    return redirect("payment", number)


def shown(found: Payment, user: User) -> dict[str, Any]:
    """What a page says about one payment."""
    life = LIVES[found.method]
    sent_by_file = found.method == PaymentMethod.TRANSFER and found.state == PaymentState.ORDERED
    return {
        "payment": found,
        "number_parts": in_groups(found.bill.number) if found.method == PaymentMethod.BILL else "",
        "allocations": [
            {"period": str(HalfMonth.from_ordinal(row.payable.ordinal)), "row": row}
            for row in allocations_of([found.pk])
        ],
        "steps": steps_told(found),
        "acts": [
            {
                "act": act,
                "label": ACT_WORDS[found.method, act],
                "needs_reason": life.next(found.state, act) in REOPENED,
            }
            for act in life.events_from(found.state)
            # A transfer is sent with its file and by nothing else.
            if not (sent_by_file and act == "send")
        ]
        if can(user, "payments.track")
        else [],
    }


def _found(user: User, number: str) -> Payment:
    try:
        return payment_of(user, number)
    except NotFound as error:
        raise Http404(str(error)) from error
