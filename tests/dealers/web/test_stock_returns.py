"""The stock that goes back when a contract ends: drawn up from counts and purchases, agreed, fixed, handed out."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import InternalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dealers.choices import ReturnState, Role
from dealers.foundation.clock import business_day, now
from dealers.models import AuditRecord, Dealer, Notice, StockReturn, User
from dealers.services.exit_plans import decide_exit, propose_exit
from dealers.services.imports.inventory import INVENTORY
from dealers.services.imports.shipments import SHIPMENTS
from tests import factories
from tests.tables import take
from tests.visitors import signed_in, visitor

pytestmark = pytest.mark.django_db


class Leaving:
    """A dealer whose contract ended yesterday, with stock that purchases explain in part."""

    def __init__(self, last_day_in: int = -1) -> None:
        self.owner = factories.User(role=Role.DEALER_OWNER, language="en")
        dealer = self.owner.dealer
        assert dealer is not None
        self.dealer: Dealer = dealer
        self.channel = factories.User(role=Role.CHANNEL_MANAGER, regions=[dealer.home_region], language="en")
        self.manager = factories.User(role=Role.GENERAL_MANAGER, language="en")
        for sku in ("A1", "B1"):
            factories.Product(sku=sku)
        before = (now() - timedelta(days=20)).isoformat()
        later = (now() - timedelta(days=10)).isoformat()
        self.ship(f"S1,1,{dealer.code},A1,10,8.00,{before}", f"S2,1,{dealer.code},A1,5,9.335,{later}")
        self.count((now() - timedelta(days=3)).isoformat(), "A1,8", "B1,2")
        last_day = business_day(now()) + timedelta(days=last_day_in)
        plan = propose_exit(dealer=dealer, last_day=last_day, reason="Closes", actor=self.channel, at=now())
        decide_exit(plan=plan, agree=True, note="", actor=self.manager, at=now())

    def ship(self, *rows: str) -> None:
        take(SHIPMENTS, "\n".join(("doc_no,line_no,dealer,sku,quantity,unit_price,shipped_at", *rows)))

    def count(self, at: str, *rows: str) -> None:
        lines = (f"{self.dealer.code},{at},{row},w" for row in rows)
        take(INVENTORY, "\n".join(("dealer,as_of,sku,on_hand,warehouse", *lines)))

    def post(self, person: User, act: str, **given: object) -> str:
        path = f"/stock-return/{act}/" if person == self.owner else f"/dealers/{self.dealer.code}/stock-return/{act}/"
        return str(signed_in(person).post(path, given, follow=True).content.decode())

    @property
    def list(self) -> StockReturn:
        return StockReturn.objects.exclude(state=ReturnState.SUPERSEDED).get(dealer=self.dealer)

    def lines(self) -> list[tuple[str, str, int, int, str]]:
        rows = self.list.lines.order_by("line_no")
        return [(one.product.sku, one.doc_no, one.units, one.accepted, str(one.amount)) for one in rows]


def page(person: User, path: str) -> str:
    return str(signed_in(person).get(path).content.decode())


def test_a_list_from_the_last_count_to_the_fixed_sum() -> None:
    story = Leaving()
    assert "There is no list yet" in page(story.owner, "/stock-return/")
    story.post(story.channel, "draw-up")
    assert story.lines() == [("A1", "S2", 5, 5, "46.68"), ("A1", "S1", 3, 3, "24.00"), ("B1", "", 2, 0, "0.00")]
    assert (story.list.units, story.list.accepted, story.list.amount) == (10, 8, Decimal("70.68"))
    assert "There is no list yet" in page(story.owner, "/stock-return/"), "a draft is headquarters' own"

    wrong = story.post(story.channel, "lines", line="1", accepted1="4", price1="9.335", note1="One box is torn")
    assert "Line 1: say why" in wrong and 'value="One box is torn"' in wrong, "what was typed is kept"
    given = {"line": ["1", "3"], "accepted1": "4", "price1": "9.335", "reason1": "damaged", "note1": "One box is torn"}
    story.post(story.channel, "lines", **given, accepted3="2", price3="5", reason3="agreed")
    assert story.list.amount == Decimal("71.34")
    assert AuditRecord.objects.get(action="returns.change").after["1"][0] == 4

    story.post(story.channel, "offer")
    assert Notice.objects.get(recipient=story.owner, params__reason="return_offered").url == "/stock-return/"
    shown = page(story.owner, "/stock-return/")
    assert "Damaged or incomplete" in shown and "¥71.34" in shown and story.channel.get_full_name() not in shown
    story.post(story.owner, "answer", decision="object", answer="The box is whole", seen="1")
    assert story.list.state == ReturnState.OBJECTED
    assert "The box is whole" in page(story.channel, f"/dealers/{story.dealer.code}/stock-return/")
    story.post(story.channel, "lines", line="1", accepted1="5", price1="9.335")
    story.post(story.channel, "offer")
    assert "has changed since" in story.post(story.owner, "answer", decision="confirm", seen="1")
    story.post(story.owner, "answer", decision="confirm", seen="2")
    assert "Fix the list" in page(story.manager, f"/dealers/{story.dealer.code}/stock-return/")
    story.post(story.manager, "fix")
    assert story.list.state == ReturnState.FIXED and story.list.amount == Decimal("80.68")

    story.post(story.channel, "draw-up")
    story.post(story.channel, "lines", line="1", accepted1="0", price1="9.335", reason1="missing")
    assert story.list.edition == 1 and story.list.amount == Decimal("80.68"), "nothing changes once it is fixed"
    with pytest.raises(InternalError, match="Cannot"), transaction.atomic():
        StockReturn.objects.update(amount=1)
    kept = story.list.lines.all()
    for change in (lambda: kept.update(accepted=0), lambda: kept._raw_delete(kept.db)):
        with pytest.raises(InternalError, match="stay as they are"), transaction.atomic():
            change()
    assert kept.count() > 0
    story.ship(f"R1,1,{story.dealer.code},A1,-6,9.335,{now().isoformat()}")
    assert "Came back so far" in page(story.owner, "/stock-return/")


def test_it_is_drawn_up_again_from_newer_reports_until_it_is_fixed() -> None:
    story = Leaving()
    story.post(story.channel, "draw-up")
    story.post(story.channel, "offer")
    story.count((now() - timedelta(days=2)).isoformat(), "A1,6")
    story.count((now() + timedelta(minutes=5)).isoformat(), "A1,1")
    story.post(story.channel, "draw-up")
    assert story.list.edition == 2 and story.list.state == ReturnState.DRAFT
    assert story.lines()[0] == ("A1", "S2", 5, 5, "46.68") and story.lines()[1][2] == 1, "what came later counts not"
    assert list(StockReturn.objects.order_by("edition").values_list("state", flat=True)) == ["superseded", "draft"]


def test_while_the_contract_runs_the_list_informs_and_is_not_put_forward() -> None:
    story = Leaving(last_day_in=20)
    story.post(story.channel, "draw-up")
    assert "For information only" in page(story.channel, f"/dealers/{story.dealer.code}/stock-return/")
    assert "The contract runs until" in story.post(story.channel, "offer")
    assert story.list.state == ReturnState.DRAFT


def test_a_dealer_that_is_silent_does_not_hold_the_list_up() -> None:
    story = Leaving()
    story.post(story.channel, "draw-up")
    story.post(story.channel, "offer")
    story.post(story.manager, "fix")
    assert story.list.state == ReturnState.OFFERED, "without the dealer's word it takes a reason"
    story.post(story.manager, "fix", note="No answer for a month")
    assert story.list.state == ReturnState.FIXED and story.list.fix_note == "No answer for a month"


def test_who_may_what_and_nobody_learns_of_another() -> None:
    story = Leaving()
    story.post(story.channel, "draw-up")
    story.post(story.channel, "offer")
    path = f"/dealers/{story.dealer.code}/stock-return/"
    others: list[tuple[Client, int]] = [
        (visitor(Role.CHANNEL_MANAGER), 404),
        (visitor(Role.DEALER_OWNER, dealer=factories.Dealer()), 403),
        (visitor(Role.RISK_JUDGE), 404),
        (visitor(Role.FINANCE_CLERK), 200),
        (visitor(Role.AUDITOR), 200),
    ]
    assert [browser.get(path).status_code for browser, _ in others] == [status for _, status in others]
    stranger = visitor(Role.DEALER_OWNER, dealer=factories.Dealer())
    assert stranger.get(f"/dealers/{story.dealer.code}/stock-return.csv").status_code == 404
    assert stranger.post("/stock-return/answer/", {"decision": "confirm", "seen": "1"}).status_code == 404
    operator = visitor(Role.DEALER_OPERATOR, dealer=story.dealer)
    assert operator.post("/stock-return/answer/", {"decision": "confirm", "seen": "1"}).status_code == 403
    for role in (Role.FINANCE_APPROVER, Role.AUDITOR, Role.POLICY_MANAGER):
        assert visitor(role).post(f"{path}fix/", {"note": "x"}).status_code == 403
    assert story.list.state == ReturnState.OFFERED


def test_the_list_as_a_file() -> None:
    story = Leaving()
    story.post(story.channel, "draw-up")
    story.post(story.channel, "lines", line="2", accepted2="1", price2="8", reason2="opened", note2="=1+1")
    path = f"/dealers/{story.dealer.code}/stock-return"
    raw = b"".join(signed_in(story.channel).get(f"{path}.csv").streaming_content)  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    assert [(row["sku"], row["purchase"], row["difference"], row["amount"]) for row in rows] == [
        ("A1", "S2", "0", "46.68"), ("A1", "S1", "-2", "8.00"), ("B1", "", "-2", "0.00"),
    ]  # fmt: skip
    assert rows[1]["remark"] == "'=1+1" and rows[1]["age_days"] == "20"
    assert signed_in(story.channel).get(f"{path}.xlsx").status_code == 200
    assert signed_in(story.channel).get(f"{path}.exe").status_code == 404


def test_the_page_costs_the_same_for_any_number_of_lines() -> None:
    story = Leaving()
    story.post(story.channel, "draw-up")
    path, browser = f"/dealers/{story.dealer.code}/stock-return/", signed_in(story.channel)
    browser.get(path)
    with CaptureQueriesContext(connection) as few:
        browser.get(path)
    moment = (now() - timedelta(days=4)).isoformat()
    for number in range(12):
        factories.Product(sku=f"C{number}")
    story.ship(*(f"T{n},1,{story.dealer.code},C{n},4,3,{moment}" for n in range(12)))
    story.count((now() - timedelta(days=2)).isoformat(), *(f"C{n},4" for n in range(12)))
    story.post(story.channel, "draw-up")
    with CaptureQueriesContext(connection) as many:
        browser.get(path)
    assert len(many) <= len(few) and story.list.lines.count() == 15
