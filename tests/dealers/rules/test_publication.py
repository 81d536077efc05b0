"""Publishing a version ends, replaces or leaves alone what stands, and says so beforehand."""

from datetime import date

import pytest

from dealers.foundation.effective import DateSpan
from dealers.rules.publication import Version, plan_publication

TODAY = date(2026, 5, 20)
YEAR = Version("year", DateSpan(date(2026, 1, 1), date(2027, 1, 1)))
OPEN = Version("open", DateSpan(date(2026, 1, 1)))
AUTUMN = Version("autumn", DateSpan(date(2026, 9, 1), date(2027, 1, 1)))
LAST_YEAR = Version("last year", DateSpan(date(2025, 1, 1), date(2026, 1, 1)))


def new(first, end=None):
    return Version("new", DateSpan(first, end))


@pytest.mark.parametrize(
    ("version", "standing", "closes", "replaces", "codes"),
    [
        (new(date(2026, 1, 1)), [], [], [], []),
        (new(date(2024, 1, 1)), [], [], [], []),  # taking over a running year
        (new(date(2026, 7, 1), date(2027, 1, 1)), [YEAR], ["year"], [], []),
        (new(date(2026, 7, 1)), [OPEN], ["open"], [], []),
        (new(date(2026, 7, 1), date(2026, 10, 1)), [YEAR], ["year"], [], ["gap_after"]),
        (new(date(2026, 7, 1), date(2026, 9, 1)), [OPEN, AUTUMN], ["open"], [], []),
        (new(date(2026, 7, 1)), [AUTUMN], [], ["autumn"], []),
        (new(date(2026, 9, 1)), [AUTUMN], [], ["autumn"], []),
        (new(date(2026, 9, 1)), [OPEN, AUTUMN], ["open"], ["autumn"], []),
        (new(date(2027, 1, 1)), [YEAR], [], [], []),
        (new(date(2027, 2, 1)), [YEAR], [], [], ["gap_before"]),
        (new(date(2026, 1, 1)), [YEAR], [], [], ["already_in_force"]),
        (new(date(2025, 6, 1)), [YEAR], [], [], ["already_in_force"]),
        (new(date(2026, 5, 16)), [YEAR], ["year"], [], ["begins_in_the_past"]),
        (new(date(2024, 1, 1), date(2025, 1, 1)), [LAST_YEAR], [], [], ["begins_in_the_past"]),
    ],
)
def test_publication(version, standing, closes, replaces, codes):
    plan = plan_publication(version, standing, TODAY)
    assert [one.label for one in plan.closes] == closes
    assert [one.label for one in plan.replaces] == replaces
    assert [finding.code for finding in plan.findings] == codes


def test_a_version_that_began_today_is_in_force():
    begun = Version("today", DateSpan(date(2026, 6, 1)))
    assert plan_publication(new(date(2026, 6, 1)), [begun], date(2026, 6, 1)).errors
    assert not plan_publication(new(date(2026, 6, 1)), [begun], date(2026, 5, 31)).errors
