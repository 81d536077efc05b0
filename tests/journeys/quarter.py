"""A quarter and what comes after it, told through the doors, beside what plain Python makes of the same lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from dealers.choices import Role
from dealers.foundation import clock
from dealers.models import Dealer
from settlement.selectors.ledger import payable_to
from settlement.services.bank_accounts import AccountGiven, confirm_account, propose_account
from settlement.services.plans import PlanWish, draw_up_plan, release_plan
from settlement.services.transfers import order_transfers
from tests import factories
from tests.factories import valid_uscc
from tests.journeys.office import Office, told
from tests.journeys.reckoning import T1, T2, T3, incremental, retroactive
from tests.policies import variation

CAP = "30000"
HALVES = (
    "2026-07-H1",
    "2026-07-H2",
    "2026-08-H1",
    "2026-08-H2",
    "2026-09-H1",
    "2026-09-H2",
    "2026-10-H1",
    "2026-10-H2",
)
#: When each half-month is settled: the second day after it.
SETTLED_ON = dict(
    zip(
        HALVES,
        ("07-17", "08-02", "08-17", "09-02", "09-17", "10-02", "10-17", "11-02"),
        strict=True,
    )
)
#: Approved three days after it was calculated, by the cutoff it was calculated with.
REPLAYED = "2026-09-H1"
APPROVED_ON = {**SETTLED_ON, REPLAYED: "09-20"}
#: A dealer is paid what it is owed, then takes back more than it has coming.
PAID, PAID_ON = "OLD", "10-17"
REGIONS = """
code,name_zh,name_en,kind,parent,city_tier
ZJ,浙江省,Zhejiang,province,,
HZ,杭州市,Hangzhou,city,ZJ,1
"""
PRODUCTS = "sku,name_zh,name_en,category,industry\nPJ-1,投影仪,Projector,projectors,electronics\n"
_HEAD = (
    "code,name,uscc,industry,annual_revenue,territory,activated_on,contract_no,contract_amount,contract_start,"
    "contract_end,tier\n"
)


def dealer_row(number: int, code: str, tier: str, since: str = "2026-01-01") -> str:
    return (
        f"{code},{code}商贸有限公司,{valid_uscc(30000000 + number)},electronics,20000000,ZJ,{since},HT-{code},"
        f"1000000,2026-01-01,,{tier}\n"
    )


@dataclass(frozen=True)
class Fact:
    """Somebody sells (or takes back) for so much on a day, and reports it on another."""

    dealer: str
    sold: str
    amount: str
    reported: str

    @property
    def half(self) -> str:
        month, day = self.sold.split("-")
        return f"2026-{month}-H{1 if int(day) < 16 else 2}"

    @property
    def quarter(self) -> str:
        return "2026-Q4" if self.half >= "2026-10" else "2026-Q3"


#: UP is promoted from T2 to T1 on 16 August. TOP reaches its cap, then customers bring back. ALL is paid for all of it
#: at the rate it reaches. DEEP takes back more than it sold. OLD remembers in October what it sold in July.
FACTS = (
    Fact("UP", "07-03", "500000.01", "07-04"),
    Fact("UP", "07-20", "400000.02", "07-21"),
    Fact("UP", "08-15", "100000.03", "08-16"),
    Fact("UP", "08-16", "700000.04", "08-17"),
    Fact("UP", "09-30", "600000.055555", "10-01"),
    Fact("TOP", "07-03", "1200000", "07-04"),
    Fact("TOP", "07-31", "300000", "08-01"),
    Fact("TOP", "08-05", "-550000", "08-06"),
    Fact("TOP", "09-02", "90000", "09-03"),
    Fact("ALL", "07-03", "499999.99", "07-04"),
    Fact("ALL", "07-17", "0.01", "07-18"),
    Fact("ALL", "09-17", "-0.02", "09-18"),
    Fact("DEEP", "07-03", "1000", "07-04"),
    Fact("DEEP", "07-17", "-2500", "07-18"),
    Fact("DEEP", "08-17", "3000.333333", "08-18"),
    Fact("OLD", "08-03", "10000", "08-04"),
    Fact("OLD", "07-10", "5000", "10-05"),
    Fact("OLD", "09-29", "-200000", "10-20"),
    Fact("OLD", "10-03", "1234.56", "10-04"),
    Fact("UP", "09-15", "7777.77", "09-18"),  # after the half-month's cutoff
)
TIERS = {"UP": "T2", "TOP": "T1", "ALL": "T3", "DEEP": "T1", "OLD": "T2"}


def tier_of(dealer: str, half: str) -> str:
    return "T1" if dealer == "UP" and half >= "2026-08-H2" else TIERS[dealer]


def entitlement(tier: str, base: Decimal) -> Decimal:
    match tier:
        case "T1":
            return incremental(base, T1, CAP)
        case "T2":
            return incremental(base, T2)
        case _:
            return retroactive(base, T3)


def known(fact: Fact, half: str) -> bool:
    """Whether the settlement of ``half`` knows the fact: by its cutoff at nine in the morning."""
    return fact.reported < SETTLED_ON[half]


def base_known(dealer: str, tier: str, quarter: str, half: str) -> Decimal:
    """The base of a dealer's program in a quarter, up to ``half``, as its settlement knows it."""
    counted = (
        Decimal(fact.amount)
        for fact in FACTS
        if fact.dealer == dealer
        and fact.quarter == quarter
        and tier_of(dealer, fact.half) == tier
        and fact.half <= half
        and known(fact, half)
    )
    return sum(counted, Decimal(0))


