"""Goods sent to dealers (sell-in), with the purchase tally that rebates and subsidies are reckoned from.

A line never changes: the same content again is a duplicate, other content is refused, a correction is a line of its
own with a negative quantity.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection

from dealers.choices import Feed
from dealers.foundation.clock import business_day
from dealers.foundation.periods import HalfMonth
from dealers.foundation.refusals import msgid as _
from dealers.foundation.tabular import Row
from dealers.services.imports.cells import INTEGER_LIMIT, Cells, RowRefused, problem, refuse
from dealers.services.imports.importing import Importer, broken, refused
from dealers.services.imports.lookups import Dealers, Products, Regions
from dealers.services.imports.sources import Layout, RowSource
from dealers.services.imports.taking import Taking
from dealers.services.staging import copy_rows, in_portions, temporary_table

LAYOUT = Layout(("doc_no", "line_no", "dealer", "sku", "quantity", "unit_price", "shipped_at"), ("region",))
_ROWS_AT_ONCE = 20_000
_CONTENT = ("dealer_id", "product_id", "region_id", "quantity", "unit_price", "shipped_at")
_STAGED = ("doc_no", "line_no", *_CONTENT, "shipped_on", "remote", "n")
_COLUMNS = """n bigint, doc_no text, line_no integer, dealer_id bigint, product_id bigint, region_id bigint,
    quantity integer, unit_price numeric(18,6), shipped_at timestamptz, shipped_on date, remote boolean"""
_AHEAD = timedelta(minutes=10)


class _Shipped(NamedTuple):
    """A line as read. ``category`` goes into the tally, the rest is stored."""

    doc_no: str
    line_no: int
    dealer_id: int
    product_id: int
    region_id: int | None
    quantity: int
    unit_price: Decimal
    shipped_at: datetime
    shipped_on: date
    remote: bool
    category: str


class _Sums:
    """What one dealer, category and half-month gained."""

    __slots__ = ("amount", "lines", "quantity", "remote")

    def __init__(self) -> None:
        self.lines = 0
        self.quantity = 0
        self.amount = Decimal(0)
        self.remote = Decimal(0)

    def add(self, line: _Shipped) -> None:
        amount = line.quantity * line.unit_price
        self.lines += 1
        self.quantity += line.quantity
        self.amount += amount
        if line.remote:
            self.remote += amount


def take_shipments(taking: Taking, source: RowSource) -> None:
    """Take lines by portions; the tally of the whole delivery is small and written once."""
    references = _References()
    tally: dict[tuple[int, str, int], _Sums] = {}
    periods: dict[date, int] = {}
    ahead = 0
    with connection.cursor() as cursor:
        for rows in in_portions(source, _ROWS_AT_ONCE):
            for line in _store(taking, cursor, _distinct(taking, rows, references)):
                period = periods.get(line.shipped_on)
                if period is None:
                    period = periods[line.shipped_on] = HalfMonth.containing(line.shipped_on).ordinal
                key = (line.dealer_id, line.category, period)
                if (sums := tally.get(key)) is None:
                    sums = tally[key] = _Sums()
                sums.add(line)
                ahead += line.shipped_at > taking.at + _AHEAD
        _write_tally(taking, cursor, tally)
    if ahead:
        message = _("%(count)s lines were shipped later than this delivery arrived; check the clock and the dates")
        taking.remark("shipped_in_the_future", message, column="shipped_at", count=ahead)


class _References:
    def __init__(self) -> None:
        self.products = Products()
        self.dealers = Dealers()
        self.regions = Regions.load()

    def learn(self, rows: list[Row]) -> None:
        self.products.learn(row.values.get("sku", "") for row in rows)
        self.dealers.learn(row.values.get("dealer", "") for row in rows)

    def read(self, row: Row) -> _Shipped:
        cells = Cells(row.values)
        doc_no = cells.text("doc_no", 64)
        line_no = cells.whole("line_no", least=0)
        dealer_id = self.dealers.read(cells)
        product = self.products.read(cells)
        quantity = cells.whole("quantity", least=-INTEGER_LIMIT)
        if quantity == 0:
            raise refuse("quantity", "0", "zero_quantity")
        if cells.given("unit_price").startswith("-"):
            raise refuse("unit_price", cells.given("unit_price"), "negative_price")
        shipped_at = cells.instant("shipped_at")
        code = cells.given("region")
        region = self.regions.of("region", code) if code else None
        return _Shipped(
            doc_no,
            line_no,
            dealer_id,
            product.id,
            region.id if region else None,
            quantity,
            cells.decimal("unit_price", places=6),
            shipped_at,
            business_day(shipped_at),
            region.remote if region else False,
            product.category,
        )


def _distinct(taking: Taking, rows: list[Row], references: _References) -> dict[tuple[str, int], tuple[Row, _Shipped]]:
    """The readable lines of a portion by identity; repeated ones are counted or refused."""
    references.learn(rows)
    lines: dict[tuple[str, int], tuple[Row, _Shipped]] = {}
    for row in rows:
        if broken(taking, row):
            continue
        try:
            line = references.read(row)
        except RowRefused as refusal:
            refused(taking, row, refusal)
            continue
        first = lines.setdefault((line.doc_no, line.line_no), (row, line))
        if first[0] is row:
            continue
        if first[1] == line:
            taking.duplicates += 1
        else:
            refused(taking, row, _conflict(line))
    return lines


def _store(taking: Taking, cursor: Any, lines: dict[tuple[str, int], tuple[Row, _Shipped]]) -> list[_Shipped]:
    """Insert what is new, count what stands, refuse what stands otherwise; returns the new lines."""
    numbered = list(lines.values())
    temporary_table(cursor, "shipments_now", _COLUMNS)
    copy_rows(cursor, "shipments_now", _STAGED, ((*line[:10], n) for n, (_row, line) in enumerate(numbered)))
    stands = ", ".join(f"s.{name}" for name in _CONTENT)
    comes = ", ".join(f"n.{name}" for name in _CONTENT)
    cursor.execute(
        f"""
        SELECT n.n, ({stands}) IS NOT DISTINCT FROM ({comes})
        FROM shipments_now n JOIN dealers_shipment s ON s.doc_no = n.doc_no AND s.line_no = n.line_no
        """
    )
    known: dict[int, bool] = dict(cursor.fetchall())
    for n, same in known.items():
        row, line = numbered[n]
        if same:
            taking.duplicates += 1
        else:
            refused(taking, row, _conflict(line))
    names = ", ".join(_STAGED[:-1])
    cursor.execute("DELETE FROM shipments_now WHERE n = ANY(%s)", [list(known)])
    cursor.execute(
        f"INSERT INTO dealers_shipment ({names}, known_from, delivery_id) "
        f"SELECT {names}, %s, %s FROM shipments_now ORDER BY n",
        [taking.at, taking.delivery.pk],
    )
    new = [line for n, (_row, line) in enumerate(numbered) if n not in known]
    taking.accepted += len(new)
    return new


def _conflict(line: _Shipped) -> Any:
    return problem("line_no", f"{line.doc_no} / {line.line_no}", "different_content")


def _write_tally(taking: Taking, cursor: Any, tally: dict[tuple[int, str, int], _Sums]) -> None:
    columns = ("dealer_id", "category", "period", "lines", "quantity", "amount", "remote_amount")
    temporary_table(
        cursor,
        "shipment_tally_now",
        "dealer_id bigint, category text, period integer, lines bigint, quantity bigint, amount numeric, "
        "remote_amount numeric",
    )
    rows = (
        (*key, sums.lines, sums.quantity, sums.amount, sums.remote) for key, sums in sorted(tally.items(), key=_by_key)
    )
    copy_rows(cursor, "shipment_tally_now", columns, rows)
    names = ", ".join(columns)
    cursor.execute(
        f"INSERT INTO dealers_shipmenttally ({names}, delivery_id, known_at) "
        f"SELECT {names}, %s, %s FROM shipment_tally_now",
        [taking.delivery.pk, taking.at],
    )


def _by_key(entry: tuple[tuple[int, str, int], _Sums]) -> tuple[int, str, int]:
    return entry[0]


SHIPMENTS = Importer(Feed.SHIPMENTS, LAYOUT, take_shipments, takes_facts=True)
