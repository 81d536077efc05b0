"""A newcomer at a phone and headquarters at its desks: from an invitation to the first report."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import time_machine

from dealers.foundation.uscc import make_uscc
from dealers.models import Application, Dealer, User
from tests import factories
from tests.browser.desk import PHONE, Desk, desk, in_a_browser, visit
from tests.dealers.admission_stage import MONDAY, PDF, stage

pytestmark = in_a_browser
PASSWORD = "Halfmoon-on-the-river-7"
USCC = make_uscc(4711)


def pdf(name: str) -> dict[str, Any]:
    """A file as somebody chooses it."""
    return {"name": f"{name}.pdf", "mimeType": "application/pdf", "buffer": PDF}


def test_a_newcomer_gets_from_an_invitation_to_its_first_report(chromium: Any, live_server: Any) -> None:
    with time_machine.travel(MONDAY):
        cast = stage()
        User.objects.update(language="en")
        factories.Product(sku="PJ-1")
        with desk(chromium, live_server, cast.near.username) as near:
            near.open("/admission/")
            near.page.get_by_role("button", name="Invite").click()
            near.fill("#invite", company="Tomorrow Ltd")
            near.press("#invite button.primary")
            link = urlsplit(near.page.input_value("#link")).path
        with visit(chromium, live_server, **PHONE) as newcomer:
            newcomer.open(link)
            apply(newcomer)
            application = Application.objects.get()
            check(chromium, live_server, newcomer, application.number)
            decide(chromium, live_server, application.number)
            begin(newcomer)
            report(newcomer)


def apply(newcomer: Desk) -> None:
    """Step by step; a wrong credit code is named by its digit and what was right is kept."""
    page = newcomer.page
    page.check("[name=consent]")
    newcomer.press("form.form button")
    newcomer.follow("Company")
    newcomer.expected = ("422",)
    page.select_option("[name=industry]", "electronics")
    newcomer.fill(name="Tomorrow Ltd", uscc=USCC[:17] + "0", annual_revenue="21,000,000")
    newcomer.press("form.form button")
    newcomer.reads("in position 18", "What is right was saved")
    wrong = page.locator("[name=uscc]")
    assert wrong.get_attribute("aria-invalid") == "true"
    described_by = wrong.get_attribute("aria-describedby") or ""
    assert "position 18" in " ".join(page.inner_text(f"#{name}") for name in described_by.split())
    newcomer.fill(uscc=USCC)
    newcomer.press("form.form button")
    page.locator(".provinces summary").first.click()
    page.get_by_role("checkbox", name="City C1").check()
    newcomer.press("form.form button")
    newcomer.fill(contact="Wang Ming", phone="13800138000")
    page.check("[name=consent]")
    newcomer.press("form.form button")
    for kind, more in (
        ("business_license", {}),
        ("tax_registration", {}),
        ("qualification", {"name": "Projector licence", "last_day": "2026-12-31"}),
    ):
        page.select_option("[name=kind]", kind)
        newcomer.fill(**more)
        page.set_input_files("[name=file]", pdf(kind))
        newcomer.press("form.form button")
    newcomer.follow("Back to the overview")
    assert newcomer.too_wide() <= 0
    newcomer.press("form[action$='/submit/'] button")
    newcomer.reads("Handed in.")


def check(chromium: Any, live_server: Any, newcomer: Desk, number: str) -> None:
    """The legal reviewer asks, the newcomer answers, every paper is compared, and the check ends."""
    with desk(chromium, live_server, "legal") as legal:
        legal.open("/admission/")
        legal.follow("Tomorrow Ltd")
        legal.press("form[action$='/take-up/'] button")
        legal.fill("form[action$='/ask/']", text="Which brands do you carry?")
        legal.press("form[action$='/ask/'] button")
        newcomer.page.reload()
        newcomer.reads("We have a question", "Which brands do you carry?")
        newcomer.fill("form[action$='/answer/']", text="Two, both long-standing.")
        newcomer.press("form[action$='/answer/'] button")
        legal.page.reload()
        legal.reads("Two, both long-standing.")
        for at in range(3):
            paper = legal.page.locator(".paper-check").nth(at)
            paper.locator("[name=remark]").fill("compared with the original")
            legal.sending(paper.get_by_role("button", name="In order", exact=True).click, in_place=False)
        legal.reads("Every demand of the policy is met.")
        form = "form[action$='/recommend/']"
        legal.page.select_option(f"{form} [name=recommendation]", "admit")
        legal.fill(form, reason="complete")
        legal.press(f"{form} button.primary")
        assert legal.page.locator("button", has_text="Admit").count() == 0  # who checked does not decide


def decide(chromium: Any, live_server: Any, number: str) -> None:
    """The general manager admits, the channel manager records the contract and makes a dealer of it."""
    at = f"/admission/{number}/"
    with desk(chromium, live_server, "general") as general:
        general.open(at)
        general.fill("form[action$='/refuse/']", reason="Welcome")
        general.press("button[formaction$='/admit/']")
    with desk(chromium, live_server, "near") as near:
        near.open(at)
        form = "form[action$='/contract/']"
        near.fill(form, number="HT-1", amount="2000000", first_day="2026-05-18", last_day="2027-05-17")
        near.page.set_input_files(f"{form} [name=file]", pdf("contract"))
        near.press(f"{form} button")
        near.fill("form[action$='/activate/']", code="TMR1")
        near.press("form[action$='/activate/'] button")
        near.reads("TMR1")


def begin(newcomer: Desk) -> None:
    """The first account, made on the newcomer's own page."""
    newcomer.page.reload()
    newcomer.follow("Make the first account")
    newcomer.fill(display_name="Wang Ming", username="wang", password=PASSWORD, again=PASSWORD)
    newcomer.press("form.form button")
    newcomer.reads("TMR1", "First steps")


def report(newcomer: Desk) -> None:
    """The dealer's program sends the first count with the key just shown; the dealer sees its receipt."""
    counted = (MONDAY - timedelta(minutes=30)).isoformat()
    answer = httpx.post(
        f"{newcomer.root}/api/v1/inventory-reports",
        json={"as_of": counted, "lines": [{"sku": "PJ-1", "on_hand": 12}]},
        headers={"Authorization": f"Bearer {newcomer.page.input_value('#secret')}"},
        trust_env=False,
        timeout=60,
    )
    assert (answer.status_code, answer.json()["accepted"]) == (201, 1), answer.text
    newcomer.follow("To my overview")
    newcomer.open("/receipts/")
    newcomer.page.locator("main a.rowlink").first.click()
    newcomer.page.wait_for_url("**/receipts/*/")
    assert "Inventory" in newcomer.page.inner_text("main") and newcomer.too_wide() <= 0
    assert Dealer.objects.get(code="TMR1").uscc == USCC
