"""What waits for a person is in order of deadline, and behind each number is a list of exactly so many rows."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aftersales.choices import CertificateState
from config.home.figures import compliance
from config.home.outliers import outliers
from config.home.tasks import Task
from config.home.waiting import tasks_of
from dealers.choices import HQ_ROLES, ExitState, HoldKind, RenewalKind, Role, TerritoryAct
from dealers.foundation import clock
from dealers.foundation.half_months import HalfMonth
from dealers.models import (
    ApiKey,
    B2BAddendum,
    Contract,
    ContractRenewal,
    Dealer,
    ExemptionRequest,
    ExitPlan,
    JobRun,
    PriceChange,
    SupplyHold,
    TerritoryChange,
    User,
)
from pricing.models import SalesTally
from settlement.choices import EvidenceKind
from settlement.models import CaseEvidence
from tests import factories, visitors
from tests.aftersales.service_stage import certified, stage, ticket_in
from tests.breaches import AFTER, breach, market
from tests.pricing.promo_stage import moment
from tests.settlement import casework
from tests.settlement.signal_stage import look, the_finding, trader

pytestmark = pytest.mark.django_db

NOW = moment("2026-11-18 12:00")
TODAY = NOW.date()
#: Wherever somebody's number leads in the staged company.
LEADS_TO = {
    "/tickets/", "/service-team/", "/violations/", "/cases/", "/contracts/", "/addenda/", "/territory/", "/exemptions/",
    "/dealer-exits/", "/price-changes/", "/holds/",
}  # fmt: skip


@pytest.fixture
def cast() -> Any:
    cache.clear()  # sales that stand out are kept for some minutes
    with clock.as_if_at(NOW):
        cast = stage()
        cast.people = {role: factories.User(role=role, language="en") for role in HQ_ROLES}
        cast.people[Role.CHANNEL_MANAGER] = cast.channel
        _service(cast)
        _agreements(cast)
        _cases(cast)
    return cast


def _service(cast: Any) -> None:
    ticket_in(cast, 1, NOW - timedelta(days=3), region=cast.nowhere)
    ticket_in(cast, 2, NOW - timedelta(hours=1), region=cast.nowhere)
    certified(cast.first, state=CertificateState.PENDING, decided_at=None, decided_by=None)
    for shop in (cast.first, cast.third):
        SupplyHold.objects.create(dealer=shop, kind=HoldKind.MANUAL, reason="manual", opened_at=NOW)


def _agreements(cast: Any) -> None:
    """Of everything one that this person may decide and one that it proposed itself, or that is decided already."""
    policy, channel = cast.people[Role.POLICY_MANAGER], cast.channel
    asked = {"reason": "x", "requested_at": NOW}
    for shop, who in ((cast.first, cast.owner), (cast.second, channel)):
        given = {"region": cast.far, "act": TerritoryAct.ADD, "effective_on": TODAY + timedelta(days=20)}
        TerritoryChange.objects.create(dealer=shop, requested_by=who, **asked, **given)
    span = (TODAY + timedelta(days=5), TODAY + timedelta(days=7))
    ExemptionRequest.objects.create(dealer=cast.first, valid=span, requested_by=cast.owner, **asked)
    Contract.objects.all().delete()
    for number, (shop, who) in enumerate(((cast.first, channel), (cast.second, policy))):
        ends = TODAY + timedelta(days=30 + number)
        valid = (date(2026, 1, 1), ends)
        held = Contract.objects.create(dealer=shop, number=f"C{number}", amount=100, valid=valid)
        ContractRenewal.objects.create(dealer=shop, contract=held, kind=RenewalKind.LET_END, requested_by=who, **asked)
        B2BAddendum.objects.create(dealer=shop, valid=(date(2026, 1, 1), ends))
        PriceChange.objects.create(reason="x", proposed_by=who, proposed_at=NOW)
    plan = {"reason": "x", "proposed_by": channel, "proposed_at": NOW, "last_day": date(2026, 12, 31)}
    ExitPlan.objects.create(dealer=cast.second, **plan)
    decided = {"state": ExitState.AGREED, "decided_by": policy, "decided_at": NOW}
    ExitPlan.objects.create(dealer=cast.third, **plan, **decided)


def _cases(cast: Any) -> None:
    """Two cases await the judge, who had a part in one of them; a violation waits for whoever hands it over."""
    factories.PriceBand(product=factories.Product(sku="A1"))
    of = casework.people(cast.third)
    breach(cast.first, "800")
    for number in (1, 2):
        case = casework.accused(of, facts=f"duplicated_documents:2026-11-H{number}", evidence=casework.signal(number))
        casework.replied(of, casework.heard(of, case))
    CaseEvidence.objects.create(
        case=case,
        dealer=case.dealer,
        kind=EvidenceKind.REFERENCE,
        reference="x",
        summary={},
        snapshot={},
        digest="x",
        reason="x",
        added_at=NOW,
        added_by=cast.people[Role.RISK_JUDGE],
    )


def rows_listed(answer: Any) -> int:
    """How many rows the list on a page has."""
    for name in ("pending", "proposals", "to_check", "waiting"):
        if isinstance(answer.context.get(name), list):
            return len(answer.context[name])
    if answer.context.get("page") is not None:
        return int(answer.context["page"].paginator.count)
    window = answer.context.get("window")
    return len(window.rows) if window is not None else len(answer.context["rows"])


def test_every_number_leads_to_a_list_of_so_many_rows(cast: Any) -> None:
    followed: set[str] = set()
    with clock.as_if_at(NOW):
        for person in cast.people.values():
            browser = visitors.signed_in(person)
            shown = browser.get("/").context
            for task in tasks_of(person):
                answer = browser.get(task.url)
                assert answer.status_code == 200, (person.role, task)
                if task.count:
                    assert (rows_listed(answer), task.url) == (task.count, task.url), person.role
                    followed.add(task.url.partition("?")[0])
            for figure in [*(shown.get("funnel") or []), *(shown.get("holds") or [])]:
                assert rows_listed(browser.get(figure["url"])) == figure["value"], figure
    assert followed >= LEADS_TO


def test_each_figure_of_an_administrator_leads_to_its_list(cast: Any) -> None:
    admin = cast.people[Role.ADMINISTRATOR]
    User.objects.filter(pk=cast.operator.pk).update(is_active=False)
    for number, days in enumerate((5, 90, -5)):
        ApiKey.objects.create_key(name=f"K{number}", dealer=cast.first, expiry_date=NOW + timedelta(days=days))
    for number, (state, done) in enumerate((("queued", None), ("failed", 1), ("failed", 30))):
        finished = NOW - timedelta(days=done) if done else None
        job = {"task": "x", "key": str(number), "state": state, "finished_at": finished}
        JobRun.objects.create(requested_at=NOW, **job)
    with clock.as_if_at(NOW):
        browser = visitors.signed_in(admin)
        page = browser.get("/").content.decode()
        found = re.findall(r'<a class="kpi" href="([^"]+)">.*?<span class="value[^"]*">(\d+)<', page, re.DOTALL)
        assert len(found) == 6
        for url, number in found:
            assert rows_listed(browser.get(url.replace("&amp;", "&"))) == int(number), url
    assert [int(number) for _url, number in found[2:]] == [2, 1, 1, 1]


def test_a_cell_of_the_heat_map_leads_to_its_lines(cast: Any) -> None:
    half = HalfMonth.parse("2026-11-H1")
    with clock.as_if_at(NOW):
        for role, listed in ((Role.POLICY_MANAGER, "/sale-lines/"), (Role.GENERAL_MANAGER, "/violations/")):
            person = cast.people[role]
            heat = compliance(person, half)
            assert heat is not None
            cell = heat.rows[0]["cells"][-1]
            assert cell["shown"] == "100.0%" and cell["url"].startswith(listed)
            answer = visitors.signed_in(person).get(cell["url"])
            assert len(answer.context["rows"]) == 1
    assert compliance(cast.people[Role.FINANCE_CLERK], half) is not None
    assert compliance(cast.people[Role.MARKETING_DIRECTOR], half) is None


def test_what_has_a_deadline_comes_first_the_earliest_on_top(cast: Any) -> None:
    with clock.as_if_at(NOW):
        tasks = tasks_of(cast.channel)
    dated = [task.due_at for task in tasks if task.due_at is not None]
    assert len(dated) >= 4 and dated == sorted(dated)
    assert [task.due_at for task in tasks[: len(dated)]] == dated
    first = tasks[0]
    assert (first.title, first.due_at) == ("Exemptions from reporting to decide", moment("2026-11-23 00:00"))


def test_nobody_is_shown_what_it_may_not_decide(cast: Any) -> None:
    def titles(role: Role) -> dict[str, Task]:
        return {task.title: task for task in tasks_of(cast.people[role])}

    with clock.as_if_at(NOW):
        assert "Ends of contracts to decide" in titles(Role.GENERAL_MANAGER)
        assert "Ends of contracts to decide" not in titles(Role.POLICY_MANAGER)
        assert titles(Role.CHANNEL_MANAGER)["Changes of territory to decide"].count == 1
        assert titles(Role.RISK_JUDGE)["Cases to decide"].count == 1
        assert titles(Role.AUDITOR) == {}


def test_the_start_page_asks_as_much_for_one_as_for_many(cast: Any) -> None:
    person = cast.people[Role.POLICY_MANAGER]

    def asked() -> int:
        with clock.as_if_at(NOW), CaptureQueriesContext(connection) as captured:
            tasks_of(person)
        return len(captured)

    before = asked()
    for number in range(5):
        shop = factories.Dealer(code=f"D10{number}", home_region=cast.city)
        given: dict[str, Any] = {"region": cast.far, "act": TerritoryAct.ADD, "effective_on": TODAY}
        TerritoryChange.objects.create(dealer=shop, requested_by=cast.owner, reason="x", requested_at=NOW, **given)
        B2BAddendum.objects.create(dealer=shop, valid=(date(2026, 1, 1), TODAY + timedelta(days=9)))
    assert asked() == before


def tally(shop: Dealer, period: HalfMonth, amount: int) -> None:
    SalesTally.objects.create(
        dealer=shop, category="x", period=period.ordinal, known_at=NOW, lines=30, quantity=30, amount=amount,
        earning_lines=30, earning=amount, breach_lines=0, breach=0,
    )  # fmt: skip


def test_dealers_far_from_their_own_past_stand_out_the_furthest_first(cast: Any) -> None:
    present = HalfMonth.containing(NOW)
    for back in range(2, 6):
        for shop in (cast.first, cast.second, cast.third):
            tally(shop, HalfMonth.from_ordinal(present.ordinal - back), 30_000)
    for shop, amount in ((cast.first, 60_000), (cast.second, 31_000), (cast.third, 300_000)):
        tally(shop, present.previous(), amount)
    with clock.as_if_at(NOW):
        (found,) = outliers(cast.people[Role.POLICY_MANAGER], present) or []
        assert [one.dealer.code for one in found.rows] == ["D0003", "D0001"]
        assert visitors.signed_in(cast.people[Role.POLICY_MANAGER]).get(found.rows[0].url).status_code == 200
        (own,) = outliers(cast.channel, present) or []
        assert [one.dealer.code for one in own.rows] == ["D0001"]
        assert outliers(cast.people[Role.MARKETING_DIRECTOR], present) is None


def test_signals_stand_out_for_those_who_look_at_them() -> None:
    cache.clear()
    with clock.as_if_at(AFTER):
        market()
        dealer = trader()
        look()
        finding = the_finding(dealer)
        present = HalfMonth.containing(AFTER)
        (group,) = outliers(factories.User(role=Role.RISK_JUDGE), present) or []
        assert (group.count, group.url) == (1, "/signals/")
        assert [(one.dealer, one.url) for one in group.rows] == [(dealer, f"/signals/{finding.pk}/")]
        assert outliers(factories.User(role=Role.CHANNEL_MANAGER), present) == []
