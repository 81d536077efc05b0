"""The side bar offers each role its tasks and nothing else."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import override_settings
from django.urls import path

from config import navigation
from config.navigation import SIDEBAR, sidebar_of
from dealers.choices import DEALER_ROLES, Role


def page(_request: object) -> HttpResponse:
    return HttpResponse()


NAMES = sorted({entry.url_name for section in SIDEBAR for entry in section.entries})
urlpatterns = [path("" if name == "home" else f"{name}/", page, name=name) for name in NAMES]


class OnlyPromos:
    """An address book in which most pages have not been written yet."""

    urlpatterns = [path("promos/", page, name="promos")]


@pytest.fixture(autouse=True)
def _nothing_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """These people exist in no database, so nothing is counted for them."""
    monkeypatch.setattr(navigation, "COUNTS", {})


def offered(role: str, at: str = "/") -> dict[str, bool]:
    """Url of every entry a role is offered, and whether it is the current one."""
    person = SimpleNamespace(pk=1, role=role)
    return {item.url: item.current for section in sidebar_of(person, at) for item in section.items}


OFFERED = [
    (Role.LEGAL_REVIEWER, "/promos/", True),
    (Role.LEGAL_REVIEWER, "/ledger/", False),
    (Role.FINANCE_CLERK, "/settlement-runs/", True),
    (Role.FINANCE_CLERK, "/users/", False),
    (Role.RISK_INVESTIGATOR, "/deliveries/", True),
    (Role.ADMINISTRATOR, "/api-keys/", True),
    (Role.ADMINISTRATOR, "/statements/", False),
    (Role.ADMINISTRATOR, "/promos/", False),
    (Role.AUDITOR, "/audit-trail/", True),
    (Role.DEALER_OPERATOR, "/upload/", True),
    (Role.DEALER_OPERATOR, "/statements/", True),
    (Role.DEALER_OWNER, "/dealers/", False),
    (Role.DEALER_OWNER, "/audit-trail/", False),
    (Role.DEALER_OWNER, "/sync-board/", False),
]


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize(("role", "url", "expected"), OFFERED)
def test_a_role_is_offered_its_own_tasks(role: Role, url: str, expected: bool) -> None:
    assert (url in offered(role)) is expected


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize("role", Role)
def test_everybody_has_a_start_page_and_no_entry_twice(role: Role) -> None:
    items = [item.url for section in sidebar_of(SimpleNamespace(pk=1, role=role), "/") for item in section.items]
    assert "/" in items
    assert len(items) == len(set(items))


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize("role", DEALER_ROLES)
def test_a_dealer_never_sees_the_sections_of_headquarters(role: Role) -> None:
    headquarters = {section.label for section in SIDEBAR[:5]}
    shown = {section.label for section in sidebar_of(SimpleNamespace(pk=1, role=role), "/")}
    assert not headquarters & shown


@override_settings(ROOT_URLCONF=__name__)
def test_a_detail_page_keeps_its_list_current() -> None:
    entries = offered(Role.POLICY_MANAGER, "/promos/17/")
    assert [url for url, current in entries.items() if current] == ["/promos/"]


@override_settings(ROOT_URLCONF=__name__)
def test_the_start_page_is_current_only_on_itself() -> None:
    assert offered(Role.POLICY_MANAGER, "/")["/"] is True
    assert offered(Role.POLICY_MANAGER, "/bands/")["/"] is False


@override_settings(ROOT_URLCONF=OnlyPromos)
def test_a_page_that_does_not_exist_is_not_offered() -> None:
    assert list(offered(Role.POLICY_MANAGER)) == ["/promos/"]


@override_settings(ROOT_URLCONF=__name__)
def test_what_waits_is_counted_once_per_half_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def count(user: SimpleNamespace) -> int:
        asked.append(user.pk)
        return 47

    cache.delete("navigation:9:promos")
    monkeypatch.setitem(navigation.COUNTS, "promos", count)
    person = SimpleNamespace(pk=9, role=Role.LEGAL_REVIEWER)
    for _visit in range(2):
        counts = {item.url: item.count for section in sidebar_of(person, "/") for item in section.items}
        assert counts["/promos/"] == 47
    assert asked == [9]
