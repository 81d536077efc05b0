"""Entering many bills from a table: each line by itself, and the same file again changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import IO

from django.utils.translation import gettext

from dealers.errors import Refused
from dealers.foundation.clock import parse_date
from dealers.foundation.money import parse_decimal
from dealers.foundation.refusals import Refused as NotPossible
from dealers.foundation.refusals import msgid as _
from dealers.foundation.tabular import Row, open_table
from dealers.models import Dealer, User
from settlement import permissions
from settlement.errors import BillUsedAlready, PaymentRefused, TooManyBills
from settlement.models import Bill, Payment, PaymentPlan
from settlement.rules.bill_numbers import parse_bill_number
from settlement.rules.bill_ranges import parse_bill_range
from settlement.rules.bills import BillGiven
from settlement.services.bills import draw_bill

MOST_LINES = 500
REQUIRED = ("dealer", "number", "drawer", "acceptor", "issued_on", "due_on")
OPTIONAL = ("range", "amount", "kind")
#: What each column is called on a Chinese page and in the template of one.
CHINESE: Mapping[str, str] = {
    "dealer": "经销商编号",
    "number": "票据号码",
    "range": "子票区间",
    "amount": "金额",
    "kind": "票据种类",
    "drawer": "出票人",
    "acceptor": "承兑人",
    "issued_on": "出票日",
    "due_on": "到期日",
}
#: What the columns may be called instead, as banks and our own template name them.
ALIASES: Mapping[str, str] = {
    "经销商": "dealer",
    "经销商编号": "dealer",
    "票据号码": "number",
    "票据（包）号码": "number",
    "票据(包)号码": "number",
    "子票区间": "range",
    "金额": "amount",
    "票据金额": "amount",
    "类型": "kind",
    "票据种类": "kind",
    "出票人": "drawer",
    "承兑人": "acceptor",
    "出票日": "issued_on",
    "出票日期": "issued_on",
    "到期日": "due_on",
    "汇票到期日": "due_on",
}
_KINDS = {"银行承兑汇票": "bankers", "银票": "bankers", "商业承兑汇票": "commercial", "商票": "commercial"}
_PREFILLED = ("dealer", "amount")
_LONGEST = {"drawer": 200, "acceptor": 200}
_DIGITS, _PLACES = 18, 2


@dataclass(frozen=True, slots=True)
class BillLine:
    """What became of a line: a payment made now or, with ``already``, before; or ``why`` nothing was entered."""

    line: int
    dealer: str
    number: str
    payment: Payment | None = None
    already: bool = False
    column: str = ""
    why: str = ""


def import_bills(
    *, plan: PaymentPlan, given: IO[bytes], filename: str = "", actor: User, at: datetime
) -> list[BillLine]:
    """Enter the bills of a table, each in a transaction of its own, and say of every line what became of it.

    A line whose bill was entered before for the same dealer and plan is told so and changes nothing, so that a file
    may be given again after its faults are mended or its intake was cut off. Lines with nothing but dealer and amount,
    as the template has them, are passed over. Raises :class:`~dealers.foundation.tabular.UnusableFile` for what is no
    such table and :class:`TooManyBills`; nothing is entered then.
    """
    permissions.require(actor, "payments.execute")
    with open_table(given, filename or None, aliases=ALIASES) as table:
        table.require(REQUIRED)
        rows = list(_bounded(row for row in table if row.problem or _is_filled(row.values)))
    codes = {row.values.get("dealer", "") for row in rows}
    dealers = {dealer.code: dealer for dealer in Dealer.objects.filter(code__in=codes)}
    return [_entered(plan, row, dealers, actor, at) for row in rows]


def _bounded(rows: Iterator[Row]) -> Iterator[Row]:
    for number, row in enumerate(rows):
        if number == MOST_LINES:
            raise TooManyBills(most=MOST_LINES)
        yield row


def _is_filled(values: Mapping[str, str]) -> bool:
    return any(text for column, text in values.items() if column not in _PREFILLED)


def _entered(plan: PaymentPlan, row: Row, dealers: Mapping[str, Dealer], actor: User, at: datetime) -> BillLine:
    code, number = row.values.get("dealer", ""), row.values.get("number", "")
    if row.problem is not None:
        return BillLine(row.line_no, code, number, column=row.problem.field, why=row.problem.render())
    dealer = dealers.get(code)
    if dealer is None:
        return BillLine(row.line_no, code, number, column="dealer", why=gettext("There is no such dealer."))
    try:
        bill = _read(row.values)
        if (before := _entered_before(plan, dealer, bill)) is not None:
            return BillLine(row.line_no, code, number, payment=before, already=True)
        made = draw_bill(plan=plan, dealer=dealer, given=bill, actor=actor, at=at)
    except PaymentRefused as refusal:
        return BillLine(row.line_no, code, number, column=refusal.params["field"], why=str(refusal))
    except BillUsedAlready as refusal:
        # Perhaps by the same line of the same file, given twice at once.
        if (before := _entered_before(plan, dealer, bill)) is not None:
            return BillLine(row.line_no, code, number, payment=before, already=True)
        return BillLine(row.line_no, code, number, column="number", why=str(refusal))
    except Refused as refusal:
        return BillLine(row.line_no, code, number, why=str(refusal))
    return BillLine(row.line_no, code, number, payment=made)


def _entered_before(plan: PaymentPlan, dealer: Dealer, given: BillGiven) -> Payment | None:
    """The payment that hands these very notes over to this dealer out of this plan already."""
    try:
        number, notes = parse_bill_number(given.number), parse_bill_range(given.range)
    except NotPossible:
        return None  # drawing the bill says what is wrong with it
    bill = (
        Bill.objects.filter(
            number=number.number,
            in_use=True,
            range_start=notes.start if notes else None,
            range_end=notes.end if notes else None,
            dealer_id=dealer.pk,
            payment__plan=plan,
        )
        .select_related("payment")
        .first()
    )
    return bill.payment if bill else None


def _read(values: Mapping[str, str]) -> BillGiven:
    """The bill of a line. Raises :class:`PaymentRefused` naming the column that cannot be read."""
    for column in REQUIRED:
        if not values.get(column):
            raise PaymentRefused.of(column, "", NotPossible("missing", _("is missing")))
    for column, longest in _LONGEST.items():
        if len(values[column]) > longest:
            too_long = NotPossible("too_long", _("has more than %(limit)s characters"), limit=longest)
            raise PaymentRefused.of(column, values[column][:40], too_long)
    amount: Decimal | None = None
    column, text = "amount", values.get("amount", "")
    try:
        if text:
            amount = parse_decimal(text, max_digits=_DIGITS, places=_PLACES)
        column, text = "issued_on", values["issued_on"]
        issued_on = parse_date(text)
        column, text = "due_on", values["due_on"]
        due_on = parse_date(text)
    except NotPossible as refusal:
        raise PaymentRefused.of(column, text[:40], refusal) from refusal
    kind = values.get("kind", "")
    return BillGiven(
        number=values["number"],
        range=values.get("range", ""),
        amount=amount,
        kind=_KINDS.get(kind, kind),
        drawer=values["drawer"],
        acceptor=values["acceptor"],
        issued_on=issued_on,
        due_on=due_on,
    )
