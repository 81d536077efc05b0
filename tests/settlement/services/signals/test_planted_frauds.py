"""A small company with frauds of every kind planted among honest dealers: all are found, and few others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from bench import fraud_company
from settlement.choices import SignalRule
from settlement.models import SignalFinding
from settlement.services.signals.asking import make_run
from settlement.services.signals.running import answer_run
from tests import factories
from tests.journeys.office import told_once

pytestmark = pytest.mark.django_db

PLANTS = 2
Told = tuple[fraud_company.Company, dict[SignalRule, set[int]]]


@pytest.fixture(scope="module")
def found(django_db_setup: None, django_db_blocker: Any) -> Iterator[Told]:
    with told_once(django_db_blocker, look_for_them) as told:
        yield told


def look_for_them() -> Told:
    factories.PolicyVersion()
    company = fraud_company.build(dealers=80, lines=16_000, plants=PLANTS, seed=7)
    with time_machine.travel(fraud_company.AT):
        answer_run(make_run(at=fraud_company.AT, actor=None))
    by_rule = defaultdict(set)
    for rule, dealer_id in SignalFinding.objects.values_list("rule", "dealer_id"):
        by_rule[SignalRule(rule)].add(dealer_id)
    return company, by_rule


@pytest.mark.parametrize("rule", SignalRule)
def test_every_planted_fraud_is_found(found: Told, rule: SignalRule) -> None:
    company, by_rule = found
    planted = company.planted[rule]
    assert len(planted) >= PLANTS
    assert planted <= by_rule[rule]


@pytest.mark.parametrize("rule", SignalRule)
def test_honest_dealers_are_left_in_peace(found: Told, rule: SignalRule) -> None:
    company, by_rule = found
    assert len(by_rule[rule] - company.dishonest) <= 1
