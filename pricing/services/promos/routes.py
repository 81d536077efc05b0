"""Choosing the authority of a request from the policy's routes and everything it is added together with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from dealers.models import User
from pricing.models import PromoRequest
from pricing.rules.promo_duties import HOLDERS, Parts
from pricing.rules.routing import Route, Routing, choose_route
from pricing.selectors.promo_claims import claim_of, claims_of_applicant
from pricing.selectors.promo_places import load_region_tree
from pricing.services.promos.steps import parts_in
from pricing.terms import PromoTerms


@dataclass(frozen=True)
class ChosenRoute:
    """Who decides within how many working days, and the evidence the step keeps."""

    authority: str
    working_days: int
    evidence: dict[str, Any]


def route_request(request: PromoRequest, terms: PromoTerms) -> ChosenRoute:
    """The route of ``request`` under ``terms``, with its group as it is now."""
    tree = load_region_tree()
    routes = [Route(route.up_to, route.authority, route.working_days, route.quorum) for route in terms.routes]
    routing = choose_route(
        claim_of(request, tree), claims_of_applicant(request, tree), routes, _barred(routes, parts_in(request))
    )
    return ChosenRoute(routing.route.authority, routing.route.working_days, _evidence(routing, routes))


def people_holding(authority: str) -> list[User]:
    """The active people who decide or vote where that authority is asked for."""
    return list(User.objects.filter(role__in=HOLDERS[authority], is_active=True).order_by("pk"))


def _barred(routes: Iterable[Route], parts: Parts) -> dict[str, bool]:
    """For each authority whether it has holders and all of them have a part in the request."""
    barred: dict[str, bool] = {}
    for route in routes:
        holders = {person.pk for person in people_holding(route.authority)}
        barred[route.authority] = bool(holders) and holders <= parts.barred
    return barred


def _evidence(routing: Routing, routes: Iterable[Route]) -> dict[str, Any]:
    return {
        "authority": routing.route.authority,
        "amount": format(routing.amount, "f"),
        "own_budget": format(routing.own_budget, "f"),
        "quorum": routing.route.quorum,
        "added": [
            {
                "code": claim.code,
                "budget": format(claim.budget, "f"),
                "starts_on": claim.starts_on.isoformat(),
                "ends_on": claim.ends_on.isoformat(),
            }
            for claim in routing.added
        ],
        "passed_over": list(routing.passed_over),
        "routes": [
            {
                "authority": route.authority,
                "up_to": None if route.up_to is None else format(route.up_to, "f"),
                "working_days": route.working_days,
            }
            for route in routes
        ],
    }
