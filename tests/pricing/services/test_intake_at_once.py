"""Deliveries that arrive at the same time."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from dealers.choices import Door
from dealers.models import Dealer, FeedDelivery
from pricing.models import SaleLine, SalesTally
from pricing.services.intake import JsonReport, take_in_sales
from pricing.services.rejudge import rejudge

pytestmark = pytest.mark.django_db(transaction=True)


def in_threads(*works: Callable[[], Any]) -> list[Any]:
    def run(work: Callable[[], Any]) -> Any:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return [future.result() for future in [pool.submit(run, work) for work in works]]


def delivered(dealer: Dealer | None, lines: list[dict[str, Any]], at: datetime) -> Callable[[], FeedDelivery]:
    body = json.dumps({"lines": lines}).encode()
    return lambda: take_in_sales(
        source=JsonReport(body), dealer=dealer, door=Door.API, actor_label="test", received_at=at
    )


def test_the_same_lines_at_once_are_kept_once(
    company: SimpleNamespace, sale: Callable[..., dict[str, Any]], received_at: datetime
) -> None:
    lines = [sale(doc_no=f"S{number}", dealer="D1") for number in range(400)]

    deliveries = in_threads(
        delivered(company.d1, lines, received_at),
        delivered(company.d1, lines, received_at),
        delivered(None, lines[::-1], received_at),
    )

    assert sum(delivery.accepted for delivery in deliveries) == 400
    assert sum(delivery.duplicates for delivery in deliveries) == 800
    assert SaleLine.objects.count() == 400
    assert sum(SalesTally.objects.values_list("lines", flat=True)) == 400


def test_revisions_and_judging_again_at_once_leave_the_tally_right(
    company: SimpleNamespace, sale: Callable[..., dict[str, Any]], received_at: datetime
) -> None:
    lines = [sale(doc_no=f"S{number}", dealer="D1") for number in range(200)]
    delivered(company.d1, lines, received_at)()
    company.phone_band.floor = 105
    company.phone_band.save()
    revised = [line | {"revision": 2, "quantity": 3} for line in lines]
    days = (datetime(2026, 11, 1).date(), None)

    in_threads(
        delivered(company.d1, revised, received_at),
        delivered(None, revised[::-1], received_at),
        lambda: rejudge(days=days, reason="test", actor=None),
    )

    assert set(SaleLine.objects.values_list("revision", "quantity")) == {(2, 3)}
    rows = SalesTally.objects.values_list("lines", "quantity", "amount", "earning", "breach_lines", "breach")
    assert [sum(column) for column in zip(*rows, strict=True)] == [200, 600, 60_000, 0, 200, 60_000]
