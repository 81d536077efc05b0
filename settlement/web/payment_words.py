"""Payments in words: what can be done to them, and what was."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from settlement.choices import PaymentMethod, PaymentState
from settlement.models import Payment
from settlement.rules.payment_life import REOPENED

ACT_WORDS: Mapping[tuple[str, str], str | Promise] = {
    (PaymentMethod.BILL, "accept"): _("The acceptor has accepted"),
    (PaymentMethod.BILL, "deliver"): _("The dealer has signed for it"),
    (PaymentMethod.BILL, "settle"): _("Paid at maturity"),
    (PaymentMethod.BILL, "refuse"): _("Refused"),
    (PaymentMethod.BILL, "return"): _("Returned by the dealer"),
    (PaymentMethod.BILL, "overdue"): _("Unpaid at maturity"),
    (PaymentMethod.TRANSFER, "settle"): _("The bank has paid"),
    (PaymentMethod.TRANSFER, "return"): _("Returned by the bank"),
    (PaymentMethod.TRANSFER, "cancel"): _("Cancel the order"),
    (PaymentMethod.TRANSFER, "send"): _("Sent to the bank"),
}


def steps_told(payment: Payment) -> list[dict[str, Any]]:
    """The steps of a payment as a timeline, the first first."""
    return [
        {
            "title": PaymentState(step.after).label,
            "at": step.at,
            "actor": step.by,
            "quote": step.reason,
            "tone": "bad" if step.after in REOPENED else "ok",
        }
        for step in payment.steps.select_related("by")
    ]
