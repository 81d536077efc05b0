"""The queue of cases: whose move it is, what a judge may not decide, and handing out many at once."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dealers.choices import Role
from settlement.choices import CasePriority
from settlement.models import Case
from settlement.selectors import case_queue
from settlement.selectors.case_queue import CaseWish, count_to_do, listed_cases, to_do_in, waiting_cases
from settlement.services.case_path.acting import handled_by, judged_by
from settlement.services.case_path.appealing import appeal
from settlement.services.case_path.working import add_note, assign_case, take_case
from tests import factories
from tests.breaches import AFTER, market
from tests.settlement.casework import DECIDED, OPENED, Stage, accused, decided, heard, people, replied
from tests.visitors import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def afterwards() -> Any:
    with time_machine.travel(AFTER):
        yield


@pytest.fixture
def of() -> Stage:
    market()
    return people(factories.Dealer(code="D1"))


def another(of: Stage, facts: str, **given: Any) -> Case:
    return accused(of, facts=f"{facts}:2026-11-H1", **given)


def test_each_sees_first_what_is_theirs_to_do(of: Stage) -> None:
    fresh, taken = another(of, "fresh"), another(of, "taken")
    take_case(number=taken.number, actor=of.investigator, at=OPENED)
    ready = replied(of, heard(of, another(of, "ready")))
    for person, number in ((of.investigator, taken), (of.judge, ready)):
        told = signed_in(person).get("/cases/").content.decode()
        assert number.number in told and fresh.number not in told, person
    assert fresh.number in signed_in(of.investigator).get("/cases/?show=unassigned").content.decode()


def test_a_late_case_is_found_and_counted(of: Stage) -> None:
    case = heard(of, another(of, "late"))
    assert case.due_at is not None
    assert list(listed_cases(of.judge, CaseWish("late"), at=case.due_at)) == [case]
    assert not listed_cases(of.judge, CaseWish("late"), at=OPENED).exists()
    assert waiting_cases(of.judge, at=case.due_at).by_group["late"] == 1


def test_urgent_ones_come_first_then_the_earliest_deadline_then_the_newest(
    of: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    urgent = another(of, "urgent", priority=CasePriority.HIGH)
    older, newer = another(of, "older"), another(of, "newer")
    soon = heard(of, another(of, "soon"))
    expected = [urgent, soon, newer, older]
    assert [each.number for each in listed_cases(of.judge, CaseWish(), at=OPENED)] == [each.number for each in expected]
    monkeypatch.setattr("settlement.web.case_queue.ROWS_PER_PAGE", 1)
    client, seen, address = signed_in(of.judge), [], "/cases/?show=all"
    for _page in expected:
        shown = client.get(address).context
        seen += [row["case"].number for row in shown["rows"]]
        address = f"/cases/{shown['next_url']}"
    assert seen == [each.number for each in expected]
    assert shown["next_url"] == ""


def test_the_list_says_what_i_may_not_decide_exactly_where_the_services_refuse(of: Stage) -> None:
    both = factories.User(role=Role.RISK_JUDGE, language="en")
    plain = replied(of, heard(of, another(of, "plain")))
    noted = another(of, "noted")
    add_note(number=noted.number, text="seen", actor=both, at=OPENED)
    replied(of, heard(of, noted))
    judged = decided(of, another(of, "judged"), proven_loss=10**9)
    appeal(number=judged.number, grounds="wrong", actor=of.owner, at=DECIDED)
    for person in (both, of.judge, of.third, of.investigator):
        for row in listed_cases(person, CaseWish(), at=OPENED):
            assert row.took_part == (person.pk in handled_by(row)), (person, row)  # type: ignore[attr-defined]
            assert row.has_judged == (person.pk in judged_by(row)), (person, row)  # type: ignore[attr-defined]
    told = signed_in(both).get("/cases/?show=judge").content.decode()
    assert told.count("Another judge decides: you took part.") == 1
    assert (to_do_in(both, "judge", at=OPENED).count, to_do_in(of.third, "judge", at=OPENED).count) == (1, 2)
    assert (to_do_in(of.judge, "appeal", at=OPENED).count, to_do_in(of.third, "appeal", at=OPENED).count) == (0, 1)
    assert "Another person hears the appeal" in signed_in(of.judge).get("/cases/?show=appeal").content.decode()
    assert plain.number in told


def test_the_number_in_the_side_bar_is_what_waits_for_me(of: Stage) -> None:
    another(of, "fresh")
    heard(of, another(of, "asked"))
    replied(of, heard(of, another(of, "ready")))
    counted = {person: count_to_do(getattr(of, person)) for person in ("investigator", "judge", "manager", "owner")}
    assert counted == {"investigator": 1, "judge": 1, "manager": 0, "owner": 1}
    assert count_to_do(factories.User(role=Role.AUDITOR)) == 0


def test_many_are_given_at_once_and_what_cannot_be_is_named(of: Stage) -> None:
    cases = [another(of, name) for name in ("a", "b")]
    over = decided(of, another(of, "over"), proven_loss=10**9)
    colleague = factories.User(role=Role.RISK_INVESTIGATOR, username="li")
    numbers = [each.number for each in (*cases, over)]
    form = {"number": numbers, "owner": "li", "reason": "same ring", "show": "unassigned"}
    answer = signed_in(of.investigator).post("/cases/assign/", form, follow=True)
    told = answer.content.decode()
    assert "2 cases go to li." in told and over.number in told
    assert Case.objects.filter(owner=colleague).count() == 2
    wrong = signed_in(of.investigator).post("/cases/assign/", {**form, "owner": of.judge.username}, follow=True)
    assert wrong.content.decode().count("choose an active investigator") >= 1
    assert signed_in(of.judge).post("/cases/assign/", form).status_code == 403


def test_the_list_narrows_to_an_investigator(of: Stage) -> None:
    mine, other = another(of, "mine"), another(of, "other")
    li = factories.User(role=Role.RISK_INVESTIGATOR, username="li")
    assign_case(number=mine.number, owner=li, reason="yours", actor=of.investigator, at=OPENED)
    told = signed_in(of.judge).get("/cases/?show=all&owner=li").content.decode()
    assert mine.number in told and other.number not in told


def test_a_dealer_sees_its_own_when_it_is_asked_and_no_name_of_headquarters(of: Stage) -> None:
    hidden, asked = another(of, "hidden"), heard(of, another(of, "asked"))
    told = signed_in(of.owner).get("/cases/").content.decode()
    assert asked.number in told and hidden.number not in told and of.investigator.username not in told
    start = signed_in(of.owner).get("/").content.decode()
    assert f"Reply in case {asked.number}" in start


def test_home_names_what_waits_with_its_first_deadline(of: Stage) -> None:
    another(of, "fresh")
    told = signed_in(of.investigator).get("/").content.decode()
    assert "Cases nobody has taken yet" in told
    replied(of, heard(of, another(of, "ready")))
    assert "Cases to decide" in signed_in(of.judge).get("/").content.decode()


def test_the_queries_do_not_grow_with_the_cases(of: Stage) -> None:
    client, counts = signed_in(of.investigator), []
    for size in (1, 4):
        for number in range(size):
            another(of, f"{size}-{number}")
        client.get("/cases/?show=all")
        with CaptureQueriesContext(connection) as queries:
            client.get("/cases/?show=all")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_every_group_has_a_tab_or_is_a_persons_own() -> None:
    assert set(case_queue.GROUPS) == {"unassigned", "investigation", "dealer", "judge", "appeal", "over"}
