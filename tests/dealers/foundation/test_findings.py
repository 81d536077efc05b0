"""Findings keep their words for later and survive being stored."""

from decimal import Decimal

import pytest

from dealers.foundation.findings import Finding, Findings, Severity
from dealers.foundation.money import parse_decimal
from dealers.foundation.refusals import Refused


def test_a_finding_fills_its_sentence_in() -> None:
    finding = Finding("too_low", Severity.ERROR, "is below %(floor)s", {"floor": Decimal("9.90")}, field="price")
    assert str(finding) == "is below 9.90"
    assert str(Finding("full", Severity.INFO, "is at 100 %")) == "is at 100 %"


def test_a_stored_finding_reads_back_the_same() -> None:
    finding = Finding("too_low", Severity.WARNING, "is below %(floor)s", {"floor": "9.90"}, "price", "9.00", 17)
    assert Finding.from_record(finding.as_record()) == finding


def test_a_refused_value_becomes_a_finding_with_its_place() -> None:
    with pytest.raises(Refused) as refusal:
        parse_decimal("1.234", max_digits=9, places=2)
    finding = Finding.from_refusal(refusal.value, field="unit_price", value="1.234", line=4)
    assert (finding.code, finding.field, finding.value, finding.line) == ("too_many_places", "unit_price", "1.234", 4)
    assert str(finding) == "has more than 2 decimal places"


def test_only_errors_refuse() -> None:
    findings = Findings()
    findings.info("seen", "was seen")
    findings.warning("odd", "looks odd", field="tier")
    assert not findings.has_errors
    findings.error("wrong", "is wrong because of %(reason)s", reason="age", value="x" * 2000)
    assert [finding.code for finding in findings] == ["seen", "odd", "wrong"]
    assert [str(finding) for finding in findings.errors] == ["is wrong because of age"]
    assert len(findings.errors[0].value) < 1000


def test_a_finding_can_be_placed_later() -> None:
    placed = Finding("odd", Severity.INFO, "looks odd").at(line=3, field="sku")
    assert (placed.line, placed.field) == (3, "sku")
