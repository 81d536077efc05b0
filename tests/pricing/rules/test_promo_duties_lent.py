"""Standing in, escalating, bulk approval: who may, who is told, what is harmless."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from dealers.choices import Role
from dealers.foundation.clock import BUSINESS_ZONE
from dealers.foundation.working_days import load_state_council_calendar
from pricing.choices import Authority
from pricing.rules.promo_bulk import objection_to_bulk
from pricing.rules.promo_checks import Check, Outcome
from pricing.rules.promo_delegation import objection_to_delegation
from pricing.rules.promo_duties import Parts, Person, absent_decider, objection_to_reviewer
from pricing.rules.promo_escalation import levels_reached

LEGAL, DIRECTOR, MANAGER, MEMBER = (
    Role.LEGAL_REVIEWER,
    Role.MARKETING_DIRECTOR,
    Role.GENERAL_MANAGER,
    Role.GM_OFFICE_MEMBER,
)
DEPUTY = Person(9, MANAGER, (Person(1, DIRECTOR),))
DIRECTORS = Authority.MARKETING_DIRECTOR
TODAY, MONDAY, FRIDAY = date(2026, 5, 11), date(2026, 5, 18), date(2026, 5, 23)


@pytest.mark.parametrize(
    ("person", "authority", "parts", "refused", "in_place_of"),
    [
        (DEPUTY, DIRECTORS, Parts(), None, 1),
        (Person(9, MANAGER, (Person(1, LEGAL),)), Authority.LEGAL, Parts(), None, 1),
        (Person(9, MANAGER), DIRECTORS, Parts(), "not_the_authority", None),
        # nobody lends what they may not use themselves
        (DEPUTY, DIRECTORS, Parts(frozenset({1})), "not_the_authority", None),
        # nor does standing in wash off one's own part
        (DEPUTY, DIRECTORS, Parts(frozenset({9})), "own_request", 1),
        (DEPUTY, DIRECTORS, Parts(frozenset(), frozenset({9})), "decided_the_legal_review", 1),
        (DEPUTY, DIRECTORS, Parts(frozenset(), frozenset({1, 8})), "not_the_authority", None),
        # an equal who stands in decides by right, and it is noted for whom as well
        (Person(2, DIRECTOR, (Person(1, DIRECTOR),)), DIRECTORS, Parts(), None, 1),
        # a vote is personal
        (Person(9, MANAGER, (Person(1, MANAGER),)), Authority.GM_OFFICE_MEETING, Parts(), None, None),
    ],
)  # fmt: skip
def test_who_decides_in_whose_place(person, authority, parts, refused, in_place_of):
    objection = objection_to_reviewer(person, authority, parts)
    assert (objection.code if objection else None) == refused
    assert absent_decider(person, authority, parts) == in_place_of


@pytest.mark.parametrize(
    ("delegator", "delegate", "recorder", "first", "end", "refused"),
    [
        (Person(1, DIRECTOR), Person(2, DIRECTOR), Person(1, DIRECTOR), MONDAY, FRIDAY, None),
        (Person(1, DIRECTOR), Person(2, MANAGER), Person(1, DIRECTOR), MONDAY, FRIDAY, None),
        (Person(1, LEGAL), Person(2, MANAGER), Person(1, LEGAL), TODAY, FRIDAY, None),
        (Person(1, LEGAL), Person(2, DIRECTOR), Person(1, LEGAL), MONDAY, FRIDAY, "not_a_stand_in"),
        (Person(1, MANAGER), Person(2, DIRECTOR), Person(1, MANAGER), MONDAY, FRIDAY, "not_a_stand_in"),
        (Person(1, DIRECTOR), Person(1, DIRECTOR), Person(1, DIRECTOR), MONDAY, FRIDAY, "not_a_stand_in"),
        (Person(1, DIRECTOR), Person(2, ""), Person(1, DIRECTOR), MONDAY, FRIDAY, "not_a_stand_in"),
        (Person(1, MEMBER), Person(2, MANAGER), Person(1, MEMBER), MONDAY, FRIDAY, "vote_is_personal"),
        (Person(1, Role.AUDITOR), Person(2, MANAGER), Person(1, Role.AUDITOR), MONDAY, FRIDAY, "nothing_to_delegate"),
        (Person(1, LEGAL), Person(2, LEGAL), Person(9, MANAGER), MONDAY, FRIDAY, None),
        (Person(1, LEGAL), Person(9, MANAGER), Person(9, MANAGER), MONDAY, FRIDAY, "not_your_absence"),
        (Person(1, LEGAL), Person(2, LEGAL), Person(2, LEGAL), MONDAY, FRIDAY, "not_your_absence"),
        (Person(1, LEGAL), Person(2, LEGAL), Person(1, LEGAL), MONDAY, MONDAY, "range_empty"),
        (Person(1, LEGAL), Person(2, LEGAL), Person(1, LEGAL), date(2026, 5, 10), FRIDAY, "range_past"),
        (Person(1, LEGAL), Person(2, LEGAL), Person(1, LEGAL), MONDAY, date(2026, 12, 1), "range_long"),
    ],
)
def test_who_may_stand_in(delegator, delegate, recorder, first, end, refused):
    objection = objection_to_delegation(delegator, delegate, recorder, first, end, TODAY)
    assert (objection.code if objection else None) == refused


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=BUSINESS_ZONE)


@pytest.mark.parametrize(
    ("authority", "working_days", "due", "at", "offices"),
    [
        (Authority.LEGAL, 1, "2026-05-13 00:00", "2026-05-12 23:59", []),
        (Authority.LEGAL, 1, "2026-05-13 00:00", "2026-05-13 00:00", [DIRECTOR]),
        (Authority.LEGAL, 1, "2026-05-13 00:00", "2026-05-13 23:59", [DIRECTOR]),
        (Authority.LEGAL, 1, "2026-05-13 00:00", "2026-05-14 00:00", [DIRECTOR, MANAGER]),
        (Authority.MARKETING_DIRECTOR, 1, "2026-05-16 00:00", "2026-05-18 23:59", [MANAGER]),  # over a weekend
        (Authority.MARKETING_DIRECTOR, 1, "2026-05-16 00:00", "2026-05-19 00:00", [MANAGER, MEMBER]),
        # due on the eve of Spring Festival: the make-up Saturday counts, the holiday does not
        (Authority.LEGAL, 1, "2026-02-14 00:00", "2026-02-15 00:00", [DIRECTOR, MANAGER]),
        (Authority.LEGAL, 1, "2026-02-15 00:00", "2026-02-24 23:59", [DIRECTOR]),
        (Authority.LEGAL, 1, "2026-02-15 00:00", "2026-02-25 00:00", [DIRECTOR, MANAGER]),
        (Authority.GENERAL_MANAGER, 3, "2026-05-13 00:00", "2027-01-01 00:00", [MEMBER]),
        (Authority.GM_OFFICE_MEETING, 5, "2026-05-13 00:00", "2026-05-13 00:00", [MANAGER]),
    ],
)
def test_who_hears_of_a_late_review(authority, working_days, due, at, offices):
    calendar = load_state_council_calendar()
    levels = levels_reached(authority, moment(due), working_days, moment(at), calendar)
    assert [level.office for level in levels] == offices
    assert [level.number for level in levels] == list(range(1, len(offices) + 1))


def check(code, outcome):
    return Check(code, outcome, "words")


OK, WARN, FAIL = Outcome.OK, Outcome.WARN, Outcome.FAIL


@pytest.mark.parametrize(
    ("kind", "authority", "checks", "hits", "refused"),
    [
        ("legal", Authority.LEGAL, [check("band", OK), check("conflicts", OK)], 0, None),
        ("legal", Authority.LEGAL, [check("band", WARN)], 0, None),  # the price is not legal's to judge
        ("legal", Authority.LEGAL, [check("band", FAIL)], 0, "bulk_band"),
        ("legal", Authority.LEGAL, [check("conflicts", WARN)], 0, "bulk_conflicts"),
        ("legal", Authority.LEGAL, [check("legal_risk", WARN)], 0, "bulk_legal_risk"),
        ("legal", Authority.LEGAL, [], 1, "bulk_wordings"),
        ("budget", Authority.MARKETING_DIRECTOR, [check("band", OK)], 0, None),
        ("budget", Authority.MARKETING_DIRECTOR, [check("band", WARN)], 0, "bulk_band"),
        ("budget", Authority.MARKETING_DIRECTOR, [check("ad_terms", WARN)], 2, "bulk_wordings"),
        ("budget", Authority.GM_OFFICE_MEETING, [check("band", OK)], 0, "bulk_meeting"),
    ],
)
def test_what_is_harmless(kind, authority, checks, hits, refused):
    objection = objection_to_bulk(kind, authority, checks, hits)
    assert (objection.code if objection else None) == refused
