"""Windows between counts from the database: what falls into which, and the same as reckoned by hand for any history."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dealers.choices import AdjustmentKind
from dealers.models import SystemOutage
from dealers.selectors.purchases import Shard
from pricing.rules.stock_roll import StockTotals, StockWindow, Tolerance, WindowState, state_of
from pricing.selectors.stock_roll import Comparison, stock_does_not_add_up, stock_windows, suspect_windows
from pricing.terms import StockTerms
from tests import factories
from tests.pricing.stock_stage import Shelf, all_but, moment, shelf

pytestmark = pytest.mark.django_db

EXACT = StockTerms(tolerance_units=0, tolerance_rate="0", arrival_days=0)  # type: ignore[arg-type]
DAMAGE, FOUND, OPENING = AdjustmentKind.DAMAGE, AdjustmentKind.FOUND, AdjustmentKind.OPENING_BALANCE


def by(terms: StockTerms = EXACT, day: float = 30) -> Comparison:
    return Comparison(moment(day), terms, moment(day) - timedelta(days=1))


def windows(place: Shelf, terms: StockTerms = EXACT, **given: datetime) -> list[StockWindow]:
    return list(stock_windows(by(terms), dealers=[place.dealer.pk], **given))


def codes(terms: StockTerms = EXACT, **given: object) -> list[str]:
    return sorted(found.said.code for found in stock_does_not_add_up(by(terms), **given))  # type: ignore[arg-type]


def figures(window: StockWindow) -> tuple[int, ...]:
    return window.opening, window.shipped, window.sold, window.came, window.went


def test_movements_fall_into_the_window_between_their_counts() -> None:
    place = shelf().counted(2, 10).counted(4, 22).counted(6, 21)
    place.shipped(1, 99).shipped(2, 20).sold(3, 7).adjusted(3, DAMAGE, 2).adjusted(3.5, FOUND, 1)
    place.sold(4, 3).sold(5, -2)
    first, second, running = windows(place)
    assert figures(first) == (10, 20, 7, 1, 2)
    assert (first.closing, first.expected) == (22, 22)
    assert (figures(second), second.closing) == ((22, 0, 1, 0, 0), 21)
    assert (figures(running), running.closing, running.closed_at) == ((21, 0, 0, 0, 0), None, moment(30))
    assert codes() == []


def test_a_return_to_headquarters_is_subtracted() -> None:
    shelf().counted(2, 10).shipped(3, -4).counted(4, 6)
    assert codes() == []


def test_warehouses_counted_at_one_instant_are_one_count() -> None:
    place = shelf().counted(2, 6, warehouse="n").counted(2, 4, warehouse="s").sold(3, 5)
    place.counted(4, 2, warehouse="n").counted(4, 3, warehouse="s")
    assert [(window.opening, window.closing) for window in windows(place)] == [(10, 5), (5, None)]
    assert codes() == []


@pytest.mark.parametrize(
    "counts",
    [
        [(2, "n", 6), (2, "s", 4), (4, "n", 6)],
        [(2, "n", 6), (4, "n", 6), (4, "s", 4)],
        [(2, "n", 6), (4, "s", 4)],
        # both counts leave out a warehouse that was counted shortly before
        [(1, "n", 6), (1, "s", 4), (2, "n", 6), (4, "n", 5)],
    ],
)
def test_counts_of_other_warehouses_are_not_compared(counts: list[tuple[float, str, int]]) -> None:
    place = shelf()
    for day, warehouse, units in counts:
        place.counted(day, units, warehouse=warehouse)
    closed = [window for window in windows(place) if window.closing is not None]
    assert {state_of(window, Tolerance()) for window in closed} == {WindowState.UNKNOWN}
    assert codes() == []


def test_a_product_that_a_count_does_not_name_is_unknown_not_zero() -> None:
    place = shelf().counted(2, 10).sold(3, 1).sold(5, 2).counted(6, 7)
    shelf(place.dealer).counted(4, 5)
    found = [window for window in windows(place) if window.product_id == place.product.pk]
    assert (found[0].opened_at, found[0].closed_at) == (moment(2), moment(6))
    assert codes() == []


@pytest.mark.parametrize(
    ("missing", "state"), [([3], "unknown"), ([2], "unknown"), ([4], "unknown"), ([1, 5], "break")]
)
def test_a_sales_day_nobody_reported_makes_its_window_unknown(missing: list[int], state: str) -> None:
    place = shelf().counted(2, 10).counted(4, 8)
    all_but(place.dealer, missing)
    (window, _running) = windows(place)
    assert state_of(window, Tolerance()) == state
    assert codes() == (["stock_break"] if state == "break" else [])


def test_the_day_of_a_count_at_midnight_is_not_part_of_the_window_before() -> None:
    place = shelf().counted(1.5, 10).counted(3.5, 8)
    all_but(place.dealer, [4])
    assert codes() == ["stock_break"]


@pytest.mark.parametrize(("minutes", "found"), [(59, ["stock_break"]), (60, [])])
def test_an_outage_of_ours_that_lasted_makes_it_unknown(minutes: int, found: list[str]) -> None:
    shelf().counted(2, 10).counted(4, 8)
    SystemOutage.objects.create(span=(moment(3), moment(3, minutes)), reason="disk")
    assert codes() == found


def test_a_count_whose_sales_are_not_due_yet_is_awaited() -> None:
    place = shelf().counted(28, 10).counted(29.2, 8)
    assert state_of(windows(place)[0], Tolerance()) == WindowState.AWAITED
    assert codes() == []


def test_goods_under_way_are_told_by_the_count_or_by_the_days_since_they_left() -> None:
    place = shelf().counted(2, 10).shipped(3, 20).counted(4, 10, in_transit=20).counted(6, 30)
    assert codes() == []
    assert codes(StockTerms()) == []
    other = shelf().counted(2, 10).shipped(3, 20).counted(4, 10).counted(6, 30)
    assert codes(StockTerms(), dealers=[other.dealer.pk]) == []
    assert codes(dealers=[other.dealer.pk]) == ["stock_break", "stock_break"]
    assert [window.under_way_at_opening for window in windows(place, StockTerms())] == [0, 20, 20]


def test_a_shipment_at_the_instant_of_a_count_is_not_under_way_before_it() -> None:
    place = shelf().shipped(1.9, 5).counted(2, 10).shipped(2, 20).counted(4, 30)
    assert [window.under_way_at_opening for window in windows(place, StockTerms())] == [5, 25]


def test_opening_stock_must_be_the_closing_carried_forward() -> None:
    shelf().counted(2, 10).sold(3, 4).adjusted(4, OPENING, 6).counted(5, 6)
    assert codes() == []
    shelf().counted(2, 10).sold(3, 4).adjusted(4, OPENING, 9).counted(5, 9)
    assert codes() == ["stock_continuity"]


def test_a_history_may_begin_with_a_declared_opening_stock() -> None:
    place = shelf().adjusted(1, OPENING, 10).sold(2, 3).counted(4, 7, warehouse="n")
    assert [(window.opening, window.closing) for window in windows(place)] == [(10, 7), (7, None)]
    assert codes() == []


def test_sales_beyond_what_was_there_are_found_even_if_goods_came_later() -> None:
    shelf().counted(2, 5).sold(3, 8).shipped(4, 20).counted(6, 17)
    assert codes() == ["stock_negative"]


def test_goods_that_come_at_the_instant_they_are_sold_are_enough() -> None:
    shelf().counted(2, 5).sold(3, 8).shipped(3, 3).counted(6, 0)
    assert codes() == []


def test_more_sold_than_came_is_found_though_every_count_was_set_right() -> None:
    place = shelf().counted(2, 5).shipped(2, 10)
    place.sold(3, 10).adjusted(4, OPENING, 5).counted(5, 5)
    assert codes() == []
    place.counted(6, 50).sold(7, 40).counted(8, 10)
    assert codes() == ["stock_break", "stock_oversold"]


def test_a_line_taken_back_moves_nothing() -> None:
    place = shelf().counted(2, 10).adjusted(3, DAMAGE, 0).counted(4, 10)
    assert codes() == [] and len(windows(place)) == 2


def test_only_windows_that_close_late_enough_are_read() -> None:
    place = shelf().counted(2, 10).counted(4, 10).counted(6, 10)
    assert [window.opened_at for window in windows(place, since=moment(5))] == [moment(4), moment(6)]


# ---- any history ------------------------------------------------------------------------------------------------


@dataclass
class Life:
    """A shelf that lives through a month: what happens to it, and what is truly on it at every count."""

    place: Shelf
    chance: random.Random
    units: int

    def live(self, *, planted: str = "") -> None:
        """Daily counts at noon with movements between them; the balance never falls below zero by itself."""
        self.place.counted(1, self.units)
        fault_on = self.chance.randrange(5, 24)
        for day in range(1, 28):
            for hour in sorted(self.chance.sample(range(1, 24), 3)):
                self._move(day + hour / 24)
            if day == fault_on:
                self._plant(planted, day + 0.99)
            self.place.counted(day + 1, self.units)

    def _move(self, day: float) -> None:
        what = self.chance.choice(["sell", "sell", "sell", "ship", "return", "back", "lose", "find", "nothing"])
        some = self.chance.randrange(1, 9)
        if what == "ship":
            self.place.shipped(day, some * 3)
            self.units += some * 3
        elif what == "return":
            self.place.sold(day, -1)
            self.units += 1
        elif what == "find":
            self.place.adjusted(day, FOUND, some)
            self.units += some
        elif self.units >= some and what in ("sell", "back", "lose"):
            if what == "sell":
                self.place.sold(day, some)
            elif what == "back":
                self.place.shipped(day, -some)
            else:
                self.place.adjusted(day, DAMAGE, some)
            self.units -= some

    def _plant(self, fault: str, day: float) -> None:
        """What should be on the shelf and what is go apart by 40 units, or more is sold than there is."""
        if fault == "vanished":
            self.place.shipped(day, 40)
        elif fault == "appeared":
            self.units += 40
        elif fault == "restated":
            self.place.adjusted(day, OPENING, self.units + 40)
        elif fault == "unstocked":
            self.place.sold(day, self.units + 40).shipped(day + 0.005, self.units + 40)


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ("", []),
        ("vanished", ["stock_break"]),
        ("appeared", ["stock_break"]),
        ("restated", ["stock_break", "stock_continuity"]),
        ("unstocked", ["stock_negative"]),
    ],
)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_consistent_history_finds_nothing_and_a_planted_fault_is_found(
    planted: str, found: list[str], seed: int
) -> None:
    dealer = factories.Dealer()
    faulty, sound = (Life(shelf(dealer), random.Random(f"{seed}{n}"), 20) for n in range(2))
    faulty.live(planted=planted)
    sound.live()
    by_chance = ["stock_oversold"] if planted == "appeared" else []  # what appeared may be sold
    assert [code for code in codes() if code not in by_chance] == found
    assert all(window.product_id == faulty.place.product.pk for window, _totals in suspect_windows(by()))


def test_windows_are_what_a_walk_through_the_events_gives() -> None:
    """The reckoning of the database against one in Python that knows nothing of windows."""
    chance = random.Random(7)
    place = shelf()
    events: list[tuple[datetime, int, str, int]] = []
    for _number in range(300):
        day = 1 + chance.randrange(0, 600) / 24  # whole hours, so that instants meet
        what, units = chance.choice(["count", "ship", "ship", "sell", "sell", "find", "lose"]), chance.randrange(1, 20)
        if what == "count" and any(at == moment(day) and kind == "count" for at, _turn, kind, _units in events):
            continue
        {
            "count": lambda d, u: place.counted(d, u),
            "ship": lambda d, u: place.shipped(d, u),
            "sell": lambda d, u: place.sold(d, u),
            "find": lambda d, u: place.adjusted(d, FOUND, u),
            "lose": lambda d, u: place.adjusted(d, DAMAGE, u),
        }[what](day, units)
        events.append((moment(day), {"count": 0, "ship": 1, "find": 1}.get(what, 2), what, units))
    walked: list[list[int]] = []
    for _at, _turn, what, units in sorted(events):
        if what == "count":
            walked.append([units, 0, 0, 0, 0, units, units])
        elif walked:
            last = walked[-1]
            last[{"ship": 1, "sell": 2, "find": 3, "lose": 4}[what]] += units
            last[6] += units if what in ("ship", "find") else -units
            last[5] = min(last[5], last[6])
    assert [[*figures(window), window.lowest] for window in windows(place)] == [one[:6] for one in walked]


def test_shards_find_together_what_one_pass_finds() -> None:
    for number in range(5):
        shelf().counted(2, 10).counted(4, 8 + number)
    whole = set(suspect_windows(by()))
    parts: set[tuple[StockWindow, StockTotals | None]] = set()
    for number in range(3):
        parts |= set(suspect_windows(by(), shard=Shard(number, 3)))
    assert parts == whole and len(whole) == 4


def test_one_statement_for_any_number_of_dealers(django_assert_num_queries: Callable[[int], object]) -> None:
    shelf().counted(2, 10).counted(4, 8)
    with CaptureQueriesContext(connection) as one:
        codes()
    for _number in range(4):
        shelf().counted(2, 10).sold(3, 1).counted(4, 8)
    with django_assert_num_queries(len(one)):
        assert codes() == ["stock_break"] * 5
