"""Six half-months and two more: promotion in mid-quarter, cap and return, late facts, one cutoff replayed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.journeys.office import Office, told_once
from tests.journeys.quarter import CAP, HALVES, REPLAYED, TIERS, Quarter, base_known, entitlement, expected, tell

pytestmark = pytest.mark.django_db

Due = tuple[str, str, str, str, Decimal]


@pytest.fixture(scope="module")
def quarter(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Quarter]:
    with told_once(django_db_blocker, lambda: tell(Office(tmp_path_factory.mktemp("quarter")))) as told:
        yield told


def quarter_of(half: str) -> str:
    return "2026-Q4" if half >= "2026-10" else "2026-Q3"


def settled_dues(quarter: Quarter) -> list[Due]:
    return [
        (half, row["dealer"], row["program"], quarter_of(row["for_period"]), Decimal(row["amount"]))
        for half in HALVES
        for row in quarter.office.statement_lines(half)
        if Decimal(row["amount"])
    ]


def test_every_due_of_every_half_month_is_what_a_second_reckoning_gives(quarter: Quarter) -> None:
    assert sorted(settled_dues(quarter)) == sorted(expected())


def test_what_a_window_settled_adds_up_to_what_it_is_entitled_to(quarter: Quarter) -> None:
    sums: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for _half, dealer, program, window, due in settled_dues(quarter):
        sums[dealer, program, window] += due
    for dealer in TIERS:
        for tier in ("T1", "T2", "T3"):
            for window in ("2026-Q3", "2026-Q4"):
                earned = entitlement(tier, base_known(dealer, tier, window, HALVES[-1]))
                assert sums[dealer, f"{tier}-ALL", window] == earned, (dealer, tier, window)


@pytest.mark.parametrize("half", HALVES)
def test_once_again_in_shards_and_replayed_by_its_cutoff_every_line_is_the_same(quarter: Quarter, half: str) -> None:
    assert len(quarter.digests[half]) == 1
    first, *others = quarter.lines[half]
    assert len(others) == 4
    assert all(other == first for other in others)


def test_a_fact_after_the_cutoff_makes_a_difference_only_without_that_cutoff(quarter: Quarter) -> None:
    assert quarter.digests[f"{REPLAYED} without cutoff"].isdisjoint(quarter.digests[REPLAYED])


def test_a_dealer_promoted_in_mid_quarter_earns_in_two_programs_each_on_its_own_base(quarter: Quarter) -> None:
    dues = [due for due in settled_dues(quarter) if due[1] == "UP"]
    assert {due[2] for due in dues if due[0] < "2026-08-H2"} == {"T2-ALL"}
    assert {due[2] for due in dues if due[0] >= "2026-08-H2"} == {"T1-ALL"}


def test_a_reached_cap_holds_and_returns_are_reckoned_from_the_whole_base(quarter: Quarter) -> None:
    dues = [due[4] for due in settled_dues(quarter) if due[1] == "TOP"]
    assert dues[:2] == [Decimal("26000.00"), Decimal(CAP) - 26000]
    assert dues[2] == Decimal("19000.00") - Decimal(CAP)


def test_a_line_of_a_closed_quarter_settles_in_the_open_half_month_marked_with_its_own(quarter: Quarter) -> None:
    marked = [row for row in quarter.office.statement_lines("2026-10-H1") if row["for_period"] != "2026-10-H1"]
    assert [(row["dealer"], row["for_period"], row["amount"]) for row in marked if Decimal(row["amount"])] == [
        ("OLD", "2026-09-H2", "75.00"),
        *[("UP", "2026-09-H2", row["amount"]) for row in marked if row["dealer"] == "UP" and Decimal(row["amount"])],
    ]


def test_a_negative_balance_is_carried_forward_and_not_paid(quarter: Quarter) -> None:
    old = quarter.office.key("--dealer", "OLD")
    before, after = (old.get(f"statements/{half}").json() for half in ("2026-10-H1", "2026-10-H2"))
    assert Decimal(before["closing"]) == Decimal(before["payable"]) > 0
    assert Decimal(after["opening"]) == 0
    assert Decimal(after["closing"]) == -entitlement("T2", base_known("OLD", "T2", "2026-Q3", "2026-10-H1"))
    assert Decimal(after["payable"]) == 0


@pytest.mark.parametrize("what", ["ledger", "audit", "settlement"])
def test_a_quarter_of_books_verifies(quarter: Quarter, what: str) -> None:
    done = quarter.office.run("verify", what)
    assert done.code == 0, done.said
