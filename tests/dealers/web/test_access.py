"""Who may open which page of the dealers app: one table, role by role."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from dealers.choices import Role
from dealers.foundation.clock import now
from dealers.models import ApiKey, AuditRecord, Dealer
from dealers.services.audit import record_audit
from dealers.services.keys import create_api_key
from tests import factories
from tests.visitors import visitor

pytestmark = pytest.mark.django_db

DEALER_CODE = "D-SEEN"

#: The roles a column stands for; the two channel managers differ in whether the dealer lies in their regions.
COLUMNS = (
    "policy_manager",
    "near_manager",
    "far_manager",
    "finance_clerk",
    "auditor",
    "administrator",
    "own_owner",
    "own_operator",
    "other_owner",
)
MATRIX = [
    # page                      policy near far  clerk audit admin owner oper other
    ("/dealers/", "200 200 200 200 200 403 403 403 403"),
    ("/dealers/{code}/", "200 200 404 200 200 403 403 403 403"),
    ("/dealers/NOBODY/", "404 404 404 404 404 403 403 403 403"),
    ("/holds/", "200 200 200 200 200 403 200 200 200"),
    ("/sync-board/", "200 200 200 403 200 403 403 403 403"),
    ("/products/", "200 200 200 200 200 403 200 200 200"),
    ("/products/{sku}/", "200 200 200 200 200 403 200 200 200"),
    ("/regions/", "200 200 200 200 200 403 200 200 200"),
    ("/deliveries/", "200 200 200 200 200 403 200 200 200"),
    ("/receipts/{receipt}/", "200 200 404 200 200 403 200 200 404"),
    ("/quarantine/", "200 200 200 200 200 403 200 200 200"),
    ("/upload/", "403 403 403 403 403 403 200 200 200"),
    ("/stock-count/", "403 403 403 403 403 403 200 200 200"),
    ("/jobs/", "200 200 200 200 200 200 403 403 403"),
    ("/notices/", "200 200 200 200 200 200 200 200 200"),
    ("/users/", "403 403 403 403 200 200 403 403 403"),
    ("/users/new/", "403 403 403 403 403 200 403 403 403"),
    ("/users/{person}/", "403 403 403 403 403 200 403 403 403"),
    ("/api-keys/", "403 403 403 403 200 200 200 403 200"),
    ("/api-keys/new/", "403 403 403 403 403 200 200 403 200"),
    ("/audit-trail/", "403 403 403 403 200 200 403 403 403"),
    ("/audit-trail/{record}/", "403 403 403 403 200 200 403 403 403"),
]
ACTIONS = [
    ("/dealers/{code}/hold/", "302 302 404 403 403 403 403 403 403"),
    ("/dealers/{code}/exempt/", "302 302 404 403 403 403 403 403 403"),
    ("/holds/{hold}/lift/", "302 302 404 403 403 403 403 403 403"),
    ("/audit-trail/verify/", "403 403 403 403 302 403 403 403 403"),
    ("/api-keys/{key}/revoke/", "403 403 403 403 403 302 302 403 404"),
    ("/stock-count/submit/", "403 403 403 403 403 403 302 302 302"),
    ("/quarantine/bulk/", "403 403 403 403 403 403 302 302 302"),
    ("/zero-sales/", "403 403 403 403 403 403 302 302 302"),
    ("/notices/read/", "302 302 302 302 302 302 302 302 302"),
]


@pytest.fixture
def seen() -> dict[str, Any]:
    """A dealer with one of everything, in a province with a manager."""
    factories.PolicyVersion()
    dealer = factories.Dealer(code=DEALER_CODE)
    key, _secret = create_api_key(name="till", actor=None, at=now(), dealer=dealer)
    delivery = dealer.deliveries.create(feed="sales", door="portal", received_at=now())
    hold = dealer.holds.create(kind="manual", reason="manual", note="why", opened_at=now())
    record = record_audit(actor=None, action="hold.place", subject=hold, at=now(), dealer_id=dealer.pk)
    return {
        "dealer": dealer,
        "code": dealer.code,
        "sku": factories.Product().sku,
        "receipt": delivery.receipt,
        "hold": hold.pk,
        "key": key.prefix,
        "record": record.pk,
        "person": factories.User().pk,
    }


def browser(column: str, dealer: Dealer) -> Client:
    match column:
        case "near_manager":
            return visitor(Role.CHANNEL_MANAGER, regions=[dealer.home_region.parent])
        case "far_manager":
            return visitor(Role.CHANNEL_MANAGER, regions=[factories.Province()])
        case "own_owner":
            return visitor(Role.DEALER_OWNER, dealer=dealer)
        case "own_operator":
            return visitor(Role.DEALER_OPERATOR, dealer=dealer)
        case "other_owner":
            return visitor(Role.DEALER_OWNER, dealer=factories.Dealer())
    return visitor(Role(column))


@pytest.mark.parametrize("column", COLUMNS)
def test_every_role_opens_its_pages_and_no_other(seen: dict[str, Any], column: str) -> None:
    client = browser(column, seen["dealer"])
    expected = {page: int(row.split()[COLUMNS.index(column)]) for page, row in MATRIX}
    assert {page: client.get(page.format(**seen)).status_code for page, _row in MATRIX} == expected


@pytest.mark.parametrize("column", COLUMNS)
def test_every_role_does_its_own_and_no_other(seen: dict[str, Any], column: str) -> None:
    client = browser(column, seen["dealer"])
    expected = {page: int(row.split()[COLUMNS.index(column)]) for page, row in ACTIONS}
    assert {page: client.post(page.format(**seen)).status_code for page, _row in ACTIONS} == expected


@pytest.mark.parametrize("page", [page for page, _row in MATRIX])
def test_strangers_are_sent_to_sign_in(seen: dict[str, Any], page: str) -> None:
    answer = Client().get(page.format(**seen))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_a_form_without_its_token_is_refused(seen: dict[str, Any]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.User(role=Role.POLICY_MANAGER), backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(f"/dealers/{DEALER_CODE}/hold/", {"note": "why"}).status_code == 403
    assert seen["dealer"].holds.count() == 1


def test_a_key_of_another_dealer_is_not_listed(seen: dict[str, Any]) -> None:
    mine = visitor(Role.DEALER_OWNER, dealer=factories.Dealer()).get("/api-keys/")
    assert seen["key"] not in mine.content.decode()
    assert ApiKey.objects.count() == 1


def test_verifying_names_the_record_that_was_altered(seen: dict[str, Any]) -> None:
    auditor = visitor(Role.AUDITOR)
    assert "The audit trail is whole" in auditor.post("/audit-trail/verify/", follow=True).content.decode()
    false = AuditRecord.objects.create(
        at=now(), actor="x", action="y", subject_type="z", subject_id="1", digest="0" * 64
    )
    answer = auditor.post("/audit-trail/verify/", follow=True).content.decode()
    assert f"Record {false.pk} does not say what was written." in answer
