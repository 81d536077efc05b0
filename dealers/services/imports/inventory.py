"""Stock counts of dealers. A restated count replaces the earlier one, which stays in the history."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from dealers.choices import Feed
from dealers.foundation.tabular import Row
from dealers.services.deliveries import note_inventory
from dealers.services.imports.cells import Cells, RowRefused, problem, refuse
from dealers.services.imports.importing import Importer, broken, refused
from dealers.services.imports.lookups import Dealers, Products
from dealers.services.imports.sources import Layout, RowSource
from dealers.services.imports.taking import Taking
from dealers.services.staging import copy_rows, in_portions, temporary_table

LAYOUT = Layout(("dealer", "as_of", "sku", "on_hand"), ("warehouse", "in_transit"))
#: A dealer's own file or call need not say whose it is.
OWN_LAYOUT = Layout(("as_of", "sku", "on_hand"), ("dealer", "warehouse", "in_transit"))
MOST_MINUTES_AHEAD = 10
_ROWS_AT_ONCE = 20_000
_KEY = ("dealer_id", "as_of", "product_id", "warehouse")
_STAGED = (*_KEY, "on_hand", "in_transit", "n")
_COLUMNS = """n bigint, dealer_id bigint, as_of timestamptz, product_id bigint, warehouse text, on_hand integer,
    in_transit integer"""
_SAME_KEY = " AND ".join(f"s.{name} = n.{name}" for name in _KEY)


class _Count(NamedTuple):
    dealer_id: int
    as_of: datetime
    product_id: int
    warehouse: str
    on_hand: int
    in_transit: int

    @property
    def key(self) -> tuple[int, datetime, int, str]:
        return self[:4]


def take_inventory(taking: Taking, source: RowSource) -> None:
    """Take counts by portions, then tell the sync clocks the newest instant of each dealer."""
    references = _References(taking)
    newest: dict[int, datetime] = {}
    with connection.cursor() as cursor:
        for rows in in_portions(source, _ROWS_AT_ONCE):
            for count in _store(taking, cursor, _distinct(taking, rows, references)):
                newest[count.dealer_id] = max(count.as_of, newest.get(count.dealer_id, count.as_of))
    note_inventory(taking.delivery, newest)


class _References:
    def __init__(self, taking: Taking) -> None:
        self._own = taking.dealer
        self._latest = taking.at + timedelta(minutes=MOST_MINUTES_AHEAD)
        self._products = Products()
        self._dealers = Dealers({self._own.code: self._own.pk} if self._own else {})

    def learn(self, rows: list[Row]) -> None:
        self._products.learn(row.values.get("sku", "") for row in rows)
        if self._own is None:
            self._dealers.learn(row.values.get("dealer", "") for row in rows)

    def dealer_of(self, row: Row) -> int | None:
        """Whose line it is, as far as it can be told; the dealer then sees the refused line, too."""
        return self._own.pk if self._own else self._dealers.get(row.values.get("dealer", ""))

    def read(self, row: Row) -> _Count:
        cells = Cells(row.values)
        as_of = cells.instant("as_of")
        if as_of > self._latest:
            raise refuse("as_of", cells.given("as_of"), "in_the_future", minutes=MOST_MINUTES_AHEAD)
        return _Count(
            self._dealer(cells),
            as_of,
            self._products.read(cells).id,
            cells.optional_text("warehouse", 64),
            cells.whole("on_hand", least=0),
            cells.whole("in_transit", least=0) if cells.given("in_transit") else 0,
        )

    def _dealer(self, cells: Cells) -> int:
        if self._own is None:
            return self._dealers.read(cells)
        if (code := cells.given("dealer")) not in ("", *self._own.reporting_codes):
            raise refuse("dealer", code, "not_your_dealer")
        return self._own.pk


_Counts = dict[tuple[int, datetime, int, str], tuple[Row, _Count]]


def _distinct(taking: Taking, rows: list[Row], references: _References) -> _Counts:
    """The readable counts of a portion by key; repeated ones are counted or refused."""
    references.learn(rows)
    counts: _Counts = {}
    for row in rows:
        dealer_id = references.dealer_of(row)
        if broken(taking, row, dealer_id=dealer_id):
            continue
        try:
            count = references.read(row)
        except RowRefused as refusal:
            refused(taking, row, refusal, dealer_id=dealer_id)
            continue
        first = counts.setdefault(count.key, (row, count))
        if first[0] is row:
            continue
        if first[1] == count:
            taking.duplicates += 1
        else:
            refused(taking, row, _twice(row, first[0].line_no), dealer_id=dealer_id)
    return counts


def _store(taking: Taking, cursor: Any, counts: _Counts) -> list[_Count]:
    """Insert what is new, replace what is restated; returns every count that stands now."""
    numbered = list(counts.values())
    temporary_table(cursor, "inventory_now", _COLUMNS)
    copy_rows(cursor, "inventory_now", _STAGED, ((*count, n) for n, (_row, count) in enumerate(numbered)))
    cursor.execute(
        f"""
        SELECT n.n, s.on_hand = n.on_hand AND s.in_transit = n.in_transit, s.delivery_id
        FROM inventory_now n JOIN dealers_inventoryline s ON {_SAME_KEY}
        """
    )
    known: set[int] = set()
    restated: list[int] = []
    contradicting: set[int] = set()
    for n, same, delivery_id in cursor.fetchall():
        known.add(n)
        if same:
            taking.duplicates += 1
        elif delivery_id == taking.delivery.pk:
            row, count = numbered[n]
            contradicting.add(n)
            refused(taking, row, _twice(row, None), dealer_id=count.dealer_id)
        else:
            restated.append(n)
    _restate(taking, cursor, restated)
    cursor.execute("DELETE FROM inventory_now WHERE n = ANY(%s)", [list(known)])
    names = ", ".join(_STAGED[:-1])
    cursor.execute(
        f"INSERT INTO dealers_inventoryline ({names}, known_from, delivery_id) "
        f"SELECT {names}, %s, %s FROM inventory_now ORDER BY n",
        [taking.at, taking.delivery.pk],
    )
    taking.accepted += len(numbered) - len(known)
    return [count for n, (_row, count) in enumerate(numbered) if n not in contradicting]


def _restate(taking: Taking, cursor: Any, numbers: list[int]) -> None:
    """Move the counts that stand into the history and put the restated ones in their place."""
    if not numbers:
        return
    taking.revised += len(numbers)
    cursor.execute(
        f"""
        INSERT INTO dealers_inventorylinehistory (dealer_id, as_of, product_id, warehouse, on_hand, in_transit,
            known_from, known_until, delivery_id)
        SELECT s.dealer_id, s.as_of, s.product_id, s.warehouse, s.on_hand, s.in_transit, s.known_from, %s, s.delivery_id
        FROM inventory_now n JOIN dealers_inventoryline s ON {_SAME_KEY} WHERE n.n = ANY(%s)
        """,
        [taking.at, numbers],
    )
    cursor.execute(
        f"""
        UPDATE dealers_inventoryline s
        SET on_hand = n.on_hand, in_transit = n.in_transit, known_from = %s, delivery_id = %s
        FROM inventory_now n WHERE {_SAME_KEY} AND n.n = ANY(%s)
        """,
        [taking.at, taking.delivery.pk, numbers],
    )


def _twice(row: Row, line: int | None) -> Any:
    return problem("sku", row.values.get("sku", ""), "counted_twice", line="–" if line is None else line)


INVENTORY = Importer(Feed.INVENTORY, LAYOUT, take_inventory, takes_facts=True)
OWN_INVENTORY = Importer(Feed.INVENTORY, OWN_LAYOUT, take_inventory, takes_facts=True, per_dealer=True)
