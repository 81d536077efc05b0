"""Circles of dealers: goods reported as sold from dealer to dealer until they are back where they began.

The trades between dealers are a directed graph. Its strongly connected components (Tarjan) are the circles; of each
member the shortest way round is named. Linear in the number of trades.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from dealers.foundation.refusals import msgid as _
from dealers.foundation.term_values import Amount
from dealers.foundation.terms import Terms
from settlement.choices import SignalRule
from settlement.rules.signals.dealer_trades import Trade
from settlement.rules.signals.signal import Signal, sentence, yuan

VERSION = 1
#: In a larger tangle the way round is not looked for member by member.
_LARGEST_WALKED = 300

#: Buyers of each seller with the amount.
Graph = Mapping[int, Mapping[int, Decimal]]


class Limits(Terms):
    """Trades of smaller amounts within the window make no circle."""

    least_amount: Amount = Decimal(5_000)


@dataclass(frozen=True, slots=True)
class Facts:
    """Every trade between dealers in a window, and the dealers' codes."""

    window: str
    trades: tuple[Trade, ...]
    codes: Mapping[int, str]


_SAID = _(
    "What the dealer reported as sold in %(window)s leads back to it: %(path)s. At least %(amount)s went all the way "
    "round; %(dealers)s dealers are connected in this way."
)
_TANGLED = _(
    "What the dealer reported as sold in %(window)s leads back to it: %(dealers)s dealers are connected in this way, "
    "and it sold %(amount)s to them."
)
_TOLD = _("Sales of %(amount)s reported in %(window)s went to customers that are no end customers.")


def find(facts: Facts, limits: Limits) -> Iterator[Signal]:
    """One signal for every dealer in a circle."""
    graph = _graph(facts.trades, limits)
    for members in components(graph):
        if len(members) < 2:
            continue
        within: Graph = {
            seller: {buyer: amount for buyer, amount in graph[seller].items() if buyer in members} for seller in members
        }
        for dealer_id in sorted(members):
            way = way_round(dealer_id, within) if len(members) <= _LARGEST_WALKED else ()
            yield _signal(dealer_id, way, within, facts)


def components(graph: Graph) -> Iterator[frozenset[int]]:
    """The strongly connected components, by Tarjan without recursion."""
    numbers: dict[int, int] = {}
    lowest: dict[int, int] = {}
    waiting: list[int] = []
    is_waiting: set[int] = set()
    for root in graph:
        if root in numbers:
            continue
        walk = [(root, iter(graph.get(root, {})))]
        numbers[root] = lowest[root] = len(numbers)
        waiting.append(root)
        is_waiting.add(root)
        while walk:
            here, ahead = walk[-1]
            for buyer in ahead:
                if buyer not in numbers:
                    numbers[buyer] = lowest[buyer] = len(numbers)
                    waiting.append(buyer)
                    is_waiting.add(buyer)
                    walk.append((buyer, iter(graph.get(buyer, {}))))
                    break
                if buyer in is_waiting:
                    lowest[here] = min(lowest[here], numbers[buyer])
            else:
                walk.pop()
                if walk:
                    lowest[walk[-1][0]] = min(lowest[walk[-1][0]], lowest[here])
                if lowest[here] == numbers[here]:
                    yield _taken(here, waiting, is_waiting)


def way_round(start: int, graph: Graph) -> tuple[int, ...]:
    """The shortest way from a dealer back to itself, both ends named; of equally short ones that of the first ids."""
    came_from: dict[int, int] = {}
    ahead = deque([start])
    while ahead:
        here = ahead.popleft()
        for buyer in sorted(graph.get(here, {})):
            if buyer == start:
                way = [start, here]
                while way[-1] != start:
                    way.append(came_from[way[-1]])
                return tuple(reversed(way))
            if buyer not in came_from:
                came_from[buyer] = here
                ahead.append(buyer)
    return ()


def _graph(trades: Iterable[Trade], limits: Limits) -> dict[int, dict[int, Decimal]]:
    graph: dict[int, dict[int, Decimal]] = {}
    for trade in trades:
        if trade.seller_id != trade.buyer_id and trade.amount >= limits.least_amount:
            graph.setdefault(trade.seller_id, {})[trade.buyer_id] = trade.amount
    return graph


def _taken(root: int, waiting: list[int], is_waiting: set[int]) -> frozenset[int]:
    members = []
    while True:
        member = waiting.pop()
        is_waiting.discard(member)
        members.append(member)
        if member == root:
            return frozenset(members)


def _signal(dealer_id: int, way: Collection[int], graph: Graph, facts: Facts) -> Signal:
    window = facts.window
    steps = list(way)
    if steps:
        amounts = [graph[seller][buyer] for seller, buyer in pairwise(steps)]
        amount = min(amounts)
        path = facts.codes[steps[0]] + "".join(
            f" → {yuan(passed)} → {facts.codes[buyer]}" for buyer, passed in zip(steps[1:], amounts, strict=True)
        )
        said = sentence(SignalRule.CIRCLES, _SAID, window=window, path=path, amount=yuan(amount), dealers=len(graph))
    else:
        amount = sum(graph[dealer_id].values(), Decimal(0))
        said = sentence(SignalRule.CIRCLES, _TANGLED, window=window, amount=yuan(amount), dealers=len(graph))
    told = sentence(SignalRule.CIRCLES, _TOLD, window=window, amount=yuan(amount))
    return Signal(SignalRule.CIRCLES, dealer_id, window, said, amount, told=told)
