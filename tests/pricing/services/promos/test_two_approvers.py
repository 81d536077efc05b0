"""Two directors decide in the same second, each on a connection of their own."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from dealers.choices import Role
from pricing.choices import PromoState
from pricing.errors import StepDecided
from pricing.models import PromoStep
from pricing.services.promos.budget import decide_budget
from tests import factories
from tests.pricing.promo_stage import MONDAY, in_budget_review, stage


@pytest.mark.django_db(transaction=True)
def test_the_slower_of_two_directors_is_told_and_changes_nothing():
    cast = stage()
    second = factories.User(role=Role.MARKETING_DIRECTOR)
    request = in_budget_review(cast.owner, cast.legal)
    together = threading.Barrier(2)
    outcomes: dict[str, object] = {}

    def decide(person, decision):
        together.wait()
        try:
            decide_budget(code=request.code, decision=decision, reason="理由", actor=person, at=MONDAY)
            outcomes[decision] = "done"
        except StepDecided as refusal:
            outcomes[decision] = refusal.code
        finally:
            connection.close()

    threads = [
        threading.Thread(target=decide, args=(cast.director, "approve")),
        threading.Thread(target=decide, args=(second, "reject")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(map(str, outcomes.values())) == ["already_decided", "done"]
    request.refresh_from_db()
    approved = outcomes["approve"] == "done"
    assert request.state == (PromoState.APPROVED if approved else PromoState.REJECTED)
    decided = PromoStep.objects.filter(kind="budget")
    assert [(step.decision, step.decided_by) for step in decided] == [
        ("approve", cast.director) if approved else ("reject", second)
    ]
