"""November's first half: taken over, reported, judged, promoted, settled, approved, confirmed and verified."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from dealers.foundation.tabular import open_table
from settlement.documents.pdf import content_of
from settlement.models import Statement
from settlement.selectors.papers import RELATED, papers_of
from tests.journeys.first_half_month import (
    BEYOND,
    EDGE,
    HANGZHOU,
    LATE,
    NANJING,
    NEXT,
    PERIOD,
    Story,
    facts_of,
    tell,
)
from tests.journeys.office import Office, told_once
from tests.journeys.reckoning import CENT, T1, T2, T3, base_of, incremental, retroactive, rounded

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def story(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with told_once(django_db_blocker, lambda: tell(Office(tmp_path_factory.mktemp("first_half")))) as told:
        yield told


def problems(receipt: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(found["line"], found["column"], found["value"]) for found in receipt["problems"]]


def test_names_saved_in_a_chinese_code_page_arrive_as_they_were(story: Story) -> None:
    name = story.hangzhou.get("me").json()
    assert "杭州半月影音有限公司" in str(name)


def test_a_workbook_of_products_is_taken_like_a_table(story: Story) -> None:
    answer = story.hangzhou.get("products").json()["results"]
    assert {row["sku"] for row in answer} == {"PJ-1", "SC-1", "LB-1", "CB-1"}


def test_broken_lines_are_refused_by_line_column_and_value_and_the_rest_is_kept(story: Story) -> None:
    receipt = story.receipts["lhasa"]
    assert (receipt["exit"], receipt["read"], receipt["accepted"], receipt["quarantined"]) == (3, 4, 2, 2)
    assert problems(receipt) == [(3, "unit_price", "￥2950"), (5, "sku", "PJ-9")]
    assert all(found["reason"] for found in receipt["problems"])


def test_a_corrected_line_leaves_the_quarantine_and_counts(story: Story) -> None:
    assert len(story.answers["waiting"]) == 2
    assert story.answers["corrected"].status_code == 201, story.answers["corrected"].content
    assert story.office.verdicts(PERIOD)["L-1", "2"] == ("in_band", frozenset())


def test_a_retry_with_the_same_key_gets_the_first_answer_and_another_body_is_refused(story: Story) -> None:
    answers = story.answers
    assert answers["first"].status_code == answers["replay"].status_code == 201
    assert answers["replay"].json() == answers["first"].json()
    assert answers["first"].json()["accepted"] == len(HANGZHOU)
    assert answers["other body"].status_code == 422
    assert answers["other body"].json()["code"] == "idempotency_key_reused"


def test_the_same_content_again_is_a_harmless_duplicate(story: Story) -> None:
    receipt = story.answers["again"].json()
    assert (receipt["accepted"], receipt["duplicates"], receipt["quarantined"]) == (0, len(HANGZHOU), 0)


def test_other_content_needs_a_higher_revision(story: Story) -> None:
    refused, revised = story.answers["same revision"].json(), story.answers["revision"].json()
    assert (refused["accepted"], refused["quarantined"]) == (0, 1)
    assert (revised["revised"], revised["quarantined"]) == (1, 0)


def test_a_day_without_sales_is_declared_with_a_receipt(story: Story) -> None:
    answer = story.answers["zero"]
    assert (answer.status_code, answer.json()["lines"]) == (201, 0)


@pytest.mark.parametrize(
    ("said", "verdict", "flags"),
    [pytest.param(*row, id=f"{row[0]['doc_no']}/{row[0]['line_no']}") for row in (*HANGZHOU, *NANJING, *EDGE)],
)
def test_every_line_reads_as_the_rulebook_judges_it(
    story: Story, said: dict[str, Any], verdict: str, flags: str
) -> None:
    found = story.office.verdicts(PERIOD)[said["doc_no"], str(said["line_no"])]
    assert found == (verdict, frozenset(flags.split()))


def test_a_verdict_names_the_band_and_the_promotion_that_decided_it(story: Story) -> None:
    rows = {(row["doc_no"], row["line_no"]): row for row in story.office.written("export_verdicts", PERIOD).rows()}
    assert list(rows["A-1", "1"]) == ["dealer", "doc_no", "line_no", "revision", "verdict", "flags", "band", "promo"]
    assert rows["A-1", "1"]["revision"] == "2"
    assert rows["A-1", "2"]["band"] != rows["A-1", "3"]["band"] != ""
    assert rows["A-2", "1"]["band"] == rows["A-2", "1"]["promo"] == ""
    assert story.promo in rows["B-2", "2"]["promo"]
    assert "TP-1" in rows["A-3", "5"]["promo"]
    assert rows["B-2", "1"]["promo"] == ""


def test_a_sale_in_the_last_instant_of_the_15th_is_in_the_first_half_and_one_at_midnight_is_not(story: Story) -> None:
    first, second = story.office.verdicts(PERIOD), story.office.verdicts(NEXT)
    assert {("B-3", "1"), ("B-3", "2"), ("B-3", "3")} <= first.keys()
    assert {("B-4", "1"), ("B-4", "2")} <= second.keys()
    assert not first.keys() & second.keys()


def test_a_promotion_goes_from_the_dealer_through_legal_to_budget_and_by_nobody_else(story: Story) -> None:
    assert [story.answers[f"promo {moment}"] for moment in ("before legal", "with wording open")] == [
        "legal_review"
    ] * 2
    assert story.answers["promo after legal"] == "budget_review"
    assert story.answers["promo after budget"] in ("approved", "running")


def test_a_promo_week_and_the_edge_of_the_half_month_are_taken_whole(story: Story) -> None:
    week, edge = story.answers["promo week"].json(), story.answers["edge"].json()
    assert (week["accepted"], edge["accepted"]) == (len(NANJING), len(EDGE) + len(BEYOND)), (week, edge)


def test_calculating_again_or_in_shards_gives_the_same_digest(story: Story) -> None:
    assert len({story.digests[name] for name in ("first", "again", "five shards", "approved")}) == 1


def test_a_dealer_sees_no_draft(story: Story) -> None:
    assert story.answers["draft seen by dealer"].status_code == 404


EARNED = {
    "HZ01": lambda base: incremental(base, T1, cap="500000"),
    "NJ01": lambda base: incremental(base, T2),
    "LS01": lambda base: retroactive(base, T3),
}


@pytest.mark.parametrize("dealer", EARNED)
def test_every_rebate_is_what_a_second_reckoning_from_the_raw_lines_gives(story: Story, dealer: str) -> None:
    base = base_of(facts_of(dealer))
    (line,) = [row for row in story.office.statement_lines(PERIOD) if row["dealer"] == dealer]
    assert (line["kind"], line["for_period"], Decimal(line["base"])) == ("rebate", PERIOD, base)
    assert Decimal(line["amount"]) == EARNED[dealer](base)
    assert line["explanation"]


def test_the_statement_shows_sales_and_purchases_as_reported(story: Story) -> None:
    statement = story.hangzhou.get(f"statements/{PERIOD}").json()
    assert Decimal(statement["sales"]) == rounded(sum(line.amount for line in facts_of("HZ01")))
    assert Decimal(statement["purchases"]) == Decimal("960000.00")


def test_the_proof_a_dealer_is_given_sums_back_from_lines_to_due(story: Story) -> None:
    statement = story.hangzhou.get(f"statements/{PERIOD}").json()
    (line,) = statement["lines"]
    proof = line["proof"]
    lines = [told for told in facts_of("HZ01") if told.earns]
    assert sum(part["lines"] for part in proof["inputs"]) == len(lines)
    assert sum(Decimal(part["amount"]) for part in proof["inputs"]) == Decimal(proof["base"]) == base_of(lines)
    slices = [(Decimal(part["amount"]), Decimal(part["rate"]), Decimal(part["earned"])) for part in proof["formula"]]
    assert all(amount * rate == earned for amount, rate, earned in slices)
    assert sum(amount for amount, _rate, _earned in slices) == Decimal(proof["base"])
    assert Decimal(proof["entitlement"]) == rounded(sum(earned for *_, earned in slices))
    assert Decimal(proof["entitlement"]) - Decimal(proof["settled_total"]) == Decimal(proof["due"])
    assert Decimal(proof["due"]) == Decimal(line["amount"])
    assert Decimal(statement["opening"]) + Decimal(line["amount"]) == Decimal(statement["closing"])
    assert proof["policy"] == {"code": "2026", "version": 1}


def test_one_dealer_never_learns_of_another(story: Story) -> None:
    assert story.hangzhou.get(f"statements/{PERIOD}", {"dealer": "NJ01"}).status_code == 404
    assert {row["dealer"] for row in story.hangzhou.get("statements").json()["results"]} == {"HZ01"}
    assert "B-2" not in story.hangzhou.get("quarantine").content.decode()


def test_the_dealer_confirms_and_the_closed_half_month_stays_closed(story: Story) -> None:
    assert story.answers["confirmed"].status_code == 200, story.answers["confirmed"].content
    assert story.answers["confirmed"].json()["state"] == "confirmed"
    assert story.answers["settled again"].code != 0


def test_a_late_line_settles_in_the_next_half_month_and_is_counted_in_its_own(story: Story) -> None:
    base = base_of(facts_of("HZ01"))
    late = LATE["quantity"] * Decimal(LATE["unit_price"])
    due = incremental(base + late, T1, "500000") - incremental(base, T1, "500000")
    statement = story.hangzhou.get(f"statements/{NEXT}").json()
    (line,) = [line for line in statement["lines"] if Decimal(line["amount"])]
    assert Decimal(line["amount"]) == due == (late * Decimal("0.03")).quantize(CENT)
    (share,) = [part for part in line["proof"]["inputs"] if Decimal(part["amount"])]
    assert (share["period"], Decimal(share["amount"])) == (PERIOD, base + late)
    assert Decimal(statement["opening"]) == incremental(base, T1, "500000")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_file_of_the_statement_says_what_the_second_reckoning_gives(story: Story, language: str) -> None:
    earned = incremental(base_of(facts_of("HZ01")), T1, "500000")
    asked = {"lang": language[:2]}
    told = story.hangzhou.get(f"statements/{PERIOD}.json").json()
    table = story.hangzhou.get(f"statements/{PERIOD}.csv", asked).content.decode()
    (row,) = csv.DictReader(io.StringIO(table))
    (cells,) = open_table(io.BytesIO(story.hangzhou.get(f"statements/{PERIOD}.xlsx", asked).content))
    assert {Decimal(told["total"]), Decimal(row["amount"]), Decimal(cells.values["amount"])} == {earned}
    statement = Statement.objects.select_related(*RELATED).get(run__period=PERIOD, dealer__code="HZ01")
    (paper,) = papers_of([statement])
    printed = content_of(paper, language)
    said = f"{earned:,.2f}"
    assert printed["lines"][0]["amount"] == printed["total"] == printed["proofs"][0]["rows"][-1]["value"] == said
    assert story.hangzhou.get(f"statements/{PERIOD}.pdf", asked).content.startswith(b"%PDF")


def test_the_next_half_month_has_its_own_lines(story: Story) -> None:
    base = base_of(facts_of("NJ01"))
    beyond = sum(Decimal(said["unit_price"]) for said, *_ in BEYOND)
    (line,) = [row for row in story.office.statement_lines(NEXT) if row["dealer"] == "NJ01"]
    assert Decimal(line["amount"]) == incremental(base + beyond, T2) - incremental(base, T2)


@pytest.mark.parametrize("what", ["ledger", "audit", "settlement"])
def test_books_trail_and_settlement_verify(story: Story, what: str) -> None:
    assert story.office.run("verify", what).code == 0


def test_one_half_month_can_be_verified_by_itself(story: Story) -> None:
    assert story.office.run("verify", "settlement", PERIOD).code == 0
    assert story.office.run("verify", "settlement", "2026-12-H1").code != 0
