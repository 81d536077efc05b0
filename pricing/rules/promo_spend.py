"""What an entry of spend must say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from dealers.foundation.findings import Finding, Severity
from dealers.foundation.refusals import msgid as _
from pricing.choices import Bearer, Channel

_LONGEST_TEXT = 200
_MOST = Decimal(10) ** 14


@dataclass(frozen=True, slots=True)
class SpendEntry:
    """One payment. ``channel`` None served all channels; ``dealer`` (a code) for whom HQ spent it, if for one."""

    spent_on: date
    payee: str
    purpose: str
    amount: Decimal
    borne_by: str
    channel: int | None = None
    dealer: str = ""


def faults_in(entry: SpendEntry, *, first_day: date, today: date) -> Iterator[Finding]:
    """Everything wrong with an entry, each with its field. Nothing is spent before the approval or in the future."""
    if not first_day <= entry.spent_on <= today:
        yield _fault(
            "day_out_of_range",
            _("The day must lie from the approval on %(first)s to today."),
            "spent_on",
            first=first_day.isoformat(),
        )
    for field, text in (("payee", entry.payee), ("purpose", entry.purpose)):
        if not text.strip():
            yield _fault("missing", _("is missing"), field)
        elif len(text) > _LONGEST_TEXT:
            yield _fault("too_long", _("is longer than %(most)s characters"), field, most=_LONGEST_TEXT)
    if not entry.amount.is_finite() or entry.amount <= 0:
        yield _fault("not_positive", _("The amount must be above zero; to take an entry back, reverse it."), "amount")
    elif entry.amount >= _MOST or entry.amount != entry.amount.quantize(Decimal("0.01")):
        yield _fault("not_money", _("The amount must be yuan with at most two decimal places."), "amount")
    if entry.borne_by not in Bearer.values:
        yield _fault("unknown", _("Say who bears it: %(known)s."), "borne_by", known=", ".join(Bearer.values))
    if entry.channel is not None and entry.channel not in Channel.values:
        yield _fault("unknown", _("There is no such channel."), "channel")


def no_proof() -> Finding:
    return _fault("proof_missing", _("Attach a proof: an invoice, a payment slip or a picture."), "proofs")


def unknown_dealer(code: str) -> Finding:
    return _fault("unknown", _("No dealer %(value)s takes part in this promotion."), "dealer", value=code)


def _fault(code: str, message: str, field: str, **params: Any) -> Finding:
    return Finding(code, Severity.ERROR, message, params, field=field)
