"""When two grants of territory cannot stand beside each other: a table of cases."""

from __future__ import annotations

from datetime import date

import pytest

from dealers.foundation.effective import DateSpan
from dealers.rules.territory import Grant, Place, conflicts

PROVINCE, CITY, SISTER, ELSEWHERE = Place(1), Place(11, 1), Place(12, 1), Place(21, 2)
SPRING, SUMMER = (
    DateSpan(date(2026, 3, 1), date(2026, 6, 1)),
    DateSpan(date(2026, 6, 1), date(2026, 9, 1)),
)


@pytest.mark.parametrize(
    ("wanted", "exclusive", "standing", "standing_exclusive", "spans", "clash"),
    [
        (CITY, False, CITY, False, (SPRING, SPRING), False),
        (CITY, True, CITY, False, (SPRING, SPRING), True),
        (CITY, False, CITY, True, (SPRING, SPRING), True),
        (CITY, False, PROVINCE, True, (SPRING, SPRING), True),
        (PROVINCE, True, CITY, False, (SPRING, SPRING), True),
        (CITY, True, SISTER, True, (SPRING, SPRING), False),
        (PROVINCE, True, ELSEWHERE, True, (SPRING, SPRING), False),
        (CITY, True, CITY, True, (SPRING, SUMMER), False),
        (CITY, True, CITY, True, (DateSpan(date(2026, 5, 31)), SPRING), True),
    ],
)
def test_a_conflict_needs_an_exclusive_right_the_same_place_and_a_common_day(
    wanted: Place,
    exclusive: bool,
    standing: Place,
    standing_exclusive: bool,
    spans: tuple[DateSpan, DateSpan],
    clash: bool,
) -> None:
    other = Grant(2, standing, spans[1], standing_exclusive)
    assert bool(conflicts(Grant(1, wanted, spans[0], exclusive), [other])) is clash


def test_a_dealers_own_grants_are_never_in_its_way_and_a_newcomer_has_none() -> None:
    own = Grant(1, PROVINCE, SPRING, exclusive=True)
    assert conflicts(Grant(1, CITY, SPRING, exclusive=True), [own]) == ()
    assert conflicts(Grant(None, CITY, SPRING, exclusive=False), [own]) == (own,)
