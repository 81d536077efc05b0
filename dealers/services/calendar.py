"""Loading the State Council calendar as versioned rows, and saying in time that it runs out."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction

from dealers.choices import NoticeKind, Role
from dealers.foundation.clock import business_day
from dealers.foundation.state_council import names_of_days
from dealers.foundation.working_days import load_state_council_calendar
from dealers.models import ApiKey, CalendarDay, CalendarVersion, User
from dealers.selectors.calendar import calendar_coverage
from dealers.services.audit import record_audit
from dealers.services.notices import tell

#: Serialises loading, so that two starts at once do not load the same calendar twice.
CALENDAR_LOCK = 0x48414C46_0004
SOURCE = "chinesecalendar, holidays"


@transaction.atomic
def load_calendar(*, actor: User | ApiKey | None, at: datetime) -> tuple[CalendarVersion, bool]:
    """Store the calendar of the installed packages; the same version is stored once. Says whether it was new."""
    calendar = load_state_council_calendar()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CALENDAR_LOCK])
    known = CalendarVersion.objects.filter(version=calendar.version).first()
    if known is not None:
        return known, False
    stored = CalendarVersion.objects.create(
        version=calendar.version,
        source=SOURCE,
        covers_from=date(min(calendar.off).year, 1, 1),
        covers_until=calendar.covers_until,
        loaded_at=at,
    )
    names = names_of_days()
    kinds = ((calendar.off, False, False), (calendar.make_up, True, False), (calendar.provisional_off, False, True))
    CalendarDay.objects.bulk_create(
        CalendarDay(calendar=stored, day=day, working=working, provisional=provisional, name=names.get(day, "")[:100])
        for days, working, provisional in kinds
        for day in sorted(days)
    )
    record_audit(
        actor=actor,
        action="calendar.load",
        subject=stored,
        at=at,
        after={"version": stored.version, "covers_until": stored.covers_until},
    )
    return stored, True


def warn_of_calendar_end(*, at: datetime) -> int:
    """Tell those who keep the policy, once per calendar, that it ends within 60 days. Returns how many were told."""
    coverage = calendar_coverage(business_day(at))
    if not coverage.ends_soon:
        return 0
    keepers = User.objects.filter(is_active=True, role__in=[Role.POLICY_MANAGER, Role.ADMINISTRATOR])
    return tell(
        recipients=keepers,
        kind=NoticeKind.CALENDAR,
        key=f"calendar:{coverage.version}:ends",
        params={"reason": "calendar_ends", "covers_until": coverage.covers_until.isoformat()},
        at=at,
    )
