"""The story of November's first half, told through the doors; `test_first_half_month.py` asks about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from dealers.tasks import seal_audit
from pricing.models import PromoRequest
from tests.callers import Caller
from tests.journeys import river
from tests.journeys.office import Office
from tests.journeys.reckoning import Told
from tests.policies import example_source

PERIOD, NEXT = "2026-11-H1", "2026-11-H2"

PEOPLE = (
    ("zhou", "policy_manager"),
    ("fang", "legal_reviewer"),
    ("lin", "marketing_director"),
    ("gao", "general_manager"),
    ("qian", "finance_clerk"),
    ("zheng", "finance_approver"),
    ("yan", "auditor"),
)


def line(
    doc: str, number: int, sold_at: str, sku: str, quantity: int, price: str, region: str, **more: Any
) -> dict[str, Any]:
    """A sale line as a dealer's till writes it."""
    return {
        "doc_no": doc,
        "line_no": number,
        "sold_at": sold_at if sold_at.startswith("2026-") else f"2026-11-{sold_at}:00+08:00",
        "sku": sku,
        "quantity": quantity,
        "unit_price": price,
        "region": region,
        **more,
    }


#: What Hangzhou reports, and what the rulebook says about it.
HANGZHOU: tuple[tuple[dict[str, Any], str, str], ...] = (
    (line("A-1", 1, "03T10:00", "PJ-1", 1, "2999.00", "HZ"), "in_band", ""),
    (line("A-1", 2, "03T10:00", "PJ-1", 2, "2600", "HZ"), "in_band", ""),
    (line("A-1", 3, "03T10:00", "PJ-1", 1, "2600", "NB"), "below_floor", ""),
    (line("A-1", 4, "03T10:00", "PJ-1", 1, "3300.000001", "HZ"), "above_ceiling", ""),
    (line("A-1", 5, "03T10:00", "PJ-1", 1, "3300", "HZ"), "in_band", ""),
    (line("A-2", 1, "04T10:00", "CB-1", 10, "19.900001", "HZ"), "no_band", ""),
    (line("A-2", 2, "04T10:00", "PJ-1", -1, "2999", "HZ"), "return", ""),
    (line("A-3", 1, "05T10:00", "SC-1", 1, "80", "HZ"), "below_floor", "not_enforced"),
    (line("A-3", 2, "05T10:00", "SC-1", 1, "250", "HZ"), "above_ceiling", ""),
    (line("A-3", 3, "05T10:00", "LB-1", 1, "90", "HZ"), "below_floor", "not_enforced"),
    (line("A-3", 4, "05T10:00", "LB-1", 1, "210", "HZ"), "above_ceiling", "not_enforced"),
    (line("A-3", 5, "05T10:00", "SC-1", 1, "90", "HZ"), "promo", ""),
    (line("A-3", 6, "05T10:00", "SC-1", 1, "90", "NB"), "below_floor", "not_enforced"),
    (line("A-4", 1, "05T11:00", "PJ-1", 1, "2999", "NJ"), "in_band", "out_of_territory"),
    (line("A-4", 2, "05T11:00", "PJ-1", 400, "2999", "HZ", channel="b2b"), "in_band", ""),
)

#: What Nanjing reports in the week of its promotion, approved on the 11th at 10:00.
NANJING: tuple[tuple[dict[str, Any], str, str], ...] = (
    (line("B-1", 1, "06T09:00", "PJ-1", 3, "2999", "NJ", channel="b2b"), "in_band", "b2b_without_addendum"),
    (line("B-1", 2, "01T09:00", "PJ-1", 1, "2999", "NJ"), "in_band", "late_report"),
    (line("B-2", 1, "10T12:00", "PJ-1", 1, "2500", "NJ"), "below_floor", ""),
    (line("B-2", 2, "11T15:00", "PJ-1", 1, "2500", "NJ"), "promo", ""),
    (line("B-2", 3, "11T15:00", "PJ-1", 1, "2499.999999", "NJ"), "below_floor", ""),
    (line("B-2", 4, "11T15:00", "PJ-1", 1, "2500", "HZ"), "below_floor", "out_of_territory"),
)

