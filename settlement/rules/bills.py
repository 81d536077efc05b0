"""Whether the parts of an electronic commercial bill fit together: number, sub-range, amount, dates, kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from dealers.foundation.refusals import Refused
from dealers.foundation.refusals import msgid as _
from settlement.rules.bill_numbers import BANKERS, COMMERCIAL, BillNumber, parse_bill_number
from settlement.rules.bill_ranges import BillRange, parse_bill_range
from settlement.rules.tenor import refuse_tenor

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BillGiven:
    """A bill as somebody enters it. ``range`` is ``start-end`` or empty; ``amount`` may be left to the range, ``kind``
    to the number.
    """

    number: str
    drawer: str
    acceptor: str
    issued_on: date
    due_on: date
    range: str = ""
    kind: str = ""
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class BillChecked:
    """A bill whose parts fit together; ``notes`` None is the whole bill."""

    number: BillNumber
    notes: BillRange | None
    kind: str
    amount: Decimal


class FieldRefused(Exception):
    """One field of a bill cannot be; ``why`` says it about ``value``."""

    def __init__(self, field: str, value: str, why: Refused) -> None:
        super().__init__(field, value, why)
        self.field, self.value, self.why = field, value, why


def check_bill(given: BillGiven, max_tenor_months: int) -> BillChecked:
    """Read and check a bill. Raises :class:`FieldRefused` for the first field at fault; never for the check digit."""
    number = _read("number", given.number, lambda: parse_bill_number(given.number))
    notes = _read("range", given.range, lambda: parse_bill_range(given.range))
    for field, text in (("drawer", given.drawer), ("acceptor", given.acceptor)):
        if not text.strip():
            raise FieldRefused(field, "", Refused("missing", _("is missing")))
    _read("due_on", str(given.due_on), lambda: refuse_tenor(given.issued_on, given.due_on, max_tenor_months))
    if number.registered_on > given.issued_on:
        late = _("lies before %(day)s, on which the bill was registered by its number")
        raise FieldRefused("issued_on", str(given.issued_on), Refused("bill_issued", late, day=number.registered_on))
    return BillChecked(number, notes, _kind(given, number), _amount(given, notes))


def _kind(given: BillGiven, number: BillNumber) -> str:
    kind = given.kind or number.kind
    if kind not in (BANKERS, COMMERCIAL):
        unknown = _("does not follow from the number's first digit; say who accepts the bill, bankers or commercial")
        raise FieldRefused("kind", given.kind, Refused("bill_kind", unknown))
    if number.kind and kind != number.kind:
        raise FieldRefused("kind", kind, Refused("bill_kind", _("is not what the number's first digit says")))
    return kind


def _amount(given: BillGiven, notes: BillRange | None) -> Decimal:
    if notes is None:
        if given.amount is None:
            raise FieldRefused("amount", "", Refused("missing", _("is missing")))
        return given.amount
    if given.amount is not None and given.amount != notes.amount:
        differs = _("is not what the sub-range is worth, %(worth)s")
        why = Refused("bill_amount", differs, worth=f"{notes.amount:.2f}")
        raise FieldRefused("amount", f"{given.amount:.2f}", why)
    return notes.amount


def _read(field: str, value: str, reader: Callable[[], T]) -> T:
    try:
        return reader()
    except Refused as refusal:
        raise FieldRefused(field, value[:60], refusal) from refusal
