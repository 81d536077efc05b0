"""The course of a delivery: opened, its refused lines kept, its days covered, closed, and answered by a receipt.

Everything happens in the caller's transaction, which has called ``barrier.enter_intake`` *before* it chose
``received_at``: a settlement that waits on the barrier then knows every fact received up to its cutoff.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Self
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection
from django.db.models import TextChoices
from django.utils.translation import gettext

from dealers.choices import Coverage, Door, Feed, QuarantineState
from dealers.foundation.clock import BUSINESS_ZONE, parse_instant
from dealers.foundation.findings import Finding
from dealers.foundation.refusals import Refused as Unreadable
from dealers.models import Dealer, FeedDelivery, QuarantinedLine
from dealers.problems import PREDICATES, SENTENCES, render_problem
from dealers.services.placed_lines import place_in_message
from dealers.services.refused_content import as_stored, clean_text
from dealers.services.staging import copy_line, given_rows

MOST_PROBLEMS_SHOWN = 1_000
#: An instant further ahead has a wrong date; below, a clock or its time zone is wrong.
MOST_A_CLOCK_IS_WRONG = timedelta(hours=26)
#: The quarantine's columns that differ from line to line.
_REFUSED = {
    "dealer_id": "bigint",
    "line": "bigint",
    "content": "jsonb",
    "field": "text",
    "value": "text",
    "code": "text",
    "params": "jsonb",
}
_COUNTS = ("lines", "accepted", "duplicates", "revised", "quarantined")
_CLOSE = f"UPDATE dealers_feeddelivery SET {' = %s, '.join(_COUNTS)} = %s, remarks = %s WHERE id = %s"
_OPENED = ("receipt", "dealer_id", "feed", "door", "received_at", "delivered_by", "filename", "body_digest")
_OPEN = f"""
    INSERT INTO dealers_feeddelivery ({", ".join(_OPENED)}, {", ".join(_COUNTS)}, remarks)
    VALUES ({", ".join(["%s"] * len(_OPENED))}, 0, 0, 0, 0, 0, '[]') RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One line that was not taken, and why. ``line`` counts as the sender counts: from 1, a file's header included.

    ``content`` is the line as it came, so that it can be corrected and sent again.
    """

    line: int
    field: str
    value: str
    code: str
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict, hash=False)
    content: Any = dataclasses.field(default=None, hash=False)
    dealer_id: int | None = None

    @classmethod
    def from_finding(cls, line: int, finding: Finding, content: Any, dealer_id: int | None = None) -> Self:
        """What a check of the foundation found about a line, ready for the quarantine."""
        params = dict(finding.params)
        if finding.code not in SENTENCES and finding.code not in PREDICATES:
            params["message"] = finding.message
        return cls(line, finding.field, finding.value, finding.code, params, content, dealer_id)


@dataclass(frozen=True, slots=True)
class DeliveryCounts:
    """What became of the lines; ``lines`` is the sum of the others, and the database insists on it."""

    lines: int
    accepted: int = 0
    duplicates: int = 0
    revised: int = 0
    quarantined: int = 0

    def __add__(self, other: DeliveryCounts) -> DeliveryCounts:
        return DeliveryCounts(
            self.lines + other.lines,
            self.accepted + other.accepted,
            self.duplicates + other.duplicates,
            self.revised + other.revised,
            self.quarantined + other.quarantined,
        )


def open_delivery(
    *,
    dealer: Dealer | None,
    feed: Feed,
    door: Door,
    delivered_by: str,
    received_at: datetime,
    filename: str = "",
    body_digest: str = "",
) -> FeedDelivery:
    """Record that something arrived. ``dealer`` is None when HQ delivers for many."""
    delivery = FeedDelivery(
        dealer=dealer,
        feed=feed,
        door=door,
        delivered_by=clean_text(delivered_by, 200),
        received_at=received_at,
        filename=clean_text(filename, 255),
        body_digest=body_digest,
    )
    with connection.cursor() as cursor:
        values = [getattr(delivery, column) for column in _OPENED]
        cursor.execute(_OPEN, [str(value) if isinstance(value, (UUID, TextChoices)) else value for value in values])
        (delivery.pk,) = cursor.fetchone()
    delivery._state.adding, delivery._state.db = False, connection.alias
    FeedDelivery._meta.get_field("intake").set_cached_value(delivery, None)  # known without a question
    return delivery


def refuse_lines(delivery: FeedDelivery, refusals: Iterable[Refusal], cursor: Any = None) -> int:
    """Put refused lines into the quarantine; how many. Memory stays bounded for any number.

    ``cursor`` is for a caller that works on the transaction from another thread.
    """
    if cursor is None:
        with connection.cursor() as own:
            return refuse_lines(delivery, refusals, own)
    rows = given_rows(cursor, "refused_now", _REFUSED, map(copy_line, _stored(delivery, refusals)))
    if rows.count:
        cursor.execute(
            f"""
            INSERT INTO dealers_quarantinedline
                (delivery_id, dealer_id, feed, line, content, field, value, code, params, state, refused_at)
            SELECT %s, dealer_id, %s, line, content, field, value, code, params, %s, %s FROM {rows.sql} refused
            """,
            [delivery.pk, str(delivery.feed), str(QuarantineState.OPEN), delivery.received_at],
        )
    return rows.count


def close_delivery(
    delivery: FeedDelivery,
    counts: DeliveryCounts,
    remarks: Sequence[Mapping[str, Any]] = (),
    *,
    delivered: Mapping[int, Iterable[date]] | None = None,
) -> None:
    """Write the counts on the receipt. Remarks are notes on lines that were taken all the same.

    ``delivered`` are days of dealers that the delivery covers, see :func:`cover_days`; they go the same way.
    """
    delivery.lines = counts.lines
    delivery.accepted = counts.accepted
    delivery.duplicates = counts.duplicates
    delivery.revised = counts.revised
    delivery.quarantined = counts.quarantined
    delivery.remarks = list(remarks)
    with connection.cursor() as cursor:
        written = [getattr(delivery, column) for column in _COUNTS]
        params = [*written, json.dumps(delivery.remarks, cls=DjangoJSONEncoder), delivery.pk]
        covering = _covering(cursor, delivery, delivered or {}, Coverage.DELIVERED)
        if covering is None:
            cursor.execute(_CLOSE, params)
        else:
            cursor.execute(f"WITH closed AS ({_CLOSE}), {covering[0]}", [*params, *covering[1]])


def cover_days(delivery: FeedDelivery, days: Mapping[int, Iterable[date]], coverage: Coverage) -> None:
    """Note that these days of these dealers are reported, and let their sync clocks know; one statement for all.

    The first fact about a day stays: it decides whether the day was reported in time. Sales delivered for a day
    once declared empty leave the declaration as it was, where the lines contradict it for everyone to see.
    """
    with connection.cursor() as cursor:
        covering = _covering(cursor, delivery, days, coverage)
        if covering is not None:
            cursor.execute(f"WITH {covering[0]}", covering[1])


def _covering(
    cursor: Any, delivery: FeedDelivery, days: Mapping[int, Iterable[date]], coverage: Coverage
) -> tuple[str, list[Any]] | None:
    """What follows WITH in the statement that covers the days, and its parameters; None when there are none."""
    pairs = (f"{dealer_id}\t{day}\n" for dealer_id in sorted(days) for day in days[dealer_id])
    rows = given_rows(cursor, "covered_now", {"dealer_id": "bigint", "day": "date"}, pairs)
    if not rows.count:
        return None
    noted = f"""
        noted AS (
            INSERT INTO dealers_feedday (dealer_id, feed, day, coverage, first_received_at, delivery_id)
            SELECT dealer_id, %s, day, %s, %s, %s FROM {rows.sql} covered
            ON CONFLICT (dealer_id, feed, day) DO NOTHING
        )
    """
    params = [str(delivery.feed), str(coverage), delivery.received_at, delivery.pk]
    if delivery.feed != Feed.SALES:
        return f"{noted} SELECT", params
    return (
        f"""{noted}
        INSERT INTO dealers_syncclock AS clock (dealer_id, sales_days, sales_received_at)
        SELECT dealer_id, range_agg(daterange(day, day + 1)), %s FROM {rows.sql} covered GROUP BY dealer_id
        ORDER BY dealer_id
        ON CONFLICT (dealer_id) DO UPDATE SET
            sales_days = clock.sales_days + excluded.sales_days,
            sales_received_at = greatest(clock.sales_received_at, excluded.sales_received_at)
        """,
        [*params, delivery.received_at],
    )


def note_inventory(delivery: FeedDelivery, newest: Mapping[int, datetime]) -> None:
    """Let the sync clocks know the newest stock count of each dealer; one statement for all."""
    with connection.cursor() as cursor:
        pairs = (f"{dealer_id}\t{newest[dealer_id].isoformat()}\n" for dealer_id in sorted(newest))
        rows = given_rows(cursor, "counted_now", {"dealer_id": "bigint", "as_of": "timestamptz"}, pairs)
        if not rows.count:
            return
        cursor.execute(
            f"""
            INSERT INTO dealers_syncclock AS clock (dealer_id, inventory_at, inventory_received_at)
            SELECT dealer_id, as_of, %s FROM {rows.sql} counted ORDER BY dealer_id
            ON CONFLICT (dealer_id) DO UPDATE SET
                inventory_at = greatest(clock.inventory_at, excluded.inventory_at),
                inventory_received_at = greatest(clock.inventory_received_at, excluded.inventory_received_at)
            """,
            [delivery.received_at],
        )


def receipt_of(delivery: FeedDelivery, *, most_problems: int = MOST_PROBLEMS_SHOWN) -> dict[str, Any]:
    """The receipt in the words of the interface, with the first problems put into the reader's language.

    When there are more, ``problems_left_out`` says how many; all of them are in the quarantine.
    """
    refused = (
        QuarantinedLine.objects.filter(delivery=delivery).order_by("line", "id")[:most_problems]
        if delivery.quarantined
        else ()
    )
    problems = [
        {"line": line.line, "field": line.field, "code": line.code, "detail": detail_of(line)} for line in refused
    ]
    receipt: dict[str, Any] = {
        "id": str(delivery.receipt),
        "feed": delivery.feed,
        "received_at": delivery.received_at.astimezone(BUSINESS_ZONE).isoformat(),
        "lines": delivery.lines,
        "accepted": delivery.accepted,
        "duplicates": delivery.duplicates,
        "revised": delivery.revised,
        "quarantined": delivery.quarantined,
        "complete": delivery.is_complete,
        "problems": problems,
    }
    if delivery.dealer_id is not None and delivery.dealer_id < 0:
        receipt["sandbox"] = True
    if delivery.quarantined > len(problems):
        receipt["problems_left_out"] = delivery.quarantined - len(problems)
    return receipt


def detail_of(line: QuarantinedLine) -> str:
    """Why a line was refused and what to do, in the reader's language; a clock that runs ahead is told by how much."""
    detail = render_problem(line.code, {**line.params, "field": line.field, "value": line.value})
    return f"{detail}{clock_ahead(line.value, line.refused_at)}" if line.code == "in_the_future" else detail


def clock_ahead(value: str, received_at: datetime) -> str:
    """What an instant in the future says about the sender's clock; nothing when it can be no clock's error."""
    try:
        ahead = parse_instant(value) - received_at
    except Unreadable:
        return ""
    if not timedelta(0) < ahead < MOST_A_CLOCK_IS_WRONG:
        return ""
    minutes = math.ceil(ahead / timedelta(minutes=1))
    return " " + gettext(
        "Your system's clock seems to run %(minutes)s minutes ahead of ours; set it by network time."
    ) % {"minutes": minutes}


def _stored(delivery: FeedDelivery, refusals: Iterable[Refusal]) -> Iterator[tuple[object, ...]]:
    for refusal in refusals:
        yield (
            refusal.dealer_id if refusal.dealer_id is not None else delivery.dealer_id,
            refusal.line,
            as_stored(refusal.content),
            clean_text(refusal.field, 64),
            clean_text(refusal.value, 500),
            refusal.code,
            as_stored({**refusal.params, **place_in_message(refusal.content, refusal.field)}),
        )
