"""Few lines travel inside their statement, many by COPY: what is left behind is the same to the last row."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dealers.choices import Door
from dealers.models import FeedDelivery
from dealers.services import staging
from dealers.services.deliveries import receipt_of
from pricing.services.intake import LineReport, take_in_sales

pytestmark = pytest.mark.django_db

#: Everything a delivery leaves behind, with its deliveries numbered from 1.
LEFT_BEHIND = {
    "lines": "SELECT (to_jsonb(t) - 'delivery_id')::text, number"
    " FROM pricing_saleline t JOIN now ON now.id = delivery_id",
    "history": "SELECT (to_jsonb(t) - 'delivery_id' - 'id')::text, number"
    " FROM pricing_salelinehistory t JOIN now ON now.id = delivery_id",
    "quarantine": "SELECT (to_jsonb(t) - 'delivery_id' - 'id')::text, number"
    " FROM dealers_quarantinedline t JOIN now ON now.id = delivery_id",
    "tally": "SELECT (to_jsonb(t) - 'delivery_id' - 'id')::text, number"
    " FROM pricing_salestally t JOIN now ON now.id = delivery_id",
    "days": "SELECT (to_jsonb(t) - 'delivery_id' - 'id')::text, number"
    " FROM dealers_feedday t JOIN now ON now.id = delivery_id",
    "clocks": "SELECT to_jsonb(t)::text, 0 FROM dealers_syncclock t",
    "gathering": "SELECT (to_jsonb(t) - 'id')::text, 0 FROM pricing_gatheringdue t",
}

line = st.fixed_dictionaries(
    {
        "doc_no": st.sampled_from(["S1", "S2", "单号 100%", "back\\slash", " "]),
        "line_no": st.integers(0, 2),
        "sold_at": st.sampled_from(["2026-11-05T10:00:00+08:00", "2026-10-20T08:00:00Z", "2027-01-01T00:00:00Z"]),
        "sku": st.sampled_from(["PHONE", "CASE", "SPARE", "NONE"]),
        "quantity": st.sampled_from([1, 2, -1, 0]),
        "unit_price": st.sampled_from(["100.00", "80", "9.5", "0"]),
        "region": st.sampled_from(["C3301", "P31", "X"]),
        "revision": st.integers(1, 3),
        "customer": st.sampled_from(["", "Zhang"]),
    }
)


class _Undone(Exception):
    pass


def left_behind(reports: list[list[dict[str, Any]]], company: SimpleNamespace, few: int, at: Any) -> dict[str, Any]:
    """What these reports, one after the other, leave behind when up to ``few`` rows travel inside their statement."""
    found: dict[str, Any] = {}
    before, staging.FEW_ROWS = staging.FEW_ROWS, few
    try:
        with transaction.atomic():
            deliveries: list[FeedDelivery] = [
                take_in_sales(
                    source=LineReport(list(enumerate(lines, 1))),
                    dealer=company.d1,
                    door=Door.API,
                    actor_label="test",
                    received_at=at,
                )
                for lines in reports
            ]
            found["receipts"] = [{**receipt_of(delivery), "id": None} for delivery in deliveries]
            now = ", ".join(f"({delivery.pk}, {number})" for number, delivery in enumerate(deliveries, 1))
            with connection.cursor() as cursor:
                for name, sql in LEFT_BEHIND.items():
                    cursor.execute(f"WITH now (id, number) AS (VALUES {now}) {sql}")
                    found[name] = sorted(cursor.fetchall())
            raise _Undone
    except _Undone:
        return found
    finally:
        staging.FEW_ROWS = before


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reports=st.lists(st.lists(line, min_size=1, max_size=4), min_size=1, max_size=3))
def test_both_ways_leave_the_same_behind(
    company: SimpleNamespace, received_at: Any, reports: list[list[dict[str, Any]]]
) -> None:
    by_copy = left_behind(reports, company, -1, received_at)
    inside = left_behind(reports, company, 1000, received_at)

    assert inside == by_copy
    assert sum(receipt["lines"] for receipt in inside["receipts"]) == sum(len(lines) for lines in reports)


def test_a_known_line_among_few_new_ones_is_sorted_out(report: Callable[..., FeedDelivery], sale: Any) -> None:
    report(sale())

    again = report(sale(), sale(line_no=2), sale(line_no=2), sale(revision=2, quantity=3), sale(quantity=9))

    counted = (again.accepted, again.duplicates, again.revised, again.quarantined)
    assert counted == (1, 2, 1, 1)
