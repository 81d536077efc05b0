"""What a plan must say, and until when money waits."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dealers.foundation.periods import Quarter
from rebates.rules.support_plan import SupportPlan, faults_to_ask, proof_due, reserved_until
from tests.pricing.promo_stage import moment

GOOD = {
    "kind": "event",
    "purpose": "路演",
    "starts_on": date(2026, 11, 1),
    "ends_on": date(2026, 11, 8),
    "budget": Decimal("5000"),
    "regions": ("C001",),
}


@pytest.mark.parametrize(
    ("changed", "codes"),
    [
        ({}, []),
        ({"ends_on": date(2026, 11, 1)}, ["ends_first"]),
        ({"ends_on": date(2027, 2, 2)}, ["too_long"]),
        ({"budget": Decimal(0)}, ["bad_budget"]),
        ({"budget": Decimal("1.001")}, ["too_fine"]),
        ({"purpose": "  "}, ["no_purpose"]),
        ({"starts_on": date(2026, 10, 11)}, ["begun"]),
        ({"starts_on": date(2027, 1, 4), "ends_on": date(2027, 1, 9)}, []),
        ({"starts_on": date(2027, 4, 1), "ends_on": date(2027, 4, 9)}, ["too_early"]),
        ({"regions": ("C001", "C777")}, ["not_own_region"]),
    ],
)
def test_a_plan_names_each_of_its_faults(changed: dict[str, object], codes: list[str]) -> None:
    plan = SupportPlan(**{**GOOD, **changed})  # type: ignore[arg-type]
    found = faults_to_ask(plan, today=date(2026, 10, 12), own_places={"C001"})
    assert [finding.code for finding in found] == codes


def test_a_reservation_waits_to_the_end_of_its_last_day_and_never_beyond_its_quarter() -> None:
    at = moment("2026-10-12 10:00")
    assert reserved_until(at, 15, Quarter(2026, 4)) == moment("2026-10-28 00:00")
    assert reserved_until(moment("2026-12-28 10:00"), 15, Quarter(2026, 4)) == moment("2027-01-01 00:00")


def test_proof_is_due_so_many_days_after_the_last_day() -> None:
    assert proof_due(date(2026, 11, 12), 30) == moment("2026-12-12 00:00")
