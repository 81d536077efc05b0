"""The verdicts of a half-month as other systems read them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from dealers.models import FeedDelivery

pytestmark = pytest.mark.django_db


def test_every_line_is_named_with_what_decided_it(
    report: Callable[..., FeedDelivery],
    sale: Callable[..., dict[str, Any]],
    company: SimpleNamespace,
    make_band: Any,
    make_promo: Any,
    tmp_path: Path,
) -> None:
    make_band(company.phone, "95", "99", scope="region", region=company.ningbo)
    make_promo(company.phone, "80", datetime(2026, 10, 1, tzinfo=UTC), code="PR-9")
    report(
        sale(doc_no="=B", line_no=2, unit_price="80"),
        sale(doc_no="=B", line_no=1, region="C3302"),
        sale(doc_no="A", sku="SPARE", quantity=-1, region="P31", channel="b2b", sold_at="2026-11-15T23:59:59+08:00"),
        sale(doc_no="elsewhen", sold_at="2026-11-16T00:00:00+08:00"),
        at=datetime(2026, 11, 20, tzinfo=UTC),
    )
    report(sale(doc_no="A"), dealer=company.d2)

    call_command("export_verdicts", "2026-11-H1", output=str(tmp_path / "verdicts.csv"))

    assert (tmp_path / "verdicts.csv").read_text("utf-8").splitlines() == [
        "dealer,doc_no,line_no,revision,verdict,flags,band,promo",
        "D1,'=B,1,1,above_ceiling,late_report,region:C3302@2026-01-01,",
        "D1,'=B,2,1,promo,late_report,national@2026-01-01,PR-9",
        "D1,A,1,1,return,out_of_territory,,",
        "D2,A,1,1,in_band,out_of_territory,national@2026-01-01,",
    ]


def test_a_period_that_is_none_is_refused() -> None:
    with pytest.raises(CommandError, match="2026-11-H3"):
        call_command("export_verdicts", "2026-11-H3")
