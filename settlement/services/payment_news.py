"""What dealers and their systems are told about payments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Sum

from dealers.choices import Announcement, NoticeKind
from dealers.foundation.half_months import HalfMonth
from dealers.models import Notice
from dealers.services.notices import people_of_dealers, tell_all
from dealers.services.webhooks import News, announce_all
from settlement.choices import PaymentMethod, PaymentState
from settlement.models import Allocation, Payment
from settlement.rules.payment_life import REOPENED

#: What is worth telling: the dealer has to do something, has been paid, or has not been paid after all.
_REASONS = {
    (PaymentMethod.BILL, PaymentState.DELIVERED): "payment_bill_delivered",
    (PaymentMethod.TRANSFER, PaymentState.SENT): "payment_transfer_sent",
    (PaymentMethod.BILL, PaymentState.SETTLED): "payment_settled",
    (PaymentMethod.TRANSFER, PaymentState.SETTLED): "payment_settled",
} | {(method, state): "payment_failed" for method in PaymentMethod for state in REOPENED}


def tell_of_payments(payments: Iterable[Payment], *, at: datetime, reason: str = "") -> None:
    """Tell each payment's dealer of the state it is in now, in the caller's transaction; four queries in all."""
    told = [one for one in payments if (one.method, one.state) in _REASONS]
    if not told:
        return
    paid = periods_paid(told)
    announce_all(
        (
            News(
                Announcement.PAYMENT_CHANGED,
                one.dealer_id,
                {
                    "payment": one.number,
                    "method": one.method,
                    "state": one.state,
                    "amount": str(one.amount),
                    "periods": list(paid.get(one.pk, {})),
                    "reason": reason,
                },
            )
            for one in told
        ),
        at=at,
    )
    people = people_of_dealers({one.dealer_id for one in told})
    tell_all(
        Notice(
            recipient=person,
            kind=NoticeKind.PAYMENT,
            key=f"payment:{one.number}:{one.state}",
            params=_params(one, paid.get(one.pk, {}), reason),
            url=f"/my-payments/{one.number}/",
            created_at=at,
        )
        for one in told
        for person in people.get(one.dealer_id, [])
    )


def periods_paid(payments: Iterable[Payment]) -> Mapping[int, Mapping[str, str]]:
    """Which half-months each payment pays, or paid before it failed, with how much; one query."""
    rows = (
        Allocation.objects.filter(payment__in=[one.pk for one in payments], amount__gt=0)
        .order_by()
        .values("payment", "payable__ordinal")
        .annotate(amount=Sum("amount"))
        .order_by("payment", "payable__ordinal")
    )
    found: dict[int, dict[str, str]] = {}
    for row in rows:
        name = str(HalfMonth.from_ordinal(row["payable__ordinal"]))
        found.setdefault(row["payment"], {})[name] = str(row["amount"])
    return found


def _params(payment: Payment, periods: Mapping[str, str], reason: str) -> dict[str, str]:
    params = {
        "reason": _REASONS[PaymentMethod(payment.method), PaymentState(payment.state)],
        "number": payment.number,
        "amount": f"¥{payment.amount:,.2f}",
        "periods": ", ".join(periods),
        "remark": reason,
    }
    if payment.method == PaymentMethod.BILL:
        params |= {"bill": payment.bill.number, "due_on": payment.bill.due_on.isoformat()}
    else:
        params |= {"account": payment.transfer.account.number[-4:]}
    return params
