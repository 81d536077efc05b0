"""Dealers taken over from existing contracts, and what a later row changes from which day on."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine

from dealers.models import Alliance, AuditRecord, Contract, Dealer, DealerTier, SyncClock, Territory
from dealers.services.imports.dealers import DEALERS
from tests import factories
from tests.tables import changed, counts, refusals, remark_codes, take

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
HEADER = (
    "code,name,uscc,industry,annual_revenue,territory,activated_on,contract_no,contract_amount,contract_start,"
    "contract_end,alliance,tier,b2b_from,b2b_to"
)
USCC = factories.valid_uscc(1)
ROW = f"D1,杭州商贸,{USCC},electronics,9000000,C1;P2,2026-01-01,HT1,300000,2026-01-01,2027-01-01,,T3,,"
TODAY = date(2026, 5, 20)


@pytest.fixture
def today() -> object:
    province, other = factories.Province(code="P1"), factories.Province(code="P2")
    factories.City(code="C1", parent=province)
    factories.City(code="C2", parent=other)
    with time_machine.travel("2026-05-20T02:00:00Z", tick=False):
        yield


def table(*rows: str, header: str = HEADER) -> str:
    return "\n".join((header, *rows)) + "\n"


def tiers() -> list[tuple[str, date, date | None]]:
    return [(row.tier, row.valid.lower, row.valid.upper) for row in DealerTier.objects.order_by("valid")]


def territory() -> list[tuple[str, date, date | None]]:
    grants = Territory.objects.order_by("region__code", "valid").select_related("region")
    return [(grant.region.code, grant.valid.lower, grant.valid.upper) for grant in grants]


def test_a_row_brings_dealer_tier_territory_contract_and_clock() -> None:
    row = changed(ROW, HEADER, b2b_from="2026-02-01", b2b_to="2026-08-01")
    assert counts(take(DEALERS, table(row))) == (1, 0, 0, 0)
    dealer = Dealer.objects.get()
    contract = Contract.objects.get()
    assert (dealer.home_region.code, dealer.state, dealer.activated_on) == ("C1", "active", date(2026, 1, 1))
    assert tiers() == [("T3", date(2026, 1, 1), None)]
    assert territory() == [("C1", date(2026, 1, 1), None), ("P2", date(2026, 1, 1), None)]
    assert (contract.number, contract.valid.lower, contract.valid.upper) == ("HT1", date(2026, 1, 1), date(2027, 1, 1))
    assert dealer.b2b_addenda.get().valid.upper == date(2026, 8, 1)
    assert SyncClock.objects.get().dealer == dealer


def test_the_same_row_again_is_a_duplicate_within_and_across_files() -> None:
    assert counts(take(DEALERS, table(ROW, ROW))) == (1, 1, 0, 0)
    assert counts(take(DEALERS, table(ROW))) == (0, 1, 0, 0)


def test_optional_columns_may_be_absent() -> None:
    header = HEADER.removesuffix(",alliance,tier,b2b_from,b2b_to")
    row = ROW.removesuffix(",,T3,,")
    assert counts(take(DEALERS, table(row, header=header))) == (1, 0, 0, 0)
    assert tiers() == []


def test_another_tier_with_the_old_day_is_in_force_from_today() -> None:
    take(DEALERS, table(ROW))
    delivery = take(DEALERS, table(changed(ROW, HEADER, tier="T2")))
    assert counts(delivery) == (0, 0, 1, 0)
    assert tiers() == [("T3", date(2026, 1, 1), TODAY), ("T2", TODAY, None)]
    assert AuditRecord.objects.get(action="dealer_tier.close").before == {"valid": "[2026-01-01, )"}
    assert counts(take(DEALERS, table(changed(ROW, HEADER, tier="T2")))) == (0, 1, 0, 0)


def test_another_tier_with_a_day_of_its_own_is_in_force_from_that_day() -> None:
    take(DEALERS, table(ROW))
    row = changed(ROW, HEADER, tier="T2", activated_on="2026-04-01")
    assert counts(take(DEALERS, table(row))) == (0, 0, 1, 0)
    assert tiers() == [("T3", date(2026, 1, 1), date(2026, 4, 1)), ("T2", date(2026, 4, 1), None)]
    assert Dealer.objects.get().activated_on == date(2026, 1, 1)
    assert counts(take(DEALERS, table(row))) == (0, 1, 0, 0)


def test_an_old_file_does_not_take_a_later_tier_back() -> None:
    take(DEALERS, table(ROW))
    take(DEALERS, table(changed(ROW, HEADER, tier="T2", activated_on="2026-04-01")))
    delivery = take(DEALERS, table(ROW))
    assert counts(delivery) == (0, 1, 0, 0)
    assert remark_codes(delivery) == ["admission_not_checked", "tier_changed_since"]
    assert tiers()[-1] == ("T2", date(2026, 4, 1), None)


def test_a_changed_territory_closes_what_is_left_and_grants_what_is_new() -> None:
    take(DEALERS, table(ROW))
    assert counts(take(DEALERS, table(changed(ROW, HEADER, territory="C1;C2")))) == (0, 0, 1, 0)
    assert territory() == [
        ("C1", date(2026, 1, 1), None),
        ("C2", TODAY, None),
        ("P2", date(2026, 1, 1), TODAY),
    ]


def test_what_a_territory_or_addendum_change_touches_is_told() -> None:
    take(DEALERS, table(ROW, changed(ROW, HEADER, code="D2", uscc=factories.valid_uscc(2))))
    told = []
    row = changed(ROW, HEADER, territory="C1", b2b_from="2026-03-01")
    take(DEALERS, table(row), then=lambda taking: told.append((taking.touched.dealers, taking.touched.since)))
    assert told == [({Dealer.objects.get(code="D1").pk}, date(2026, 3, 1))]


def test_a_new_contract_ends_the_one_before() -> None:
    take(DEALERS, table(ROW))
    row = changed(ROW, HEADER, contract_no="HT2", contract_start="2026-07-01", contract_end="2028-01-01")
    assert counts(take(DEALERS, table(row))) == (0, 0, 1, 0)
    spans = [(contract.number, contract.valid.upper) for contract in Contract.objects.order_by("valid")]
    assert spans == [("HT1", date(2026, 7, 1)), ("HT2", date(2028, 1, 1))]


def test_a_contract_from_the_same_day_is_corrected_with_before_and_after() -> None:
    take(DEALERS, table(ROW))
    assert counts(take(DEALERS, table(changed(ROW, HEADER, contract_amount="400000")))) == (0, 0, 1, 0)
    record = AuditRecord.objects.get(action="contract.correct")
    assert (record.before["amount"], record.after["amount"]) == ("300000.00", "400000")


def test_a_contract_that_runs_into_a_later_one_is_refused_whole() -> None:
    take(DEALERS, table(ROW))
    row = changed(ROW, HEADER, name="别的名字", contract_start="2025-01-01", contract_end="2026-02-01")
    assert refusals(take(DEALERS, table(row))) == [(2, "contract_end", "span_overlaps_later")]
    assert Dealer.objects.get().name == "杭州商贸"


def test_a_name_is_changed_with_before_and_after() -> None:
    take(DEALERS, table(ROW))
    assert counts(take(DEALERS, table(changed(ROW, HEADER, name="杭州新商贸")))) == (0, 0, 1, 0)
    record = AuditRecord.objects.get(action="dealer.change")
    assert (record.before, record.dealer_id) == ({"name": "杭州商贸"}, Dealer.objects.get().pk)


def test_admission_thresholds_are_remarks_and_refuse_nothing() -> None:
    factories.PolicyVersion()
    Alliance.objects.create(code="A1", name="浙北联盟")
    sole = factories.valid_uscc(3, prefix="92310000")
    member = factories.valid_uscc(4, prefix="92310000")
    delivery = take(
        DEALERS,
        table(
            ROW,
            changed(ROW, HEADER, code="D2", uscc=factories.valid_uscc(2), annual_revenue="7999999.99"),
            changed(ROW, HEADER, code="D3", uscc=sole),
            changed(ROW, HEADER, code="D4", uscc=member, alliance="A1", annual_revenue="100"),
        ),
    )
    assert counts(delivery) == (4, 0, 0, 0)
    assert [(remark["line"], remark["code"]) for remark in delivery.remarks] == [
        (3, "revenue_below_threshold"),
        (4, "sole_proprietor_without_alliance"),
        (5, "alliance_revenue_below_threshold"),
    ]


WRONG_LAST = USCC[:-1] + ("0" if USCC[-1] != "0" else "1")


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (changed(ROW, HEADER, code=""), "code", "missing_value"),
        (changed(ROW, HEADER, name=""), "name", "missing_value"),
        (changed(ROW, HEADER, uscc=""), "uscc", "uscc_missing"),
        (changed(ROW, HEADER, uscc=WRONG_LAST), "uscc", "uscc_check_digit"),
        (changed(ROW, HEADER, uscc="91310000"), "uscc", "uscc_length"),
        (changed(ROW, HEADER, uscc=factories.valid_uscc(9)), "uscc", "uscc_taken"),
        (changed(ROW, HEADER, industry="toys"), "industry", "bad_choice"),
        (changed(ROW, HEADER, annual_revenue="1.234"), "annual_revenue", "too_many_places"),
        (changed(ROW, HEADER, annual_revenue="-1"), "annual_revenue", "number_too_small"),
        (changed(ROW, HEADER, territory=""), "territory", "missing_value"),
        (changed(ROW, HEADER, territory="C1;C9"), "territory", "unknown_region"),
        (changed(ROW, HEADER, activated_on="2026-1-1"), "activated_on", "not_a_date"),
        (changed(ROW, HEADER, contract_no=""), "contract_no", "missing_value"),
        (changed(ROW, HEADER, contract_end="2026-01-01"), "contract_end", "range_is_empty"),
        (changed(ROW, HEADER, alliance="A9"), "alliance", "unknown_alliance"),
        (changed(ROW, HEADER, tier="T4"), "tier", "bad_choice"),
        (changed(ROW, HEADER, b2b_to="2026-05-01"), "b2b_to", "b2b_to_without_from"),
        (changed(ROW, HEADER, b2b_from="2026-05-01", b2b_to="2026-04-01"), "b2b_to", "range_is_empty"),
    ],
)
def test_a_broken_dealer_names_its_column(row: str, column: str, code: str) -> None:
    factories.Dealer(code="D9", uscc=factories.valid_uscc(9), home_region=None)
    assert refusals(take(DEALERS, table(row))) == [(2, column, code)]
    assert not Dealer.objects.filter(code="D1").exists()


def test_a_wrong_check_digit_says_which_and_what_it_should_be() -> None:
    delivery = take(DEALERS, table(changed(ROW, HEADER, uscc=WRONG_LAST)))
    params = delivery.refused.get().params
    assert (params["position"], params["expected"]) == (18, USCC[-1])
