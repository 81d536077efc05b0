"""From the first word of a newcomer to its first report, by the pages alone."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from dealers.choices import Role
from dealers.foundation.uscc import make_uscc
from dealers.models import Application, Dealer, FeedDelivery, User
from dealers.services.admission.links import path_of, token_of
from dealers.services.admission.mails import send_admission_mails
from dealers.web.join_door import MOST_BEGINNINGS
from tests import factories
from tests.dealers.admission_stage import MONDAY, OPEN, PDF, begun, filled, recommended, stage, submitted
from tests.visitors import signed_in, visitor

pytestmark = pytest.mark.django_db
PASSWORD = "Halfmoon-on-the-river-7"
USCC = make_uscc(4711)


@pytest.fixture(autouse=True)
def monday() -> object:
    cache.clear()
    with time_machine.travel(MONDAY, tick=False):
        yield


def english() -> Client:
    return Client(headers={"accept-language": "en"})


def paper(kind: str, **more: str) -> dict[str, Any]:
    return {"kind": kind, "file": SimpleUploadedFile(f"{kind}.pdf", PDF, "application/pdf"), **more}


def test_a_newcomer_gets_from_an_invitation_to_its_first_report() -> None:
    cast = stage()
    near, legal, general = (signed_in(person) for person in (cast.near, cast.legal, cast.general))
    for person in (cast.near, cast.legal, cast.general):
        User.objects.filter(pk=person.pk).update(language="en")
    made = near.post("/admission/invite/", {"company": "Tomorrow Ltd", "email": "", "language": "en"})
    link = re.search(r"(/join/invited/[^\"]+/)", made.content.decode()).group(1)

    stranger = english()
    assert "Tomorrow Ltd" in stranger.get(link).content.decode()
    home = stranger.post(link, {"name": "Tomorrow Ltd", "consent": "on"}).url
    wrong = stranger.post(f"{home}company/", {"name": "Tomorrow Ltd", "uscc": USCC[:17] + "0", "industry": "fmcg"})
    said = wrong.content.decode()
    assert wrong.status_code == 422 and "in position 18" in said and "positions 1 to 8" in said
    assert Application.objects.get().industry == "fmcg"
    company = {"name": "Tomorrow Ltd", "uscc": USCC, "industry": "electronics", "annual_revenue": "21,000,000"}
    assert stranger.post(f"{home}company/", company).url == f"{home}territory/"
    assert stranger.post(f"{home}territory/", {"regions": [cast.city.pk]}).url == f"{home}contact/"
    contact = {"contact": "Wang Ming", "phone": "13800138000", "email": "w@example.com", "consent": "on"}
    assert stranger.post(f"{home}contact/", contact).url == f"{home}documents/"
    for kind in ("business_license", "tax_registration"):
        assert stranger.post(f"{home}documents/", paper(kind)).status_code == 302
    assert "disabled" in stranger.get(home).content.decode()
    qualification = paper("qualification", name="Projector licence", last_day="2026-12-31")
    stranger.post(f"{home}documents/", qualification)
    stranger.post(f"{home}submit/")
    application = Application.objects.get()
    assert (application.state, application.annual_revenue) == ("applied", 21_000_000)

    at = f"/admission/{application.number}/"
    assert application.number in near.get("/admission/").content.decode()
    legal.post(f"{at}take-up/")
    legal.post(f"{at}ask/", {"text": "Which brands do you carry?"})
    assert "Which brands do you carry?" in stranger.get(home).content.decode()
    stranger.post(f"{home}answer/", {"text": "Two, both long-standing."})
    for one in application.papers.all():
        legal.post(f"{at}papers/{one.pk}/check/", {"verdict": "good", "remark": "compared"})
        assert legal.get(f"{at}papers/{one.pk}/").headers["Content-Disposition"].startswith("attachment")
    page = legal.get(at).content.decode()
    assert "Every demand of the policy is met." in page and "Two, both long-standing." in page
    legal.post(f"{at}recommend/", {"recommendation": "admit", "tier": "T3", "reason": "complete"})
    general.post(f"{at}admit/", {"reason": "Welcome"})
    assert "You are admitted" in stranger.get(home).content.decode()
    signed = {"number": "HT-1", "amount": "2000000", "first_day": "2026-05-18", "last_day": "2027-05-17"}
    near.post(f"{at}contract/", {**signed, "file": SimpleUploadedFile("c.pdf", PDF)})
    near.post(f"{at}activate/", {"code": "TMR1"})
    dealer = Dealer.objects.get(code="TMR1")
    assert (dealer.uscc, dealer.activated_on) == (USCC, date(2026, 5, 18))

    account = {"display_name": "Wang Ming", "username": "wang", "password": PASSWORD, "again": PASSWORD}
    welcome = stranger.post(f"{home}account/", account).content.decode()
    secret = re.search(r'id="secret"[^>]*value="([^"]+)"', welcome).group(1)
    assert stranger.get("/").status_code == 200 and stranger.get(home).status_code == 410
    product = factories.Product()
    count = {"as_of": "2026-05-18T08:30:00+08:00", "lines": [{"sku": product.sku, "on_hand": 12}]}
    reported = Client().post(
        "/api/v1/inventory-reports",
        json.dumps(count),
        content_type="application/json",
        headers={"authorization": f"Bearer {secret}"},
    )
    assert (reported.status_code, reported.json()["accepted"]) == (201, 1)
    assert FeedDelivery.objects.filter(dealer=dealer, feed="inventory").exists()


def test_by_invitation_only_says_so_and_an_open_door_begins() -> None:
    stage()
    assert "by invitation" in english().get("/join/").content.decode()
    assert Application.objects.count() == 0


def test_a_machine_that_fills_every_field_is_forgotten_and_one_that_insists_is_stopped() -> None:
    stage(OPEN)
    robot = {"name": "Spam", "consent": "on", "website": "http://spam.example"}
    for _ in range(MOST_BEGINNINGS):
        assert english().post("/join/", robot).status_code == 302
    assert english().post("/join/", robot).status_code == 429
    assert Application.objects.count() == 0


def test_an_unknown_link_and_one_that_is_over_say_what_to_do() -> None:
    cast = stage()
    application = begun(cast)
    assert english().get("/join/not-a-token/").status_code == 404
    Application.objects.filter(pk=application.pk).update(link_ends_at=MONDAY)
    over = english().get(path_of(application))
    assert over.status_code == 410 and "ask for a new one" in over.content.decode()


def test_a_private_page_is_kept_by_nobody_else() -> None:
    response = english().get(path_of(begun(stage())))
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert "no-store" in response.headers["Cache-Control"]


def test_one_applicant_never_reaches_what_another_handed_in() -> None:
    cast = stage()
    mine, theirs = filled(cast, number=1), filled(cast, number=2)
    foreign = theirs.papers.first().pk
    assert english().get(f"{path_of(mine)}papers/{foreign}/").status_code == 404
    english().post(f"{path_of(mine)}papers/{foreign}/remove/")
    assert theirs.papers.filter(pk=foreign).exists()


def test_a_newcomer_is_never_told_that_its_credit_code_is_known() -> None:
    cast = stage()
    factories.Dealer(uscc=USCC, name="Known Trading")
    application = submitted(cast, uscc=USCC)
    assert "Known Trading" not in english().get(path_of(application)).content.decode()
    shown = visitor(Role.POLICY_MANAGER).get(f"/admission/{application.number}/").content.decode()
    assert "Known Trading" in shown


def test_the_mailed_link_proves_the_address(mailoutbox: list[Any]) -> None:
    application = begun(stage())
    send_admission_mails(at=MONDAY)
    mailed = re.search(r"http\S+mail=\w+", mailoutbox[-1].body).group(0)
    path = mailed.partition("//")[2].partition("/")[2]
    english().get(f"/join/{token_of(application)}/?mail=guess")
    assert Application.objects.get().email_confirmed_at is None
    english().get(f"/{path}")
    assert Application.objects.get().email_confirmed_at == MONDAY


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.POLICY_MANAGER, 200),
        (Role.LEGAL_REVIEWER, 200),
        (Role.GENERAL_MANAGER, 200),
        (Role.AUDITOR, 200),
        (Role.FINANCE_CLERK, 403),
        (Role.ADMINISTRATOR, 403),
        (Role.DEALER_OWNER, 403),
        (Role.CHANNEL_MANAGER, 404),
    ],
)
def test_who_may_open_an_application(role: Role, status: int) -> None:
    application = submitted(stage())
    person = visitor(role, dealer=factories.Dealer() if role == Role.DEALER_OWNER else None)
    assert person.get(f"/admission/{application.number}/").status_code == status


def test_an_auditor_does_nothing() -> None:
    application = submitted(stage())
    assert visitor(Role.AUDITOR).post(f"/admission/{application.number}/take-up/").status_code == 403


def test_the_list_costs_the_same_however_long_it_is(django_assert_max_num_queries: Any) -> None:
    cast = stage()
    recommended(cast, number=1)
    browser = signed_in(cast.general)
    browser.get("/admission/")
    with django_assert_max_num_queries(25) as first:
        browser.get("/admission/?tab=all")
    for number in range(2, 6):
        submitted(cast, number=number)
    with django_assert_max_num_queries(len(first)):
        browser.get("/admission/?tab=all")
