"""Calculating a half-month: what becomes a line, what a draft is, and that it can be repeated."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import yaml
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.policy import check_policy
from dealers.models import AuditRecord, Dealer, PolicyVersion
from dealers.selectors.policies import NoPolicyInForce
from pricing.choices import Flag, Verdict
from rebates.models import Accrual
from rebates.rules.proof import faults_of
from settlement.choices import RunState, StatementState
from settlement.errors import CalculationSuperseded, CutoffBeforePrevious, RunClosed
from settlement.models import Calculation, JournalEntry, JournalTransaction, SettlementRun, Statement, StatementLine
from settlement.services.calculation import begin_calculation, calculate_run, calculate_shard, finish_calculation
from tests import factories
from tests.settlement.world import (
    after,
    amounts,
    calculate,
    change_tier,
    close,
    dealer,
    half,
    lines,
    sell,
    ship,
    statement,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def policy() -> PolicyVersion:
    return factories.PolicyVersion()


def publish(
    since: date, until: date, version: int, programs: list[dict[str, Any]], code: str = "2026"
) -> PolicyVersion:
    """A policy that is the sample but for its programs."""
    document = yaml.safe_load(factories.POLICY_FILE.read_text())
    document["rebates"]["programs"] = programs
    document |= {"code": code, "effective_from": since, "effective_to": until}
    checked = check_policy(yaml.safe_dump(document, allow_unicode=True))
    assert checked.document is not None, checked.faults
    return factories.PolicyVersion(code=code, version=version, valid=(since, until), document=checked.document)


def program(code: str = "P", **changes: Any) -> dict[str, Any]:
    return {
        "code": code,
        "tier": "T1",
        "categories": "all",
        "base": "compliant_sales",
        "window": "quarter",
        "method": "incremental",
        "brackets": [{"from": "0", "rate": "0.02"}],
        **changes,
    }


def test_140_first_and_940_at_the_end_when_1080_are_due(policy: PolicyVersion) -> None:
    shop = dealer("D1")
    sell(shop, "2026-10-H1", "7000")
    close("2026-10-H1")
    for period in ("2026-10-H2", "2026-11-H1", "2026-11-H2", "2026-12-H1"):
        close(period)
        assert amounts(period) == [("T1-ALL", period, "0.00")]
    sell(shop, "2026-12-H2", "47000")
    close("2026-12-H2")
    assert amounts("2026-10-H1") == [("T1-ALL", "2026-10-H1", "140.00")]
    assert amounts("2026-12-H2") == [("T1-ALL", "2026-12-H2", "940.00")]
    assert sum(Accrual.objects.values_list("due", flat=True)) == Decimal("1080.00")


def test_a_statement_shows_figures_balances_and_payable(policy: PolicyVersion) -> None:
    shop = dealer("D1")
    sell(shop, "2026-11-H1", "1000.005")
    sell(shop, "2026-11-H1", "500", verdict=Verdict.BELOW_FLOOR)
    ship(shop, "2026-11-H1", "300.10")
    close("2026-11-H1")
    sell(shop, "2026-11-H1", "-1500", known=after("2026-11-H1", 2))
    calculate("2026-11-H2")
    first, second = statement("2026-11-H1", shop), statement("2026-11-H2", shop)
    assert (first.sales, first.purchases, first.tier) == (Decimal("1500.01"), Decimal("300.10"), "T1")
    assert (first.opening, first.total, first.closing, first.payable) == (0, Decimal("20.00"), Decimal("20.00"), 20)
    assert (second.opening, second.total, second.closing, second.payable) == (20, -20, 0, 0)


def test_a_negative_balance_is_carried_forward_and_not_paid(policy: PolicyVersion) -> None:
    shop = dealer("D1")
    sell(shop, "2026-12-H2", "1000")
    close("2026-12-H2")
    paid = JournalTransaction.objects.create(memo="paid", posted_at=after("2026-12-H2"), dealer=shop)
    JournalEntry.objects.bulk_create(
        [
            JournalEntry(transaction=paid, account="2241", dealer=shop, amount=20),
            JournalEntry(transaction=paid, account="6601.09", amount=-20),
        ]
    )
    publish(date(2027, 1, 1), date(2028, 1, 1), 1, [program()], code="2027")
    sell(shop, "2026-12-H2", "-400", known=after("2026-12-H2", 2))
    close("2027-01-H1")
    assert amounts("2027-01-H1") == [("T1-ALL", "2026-12-H2", "-8.00")]
    found = statement("2027-01-H1", shop)
    assert (found.opening, found.closing, found.payable) == (0, -8, 0)


def test_only_compliant_sales_earn(policy: PolicyVersion) -> None:
    shop = dealer("D1")
    for verdict in Verdict:
        sell(shop, "2026-11-H1", "-1" if verdict == Verdict.RETURN else "1000", verdict=verdict)
    sell(shop, "2026-11-H1", "10000", flags=int(Flag.OUT_OF_TERRITORY))
    sell(shop, "2026-11-H1", "10000", flags=int(Flag.B2B_WITHOUT_ADDENDUM))
    sell(shop, "2026-11-H1", "300", verdict=Verdict.ABOVE_CEILING, flags=int(Flag.NOT_ENFORCED | Flag.LATE_REPORT))
    calculate("2026-11-H1")
    (line,) = lines("2026-11-H1")
    assert line.base == Decimal("3299")


def test_purchases_can_be_the_base_and_categories_can_be_chosen() -> None:
    publish(
        date(2026, 1, 1),
        date(2027, 1, 1),
        1,
        [program("BUY", base="purchases", categories=["phones", "cables"]), program("SELL", categories=["phones"])],
    )
    shop = dealer("D1")
    for category, amount in (("phones", "1000"), ("cables", "200"), ("lamps", "70000")):
        ship(shop, "2026-11-H1", amount, category=category)
        sell(shop, "2026-11-H1", amount, category=category)
    ship(shop, "2026-11-H1", "-100", category="cables")
    calculate("2026-11-H1")
    assert amounts("2026-11-H1") == [("BUY", "2026-11-H1", "22.00"), ("SELL", "2026-11-H1", "20.00")]


def test_each_window_cumulates_on_its_own() -> None:
    publish(
        date(2026, 1, 1),
        date(2027, 1, 1),
        1,
        [
            program("HALF", window="half_month"),
            program("QUARTER", brackets=[{"from": "0", "rate": "0.01"}, {"from": "1500", "rate": "0.1"}]),
            program("YEAR", window="year", cap="45"),
        ],
    )
    shop = dealer("D1")
    for period in ("2026-09-H2", "2026-10-H1", "2026-10-H2"):
        sell(shop, period, "1000")
        close(period)
    assert [amount for _, _, amount in amounts("2026-09-H2")] == ["20.00", "10.00", "20.00"]
    assert [amount for _, _, amount in amounts("2026-10-H1")] == ["20.00", "10.00", "20.00"]
    assert [amount for _, _, amount in amounts("2026-10-H2")] == ["20.00", "55.00", "5.00"]


def test_a_tier_change_starts_the_new_program_on_its_own_base(policy: PolicyVersion) -> None:
    shop = dealer("D1", "T2")
    sell(shop, "2026-10-H1", "10000")
    close("2026-10-H1")
    change_tier(shop, "T1", "2026-10-H2")
    sell(shop, "2026-10-H2", "1000")
    sell(shop, "2026-10-H1", "2000", known=after("2026-10-H1", 3))
    close("2026-10-H2")
    assert amounts("2026-10-H1") == [("T2-ALL", "2026-10-H1", "150.00")]
    assert amounts("2026-10-H2") == [("T1-ALL", "2026-10-H2", "20.00"), ("T2-ALL", "2026-10-H2", "30.00")]
    assert statement("2026-10-H2", shop).tier == "T1"


def test_a_new_policy_in_the_window_counts_for_its_own_programs_and_settles_late_facts_of_the_old() -> None:
    publish(
        date(2026, 1, 1),
        date(2026, 11, 1),
        1,
        [program("OLD"), program("KEPT", brackets=[{"from": "0", "rate": "0.01"}])],
    )
    publish(
        date(2026, 11, 1),
        date(2027, 1, 1),
        2,
        [
            program("NEW", brackets=[{"from": "0", "rate": "0.05"}]),
            program("KEPT", brackets=[{"from": "0", "rate": "0.03"}]),
        ],
    )
    shop = dealer("D1")
    sell(shop, "2026-10-H2", "1000")
    close("2026-10-H2")
    sell(shop, "2026-10-H2", "200", known=after("2026-10-H2", 2))
    sell(shop, "2026-11-H1", "100")
    close("2026-11-H1")
    assert amounts("2026-10-H2") == [("OLD", "2026-10-H2", "20.00"), ("KEPT", "2026-10-H2", "10.00")]
    # OLD earns on October alone at its own rate; KEPT earns on the whole window at the rate now in force.
    assert set(amounts("2026-11-H1")) == {
        ("NEW", "2026-11-H1", "5.00"),
        ("KEPT", "2026-11-H1", "29.00"),
        ("OLD", "2026-11-H1", "4.00"),
    }


def test_late_facts_of_a_closed_window_settle_in_the_open_period_marked_with_their_window(
    policy: PolicyVersion,
) -> None:
    shop, quiet = dealer("D1"), dealer("D2")
    for each in (shop, quiet):
        sell(each, "2026-09-H2", "1000")
    close("2026-09-H2")
    sell(shop, "2026-07-H1", "500", known=after("2026-09-H2", 2))
    sell(shop, "2026-06-H2", "90000", known=after("2026-09-H2", 2))
    sell(shop, "2026-10-H1", "100")
    close("2026-10-H1")
    assert amounts("2026-10-H1", shop) == [("T1-ALL", "2026-10-H1", "2.00"), ("T1-ALL", "2026-09-H2", "10.00")]
    assert amounts("2026-10-H1", quiet) == []
    close("2026-10-H2")
    assert amounts("2026-10-H2", shop) == [("T1-ALL", "2026-10-H2", "0.00")]


def test_facts_after_the_cutoff_are_left_for_later(policy: PolicyVersion) -> None:
    shop = dealer("D1")
    sell(shop, "2026-11-H1", "1000")
    sell(shop, "2026-11-H1", "1", known=after("2026-11-H1", 1) + timedelta(microseconds=1))
    calculate("2026-11-H1", at=after("2026-11-H1", 5), cutoff=after("2026-11-H1", 1))
    assert [line.base for line in lines("2026-11-H1")] == [Decimal("1000")]
    calculate("2026-11-H1", at=after("2026-11-H1", 5))
    assert [line.base for line in lines("2026-11-H1")] == [Decimal("1001")]


def test_a_revised_line_counts_as_it_is_known_at_the_cutoff(policy: PolicyVersion) -> None:
    shop = dealer("D1")
    line = sell(shop, "2026-11-H1", "1000")
    sell(shop, "2026-11-H1", "400", known=after("2026-11-H1", 3), revises=line)
    calculate("2026-11-H1", cutoff=after("2026-11-H1", 2), at=after("2026-11-H1", 9))
    assert [line.base for line in lines("2026-11-H1")] == [Decimal("1000")]
    calculate("2026-11-H1", at=after("2026-11-H1", 9))
    assert [line.base for line in lines("2026-11-H1")] == [Decimal("400")]


def test_every_active_dealer_gets_a_statement_and_others_only_with_facts_or_balance(policy: PolicyVersion) -> None:
    dealer("ACTIVE"), dealer("NEW", activated_on=date(2027, 1, 1)), dealer("GONE", state="terminated")
    sell(dealer("GONE-SOLD", state="terminated"), "2026-11-H1", "10")
    calculate("2026-11-H1")
    assert set(Statement.objects.values_list("dealer__code", flat=True)) == {"ACTIVE", "GONE-SOLD"}


def test_a_dealer_without_tier_has_a_statement_and_no_line(policy: PolicyVersion) -> None:
    shop = dealer("D1", tier=None)
    sell(shop, "2026-11-H1", "1000")
    calculate("2026-11-H1")
    assert (statement("2026-11-H1", shop).tier, lines("2026-11-H1")) == ("", [])


def test_every_line_carries_a_proof_that_adds_up(policy: PolicyVersion) -> None:
    shop = dealer("D1")
    for period, amount in (("2026-10-H1", "1234567.89"), ("2026-10-H2", "0.01"), ("2026-11-H1", "-3")):
        sell(shop, period, amount)
        close(period)
    found = StatementLine.objects.all()
    assert len(found) == 3
    for line in found:
        assert faults_of(line.proof) == []
        assert (Decimal(line.proof["due"]), Decimal(line.proof["base"])) == (line.amount, line.base)
        assert (line.proof["policy"], line.proof["rounding"]) == (
            {"code": "2026", "version": policy.version},
            "half_up_cent",
        )


def company(size: int = 7, first: int = 0) -> None:
    for number in range(first, first + size):
        shop = dealer(f"D{number}", ("T1", "T2", "T3")[number % 3])
        sell(shop, "2026-11-H1", str(1000 * number + Decimal("0.37")))
        sell(shop, "2026-10-H1", str(333 * number))
        ship(shop, "2026-11-H1", str(100 * number + 1))


def test_calculating_again_gives_the_same_lines_and_digest(policy: PolicyVersion) -> None:
    company()
    first = calculate("2026-11-H1")
    before = amounts("2026-11-H1")
    second = calculate("2026-11-H1")
    assert (second.digest, amounts("2026-11-H1")) == (first.digest, before)
    assert second.draft == first.draft + 1
    assert set(Statement.objects.values_list("draft", flat=True)) == {second.draft}


@pytest.mark.parametrize("shards", [2, 3, 16])
def test_shards_do_not_matter(policy: PolicyVersion, shards: int) -> None:
    company()
    sell(dealer("LATE"), "2026-09-H2", "10", known=after("2026-11-H1", 1))
    first = calculate("2026-11-H1")
    split = calculate("2026-11-H1", shards=shards)
    assert (split.digest, split.totals) == (first.digest, first.totals)


def test_the_digest_changes_with_a_fact(policy: PolicyVersion) -> None:
    company()
    first = calculate("2026-11-H1").digest
    sell(Dealer.objects.get(code="D1"), "2026-11-H1", "1")
    assert calculate("2026-11-H1").digest != first


def test_queries_do_not_grow_with_the_dealers(policy: PolicyVersion) -> None:
    company(2)
    calculate("2026-11-H1")
    with CaptureQueriesContext(connection) as few:
        calculate("2026-11-H1")
    company(12, first=2)
    with CaptureQueriesContext(connection) as many:
        calculate("2026-11-H1")
    assert len(many) == len(few)


def test_a_calculation_that_stops_half_way_leaves_the_draft_and_is_cleaned_up(policy: PolicyVersion) -> None:
    company()
    run = calculate("2026-11-H1")
    before = amounts("2026-11-H1")
    begun = begin_calculation(period=half("2026-11-H1"), cutoff=None, shards=2, actor=None, at=after("2026-11-H1"))
    calculate_shard(calculation=begun, number=0)
    assert finish_calculation(calculation=begun) is None
    assert Statement.objects.filter(draft=begun.draft).exists()
    assert (SettlementRun.objects.get().draft, amounts("2026-11-H1")) == (run.draft, before)
    final = calculate("2026-11-H1")
    assert set(Statement.objects.values_list("draft", flat=True)) == {final.draft}
    with pytest.raises(CalculationSuperseded):
        calculate_shard(calculation=begun, number=1)


def test_shards_and_finish_may_run_twice_and_in_any_order(policy: PolicyVersion) -> None:
    company()
    whole = calculate("2026-11-H1").digest
    begun = begin_calculation(period=half("2026-11-H1"), cutoff=None, shards=3, actor=None, at=after("2026-11-H1"))
    for number in (2, 0, 2, 1, 0):
        calculate_shard(calculation=begun, number=number)
    runs = [finish_calculation(calculation=Calculation.objects.get(pk=begun.pk)) for _ in range(2)]
    assert [run.digest for run in runs if run] == [whole, whole]


def test_a_closed_period_is_not_calculated_again(policy: PolicyVersion) -> None:
    close("2026-11-H1")
    with pytest.raises(RunClosed):
        calculate("2026-11-H1")


def test_a_cutoff_before_the_one_already_settled_is_refused(policy: PolicyVersion) -> None:
    close("2026-11-H1", at=after("2026-11-H1", 5))
    with pytest.raises(CutoffBeforePrevious):
        calculate("2026-11-H2", cutoff=after("2026-11-H1", 4))


def test_without_policy_nothing_is_calculated() -> None:
    with pytest.raises(NoPolicyInForce):
        calculate("2026-11-H1")


def test_a_calculation_is_audited_and_its_run_says_what_it_found(policy: PolicyVersion) -> None:
    clerk = factories.User(role="finance_clerk")
    company()
    run = calculate_run(period=half("2026-11-H1"), actor=clerk, at=after("2026-11-H1"))
    assert (run.state, run.calculated_by, run.policy) == (RunState.CALCULATED, clerk, policy)
    assert run.totals["statements"] == 7 and run.totals["by_kind"]["rebate"]["lines"] == run.totals["lines"]
    record = AuditRecord.objects.get(action="settlement.calculate")
    assert (record.actor, record.after["digest"]) == (clerk.username, run.digest)
    assert set(Statement.objects.values_list("state", flat=True)) == {StatementState.DRAFT}
