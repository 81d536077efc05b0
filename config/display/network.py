"""Geometry of a network: who traded with whom, with a circle of trades in the middle and everybody else around it.

The same dealers and trades always give the same picture, whatever order they come in.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

#: The drawing is as wide as a phone, so that its words are never shrunk.
WIDTH, HEIGHT = 360, 310
MOST_NODES = 24
#: The key of the node that stands for all that do not fit.
FOLDED = ""
_ACROSS, _DOWN = WIDTH / 2, HEIGHT / 2
_WIDE_RING, _NARROW_RING = 124.0, 66.0
_THIN, _THICK = 1.2, 4.5
_BEND = 0.16
_MOST_LABELLED = 8


@dataclass(frozen=True, slots=True)
class Node:
    """Somebody in the network; ``label`` is what is written beside the dot, ``name`` the whole name."""

    key: str
    label: str
    name: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Edge:
    """What went from one to another: CNY, units (None: not known), and how many documents say so."""

    source: str
    target: str
    amount: Decimal
    quantity: Decimal | None = None
    documents: int = 0
    url: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """A node with its place; ``tx``, ``ty`` and ``anchor`` are those of its label, ``stands_for`` counts dealers."""

    node: Node
    x: float
    y: float
    radius: float
    tx: float
    ty: float
    anchor: str
    in_circle: bool
    stands_for: int = 1


@dataclass(frozen=True, slots=True)
class Arrow:
    """An edge with its bent line, its head, and where its amount is written."""

    edge: Edge
    source: Node
    target: Node
    path: str
    head: str
    width: float
    x: float
    y: float
    in_circle: bool
    anchor: str
    labelled: bool


@dataclass(frozen=True, slots=True)
class Network:
    width: int
    height: int
    spots: tuple[Spot, ...]
    arrows: tuple[Arrow, ...]
    #: Dealers drawn as one, and edges between these, which are not drawn.
    folded: int
    hidden_edges: int


def network(nodes: Iterable[Node], edges: Iterable[Edge], circle: Sequence[str] = ()) -> Network:
    """Lay out the nodes that have a name in ``nodes``; ``circle`` names the keys of a way round in its order.

    Members of the circle lie on an inner ring in the order of the way, the others around them by how much they
    traded. With more than :data:`MOST_NODES` the last are drawn as one node that stands for all of them.
    """
    known = {node.key: node for node in nodes}
    trades = [edge for edge in edges if edge.source in known and edge.target in known and edge.source != edge.target]
    way = list(dict.fromkeys(key for key in circle if key in known))
    order = way + sorted(known.keys() - set(way), key=lambda key: (-_traded(key, trades), key))
    folded = order[MOST_NODES - 1 :] if len(order) > MOST_NODES else []
    shown = [key for key in order if key not in set(folded)]
    drawn, hidden = _folded_edges(trades, set(folded))
    known[FOLDED] = Node(FOLDED, f"+{len(folded)}")
    inner = [key for key in way if key not in set(folded)]
    if len(inner) < len(way):
        inner.append(FOLDED)
    outer = [key for key in shown if key not in set(inner)]
    if folded and FOLDED not in inner:
        outer.append(FOLDED)
    spots = _placed(inner, outer, known, len(folded))
    turns = set(pairwise([*inner, inner[0]])) if len(inner) > 1 else set()
    return Network(WIDTH, HEIGHT, tuple(spots.values()), _arrows(drawn, spots, turns), len(folded), hidden)


def _traded(key: str, edges: Iterable[Edge]) -> Decimal:
    return sum((edge.amount for edge in edges if key in (edge.source, edge.target)), Decimal(0))


def _folded_edges(edges: Iterable[Edge], folded: set[str]) -> tuple[list[Edge], int]:
    """The edges to draw, those of folded nodes added together per neighbour, and how many lie between folded ones."""
    found: dict[tuple[str, str], Edge] = {}
    hidden = 0
    for edge in edges:
        ends = tuple(FOLDED if key in folded else key for key in (edge.source, edge.target))
        if ends[0] == ends[1]:
            hidden += 1
            continue
        moved = replace(edge, source=ends[0], target=ends[1], url="" if FOLDED in ends else edge.url)
        there = found.get((ends[0], ends[1]))
        found[ends[0], ends[1]] = moved if there is None else _added(there, moved)
    return [found[ends] for ends in sorted(found)], hidden


def _added(one: Edge, other: Edge) -> Edge:
    known = [edge.quantity for edge in (one, other) if edge.quantity is not None]
    return replace(
        one,
        amount=one.amount + other.amount,
        quantity=sum(known, Decimal(0)) if known else None,
        documents=one.documents + other.documents,
    )


def _placed(inner: Sequence[str], outer: Sequence[str], known: Mapping[str, Node], folded: int) -> dict[str, Spot]:
    both = bool(inner) and bool(outer)
    turned = math.pi / (2 * len(inner)) if inner else 0.0  # so that no ring stands on the other's words
    spots = {}
    rings = ((_NARROW_RING if both else _WIDE_RING, inner, True, 0.0), (_WIDE_RING, outer, False, turned))
    for ring, keys, marked, turn in rings:
        for number, key in enumerate(keys):
            angle = 2 * math.pi * number / len(keys) - math.pi / 2 + turn
            stands_for = folded if key == FOLDED else 1
            spots[key] = _spot(known[key], ring, angle, marked, stands_for)
    return spots


def _spot(node: Node, ring: float, angle: float, in_circle: bool, stands_for: int) -> Spot:
    across, down = math.cos(angle), math.sin(angle)
    radius = 8.0 if in_circle else 6.0
    away = ring + radius + 5
    lifted = 4 + 5 * down  # above the dot the words stand on it, below they hang from it
    return Spot(
        node,
        round(_ACROSS + ring * across, 1),
        round(_DOWN + ring * down, 1),
        radius,
        round(_ACROSS + away * across, 1),
        round(_DOWN + away * down + lifted, 1),
        _anchor(across),
        in_circle,
        stands_for,
    )


def _anchor(across: float) -> str:
    return "start" if across > 0.2 else "end" if across < -0.2 else "middle"


def _arrows(edges: Sequence[Edge], spots: Mapping[str, Spot], turns: set[tuple[str, str]]) -> tuple[Arrow, ...]:
    most = max((edge.amount for edge in edges), default=Decimal(0))
    labelled = len(turns) <= _MOST_LABELLED
    arrows = []
    for edge in edges:
        share = float(max(edge.amount, Decimal(0)) / most) if most > 0 else 0.0
        in_circle = (edge.source, edge.target) in turns
        path, head, x, y, anchor = _bent(spots[edge.source], spots[edge.target])
        width = round(_THIN + (_THICK - _THIN) * share, 1)
        source, target = spots[edge.source].node, spots[edge.target].node
        arrows.append(Arrow(edge, source, target, path, head, width, x, y, in_circle, anchor, in_circle and labelled))
    return tuple(sorted(arrows, key=lambda arrow: arrow.in_circle))  # the circle on top


def _bent(source: Spot, target: Spot) -> tuple[str, str, float, float, str]:
    """A line bent so that the way back lies beside it, with its head and its words' place.

    Within the circle it bends outwards, elsewhere to the middle.
    """
    dx, dy = target.x - source.x, target.y - source.y
    length = math.hypot(dx, dy) or 1.0
    side = 1 if source.in_circle and target.in_circle else -1
    left_x, left_y = side * dy / length, -side * dx / length
    bend_x = (source.x + target.x) / 2 + left_x * length * _BEND
    bend_y = (source.y + target.y) / 2 + left_y * length * _BEND
    start_x, start_y = _towards(source.x, source.y, bend_x, bend_y, source.radius + 1)
    tip_x, tip_y = _towards(target.x, target.y, bend_x, bend_y, target.radius + 2)
    back_x, back_y = _towards(tip_x, tip_y, bend_x, bend_y, 8)
    wide_x, wide_y = (tip_y - back_y) / 2, -(tip_x - back_x) / 2
    path = f"M{start_x:.1f},{start_y:.1f} Q{bend_x:.1f},{bend_y:.1f} {back_x:.1f},{back_y:.1f}"
    head = (
        f"M{tip_x:.1f},{tip_y:.1f} L{back_x + wide_x:.1f},{back_y + wide_y:.1f} "
        f"L{back_x - wide_x:.1f},{back_y - wide_y:.1f}Z"
    )
    words_x = (source.x + 2 * bend_x + target.x) / 4 + left_x * 6
    words_y = (source.y + 2 * bend_y + target.y) / 4 + left_y * 11 + 4
    return path, head, round(words_x, 1), round(words_y, 1), _anchor(left_x)


def _towards(x: float, y: float, to_x: float, to_y: float, by: float) -> tuple[float, float]:
    length = math.hypot(to_x - x, to_y - y) or 1.0
    return x + (to_x - x) / length * by, y + (to_y - y) / length * by
