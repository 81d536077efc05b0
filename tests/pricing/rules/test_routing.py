"""The budget routes of the policy, and the sums they are chosen by."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from pricing.rules.routing import Claim, Route, choose_route, group_of

DIRECTOR, MANAGER, OFFICE = "marketing_director", "general_manager", "gm_office_meeting"
ROUTES = (
    Route(Decimal("100000"), DIRECTOR, 1),
    Route(Decimal("500000"), MANAGER, 3),
    Route(None, OFFICE, 5, quorum=3),
)


def claim(code="A", budget="0", starts="2026-06-01", ends="2026-06-08", skus="S1", regions="", applicant="7"):
    return Claim(
        code=code,
        applicant=applicant,
        skus=frozenset(skus.split()),
        regions=frozenset(regions.split()),
        starts_on=date.fromisoformat(starts),
        ends_on=date.fromisoformat(ends),
        budget=Decimal(budget),
    )


@pytest.mark.parametrize(
    ("budget", "authority", "working_days"),
    [
        ("0", DIRECTOR, 1),
        ("99999.99", DIRECTOR, 1),
        ("100000.00", DIRECTOR, 1),
        ("100000.01", MANAGER, 3),
        ("500000.00", MANAGER, 3),
        ("500000.01", OFFICE, 5),
        ("90000000", OFFICE, 5),
    ],
)
def test_the_first_route_whose_ceiling_is_not_exceeded_decides(budget, authority, working_days):
    route = choose_route(claim(budget=budget), [], ROUTES).route
    assert (route.authority, route.working_days) == (authority, working_days)


@pytest.mark.parametrize(
    ("other", "added"),
    [
        (claim("B", "40000"), True),
        (claim("B", "40000", "2026-06-08", "2026-06-10"), True),  # begins on the day after the last
        (claim("B", "40000", "2026-06-09", "2026-06-10"), False),  # a day lies between
        (claim("B", "40000", "2026-05-01", "2026-06-01"), True),  # ends where this one begins
        (claim("B", "40000", skus="S2"), False),
        (claim("B", "40000", skus="S2 S1"), True),
        (claim("B", "40000", applicant="8"), False),
        (claim("B", "40000", regions="SH"), True),  # this one is everywhere
    ],
)
def test_what_touches_the_same_product_and_region_of_one_applicant_is_added(other, added):
    routing = choose_route(claim(budget="80000"), [other], ROUTES)
    assert routing.amount == Decimal("120000" if added else "80000")
    assert routing.route.authority == (MANAGER if added else DIRECTOR)
    assert [member.code for member in routing.added] == (["B"] if added else [])


def test_two_claims_in_different_cities_are_apart():
    assert group_of(claim(regions="SH"), [claim("B", regions="BJ")]) == ()


def test_a_province_meets_its_city():
    """A province is given with its cities, so the sets meet."""
    assert group_of(claim(regions="ZJ HZ NB"), [claim("B", regions="HZ")]) == (claim("B", regions="HZ"),)


def test_a_chain_of_small_requests_is_decided_like_the_large_one_it_is():
    chain = [
        claim("B", "90000", "2026-06-08", "2026-06-15"),
        claim("C", "90000", "2026-06-15", "2026-06-22"),
        claim("D", "90000", "2026-06-22", "2026-06-29"),
    ]
    routing = choose_route(claim("A", "90000"), chain, ROUTES)
    assert (routing.amount, routing.route.authority) == (Decimal("360000"), MANAGER)
    assert [member.code for member in routing.added] == ["B", "C", "D"]


def test_the_next_authority_decides_when_all_of_the_first_have_a_part():
    routing = choose_route(claim(budget="1000"), [], ROUTES, barred={DIRECTOR: True})
    assert routing.route.authority == MANAGER
    assert routing.passed_over == (DIRECTOR,)


def test_the_policy_s_authority_stays_when_nobody_is_free_above():
    routing = choose_route(claim(budget="1000"), [], ROUTES, barred={DIRECTOR: True, MANAGER: True, OFFICE: True})
    assert routing.route.authority == DIRECTOR
