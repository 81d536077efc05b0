"""A network is laid out from its dealers and trades alone."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from math import hypot

import pytest
from django.template import Context, Template
from django.utils.translation import override

from config.display.network import FOLDED, HEIGHT, MOST_NODES, WIDTH, Edge, Node, network

RING = ("A", "B", "C")


def dealers(*keys: str) -> list[Node]:
    return [Node(key, key) for key in keys]


def trades(*steps: tuple[str, str, int]) -> list[Edge]:
    return [Edge(source, target, Decimal(amount), Decimal(1), 2) for source, target, amount in steps]


def crowd(count: int) -> tuple[list[Node], list[Edge]]:
    keys = [f"D{number:02}" for number in range(count)]
    return dealers(*keys), trades(*((one, other, 100 * number) for number, (one, other) in enumerate(pairwise(keys))))


def test_the_same_trades_give_the_same_picture_in_any_order() -> None:
    nodes, edges = dealers("A", "B", "C", "D"), trades(("A", "B", 5), ("B", "C", 4), ("C", "A", 3), ("D", "A", 9))
    assert network(nodes, edges, RING) == network(nodes[::-1], edges[::-1], RING)


def test_the_trades_of_the_circle_are_marked_and_no_other() -> None:
    edges = trades(("A", "B", 5), ("B", "C", 4), ("C", "A", 3), ("B", "A", 2), ("D", "A", 9))
    drawn = network(dealers("A", "B", "C", "D"), edges, RING)
    assert {(arrow.edge.source, arrow.edge.target) for arrow in drawn.arrows if arrow.in_circle} == {
        ("A", "B"),
        ("B", "C"),
        ("C", "A"),
    }
    assert {spot.node.key for spot in drawn.spots if spot.in_circle} == set(RING)


def test_the_circle_lies_within_the_others() -> None:
    drawn = network(dealers("A", "B", "C", "D", "E"), trades(("A", "D", 1)), RING)
    away = {spot.node.key: hypot(spot.x - WIDTH / 2, spot.y - HEIGHT / 2) for spot in drawn.spots}
    assert max(away[key] for key in RING) < min(away["D"], away["E"])


def test_more_goes_by_a_thicker_line() -> None:
    drawn = network(dealers("A", "B", "C"), trades(("A", "B", 5), ("B", "C", 500)))
    widths = {arrow.edge.source: arrow.width for arrow in drawn.arrows}
    assert widths["A"] < widths["B"]


def test_the_way_back_lies_beside_the_way_there() -> None:
    there, back = network(dealers("A", "B"), trades(("A", "B", 5), ("B", "A", 5))).arrows
    assert (there.x, there.y) != (back.x, back.y)


@pytest.mark.parametrize("count", [1, 2, MOST_NODES, MOST_NODES + 1, 200])
def test_every_dealer_is_drawn_or_counted_and_lies_within_the_picture(count: int) -> None:
    drawn = network(*crowd(count))
    assert sum(spot.stands_for for spot in drawn.spots) == count
    assert len(drawn.spots) <= MOST_NODES
    assert all(0 < spot.x < WIDTH and 0 < spot.y < HEIGHT for spot in drawn.spots)


def test_folding_loses_no_yuan_but_what_went_between_the_folded() -> None:
    nodes, edges = crowd(60)
    drawn = network(nodes, edges)
    kept = sum(arrow.edge.amount for arrow in drawn.arrows)
    shown = {spot.node.key for spot in drawn.spots} - {FOLDED}
    between = [edge for edge in edges if edge.source not in shown and edge.target not in shown]
    assert kept + sum(edge.amount for edge in between) == sum(edge.amount for edge in edges)
    assert drawn.hidden_edges == len(between)


def test_a_circle_longer_than_the_picture_goes_through_the_folded_ones() -> None:
    nodes, edges = crowd(40)
    ring = [node.key for node in nodes]
    drawn = network(nodes, [*edges, *trades((ring[-1], ring[0], 7))], ring)
    marked = [arrow for arrow in drawn.arrows if arrow.in_circle]
    assert len(marked) == MOST_NODES
    assert drawn.folded == 40 - MOST_NODES + 1


def test_trades_with_somebody_unknown_are_left_out() -> None:
    assert network(dealers("A"), trades(("A", "X", 1), ("A", "A", 2))) == network(dealers("A"), ())


def shown(language: str) -> str:
    nodes = [{"key": key, "label": key, "name": f"Dealer {key}"} for key in RING]
    ring = [*pairwise(RING), ("C", "A")]
    edges = [{"source": one, "target": other, "amount": Decimal("1234.5"), "documents": 3} for one, other in ring]
    page = Template('{% network nodes edges circle=way label="A circle" %}')
    with override(language):
        return page.render(Context({"nodes": nodes, "edges": edges, "way": RING}))


def test_the_picture_says_the_same_in_words_and_as_a_table() -> None:
    html = shown("en")
    assert "3 dealers; the circle is A → B → C → A." in html
    assert html.count("¥1,234.50</title>") == html.count("1,234.50</data></td>") == 3
    assert "style=" not in html and "<script" not in html


def test_the_picture_is_told_in_chinese() -> None:
    html = shown("zh-hans")
    assert "3 家经销商" in html and "Documents" not in html and "As a table" not in html
