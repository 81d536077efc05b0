"""The demo company: the same for the same seed, a settled past, and pages that fit each role's work and language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse

from config.navigation import SIDEBAR
from dealers.choices import Role
from tests.browser.desk import needs_chromium, started_chromium
from tests.browser.shown import shown
from tests.journeys import demo
from tests.journeys.demo import fingerprint, foreign_words, seed, visit
from tests.journeys.markup import faults
from tests.journeys.office import Office, told_once

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

#: Who walks through the pages, in which language.
VISITORS = (
    (Role.CHANNEL_MANAGER, "en"),
    (Role.FINANCE_APPROVER, "en"),
    (Role.AUDITOR, "en"),
    (Role.DEALER_OWNER, "en"),
    (Role.POLICY_MANAGER, "zh-hans"),
    (Role.ADMINISTRATOR, "zh-hans"),
    (Role.FINANCE_CLERK, "zh-hans"),
    (Role.DEALER_OPERATOR, "zh-hans"),
)
MONEY = ("settlement-runs", "finance-report", "ledger")
SYSTEM = ("users", "audit-trail")
#: What is nobody's business but those whose work it is.
CLOSED = {
    Role.ADMINISTRATOR: (*MONEY, "statements", "promos", "bands", "sale-lines", "dealers", "deliveries"),
    Role.LEGAL_REVIEWER: (*MONEY, *SYSTEM, "api-keys"),
    Role.AFTERSALES_SUPERVISOR: (*MONEY, *SYSTEM, "statements", "promos", "api-keys"),
    Role.MARKETING_DIRECTOR: (*SYSTEM, "ledger", "api-keys"),
    Role.CHANNEL_MANAGER: (*SYSTEM, "ledger", "api-keys"),
    Role.FINANCE_CLERK: (*SYSTEM, "bands", "api-keys"),
    Role.DEALER_OWNER: (*MONEY, *SYSTEM, "dealers", "sync-board", "jobs"),
    Role.DEALER_OPERATOR: (*MONEY, *SYSTEM, "dealers", "sync-board", "jobs", "api-keys"),
}

#: Pages as different as can be; with "…" the first entry of the list is opened.
LOOKED_AT = {
    (Role.DEALER_OWNER, "en"): ("/", "/promos/new/", "/earnings/", "/statements/…"),
    (Role.POLICY_MANAGER, "zh-hans"): ("/", "/policies/", "/scorecards/…"),
    (Role.CHANNEL_MANAGER, "en"): ("/", "/dealers/…", "/sync-board/"),
    (Role.LEGAL_REVIEWER, "zh-hans"): ("/promos/",),
    (Role.FINANCE_CLERK, "en"): ("/settlement-runs/…",),
    (Role.RISK_INVESTIGATOR, "zh-hans"): ("/signals/", "/cases/"),
    (Role.AFTERSALES_SUPERVISOR, "en"): ("/tickets/",),
}


class Company:
    def __init__(self, office: Office) -> None:
        self.office = office
        with transaction.atomic():
            seed(office)
            self.twin = fingerprint()
            transaction.set_rollback(True)
        logins = seed(office)
        self.logins = {login.role: login for login in reversed(logins)}
        self.past = fingerprint()

    def browser(self, role: str, language: str = "en") -> Client:
        login = self.logins[role]
        client = Client()
        client.post("/accounts/login/", {"login": login.username, "password": login.password})
        client.post("/preferences/language/", {"language": language})
        return client


@pytest.fixture(scope="module")
def company(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Company]:
    office = Office(tmp_path_factory.mktemp("demo"))
    with told_once(django_db_blocker, lambda: Company(office)) as told, office.at(demo.NOON):
        yield told


def test_the_same_seed_makes_the_same_company(company: Company) -> None:
    assert company.past == company.twin


def test_the_past_is_settled_and_the_books_hold(company: Company) -> None:
    states = [state for _period, state, _digest in company.past["runs"]]  # type: ignore[attr-defined]
    assert states == ["closed", "closed", "closed", "under_review"]
    for what in ("ledger", "audit", "settlement"):
        done = company.office.run("verify", what)
        assert done.code == 0, done.said


def test_every_role_has_a_login(company: Company) -> None:
    assert set(company.logins) == set(Role.values)


@pytest.mark.parametrize("role", Role.values)
def test_a_role_opens_every_page_of_its_side_bar_and_none_that_is_not_its_business(company: Company, role: str) -> None:
    browser = company.browser(role)
    offered = {entry.url_name for section in SIDEBAR for entry in section.entries if role in entry.roles}
    opened = {name: browser.get(url, follow=True).status_code for name, url in addresses(offered)}
    assert {name: status for name, status in opened.items() if status != 200} == {}
    closed = {name: browser.get(url).status_code for name, url in addresses(CLOSED.get(Role(role), ()))}
    assert {name: status for name, status in closed.items() if status not in (403, 404)} == {}


@pytest.mark.parametrize(("role", "language"), VISITORS)
def test_every_link_leads_somewhere_and_every_page_speaks_one_language_and_can_be_heard(
    company: Company, role: str, language: str
) -> None:
    pages = list(visit(company.browser(role, language)))
    assert len(pages) > 5
    broken = [f"{page.status} {page.url} linked from {page.linked_from}" for page in pages if page.status != 200]
    assert broken == []
    mixed = {page.url: found[:5] for page in pages if (found := foreign_words(page, language, id(company)))}
    assert mixed == {}
    lost = {page.url: found for page in pages if page.html and (found := faults(page.html, language))}
    assert lost == {}


@pytest.mark.browser
@needs_chromium
def test_a_browser_has_nothing_against_the_pages_in_light_in_dark_in_a_narrow_window_or_by_keyboard(
    company: Company,
) -> None:
    against: dict[str, object] = {}
    pages = list(got(company))
    admission = company.browser(Role.CHANNEL_MANAGER).get("/admission/").content.decode()
    with started_chromium() as chromium, shown(chromium) as window:
        for path, html in pages:
            window.open(path, html)
            found = (window.unmarked(5), window.objections(), window.too_wide())
            if any(found):
                against[path] = found
        assert against == {}
        window.open("/admission/", admission)
        invite = window.page.get_by_role("button", name="Invite")
        invite.focus()
        window.page.keyboard.press("Enter")
        dialog = window.page.get_by_role("dialog", name="Invite a company to apply")
        assert dialog.is_visible()
        window.page.keyboard.press("Tab")
        assert dialog.evaluate("dialog => dialog.contains(document.activeElement)")
        window.page.keyboard.press("Escape")
        assert not dialog.is_visible() and invite.evaluate("button => button === document.activeElement")
        assert window.page.evaluate("getComputedStyle(document.querySelector('.button')).transitionDuration") == "0s"


def got(company: Company) -> Iterator[tuple[str, str]]:
    """The pages to be looked at, each with its address."""
    for (role, language), paths in LOOKED_AT.items():
        client = company.browser(role, language)
        for path in paths:
            address = path if path.endswith("/") else first_entry(client, path.removesuffix("…"))
            answer = client.get(address)
            assert answer.status_code == 200, f"{role} {address}"
            yield address, answer.content.decode()


def first_entry(client: Client, path: str) -> str:
    """The address that the first row of a list leads to."""
    found = re.search(r'class="rowlink[^"]*"[^>]*?href="([^"]+)"', client.get(path).content.decode())
    assert found, f"{path} lists nothing"
    return found[1]


def addresses(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The addresses of pages that exist."""
    for name in sorted(names):
        with suppress(NoReverseMatch):
            yield name, reverse(name)
