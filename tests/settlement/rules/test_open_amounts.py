"""Setting off, spreading a payment, choosing what a plan pays, and how old a debt is: laws and cases to the fen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealers.foundation.refusals import Refused
from settlement.rules.ageing import age_of, bucket_of, buckets, is_overdue
from settlement.rules.allocation import OpenItem, Share, allocate
from settlement.rules.maturity import ladder
from settlement.rules.plan_choice import Candidate, choose
from settlement.rules.set_off import Part, Setting, set_off

AMOUNTS = st.integers(1, 10_000).map(lambda cents: Decimal(cents) / 100)


def yuan(*amounts: str) -> list[Part]:
    return [Part(number, Decimal(amount)) for number, amount in enumerate(amounts, start=1)]


@pytest.mark.parametrize(
    ("credits", "debts", "expected"),
    [
        ((), ("5",), []),
        (("10",), (), []),
        (("10",), ("4",), [(1, 1, "4")]),
        (("10", "10"), ("14",), [(1, 1, "10"), (2, 1, "4")]),
        (("10",), ("4", "9"), [(1, 1, "4"), (1, 2, "6")]),
        (("3", "3"), ("2", "2", "9"), [(1, 1, "2"), (1, 2, "1"), (2, 2, "1"), (2, 3, "2")]),
    ],
)
def test_debts_are_set_off_against_the_oldest_open_amounts(
    credits: Sequence[str], debts: Sequence[str], expected: list[tuple[int, int, str]]
) -> None:
    found = list(set_off(yuan(*credits), yuan(*debts)))
    assert found == [Setting(credit, debt, Decimal(amount)) for credit, debt, amount in expected]


@given(st.lists(AMOUNTS), st.lists(AMOUNTS))
def test_setting_off_leaves_one_side_empty_and_the_difference_as_it_was(
    credits: list[Decimal], debts: list[Decimal]
) -> None:
    left = dict(enumerate(credits))
    owed = dict(enumerate(debts))
    for one in set_off([Part(*item) for item in left.items()], [Part(*item) for item in owed.items()]):
        left[one.credit] -= one.amount
        owed[one.debt] -= one.amount
    assert all(amount >= 0 for amount in (*left.values(), *owed.values()))
    assert not sum(left.values()) or not sum(owed.values())
    assert sum(left.values()) - sum(owed.values()) == sum(credits) - sum(debts)


def items(*amounts: str) -> list[OpenItem]:
    return [OpenItem(number, f"P{number}", Decimal(amount)) for number, amount in enumerate(amounts, start=1)]


def test_140_first_and_940_at_the_end_pay_1080_exactly() -> None:
    first = allocate(Decimal("140"), items("1080"))
    assert first == [Share(1, Decimal("140"))]
    rest = items("940")
    assert allocate(Decimal("940"), rest) == [Share(1, Decimal("940"))]
    for too_much in ("940.01", "1080"):
        with pytest.raises(Refused) as refusal:
            allocate(Decimal(too_much), rest)
        assert refusal.value.code == "more_than_open"
    with pytest.raises(Refused):
        allocate(Decimal("0.01"), items("0"))


def test_a_payment_goes_to_the_oldest_first() -> None:
    assert allocate(Decimal("25"), items("10", "10", "10")) == [
        Share(1, Decimal("10")),
        Share(2, Decimal("10")),
        Share(3, Decimal("5")),
    ]


def test_shares_may_be_said_and_must_sum_to_the_payment() -> None:
    wanted = {2: Decimal("10"), 3: Decimal("5")}
    assert allocate(Decimal("15"), items("10", "10", "10"), wanted) == [Share(2, Decimal("10")), Share(3, Decimal("5"))]
    for amount, shares, code in (
        ("16", wanted, "shares_do_not_sum"),
        ("11", {2: Decimal("11")}, "more_than_open_of_one"),
        ("1", {9: Decimal("1")}, "more_than_open_of_one"),
        ("0", {}, "nothing_to_pay"),
    ):
        with pytest.raises(Refused) as refusal:
            allocate(Decimal(amount), items("10", "10", "10"), shares)
        assert refusal.value.code == code


@given(st.lists(AMOUNTS, min_size=1, max_size=8), AMOUNTS)
def test_shares_never_exceed_what_is_open_and_sum_to_the_payment(open_ones: list[Decimal], amount: Decimal) -> None:
    found = [OpenItem(number, str(number), left) for number, left in enumerate(open_ones)]
    if amount > sum(open_ones):
        with pytest.raises(Refused):
            allocate(amount, found)
        return
    shares = allocate(amount, found)
    assert sum(share.amount for share in shares) == amount
    assert all(0 < share.amount <= open_ones[share.key] for share in shares)


def test_a_plan_takes_everything_or_up_to_its_caps_and_nothing_below_the_minimum() -> None:
    candidates = [
        Candidate(1, 7, Decimal("10")),
        Candidate(2, 7, Decimal("10")),
        Candidate(3, 8, Decimal("0.50")),
        Candidate(4, 9, Decimal("30")),
    ]
    everything = choose(candidates, minimum=Decimal("1"))
    assert [(share.key, share.amount) for share in everything.shares] == [(1, 10), (2, 10), (4, 30)]
    assert everything.below_minimum == [8]
    capped = choose(candidates, minimum=Decimal("0.01"), dealer_cap=Decimal("15"), plan_cap=Decimal("20"))
    assert [(share.key, share.amount) for share in capped.shares] == [
        (1, 10),
        (2, 5),
        (3, Decimal("0.50")),
        (4, Decimal("4.50")),
    ]


@given(st.integers(0, 5000), st.integers(2, 365))
def test_every_age_lies_in_exactly_one_bucket(age: int, overdue_after: int) -> None:
    among = buckets(overdue_after)
    assert sum(bucket.holds(age) for bucket in among) == 1
    assert (bucket_of(age, among).first > overdue_after) == is_overdue(age, overdue_after)


def test_the_usual_buckets() -> None:
    assert [bucket.key for bucket in buckets(60)] == ["0-30", "31-60", "61-120", "121-180", "181+"]


def test_the_sixtieth_day_is_not_red_yet() -> None:
    since = date(2026, 9, 1)
    assert not is_overdue(age_of(since, since + timedelta(days=60)), 60)
    assert is_overdue(age_of(since, since + timedelta(days=61)), 60)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(-400, 4000))
def test_every_due_day_stands_on_exactly_one_rung(today: date, ahead: int) -> None:
    rungs = ladder(today)
    assert sum(rung.holds(today + timedelta(days=ahead)) for rung in rungs) == 1