#: At the edge of the half-month, reported on the 16th.
EDGE: tuple[tuple[dict[str, Any], str, str], ...] = (
    (line("B-3", 1, "2026-11-15T23:59:59.999+08:00", "PJ-1", 1, "2801.01", "NJ"), "in_band", ""),
    (line("B-3", 2, "2026-11-15T15:59:59Z", "PJ-1", 1, "2802.02", "NJ"), "in_band", ""),
    (line("B-3", 3, "2026-11-15T11:30:00-04:00", "PJ-1", 1, "2803.03", "NJ"), "in_band", ""),
)
BEYOND: tuple[tuple[dict[str, Any], str, str], ...] = (
    (line("B-4", 1, "2026-11-15T16:00:00Z", "PJ-1", 1, "2904.04", "NJ"), "in_band", ""),
    (line("B-4", 2, "2026-11-16T00:00:00+08:00", "PJ-1", 1, "2905.05", "NJ"), "in_band", ""),
)

#: Hangzhou corrects a price: what A-1/1 says in the end.
REVISION = line("A-1", 1, "03T10:00", "PJ-1", 1, "2899.00", "HZ", revision=2)
#: And remembers, after the books of the first half have closed, what it sold in it.
LATE = line("A-9", 1, "14T10:00", "PJ-1", 2, "2950.005", "HZ")


@dataclass
class Story:
    office: Office
    hangzhou: Caller
    nanjing: Caller
    erp: Caller
    receipts: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, Any] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    promo: str = ""


def told(lines: tuple[tuple[dict[str, Any], str, str], ...]) -> list[Told]:
    return [
        Told(said["quantity"], Decimal(said["unit_price"]), verdict, frozenset(filter(None, flags.split())))
        for said, verdict, flags in lines
    ]


def facts_of(dealer: str) -> list[Told]:
    """What the rulebook makes of a dealer's lines of the first half, in their last revision."""
    match dealer:
        case "HZ01":
            first, *others = told(HANGZHOU)
            return [Told(1, Decimal(REVISION["unit_price"]), first.verdict), *others]
        case "NJ01":
            return [*told(NANJING), *told(EDGE)]
        case _:
            return [
                Told(2, Decimal("2950"), "in_band"),
                Told(3, Decimal("19.900001"), "no_band"),
                Told(1, Decimal("2950"), "in_band"),  # put right out of the quarantine
            ]


def tell(office: Office) -> Story:
    """Found the company, let it trade for half a month, and settle it."""
    with office.at("2026-10-26 10:00"):
        story = _found(office)
    _trade(story)
    _decide_a_promotion(story)
    _trade_in_the_promotion(story)
    _settle(story)
    return story


def _found(office: Office) -> Story:
    for name, role in PEOPLE:
        office.hire(name, role)
    policy = office.file("policy.yaml", example_source())
    office.good("policy", "check", str(policy))
    office.good("policy", "import", str(policy), "--publish-as", "gao")
    office.taken("regions", river.REGIONS, encoding="utf-8-sig")
    office.taken("alliances", river.ALLIANCES)
    receipts = {
        "dealers": office.taken("dealers", river.DEALERS, encoding="gb18030"),
        "products": office.taken("products", river.PRODUCTS, name="products.xlsx"),
    }
    office.taken("list_prices", river.LIST_PRICES)
    office.taken("bands", river.BANDS)
    office.taken("promos", river.PROMOS)
    office.hire("wang", "dealer_owner", "--dealer", "NJ01")
    office.hire("li", "dealer_operator", "--dealer", "HZ01")
    story = Story(office, office.key("--dealer", "HZ01"), office.key("--dealer", "NJ01"), office.key("--system", "erp"))
    story.receipts = receipts
    return story


def _trade(story: Story) -> None:
    office, answers = story.office, story.answers
    with office.at("2026-11-02 12:00"):
        story.promo = _ask_for_a_promotion(story)
    with office.at("2026-11-05 20:00"):
        story.receipts["inventory"] = office.taken("inventory", river.INVENTORY)
        story.receipts["lhasa"] = office.take("sales", river.LHASA_SALES, name="拉萨.csv", encoding="gb18030")
        answers["zero"] = story.nanjing.post("zero-sales-declarations", {"date": "2026-11-04"})
        body = {"lines": [said for said, _verdict, _flags in HANGZHOU]}
        answers["first"] = story.hangzhou.post("sales-reports", body, Idempotency_Key="till-1")
        answers["replay"] = story.hangzhou.post("sales-reports", body, Idempotency_Key="till-1")
        answers["again"] = story.hangzhou.post("sales-reports", body)
        answers["other body"] = story.hangzhou.post("sales-reports", {"lines": [REVISION]}, Idempotency_Key="till-1")
    with office.at("2026-11-06 20:00"):
        answers["same revision"] = story.hangzhou.post("sales-reports", {"lines": [{**REVISION, "revision": 1}]})
        answers["revision"] = story.hangzhou.post("sales-reports", {"lines": [REVISION]})
        story.receipts["shipments"] = office.take("shipments", river.SHIPMENTS)
        _put_right(story)


