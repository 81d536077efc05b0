"""The number of an electronic commercial bill: 30 digits in five parts (rulebook section 6).

    5 313290000011 20261118 00012345 7
    | |            |        |        check digit
    | |            |        serial of the day
    | |            day on which the bill was registered
    | bank number (payment system)
    kind

The algorithm of the check digit is not published, so a number is never refused for its last digit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from dealers.foundation.refusals import Refused
from dealers.foundation.refusals import msgid as _

BANKERS, COMMERCIAL = "bankers", "commercial"

#: What the first digit says: 1 and 2 are of the first electronic system, 5 and 6 of the new generation. Others may
#: come and say nothing to us.
_KINDS = {"1": BANKERS, "2": COMMERCIAL, "5": BANKERS, "6": COMMERCIAL}
_SHAPE = re.compile(r"([0-9])([0-9]{12})([0-9]{8})([0-9]{8})([0-9])")
_DIGITS = 30


@dataclass(frozen=True, slots=True)
class BillNumber:
    """A number taken apart. ``kind`` is empty when its first digit is none we know."""

    number: str
    kind: str
    bank: str
    registered_on: date
    serial: str
    check: str


def parse_bill_number(text: str) -> BillNumber:
    """Read a bill's number; spaces people copy with it do no harm. Raises ``Refused`` naming the part at fault."""
    number = "".join(text.split())
    found = _SHAPE.fullmatch(number)
    if found is None:
        if number.isascii() and number.isdigit():
            raise Refused("bill_number_length", _("has %(digits)s digits; a bill's number has 30"), digits=len(number))
        raise Refused("bill_number_shape", _("is not a bill's number; it has 30 digits and nothing else"))
    kind, bank, day, serial, check = found.groups()
    try:
        registered_on = date(int(day[:4]), int(day[4:6]), int(day[6:]))
    except ValueError as error:
        raise Refused(
            "bill_number_date",
            _("holds %(day)s in digits 14 to 21, where its day of registration must stand; that is no day"),
            day=day,
        ) from error
    return BillNumber(number, _KINDS.get(kind, ""), bank, registered_on, serial, check)


def in_groups(number: str) -> str:
    """The number with its parts apart, as people compare it."""
    return " ".join((number[:1], number[1:13], number[13:21], number[21:29], number[29:]))
