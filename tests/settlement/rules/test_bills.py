"""Bills to the digit and to the fen: numbers, sub-ranges, tenor, and what does not fit together."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealers.foundation.refusals import Refused
from settlement.rules.bill_numbers import in_groups, parse_bill_number
from settlement.rules.bill_ranges import BillRange, parse_bill_range
from settlement.rules.bills import BillGiven, FieldRefused, check_bill
from settlement.rules.tenor import latest_due, months_after, refuse_tenor

NUMBER = "5" + "313290000011" + "20261118" + "00012345" + "7"


def test_a_number_is_taken_apart_into_its_five_parts() -> None:
    read = parse_bill_number(" 5 313290000011 20261118 00012345 7 ")
    assert (read.kind, read.bank, read.registered_on, read.serial, read.check) == (
        "bankers",
        "313290000011",
        date(2026, 11, 18),
        "00012345",
        "7",
    )
    assert read.number == NUMBER
    assert in_groups(NUMBER) == "5 313290000011 20261118 00012345 7"


@pytest.mark.parametrize("digit", "0123456789")
def test_no_number_is_refused_for_its_check_digit(digit: str) -> None:
    assert parse_bill_number(NUMBER[:-1] + digit).check == digit


@pytest.mark.parametrize(
    ("number", "kind"),
    [("1", "bankers"), ("2", "commercial"), ("5", "bankers"), ("6", "commercial"), ("9", "")],
)
def test_the_first_digit_says_who_accepts_where_we_know_it(number: str, kind: str) -> None:
    assert parse_bill_number(number + NUMBER[1:]).kind == kind


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (NUMBER[:-1], "bill_number_length"),
        (NUMBER + "0", "bill_number_length"),
        ("", "bill_number_shape"),
        (NUMBER.replace("5", "五", 1), "bill_number_shape"),
        (NUMBER.replace("3", "\N{FULLWIDTH DIGIT THREE}", 1), "bill_number_shape"),
        (NUMBER[:13] + "20260229" + NUMBER[21:], "bill_number_date"),
        (NUMBER[:13] + "00000000" + NUMBER[21:], "bill_number_date"),
    ],
)
def test_a_number_that_cannot_be_says_which_part(number: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_bill_number(number)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1-1", "0.01"),
        ("1-108000", "1080.00"),
        ("1-14000", "140.00"),
        ("14001-108000", "940.00"),
        ("1-100000000000", "1000000000.00"),
        ("999999999999-999999999999", "0.01"),
    ],
)
def test_a_sub_range_is_worth_a_fen_a_note(text: str, amount: str) -> None:
    read = parse_bill_range(text)
    assert read is not None
    assert read.amount == Decimal(amount)
    assert str(read) == text


@pytest.mark.parametrize("text", ["", "0", " "])
def test_no_sub_range_is_the_whole_bill(text: str) -> None:
    assert parse_bill_range(text) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0-5", "bill_range_start"),
        ("6-5", "bill_range_order"),
        ("1", "bill_range_shape"),
        ("1-1000000000000", "bill_range_shape"),
        ("-1-5", "bill_range_shape"),
        ("a-b", "bill_range_shape"),
    ],
)
def test_a_sub_range_that_cannot_be_is_refused(text: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_bill_range(text)
    assert refusal.value.code == code


ENDS = st.integers(1, 40)
RANGES = st.tuples(ENDS, ENDS).map(lambda ends: BillRange(min(ends), max(ends)))


@given(RANGES, RANGES)
def test_two_sub_ranges_overlap_exactly_when_they_share_a_note(one: BillRange, other: BillRange) -> None:
    shared = {*range(one.start, one.end + 1)} & {*range(other.start, other.end + 1)}
    assert one.overlaps(other) == other.overlaps(one) == bool(shared)


@pytest.mark.parametrize(
    ("issued", "months", "latest"),
    [
        ("2026-08-31", 6, "2027-02-28"),
        ("2027-08-31", 6, "2028-02-29"),
        ("2026-02-28", 6, "2026-08-28"),
        ("2026-11-18", 6, "2027-05-18"),
        ("2026-10-31", 1, "2026-11-30"),
        ("2023-01-01", 6, "2023-07-01"),
        ("2022-12-31", 6, "2023-12-31"),
        ("2020-02-29", 6, "2021-02-28"),
    ],
)
def test_a_tenor_is_counted_in_calendar_months_and_cut_at_the_months_end(issued: str, months: int, latest: str) -> None:
    day, last = date.fromisoformat(issued), date.fromisoformat(latest)
    assert latest_due(day, months) == last
    refuse_tenor(day, last, months)
    with pytest.raises(Refused) as refusal:
        refuse_tenor(day, last + timedelta(days=1), months)
    assert refusal.value.code == "bill_tenor"


def test_a_bill_falls_due_after_its_day_of_issue() -> None:
    with pytest.raises(Refused):
        refuse_tenor(date(2026, 11, 18), date(2026, 11, 18), 6)


@given(st.dates(date(1990, 1, 1), date(2200, 1, 1)), st.integers(0, 24))
def test_months_later_is_the_same_day_or_the_last_of_the_month(day: date, months: int) -> None:
    later = months_after(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)


def bill(**fields: object) -> BillGiven:
    given = {
        "number": NUMBER,
        "drawer": "半月品牌有限公司",
        "acceptor": "上海银行",
        "issued_on": date(2026, 11, 18),
        "due_on": date(2027, 5, 18),
        "range": "1-108000",
    }
    return BillGiven(**{**given, **fields})  # type: ignore[arg-type]


def test_amount_and_kind_follow_from_sub_range_and_number() -> None:
    checked = check_bill(bill(), 6)
    assert (checked.amount, checked.kind, checked.notes) == (Decimal("1080.00"), "bankers", BillRange(1, 108000))


def test_a_whole_bill_says_its_amount() -> None:
    assert check_bill(bill(range="", amount=Decimal("1080.00")), 6).notes is None


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"number": "1"}, "number"),
        ({"range": "9-1"}, "range"),
        ({"drawer": " "}, "drawer"),
        ({"acceptor": ""}, "acceptor"),
        ({"due_on": date(2027, 5, 19)}, "due_on"),
        ({"issued_on": date(2026, 11, 17), "due_on": date(2027, 5, 17)}, "issued_on"),
        ({"kind": "commercial"}, "kind"),
        ({"number": "9" + NUMBER[1:]}, "kind"),
        ({"amount": Decimal("1080.01")}, "amount"),
        ({"range": ""}, "amount"),
    ],
)
def test_what_does_not_fit_names_its_field(fields: dict[str, object], field: str) -> None:
    with pytest.raises(FieldRefused) as refusal:
        check_bill(bill(**fields), 6)
    assert refusal.value.field == field