def _put_right(story: Story) -> None:
    """The plateau dealer corrects the price it wrote with a currency sign."""
    lhasa = story.office.key("--dealer", "LS01")
    waiting = lhasa.get("quarantine").json()["results"]
    story.answers["waiting"] = waiting
    (refused,) = [entry for entry in waiting if entry["field"] == "unit_price"]
    corrected = line("L-1", 2, "04T11:00", "PJ-1", 1, "2950", "LS", channel="retail", customer="扎西")
    story.answers["corrected"] = lhasa.post(f"quarantine/{refused['id']}/resubmit", {"line": corrected})


def _ask_for_a_promotion(story: Story) -> str:
    """The dealer's owner writes the request in the portal and submits it."""
    form = {
        "title": "双十一南京",
        "kind": "discount",
        "starts_on": "2026-11-10",
        "last_on": "2026-11-15",
        "budget": "80000",
        "brand_percent": "50",
        "regions": ["NJ"],
        "goal": "",
        "ad_copy": "全国第一的投影仪",
        "sku": "PJ-1",
        "promo_price": "2500",
        "submit": "1",
    }
    answer = story.office.browser("wang").post("/promos/new/", form)
    assert answer.status_code == 302, answer.content.decode()[-4000:]
    return str(answer["Location"]).rstrip("/").rpartition("/")[2]


def _decide_a_promotion(story: Story) -> None:
    office, page = story.office, f"/promos/{story.promo}/"
    with office.at("2026-11-03 09:00"):
        office.browser("wang").post(page + "legal-decision/", {"decision": "approve"})
        office.browser("lin").post(page + "budget-decision/", {"decision": "approve"})
        story.answers["promo before legal"] = _state(story)
        office.browser("fang").post(page + "legal-decision/", {"decision": "approve"})
        story.answers["promo with wording open"] = _state(story)
        legal = office.browser("fang")
        legal.post(page + "findings/0/clear/", {"note": "有检测报告"})
        legal.post(page + "legal-decision/", {"decision": "approve"})
        story.answers["promo after legal"] = _state(story)
    with office.at("2026-11-11 10:00"):
        office.browser("lin").post(page + "budget-decision/", {"decision": "approve"})
        story.answers["promo after budget"] = _state(story)


def _state(story: Story) -> str:
    """Where the request stands, as the auditor's page of it says."""
    return PromoRequest.objects.get(code=story.promo).state


def _trade_in_the_promotion(story: Story) -> None:
    with story.office.at("2026-11-12 09:30"):
        story.answers["promo week"] = story.nanjing.post("sales-reports", {"lines": [said for said, *_ in NANJING]})
    with story.office.at("2026-11-16 09:30"):
        story.answers["edge"] = story.nanjing.post("sales-reports", {"lines": [said for said, *_ in (*EDGE, *BEYOND)]})


def _settle(story: Story) -> None:
    office = story.office
    with office.at("2026-11-17 09:00"):
        story.digests["first"] = office.settled(PERIOD)
        story.digests["again"] = office.settled(PERIOD)
        story.digests["five shards"] = office.settled(PERIOD, "--shards", "5")
        story.answers["draft seen by dealer"] = story.hangzhou.get(f"statements/{PERIOD}")
        story.digests["approved"] = office.settled(PERIOD, "--approve-as", "zheng")
    with office.at("2026-11-20 09:00"):
        story.answers["confirmed"] = story.hangzhou.post(f"statements/{PERIOD}/confirm", {})
        story.answers["late"] = story.hangzhou.post("sales-reports", {"lines": [LATE]})
        story.answers["settled again"] = office.run("settle", PERIOD)
    with office.at("2026-12-02 09:00"):
        story.digests["next"] = office.settled(NEXT, "--approve-as", "zheng")
        seal_audit()  # as the scheduler does every minute
