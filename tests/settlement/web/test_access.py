"""Who may open which page about money: the whole matrix, and what a dealer never sees."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from dealers.choices import DEALER_ROLES, Role
from dealers.models import Dealer
from tests import factories
from tests.settlement.world import after, calculate, close, dealer, sell

pytestmark = pytest.mark.django_db

#: Role: runs, report, statements, ledger, verify the ledger, export statements.
MATRIX = {
    Role.POLICY_MANAGER: "runs report statements",
    Role.CHANNEL_MANAGER: "runs statements",
    Role.LEGAL_REVIEWER: "",
    Role.MARKETING_DIRECTOR: "",
    Role.GENERAL_MANAGER: "runs report statements ledger export",
    Role.GM_OFFICE_MEMBER: "",
    Role.FINANCE_CLERK: "runs report statements ledger export calculate put-up",
    Role.FINANCE_APPROVER: "runs report statements ledger export calculate put-up approve verify",
    Role.RISK_INVESTIGATOR: "",
    Role.RISK_JUDGE: "",
    Role.AFTERSALES_SUPERVISOR: "",
    Role.AUDITOR: "runs report statements ledger export verify",
    Role.ADMINISTRATOR: "",
    Role.DEALER_OWNER: "statements",
    Role.DEALER_OPERATOR: "statements",
}
READ = {
    "runs": "/settlement-runs/",
    "report": "/finance-report/",
    "statements": "/statements/",
    "ledger": "/ledger/",
    "export": "/statements/export.csv",
}
WRITE = {
    "calculate": "/settlement-runs/2026-11-H1/calculate/",
    "put-up": "/settlement-runs/2026-11-H1/put-up/",
    "approve": "/settlement-runs/2026-11-H1/approve/",
    "verify": "/ledger/verify/",
}


@pytest.fixture
def shop() -> Dealer:
    factories.PolicyVersion()
    shop = dealer("D1")
    sell(shop, "2026-11-H1", "1000")
    return shop


def test_the_matrix_names_every_role() -> None:
    assert set(MATRIX) == set(Role)


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_its_pages_and_no_other(client: Client, shop: Dealer, role: Role) -> None:
    close("2026-11-H1")
    client.force_login(factories.User(role=role))
    opened = {name for name, path in READ.items() if client.get(path).status_code == 200}
    assert opened == set(MATRIX[role].split()) & set(READ)


@pytest.mark.parametrize("role", Role)
def test_a_role_acts_only_where_it_may(client: Client, shop: Dealer, role: Role) -> None:
    client.force_login(factories.User(role=role))
    refused = {name for name, path in WRITE.items() if client.post(path).status_code == 403}
    assert set(WRITE) - refused == set(MATRIX[role].split()) & set(WRITE)


@pytest.mark.parametrize("path", [*READ.values(), "/", "/statements/2026-11-H1/D1/"])
def test_strangers_sign_in_first(client: Client, path: str) -> None:
    assert reverse("account_login") in client.get(path)["Location"]


@pytest.mark.parametrize("role", DEALER_ROLES)
def test_a_dealer_never_sees_a_draft(client: Client, shop: Dealer, role: Role) -> None:
    calculate("2026-11-H1")
    client.force_login(factories.User(role=role, dealer=shop))
    assert "2026-11" not in client.get("/statements/").content.decode()
    assert client.get("/statements/2026-11-H1/D1/").status_code == 404
    assert client.get("/statements/2026-11-H1/D1/lines/1/").status_code == 404
    assert client.get("/statements/2026-11-H1/D1/statement.json").status_code == 404


def test_another_dealers_statement_does_not_exist(client: Client, shop: Dealer) -> None:
    other = dealer("D2", name="别家公司")
    sell(other, "2026-11-H1", "500")
    close("2026-11-H1")
    client.force_login(factories.User(role=Role.DEALER_OWNER, dealer=shop))
    for path in ("", "lines/1/", "statement.csv", "statement.json"):
        assert client.get(f"/statements/2026-11-H1/D2/{path}").status_code == 404
    assert client.post("/statements/2026-11-H1/D2/confirm/").status_code == 404
    assert "别家公司" not in client.get("/statements/?dealer=D2").content.decode()


def test_a_channel_manager_sees_statements_of_its_regions_and_no_company_totals(client: Client, shop: Dealer) -> None:
    far = dealer("D2", name="远方公司")
    sell(far, "2026-11-H1", "500")
    close("2026-11-H1")
    client.force_login(factories.User(role=Role.CHANNEL_MANAGER, regions=[shop.home_region]))
    listed = client.get("/statements/").content.decode()
    assert shop.name in listed
    assert "远方公司" not in listed
    assert client.get("/statements/2026-11-H1/D2/").status_code == 404
    run = client.get("/settlement-runs/2026-11-H1/").content.decode()
    assert 'value="30.00"' not in run
    assert "远方公司" not in run


def test_a_draft_is_for_those_who_check_it(client: Client, shop: Dealer) -> None:
    calculate("2026-11-H1", at=after("2026-11-H1"))
    client.force_login(factories.User(role=Role.POLICY_MANAGER))
    assert client.get("/settlement-runs/2026-11-H1/").status_code == 404
    client.force_login(factories.User(role=Role.AUDITOR))
    assert client.get("/settlement-runs/2026-11-H1/").status_code == 200
    assert client.get("/statements/2026-11-H1/D1/").status_code == 200
