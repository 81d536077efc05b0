"""Seen prices on their pages: recorded with a picture, shown with a harmless link, matched and handed over."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dealers.choices import Role
from pricing.models import MarketObservation
from pricing.services.observations.recording import Seen, record_observation
from settlement.models import Case
from tests import factories
from tests.breaches import AFTER, market
from tests.dealers.foundation.test_file_kinds import PNG_BYTES
from tests.visitors import visitor

pytestmark = pytest.mark.django_db
LINK = "https://shop.example/item?id=1"


@pytest.fixture(autouse=True)
def afterwards() -> Any:
    with time_machine.travel(AFTER):
        market()
        yield


def given(**changes: Any) -> dict[str, Any]:
    facts = {"seller": "Cloud Boat", "price": "800", "product": "A1", "seen_at": "2026-11-10T10:00", "link": LINK}
    return facts | changes


def recorded(client: Client, **changes: Any) -> MarketObservation:
    client.post("/observations/new/", given(**changes))
    return MarketObservation.objects.latest("pk")


def test_recording_with_a_picture_from_a_phone() -> None:
    client = visitor(Role.AFTERSALES_SUPERVISOR)
    seen = recorded(client, picture=SimpleUploadedFile("tag.png", PNG_BYTES))
    told = client.get(f"/observations/{seen.pk}/").content.decode()
    assert f'href="{LINK}" rel="noopener noreferrer nofollow"' in told
    assert "900.00 − 800.00" in told and "Below floor" in told
    picture = client.get(f"/observations/{seen.pk}/picture/")
    assert (picture["Content-Type"], picture["X-Content-Type-Options"]) == ("image/png", "nosniff")
    again = client.post("/observations/new/", given(), follow=True)
    assert "recorded before" in again.content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"link": "javascript:alert(1)"}, "Not a link"),
        ({"price": "0"}, "greater than or equal"),
        ({"seen_at": "2027-01-01T10:00"}, "lies in the future"),
        ({"seller": ""}, "required"),
        ({"picture": SimpleUploadedFile("x.svg", b"<svg/>")}, "is not a file of a kind"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(changes: dict[str, Any], words: str) -> None:
    answer = visitor(Role.MARKETING_DIRECTOR).post("/observations/new/", given(**changes))
    assert answer.status_code == 422 and words in answer.content.decode()
    assert not MarketObservation.objects.exists()


def test_who_opens_what() -> None:
    seen = recorded(visitor(Role.POLICY_MANAGER))
    pages = ("/observations/", "/observations/sellers/", f"/observations/{seen.pk}/", "/observations/new/")
    expected = {
        Role.FINANCE_CLERK: (200, 200, 200, 200),
        Role.AUDITOR: (200, 200, 200, 403),
        Role.ADMINISTRATOR: (403, 403, 403, 403),
        Role.DEALER_OWNER: (403, 403, 403, 403),
    }
    for role, codes in expected.items():
        client = visitor(role, dealer=factories.Dealer())
        assert tuple(client.get(page).status_code for page in pages) == codes, role


def test_a_table_is_uploaded_and_answered_by_its_receipt() -> None:
    table = b"seen_at,seller,price,sku\n2026-11-10T10:00:00+08:00,Cloud Boat,800,A1\n2026-11-10,Cloud Boat,800,A1\n"
    client = visitor(Role.CHANNEL_MANAGER)
    assert client.get("/observations/import/").status_code == 200
    answer = client.post("/observations/import/", {"file": SimpleUploadedFile("seen.csv", table)}, follow=True)
    assert answer.status_code == 200 and "seen_at" in answer.content.decode()
    assert MarketObservation.objects.get().seller == "Cloud Boat"
    assert visitor(Role.FINANCE_CLERK).get("/observations/import/").status_code == 403


def test_found_out_and_handed_over() -> None:
    factories.Dealer(code="D1")
    client = visitor(Role.RISK_INVESTIGATOR)
    seen = recorded(client)
    page = f"/observations/{seen.pk}/"
    assert "/hand-over/" not in client.get(page).content.decode()
    client.post(f"{page}seller/", {"dealer": "D1", "reason": "same address"})
    assert f"/cases/hand-over/observation/{seen.pk}/" in client.get(page).content.decode()
    client.post(f"/cases/hand-over/observation/{seen.pk}/", {"reason": "odd"})
    case = Case.objects.get()
    judge = visitor(Role.RISK_JUDGE)
    told = judge.get(f"/cases/{case.number}/evidence/{case.evidence.get().pk}/").content.decode()
    assert "Cloud Boat" in told and "The copy is what its fingerprint was taken of" in told


def test_queries_do_not_grow_with_rows() -> None:
    person = factories.User(role=Role.RISK_INVESTIGATOR)

    def see(number: int) -> MarketObservation:
        what = Seen(seen_at=AFTER - timedelta(days=1), seller="Cloud Boat", price=Decimal(800 - number), sku="A1")
        return record_observation(seen=what, picture=None, actor=person, at=AFTER)[0]

    client = visitor(Role.RISK_INVESTIGATOR)
    see(0)
    first = see(1)
    urls = ("/observations/", "/observations/sellers/", f"/observations/{first.pk}/")

    def asked() -> list[int]:
        found = []
        for url in urls:
            client.get(url)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url).status_code == 200
            found.append(len(queries))
        return found

    before = asked()
    for number in range(2, 12):
        see(number)
    assert asked() == before
