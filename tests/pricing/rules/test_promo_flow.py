"""The life of a request: who may decide, when it may be withdrawn, what the clock does."""

from __future__ import annotations

from datetime import date

import pytest

from dealers.choices import Role
from pricing.choices import Authority, PromoState
from pricing.rules.promo_duties import Parts, Person, objection_to_reviewer
from pricing.rules.promo_flow import PROMO_LIFE, PromoAct, acts_of_the_clock, objection_to_withdrawal

START, END = date(2026, 6, 1), date(2026, 6, 8)


def test_a_request_takes_the_steps_of_the_rulebook():
    state = PROMO_LIFE.initial
    path = [str(state)]
    for act in (
        PromoAct.SUBMIT,
        PromoAct.OPEN_REVIEW,
        PromoAct.PASS_LEGAL,
        PromoAct.APPROVE,
        PromoAct.START,
        PromoAct.END,
        PromoAct.EVALUATE,
        PromoAct.EVALUATE,
    ):
        state = PROMO_LIFE.next(state, act)
        path.append(str(state))
    assert path == [
        "draft",
        "submitted",
        "legal_review",
        "budget_review",
        "approved",
        "running",
        "ended",
        *["evaluated"] * 2,
    ]


@pytest.mark.parametrize("state", [PromoState.REJECTED, PromoState.WITHDRAWN])
def test_nothing_leads_out_of_a_final_state(state):
    assert PROMO_LIFE.is_final(state)


def test_no_review_is_passed_over():
    assert not PROMO_LIFE.allows(PromoState.LEGAL_REVIEW, PromoAct.APPROVE)
    assert not PROMO_LIFE.allows(PromoState.DRAFT, PromoAct.APPROVE)


@pytest.mark.parametrize(
    ("state", "today", "code"),
    [
        (PromoState.DRAFT, date(2026, 6, 5), None),
        (PromoState.RETURNED, date(2026, 6, 5), None),
        (PromoState.LEGAL_REVIEW, date(2026, 5, 31), None),
        (PromoState.APPROVED, date(2026, 5, 31), None),
        (PromoState.APPROVED, date(2026, 6, 1), "promo_started"),
        (PromoState.BUDGET_REVIEW, date(2026, 6, 1), "promo_started"),
        (PromoState.RUNNING, date(2026, 6, 1), "promo_not_withdrawable"),
        (PromoState.REJECTED, date(2026, 5, 1), "promo_not_withdrawable"),
    ],
)
def test_a_request_is_withdrawn_before_its_start_only(state, today, code):
    objection = objection_to_withdrawal(state, START, today)
    assert (objection.code if objection else None) == code


@pytest.mark.parametrize(
    ("state", "today", "acts"),
    [
        (PromoState.APPROVED, date(2026, 5, 31), ()),
        (PromoState.APPROVED, date(2026, 6, 1), (PromoAct.START,)),
        (PromoState.RUNNING, date(2026, 6, 7), ()),
        (PromoState.RUNNING, date(2026, 6, 8), (PromoAct.END,)),
        (PromoState.APPROVED, date(2026, 7, 1), (PromoAct.START, PromoAct.END)),
        (PromoState.BUDGET_REVIEW, date(2026, 7, 1), ()),  # nothing approves itself
    ],
)
def test_the_clock_starts_and_ends_what_was_approved(state, today, acts):
    assert acts_of_the_clock(state, START, END, today) == acts


PARTS = Parts(proposers=frozenset({1}), legal_deciders=frozenset({2}))


@pytest.mark.parametrize(
    ("person", "authority", "code"),
    [
        (Person(9, Role.LEGAL_REVIEWER), Authority.LEGAL, None),
        (Person(1, Role.LEGAL_REVIEWER), Authority.LEGAL, "own_request"),
        (Person(9, Role.MARKETING_DIRECTOR), Authority.LEGAL, "not_the_authority"),
        (Person(9, Role.MARKETING_DIRECTOR), Authority.MARKETING_DIRECTOR, None),
        (Person(1, Role.MARKETING_DIRECTOR), Authority.MARKETING_DIRECTOR, "own_request"),
        (Person(2, Role.MARKETING_DIRECTOR), Authority.MARKETING_DIRECTOR, "decided_the_legal_review"),
        (Person(9, Role.GENERAL_MANAGER), Authority.MARKETING_DIRECTOR, "not_the_authority"),
        (Person(9, Role.GENERAL_MANAGER), Authority.GENERAL_MANAGER, None),
        (Person(9, Role.GENERAL_MANAGER), Authority.GM_OFFICE_MEETING, None),
        (Person(9, Role.GM_OFFICE_MEMBER), Authority.GM_OFFICE_MEETING, None),
        (Person(9, Role.GM_OFFICE_MEMBER), Authority.GENERAL_MANAGER, "not_the_authority"),
        (Person(9, Role.AUDITOR), Authority.LEGAL, "not_the_authority"),
    ],
)
def test_a_step_is_decided_by_its_office_and_by_nobody_with_a_part_in_it(person, authority, code):
    objection = objection_to_reviewer(person, authority, PARTS)
    assert (objection.code if objection else None) == code
