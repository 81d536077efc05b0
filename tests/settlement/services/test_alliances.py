"""Alliances in the books: one pool whatever the shards, shares that move when members come, go and return goods."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import F

from dealers.foundation import clock
from dealers.foundation.half_months import HalfMonth
from dealers.models import Alliance, AllianceMembership, Dealer
from rebates.resources import explain
from rebates.rules.proof_shape import faults_of_generic
from rebates.services.forfeitures import impose_forfeiture
from settlement.models import SettlementRun, StatementLine
from settlement.selectors.ledger_faults import ledger_faults
from settlement.selectors.verification import first_difference
from tests.guides import number, table
from tests.policies import published_policy, variation
from tests.settlement.world import after, calculate, close, dealer, half, lines, sell

pytestmark = pytest.mark.django_db
OCT1, OCT2, NOV1, NOV2 = "2026-10-H1", "2026-10-H2", "2026-11-H1", "2026-11-H2"
POOLED = ("code: T1-ALL\n      tier: T1", "code: T1-ALL\n      tier: T1\n      pooling: alliance")


@pytest.fixture
def alliance() -> Alliance:
    published_policy(variation(POOLED))
    return Alliance.objects.create(code="AL", name="南岭联盟")


def join(shop: Dealer, alliance: Alliance | None, period: str) -> None:
    AllianceMembership.objects.create(
        dealer=shop, alliance=alliance, from_period=half(period).ordinal, recorded_at=half(period).starts_at
    )


def differences(*periods: str) -> list[object]:
    runs = SettlementRun.objects.select_related("policy").filter(period__in=periods)
    return [*ledger_faults(), *filter(None, map(first_difference, runs))]


def pooled(period: str) -> dict[str, StatementLine]:
    return {line.dealer.code: line for line in lines(period) if line.program == "T1-ALL@AL"}


def test_the_guide_shows_what_is_settled(alliance: Alliance) -> None:
    """docs/alliances.md: every row of its table is a line of that half-month."""
    shops = {code: dealer(code, alliance=alliance) for code in "ABC"}
    shops["D"] = dealer("D")
    join(shops["D"], alliance, NOV2)
    rows = table("alliances.md", "Worked example")
    for period in (OCT1, OCT2, NOV1, NOV2):
        of_period = [row for row in rows if row["settled in"] == period]
        for row in of_period:
            if number(row["sales"]):
                sell(shops[row["member"]], period, number(row["sales"]))
        close(period)
        found = pooled(period)
        assert found.keys() == {row["member"] for row in of_period}
        for row in of_period:
            line = found[row["member"]]
            steps = {step["step"]: step["amount"] for step in line.proof["formula"]}
            assert (line.base, line.amount) == (number(row["contribution"]), number(row["due"]))
            assert number(steps["pool"]) == number(row["pool"])
            assert number(steps["counting"]) == number(row["contributions above zero"])
            assert number(steps["pool_entitlement"]) == number(row["the pool's rebate"])
            assert number(line.proof["entitlement"]) == number(row["share"])
            assert number(line.proof["settled_total"]) == number(row["settled before"])
            assert faults_of_generic(line.proof) == [] and explain(line.proof, line.kind)
    assert differences(OCT1, OCT2, NOV1, NOV2) == []


def test_a_half_month_before_joining_is_reckoned_alone_and_one_after_leaving_too(alliance: Alliance) -> None:
    shop, other = dealer("A"), dealer("B", alliance=alliance)
    join(shop, alliance, OCT2)
    join(shop, None, NOV1)
    for period in (OCT1, OCT2, NOV1):
        sell(shop, period, "1000000")
        sell(other, period, "1000000")
        close(period)
    found = [(line.program, line.base, line.amount) for line in lines(NOV1, shop)]
    # Alone: 2,000,000 earn 50,000. In the pool: half of October's second half of 1,000,000 of 4,000,000.
    assert found[0] == ("T1-ALL", 2000000, 30000)
    assert found[1][:2] == ("T1-ALL@AL", 1000000)
    assert differences(OCT1, OCT2, NOV1) == []


def test_a_members_late_return_moves_every_share_of_a_closed_quarter(alliance: Alliance) -> None:
    shops = [dealer(code, alliance=alliance) for code in "ABC"]
    for shop in shops:
        sell(shop, "2026-09-H2", "500000")
    close("2026-09-H2")
    sell(shops[2], "2026-09-H2", "-300000", known=half(OCT1).starts_at + timedelta(days=5))
    close(OCT1)
    found = {code: (line.for_period, line.amount) for code, line in pooled(OCT1).items()}
    # 1,500,000 earned 35,000, a third each; 1,200,000 earn 26,000, of which A and B have 5/12, C 2/12,
    # and A the cent that is left.
    assert [str(line.amount) for line in pooled("2026-09-H2").values()] == ["11666.67", "11666.67", "11666.66"]
    assert {code: str(amount) for code, (_, amount) in found.items()} == {
        "A": "-833.33",
        "B": "-833.34",
        "C": "-7333.33",
    }
    assert {period for period, _ in found.values()} == {"2026-09-H2"} and differences("2026-09-H2", OCT1) == []


def test_shards_make_no_difference(alliance: Alliance) -> None:
    for code in "ABCDE":
        sell(dealer(code, alliance=alliance), OCT1, "300000")
    assert calculate(OCT1, shards=1).digest == calculate(OCT1, shards=4).digest


def test_a_forfeited_member_loses_its_share_and_the_others_keep_theirs(alliance: Alliance) -> None:
    shops = [dealer(code, alliance=alliance) for code in "ABC"]
    for shop in shops:
        sell(shop, OCT1, "500000")
    impose_forfeiture(
        dealer=shops[0], year=2026, reference="case:1", reason="fake", actor=None, at=half(OCT1).starts_at
    )
    close(OCT1)
    assert [(line.kind, str(line.amount)) for line in lines(OCT1, shops[0])] == [
        ("rebate", "11666.67"),
        ("forfeiture", "-11666.67"),
    ]
    assert [str(line.amount) for line in lines(OCT1, shops[1])] == ["11666.67"] and differences(OCT1) == []


def test_the_database_keeps_who_belonged_where_from_the_next_half_month_on(alliance: Alliance) -> None:
    shop = dealer("A", alliance=alliance)
    first = AllianceMembership.objects.get()
    assert (first.alliance, first.from_period) == (alliance, HalfMonth.containing(shop.activated_on).ordinal)
    Dealer.objects.filter(pk=shop.pk).update(alliance=None, name=F("name"))
    left = AllianceMembership.objects.latest("pk")
    assert (left.alliance, left.from_period) == (
        None,
        HalfMonth.containing(clock.business_day(left.recorded_at)).ordinal + 1,
    )
    Dealer.objects.filter(pk=shop.pk).update(alliance=None)
    assert AllianceMembership.objects.count() == 2
    with pytest.raises(Exception, match="Cannot update or delete"), transaction.atomic():
        first.delete()


def test_without_a_pooled_program_alliances_change_nothing() -> None:
    published_policy()
    together = Alliance.objects.create(code="AL", name="x")
    for code in "AB":
        sell(dealer(code, alliance=together), OCT1, "600000")
    close(OCT1, at=after(OCT1))
    assert [(line.program, str(line.amount)) for line in lines(OCT1)] == [("T1-ALL", "12000.00")] * 2
