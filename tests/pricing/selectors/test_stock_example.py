"""The worked example of docs/stock.md, reckoned again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from dealers.choices import AdjustmentKind
from pricing.rules.stock_roll import findings_of
from pricing.selectors.stock_roll import comparison, stock_windows
from tests.pricing.stock_stage import moment, shelf

DOCUMENT = Path(__file__).parents[3] / "docs" / "stock.md"


@pytest.mark.django_db
def test_the_example_says_what_the_document_says() -> None:
    place = shelf().counted(10, 40).shipped(11, 20).sold(12, 15).sold(13, -1).shipped(14, -5)
    place.adjusted(15, AdjustmentKind.DAMAGE, 2).counted(17, 30)
    by = comparison(moment(17) + timedelta(days=3))
    window = next(stock_windows(by, dealers=[place.dealer.pk]))
    (found,) = findings_of(window, by.tolerance)
    written = " ".join(DOCUMENT.read_text(encoding="utf-8").replace("\n> ", " ").split())
    assert str(found.said) in written
