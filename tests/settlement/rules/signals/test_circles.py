"""Circles in the trades between dealers."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlement.rules.signals.circles import Facts, Limits, components, find, way_round
from settlement.rules.signals.dealer_trades import Trade


def facts(*trades: tuple[int, int, int]) -> Facts:
    ids = {end for trade in trades for end in trade[:2]}
    sold = tuple(Trade(seller, buyer, f"D{buyer}", Decimal(amount), 1) for seller, buyer, amount in trades)
    return Facts("2026-Q4", sold, {number: f"D{number}" for number in ids})


@pytest.mark.parametrize(
    ("trades", "members"),
    [
        ([(1, 2, 9000), (2, 3, 8000), (3, 1, 7000)], {1, 2, 3}),
        ([(1, 2, 9000), (2, 1, 9000)], {1, 2}),
        # A chain leads nowhere, and who only feeds a circle is not in it.
        ([(1, 2, 9000), (2, 3, 9000)], set()),
        ([(4, 1, 9000), (1, 2, 9000), (2, 1, 9000), (2, 5, 9000)], {1, 2}),
        # Small change makes no circle; selling to oneself is another rule's matter.
        ([(1, 2, 9000), (2, 1, 4999)], set()),
        ([(1, 1, 9000)], set()),
        # Two circles apart.
        ([(1, 2, 9000), (2, 1, 9000), (3, 4, 9000), (4, 3, 9000)], {1, 2, 3, 4}),
    ],
)
def test_who_is_in_a_circle(trades: list[tuple[int, int, int]], members: set[int]) -> None:
    assert {one.dealer_id for one in find(facts(*trades), Limits())} == members


def test_the_shortest_way_round_is_named_with_what_went_all_the_way() -> None:
    found = {
        one.dealer_id: one for one in find(facts((1, 2, 9000), (2, 3, 8000), (3, 1, 7000), (2, 1, 6000)), Limits())
    }
    assert "D1 → ¥9,000.00 → D2 → ¥6,000.00 → D1" in str(found[1].said)
    assert "D3 → ¥7,000.00 → D1 → ¥9,000.00 → D2 → ¥8,000.00 → D3" in str(found[3].said)
    assert found[3].amount == Decimal(7000)
    assert found[1].told is not None and "D2" not in str(found[1].told)


def test_a_tangle_too_large_to_walk_is_still_found() -> None:
    ring = [(number, (number + 1) % 400, 9000) for number in range(400)]
    found = list(find(facts(*ring), Limits()))
    assert len(found) == 400 and "400 dealers are connected" in str(found[0].said)


@given(st.sets(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=30))
def test_two_are_in_one_component_when_each_is_reached_from_the_other(edges: set[tuple[int, int]]) -> None:
    graph = {seller: {} for seller in range(8)}
    for seller, buyer in edges:
        graph[seller][buyer] = Decimal(1)
    reached = {start: _reached(start, graph) for start in graph}
    expected = {frozenset({one} | {other for other in reached[one] if one in reached[other]}) for one in graph}
    assert set(components(graph)) == expected
    for start in graph:
        way = way_round(start, graph)
        assert bool(way) == (start in reached[start])
        assert all(buyer in graph[seller] for seller, buyer in pairwise(way))


def _reached(start: int, graph: dict[int, dict[int, Decimal]]) -> set[int]:
    seen: set[int] = set()
    ahead = list(graph[start])
    while ahead:
        here = ahead.pop()
        if here not in seen:
            seen.add(here)
            ahead += graph[here]
    return seen
