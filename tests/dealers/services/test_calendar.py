"""The working-day calendar is stored by version, counts like its source, and its end is announced in time."""

from datetime import date, timedelta

import pytest

from dealers.choices import Role
from dealers.foundation.clock import now, start_of_day
from dealers.foundation.working_days import deadline, load_state_council_calendar
from dealers.models import CalendarDay, CalendarVersion, Notice, User
from dealers.selectors.calendar import calendar_coverage, current_calendar
from dealers.services.calendar import load_calendar, warn_of_calendar_end
from dealers.tasks import keep_calendar

pytestmark = pytest.mark.django_db

SOURCE = load_state_council_calendar()


def test_the_stored_calendar_is_the_one_that_was_loaded():
    load_calendar(actor=None, at=now())
    assert current_calendar() == SOURCE


def test_deadlines_are_counted_with_the_source_until_one_is_loaded():
    assert current_calendar() == SOURCE


def test_loading_twice_stores_once():
    first, new = load_calendar(actor=None, at=now())
    again, new_again = load_calendar(actor=None, at=now())
    assert (first.pk, new, new_again) == (again.pk, True, False)
    assert CalendarVersion.objects.count() == 1


def test_days_carry_the_festival_they_belong_to():
    load_calendar(actor=None, at=now())
    make_up = CalendarDay.objects.get(day=date(2026, 2, 14))
    assert (make_up.working, make_up.name) == (True, "Spring Festival")


def test_a_later_version_is_used_from_then_on():
    load_calendar(actor=None, at=now())
    later = CalendarVersion.objects.create(
        version="by hand", source="notice", covers_from=date(2026, 1, 1), covers_until=date(2028, 1, 1), loaded_at=now()
    )
    CalendarDay.objects.create(calendar=later, day=date(2026, 6, 1), working=False)
    assert deadline(start_of_day(date(2026, 5, 31)), 1, current_calendar()).last_day == date(2026, 6, 2)


def test_reading_the_calendar_again_asks_only_which_is_latest(django_assert_num_queries):
    load_calendar(actor=None, at=now())
    current_calendar()
    with django_assert_num_queries(1):
        current_calendar()


@pytest.mark.parametrize(("days_before", "told"), [(61, 0), (60, 2), (1, 2), (0, 2), (-30, 2)])
def test_its_end_is_announced_sixty_days_ahead_to_those_who_keep_it(days_before, told):
    for number, role in enumerate([Role.POLICY_MANAGER, Role.ADMINISTRATOR, Role.FINANCE_CLERK]):
        User.objects.create(username=f"person{number}", role=role)
    at = start_of_day(SOURCE.covers_until - timedelta(days=days_before))
    assert warn_of_calendar_end(at=at) == told
    assert warn_of_calendar_end(at=at) == 0
    assert Notice.objects.count() == told


def test_coverage_says_how_long_it_lasts():
    coverage = calendar_coverage(SOURCE.covers_until - timedelta(days=100))
    assert (coverage.days_left, coverage.ends_soon) == (100, False)


def test_the_daily_task_may_run_twice():
    keep_calendar()
    keep_calendar()
    assert CalendarVersion.objects.count() == 1
