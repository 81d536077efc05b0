"""Who decides about the budget of a promotion request.

The policy's routes are tried in order; the first whose ceiling is not exceeded decides. What counts is not the
budget of one request but the sum over its group: requests of one applicant that share a product and a region and
whose windows overlap or follow each other without a day between. The group is closed: what touches a member
belongs to it, so a chain of small requests is decided like the large one it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Route:
    """One step of the policy's ladder; no ceiling means any amount, a quorum means a vote."""

    up_to: Decimal | None
    authority: str
    working_days: int
    quorum: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What a request lays claim to. `regions` are all places covered, provinces and cities; empty is everywhere."""

    code: str
    applicant: str
    skus: frozenset[str]
    regions: frozenset[str]
    starts_on: date
    ends_on: date
    budget: Decimal

    def touches(self, other: Claim) -> bool:
        """Whether both together are one undertaking of one applicant."""
        return (
            self.applicant == other.applicant
            and not self.skus.isdisjoint(other.skus)
            and share_a_place(self.regions, other.regions)
            and self.starts_on <= other.ends_on
            and other.starts_on <= self.ends_on
        )


@dataclass(frozen=True, slots=True)
class Routing:
    """The route chosen, the amount it was chosen by and the requests that were added together.

    `passed_over` names authorities below it that had nobody free to decide.
    """

    route: Route
    amount: Decimal
    own_budget: Decimal
    added: tuple[Claim, ...]
    passed_over: tuple[str, ...] = ()


def share_a_place(places: frozenset[str], others: frozenset[str]) -> bool:
    """Whether two sets of places meet; an empty one is everywhere."""
    return not places or not others or not places.isdisjoint(others)


def group_of(claim: Claim, others: Iterable[Claim]) -> tuple[Claim, ...]:
    """The other claims that are added to `claim`, in the order of their numbers."""
    apart = [other for other in others if other.code != claim.code]
    group: list[Claim] = []
    frontier = [claim]
    while frontier:
        member = frontier.pop()
        joined = [other for other in apart if member.touches(other)]
        apart = [other for other in apart if other not in joined]
        group.extend(joined)
        frontier.extend(joined)
    return tuple(sorted(group, key=lambda member: member.code))


def route_for(amount: Decimal, routes: Sequence[Route]) -> Route:
    """The first route whose ceiling `amount` does not exceed. Raises ValueError when none reaches that far."""
    for route in routes:
        if route.up_to is None or amount <= route.up_to:
            return route
    raise ValueError(f"no route decides about {amount}")


def choose_route(
    claim: Claim, others: Iterable[Claim], routes: Sequence[Route], barred: Mapping[str, bool] | None = None
) -> Routing:
    """The route of `claim` with the sums behind it.

    `barred` tells for an authority that everybody holding it has a part in this very request; the next authority
    above that is free decides then, because nobody decides about their own.
    """
    added = group_of(claim, others)
    amount = claim.budget + sum((member.budget for member in added), Decimal(0))
    route = route_for(amount, routes)
    above = list(routes[routes.index(route) :])
    free = next((candidate for candidate in above if not (barred or {}).get(candidate.authority)), route)
    passed_over = tuple(candidate.authority for candidate in above[: above.index(free)])
    return Routing(free, amount, claim.budget, added, passed_over)
