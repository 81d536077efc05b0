"""Service on pages: from a stranger's request to the rating, and what each office sees of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from aftersales.choices import TicketState
from aftersales.models import SatisfactionReport, ServiceBreach, TeamCertificate, TeamMember, Ticket, TicketFile
from aftersales.services.reports import sweep_reports
from aftersales.services.tickets.sweeping import sweep_tickets
from dealers.choices import Role
from dealers.foundation import clock
from dealers.scope import NOTHING, row_scope
from tests.aftersales.service_stage import AT, DAY, DUE, clock_of, stage, ticket_in
from tests.pricing.promo_stage import moment
from tests.visitors import signed_in, visitor

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64


@pytest.fixture
def cast(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    cache.clear()
    cast = stage()
    for person in (cast.owner, cast.operator, cast.second_owner, cast.channel, cast.service, cast.auditor):
        person.language = "en"
        person.save()
    monkeypatch.setattr(clock, "now", lambda: AT)
    with clock.as_if_at(AT):  # for what has taken the function over by its name
        yield cast


def form(cast: Any, **changed: Any) -> dict[str, Any]:
    given = {
        "topic": "fault",
        "description": "no picture",
        "contact": "Li",
        "phone": "138 0000 1234",
        "region": cast.city.pk,
        "consent": "on",
        "website": "",
    }
    return {**given, **changed}


def test_from_the_request_to_the_rating(cast: Any) -> None:
    customer = Client(headers={"Accept-Language": "en"})
    with row_scope(NOTHING):
        made = customer.post("/service/", form(cast, picture=SimpleUploadedFile("damage.png", PNG)), follow=True)
    track = made.redirect_chain[-1][0]
    page, ticket = made.content.decode(), Ticket.objects.get()
    assert "2026-11-03 10:00" in page and "138****1234" in page and "13800001234" not in page
    assert cast.first.name not in page and ticket.token_key not in track

    dealer = signed_in(cast.owner)
    listed = dealer.get("/tickets/").content.decode()
    assert ticket.number in listed and "left" in listed
    shown = dealer.get(f"/tickets/{ticket.number}/").content.decode()
    assert "13800001234" in shown and "damage.png" in shown
    picture = dealer.get(f"/tickets/{ticket.number}/files/{TicketFile.objects.get().pk}/")
    assert picture.content == PNG and picture["X-Content-Type-Options"] == "nosniff"
    assert dealer.post(f"/tickets/{ticket.number}/respond/", {"text": ""}).status_code == 422
    dealer.post(f"/tickets/{ticket.number}/respond/", {"text": "We come tomorrow"})
    with row_scope(NOTHING):
        assert "We come tomorrow" in customer.get(track).content.decode()
        customer.post(f"{track}write/", {"text": "Please ring twice"})
    dealer.post(f"/tickets/{ticket.number}/note/", {"note-text": "difficult customer"})
    dealer.post(f"/tickets/{ticket.number}/resolve/", {"text": "Lamp replaced"})
    with row_scope(NOTHING):
        page = customer.get(track).content.decode()
        assert "Please ring twice" in page and "difficult customer" not in page and "owner" not in page
        customer.post(f"{track}rate/", {"stars": "5", "text": "Thank you"})
        assert "★★★★★" in customer.get(track).content.decode()
    ticket.refresh_from_db()
    assert (ticket.state, ticket.rating) == (TicketState.CLOSED, 5) and not ServiceBreach.objects.exists()


def test_the_form_needs_its_token_and_a_machine_is_thanked_and_forgotten(cast: Any) -> None:
    assert Client(enforce_csrf_checks=True).post("/service/", form(cast)).status_code == 403
    assert Client().post("/service/", form(cast, website="https://spam.example")).url == "/service/thanks/"  # type: ignore[attr-defined]
    assert Client().post("/service/", form(cast, consent="")).status_code == 422
    assert not Ticket.objects.exists() and Client().get("/service/thanks/").status_code == 200


def test_nobody_finds_a_ticket_without_its_key(cast: Any) -> None:
    ticket = ticket_in(cast)
    for guess in (ticket.number, ticket.token_key, "unknown"):
        assert Client().get(f"/service/{guess}/").status_code == 404
        assert Client().post(f"/service/{guess}/write/", {"text": "x"}).status_code == 404


def test_a_picture_that_is_none_or_too_large_does_not_lose_the_request(cast: Any) -> None:
    script = SimpleUploadedFile("damage.png", b"<script>alert(1)</script>")
    made = Client(headers={"Accept-Language": "en"}).post("/service/", form(cast, picture=script), follow=True)
    assert "not a file of a kind" in made.content.decode() and not TicketFile.objects.exists()
    large = SimpleUploadedFile("damage.png", PNG + b"\0" * (5 << 20))
    assert Client().post("/service/", form(cast, picture=large)).status_code == 422
    assert Ticket.objects.count() == 1


def test_tries_are_limited_whatever_becomes_of_them(cast: Any) -> None:
    answers = [Client().post("/service/", {}, REMOTE_ADDR="198.51.100.8").status_code for _ in range(31)]
    assert answers[:30] == [422] * 30 and answers[30] == 429


def test_the_supervisor_gives_an_unplaced_ticket_to_a_dealer_and_the_hotline_is_told_the_address(cast: Any) -> None:
    service = signed_in(cast.service)
    made = service.post("/tickets/new/", form(cast, region=cast.nowhere.pk))
    address = re.search(r"/service/[\w-]{20,}/", made.content.decode())
    assert address is not None and Client().get(address[0]).status_code == 200
    ticket = Ticket.objects.get()
    assert (ticket.source, ticket.dealer) == ("hotline", None)
    assert ticket.number in service.get("/tickets/?tab=mine").content.decode()
    service.post(f"/tickets/{ticket.number}/assign/", {"dealer": "D0003", "reason": "nearest"})
    assert clock_of(ticket).dealer == cast.third
    refused = service.post(f"/tickets/{ticket.number}/assign/", {"dealer": "NONE", "reason": ""})
    assert refused.status_code == 404


def test_who_may_see_and_do_what(cast: Any) -> None:
    ticket = ticket_in(cast)
    path = f"/tickets/{ticket.number}/"
    assert signed_in(cast.second_owner).get(path).status_code == 404
    assert signed_in(cast.channel).post(f"{path}respond/", {"text": "x"}).status_code == 403
    assert signed_in(cast.auditor).get(path).status_code == 200
    for page in ("/tickets/", "/service-team/", "/satisfaction/", "/service-breaches/"):
        assert visitor(Role.ADMINISTRATOR).get(page).status_code == 403
        assert Client().get(page).status_code == 302


def test_a_team_is_kept_by_its_dealer_and_checked_by_headquarters(cast: Any) -> None:
    dealer, service = signed_in(cast.owner), signed_in(cast.service)
    assert "3 are missing" in dealer.get("/service-team/").content.decode()
    dealer.post("/service-team/members/add/", {"name": "Wang", "role": "technician", "since": "2026-01-01"})
    member = TeamMember.objects.get()
    paper = {"title": "Technician", "number": "A-1", "issued_on": "2026-01-01", "last_day": "2026-12-01"}
    wrong = dealer.post(f"/service-team/members/{member.pk}/certificate/", {**paper, "last_day": "2025-12-01"})
    assert wrong.status_code == 422 and "A-1" in wrong.content.decode()
    dealer.post(f"/service-team/members/{member.pk}/certificate/", paper)
    made = TeamCertificate.objects.get()
    assert "A-1" in service.get("/service-team/").content.decode()
    service.post(f"/service-team/certificates/{made.pk}/decide/", {"decision": "accept"})
    page = dealer.get("/service-team/").content.decode()
    assert "2 are missing" in page and "ends in 30 days" in page
    assert cast.first.code in service.get("/service-team/?tab=short").content.decode()
    assert signed_in(cast.second_owner).post(f"/service-team/members/{member.pk}/end/", {}).status_code == 404


def test_a_report_is_written_in_two_sittings_and_read(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    sweep_reports(at=moment("2026-10-01 00:10"))
    monkeypatch.setattr(clock, "now", lambda: moment("2026-10-12 09:00"))
    report = SatisfactionReport.objects.get(dealer=cast.first, quarter="2026-Q3")
    path = f"/satisfaction/{report.pk}/"
    dealer, service = signed_in(cast.owner), signed_in(cast.service)
    dealer.post(path, {"statement": "quiet", "plan": ""})
    assert "quiet" in dealer.get(path).content.decode() and "quiet" not in service.get(path).content.decode()
    assert dealer.post(path, {"statement": "quiet", "plan": "", "hand_in": "1"}).status_code == 422
    dealer.post(path, {"statement": "quiet", "plan": "train", "hand_in": "1"})
    service.post(f"{path}acknowledge/", {"remark": "well done"})
    assert "well done" in dealer.get(path).content.decode()
    assert signed_in(cast.second_owner).get(path).status_code == 404
    listed = service.get("/satisfaction/?quarter=2026-Q3").content.decode()
    assert cast.second.name in listed and "late" in listed
    table = service.get("/satisfaction/2026-Q3/export.csv")
    assert b"D0001" in b"".join(table.streaming_content if table.streaming else [table.content])


def test_a_breach_is_waived_on_its_page(cast: Any) -> None:
    ticket_in(cast)
    sweep_tickets(at=DUE)
    service = signed_in(cast.service)
    assert "stands" in service.get("/service-breaches/").content.decode()
    service.post(f"/service-breaches/{ServiceBreach.objects.get().pk}/waive/", {"reason": "wrong number"})
    assert "wrong number" in signed_in(cast.owner).get("/service-breaches/").content.decode()


@pytest.mark.parametrize("page", ["/tickets/", "/service-team/", "/satisfaction/", "/service-breaches/"])
def test_a_list_asks_as_often_for_many_as_for_one(cast: Any, page: str) -> None:
    def asked() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            assert signed_in(cast.service).get(page).status_code == 200
        return len(queries)

    ticket_in(cast)
    sweep_tickets(at=DUE)
    sweep_reports(at=moment("2026-10-01 00:10"))
    few = asked()
    for number in range(1, 12):
        ticket_in(cast, number, AT + DAY)
    sweep_tickets(at=DUE + DAY)
    sweep_reports(at=moment("2026-10-12 00:10"))
    assert asked() <= few + 2