def expected() -> Iterator[tuple[str, str, str, str, Decimal]]:
    """Half-month, dealer, program, quarter and due of everything to settle, in order; zero dues left out."""
    settled: dict[tuple[str, str, str], Decimal] = {}
    for half in HALVES:
        for dealer in TIERS:
            for tier in ("T1", "T2", "T3"):
                for quarter in ("2026-Q3", "2026-Q4"):
                    earned = entitlement(tier, base_known(dealer, tier, quarter, half))
                    due = earned - settled.get((dealer, tier, quarter), Decimal(0))
                    settled[dealer, tier, quarter] = earned
                    if due:
                        yield half, dealer, f"{tier}-ALL", quarter, due


@dataclass
class Quarter:
    office: Office
    digests: dict[str, set[str]] = field(default_factory=dict)
    lines: dict[str, list[list[dict[str, str]]]] = field(default_factory=dict)


def tell(office: Office) -> Quarter:
    """Live the quarter day by day: facts arrive, half-months are settled several ways and then approved."""
    with office.at("2026-06-20 10:00"):
        _found(office)
    quarter = Quarter(office)
    days = sorted({fact.reported for fact in FACTS} | {*SETTLED_ON.values(), *APPROVED_ON.values(), "08-10"})
    for day in days:
        if day == "08-10":
            with office.at("2026-08-10 10:00"):
                office.take("dealers", _HEAD + dealer_row(0, "UP", "T1", "2026-08-16"))
        for half in (half for half, on in SETTLED_ON.items() if on == day):
            _settle(quarter, half, day)
        for half in (half for half, on in APPROVED_ON.items() if on == day):
            _approve(quarter, half, day)
        with office.at(f"2026-{day} 20:00"):
            _report(office, day)
            if day == PAID_ON:
                _pay(PAID)
    return quarter


def _found(office: Office) -> None:
    office.hire("gao", "general_manager")
    office.hire("zheng", "finance_approver")
    policy = office.file("policy.yaml", variation(('cap: "500000"', f'cap: "{CAP}"')))
    office.good("policy", "import", str(policy), "--publish-as", "gao")
    office.taken("regions", REGIONS)
    office.taken("products", PRODUCTS)
    rows = (dealer_row(number, code, tier) for number, (code, tier) in enumerate(TIERS.items()))
    office.taken("dealers", _HEAD + "".join(rows))


def _report(office: Office, day: str) -> None:
    lines = [
        f"{fact.dealer},X{number},1,2026-{fact.sold}T12:00:00+08:00,PJ-1,{-1 if fact.amount[0] == '-' else 1},"
        f"{fact.amount.lstrip('-')},HZ"
        for number, fact in enumerate(FACTS)
        if fact.reported == day
    ]
    if lines:
        office.taken("sales", "dealer,doc_no,line_no,sold_at,sku,quantity,unit_price,region\n" + "\n".join(lines))


def _pay(code: str) -> None:
    """Transfer to a dealer what it is owed, out of a plan that finance has released."""
    dealer, at = Dealer.objects.get(code=code), clock.now()
    people = {"clerk": factories.User(role=Role.FINANCE_CLERK), "approver": factories.User(role=Role.FINANCE_APPROVER)}
    given = AccountGiven(dealer.name, "招商银行杭州分行", "308290003010", "6222020200000012345")
    account = propose_account(dealer=dealer, given=given, actor=people["clerk"], at=at)
    confirm_account(account=account, actor=people["approver"], at=at)
    plan = draw_up_plan(wish=PlanWish(dealers=[dealer.pk]), actor=people["clerk"], at=at)
    order_transfers(
        plan=release_plan(plan=plan, actor=people["approver"], at=at), dealers=[dealer], actor=people["clerk"], at=at
    )
    assert payable_to(dealer.pk) == 0


def _settle(quarter: Quarter, half: str, day: str) -> None:
    """Once, again, in five shards and in three; the lines of each way are kept."""
    with quarter.office.at(f"2026-{day} 09:00"):
        for options in ((), (), ("--shards", "5"), ("--shards", "3")):
            _keep(quarter, half, *options)


def _approve(quarter: Quarter, half: str, day: str) -> None:
    """For good, by the cutoff of the first calculation, whatever has come in since."""
    office = quarter.office
    with office.at(f"2026-{day} 10:00"):
        if half == REPLAYED:
            quarter.digests[f"{half} without cutoff"] = {office.settled(half)}
        cutoff = told(f"2026-{SETTLED_ON[half]} 09:00").isoformat()
        _keep(quarter, half, "--cutoff", cutoff, "--approve-as", "zheng")


def _keep(quarter: Quarter, half: str, *options: str) -> None:
    quarter.digests.setdefault(half, set()).add(quarter.office.settled(half, *options))
    quarter.lines.setdefault(half, []).append(quarter.office.statement_lines(half))
