"""The life of a ticket, the size of a team, the day a report is due, and the figures in it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from aftersales.choices import TicketState
from aftersales.rules.figures import ServiceFigures, share
from aftersales.rules.report_due import owes_report, report_counts_from, report_due_at
from aftersales.rules.staffing import Certified, headcount, warning_day
from aftersales.rules.ticket_life import TICKET_LIFE, TicketAct, may_rate, may_reopen
from dealers.foundation.periods import Quarter
from dealers.foundation.transitions import TransitionRefused
from tests.pricing.promo_stage import moment

DAY = date(2026, 11, 2)
MINIMUM = {"T1": 5, "T2": 3, "T3": 1}


@pytest.mark.parametrize(
    ("state", "act", "leads_to"),
    [
        ("open", "respond", "responded"),
        ("open", "resolve", "resolved"),
        ("responded", "assign", "open"),
        ("resolved", "close", "closed"),
        ("resolved", "reopen", "reopened"),
        ("closed", "reopen", "reopened"),
        ("reopened", "resolve", "resolved"),
        ("closed", "respond", None),
        ("open", "reopen", None),
        ("resolved", "assign", None),
        ("responded", "close", None),
    ],
)
def test_what_can_be_done_with_a_ticket(state: str, act: str, leads_to: str | None) -> None:
    if leads_to is None:
        with pytest.raises(TransitionRefused):
            TICKET_LIFE.next(TicketState(state), TicketAct(act))
    else:
        assert TICKET_LIFE.next(TicketState(state), TicketAct(act)) == leads_to


def test_no_ticket_is_ever_beyond_reopening_by_its_state() -> None:
    assert not any(TICKET_LIFE.is_final(state) for state in TICKET_LIFE.states)


def test_a_closed_ticket_can_be_reopened_for_its_days_and_a_resolved_one_always() -> None:
    closed = moment("2026-11-02 10:00")
    later = closed + timedelta(days=30)
    assert may_reopen(closed_at=None, at=later, days=30)
    assert may_reopen(closed_at=closed, at=later - timedelta(seconds=1), days=30)
    assert not may_reopen(closed_at=closed, at=later, days=30)


def test_a_rating_is_given_between_resolution_and_the_end_of_its_days() -> None:
    resolved = moment("2026-11-02 10:00")
    asked = [None, resolved - timedelta(seconds=1), resolved, resolved + timedelta(days=14)]
    found = [may_rate(resolved_at=resolved, at=at or resolved, days=14) for at in asked[1:]]
    assert (may_rate(resolved_at=None, at=resolved, days=14), found) == (False, [False, True, False])


def held(member: int, **changed: Any) -> Certified:
    given = {
        "member": member,
        "member_from": date(2026, 1, 1),
        "member_until": None,
        "valid_from": date(2026, 1, 1),
        "valid_until": date(2027, 1, 1),
    }
    return Certified(**{**given, **changed})


@pytest.mark.parametrize(
    ("certificates", "counted"),
    [
        ([held(1), held(2)], 2),
        ([held(1), held(1)], 1),
        ([held(1, valid_until=DAY)], 0),
        ([held(1, valid_until=DAY + timedelta(days=1))], 1),
        ([held(1, valid_from=DAY + timedelta(days=1))], 0),
        ([held(1, member_until=DAY)], 0),
        ([held(1, member_from=DAY + timedelta(days=1))], 0),
        ([held(1, valid_until=DAY), held(1)], 1),
    ],
)
def test_who_counts_is_in_the_team_with_a_certificate_in_force(certificates: list[Certified], counted: int) -> None:
    assert headcount(certificates, on=DAY, tier="T2", minimum=MINIMUM).certified == counted


@pytest.mark.parametrize(("tier", "short"), [("T1", 4), ("T2", 2), ("T3", 0), (None, 0)])
def test_the_tier_says_how_many_are_missing(tier: str | None, short: int) -> None:
    assert headcount([held(1)], on=DAY, tier=tier, minimum=MINIMUM).short == short


@pytest.mark.parametrize(("left", "warned"), [(61, None), (60, 60), (16, 60), (15, 15), (1, 15), (0, 0), (-3, 0)])
def test_a_certificate_warns_at_sixty_and_fifteen_days_and_when_it_has_ended(left: int, warned: int | None) -> None:
    assert warning_day(DAY + timedelta(days=left), DAY, (60, 15)) == warned


def due(quarter: Quarter, asked_at: str) -> datetime:
    return report_due_at(report_counts_from(quarter, 10, moment(asked_at)), 10)


def test_a_report_is_due_at_the_end_of_the_tenth_day_after_its_quarter() -> None:
    assert due(Quarter(2026, 3), "2026-10-01 00:15") == moment("2026-10-11 00:00")
    assert due(Quarter(2026, 4), "2027-01-10 23:59") == moment("2027-01-11 00:00")


def test_whoever_is_asked_after_that_has_as_many_days_from_being_asked() -> None:
    assert due(Quarter(2026, 3), "2026-10-11 00:00") == moment("2026-10-21 00:00")
    assert due(Quarter(2026, 3), "2026-11-22 09:00") == moment("2026-12-02 09:00")


def test_our_outages_are_added_to_the_time_for_a_report() -> None:
    begun = moment("2026-10-01 00:00")
    down = [
        (moment("2026-10-03 08:00"), moment("2026-10-03 14:00")),
        (moment("2026-10-11 02:00"), moment("2026-10-12")),
    ]
    assert report_due_at(begun, 10, down[:1]) == moment("2026-10-11 06:00")
    assert report_due_at(begun, 10, down) == moment("2026-10-12 04:00")
    assert report_due_at(begun, 10, [(moment("2026-09-01"), moment("2026-09-30"))]) == moment("2026-10-11 00:00")


@pytest.mark.parametrize(
    ("activated", "known", "owes"),
    [
        ("2026-01-01", "2026-09-30 23:59", True),
        ("2026-09-30", "2026-09-30 23:59", True),
        ("2026-10-01", "2026-09-01 00:00", False),
        ("2026-01-01", "2026-10-01 00:00", False),
    ],
)
def test_who_was_active_in_the_quarter_and_known_before_its_end_owes_its_report(
    activated: str, known: str, owes: bool
) -> None:
    found = owes_report(activated_on=date.fromisoformat(activated), known_since=moment(known), quarter=Quarter(2026, 3))
    assert found is owes


def test_shares_are_of_what_was_judged_and_none_of_nothing() -> None:
    figures = ServiceFigures(tickets=9, judged=8, in_time=7, resolved=6, reopened=1, rated=3, stars=13)
    assert (figures.in_time_share, figures.reopened_share, figures.rating) == (
        Decimal("0.8750"),
        Decimal("0.1667"),
        Decimal("4.33"),
    )
    assert (ServiceFigures().in_time_share, ServiceFigures().rating, share(1, 0)) == (None, None, None)
    assert figures.as_kept()["in_time_share"] == "0.8750"
