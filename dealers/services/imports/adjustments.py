"""Declared changes of stock: damage, loss, transfers and the like.

A line is known by dealer, document and line number. The same content again is a duplicate; other content needs a
higher revision, which replaces the earlier one; that stays in the history. A revision with quantity 0 takes the line
back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from dealers.choices import AdjustmentKind, Feed
from dealers.foundation.tabular import Row
from dealers.services.imports.cells import INTEGER_LIMIT, Cells, RowRefused, problem, refuse
from dealers.services.imports.importing import Importer, broken, refused
from dealers.services.imports.inventory import MOST_MINUTES_AHEAD
from dealers.services.imports.lookups import Dealers, Products
from dealers.services.imports.sources import Layout, RowSource
from dealers.services.imports.taking import Taking
from dealers.services.staging import copy_rows, in_portions, temporary_table

_REQUIRED = ("doc_no", "line_no", "kind", "sku", "quantity", "occurred_at")
_OPTIONAL = ("warehouse", "counterparty", "reason", "revision")
LAYOUT = Layout(("dealer", *_REQUIRED), _OPTIONAL)
#: A dealer's own file or call need not say whose it is.
OWN_LAYOUT = Layout(_REQUIRED, ("dealer", *_OPTIONAL))
_ROWS_AT_ONCE = 20_000


class _Line(NamedTuple):
    """A declared line as read; in the order of the columns."""

    dealer_id: int
    doc_no: str
    line_no: int
    revision: int
    product_id: int
    warehouse: str
    kind: str
    change: int
    occurred_at: datetime
    counterparty: str
    reason: str

    @property
    def key(self) -> tuple[int, str, int]:
        return self[:3]


_NAMES = _Line._fields
_COLUMNS = """dealer_id bigint, doc_no text, line_no integer, revision integer, product_id bigint, warehouse text,
    kind text, change integer, occurred_at timestamptz, counterparty text, reason text"""
_SAME_KEY = "(s.dealer_id, s.doc_no, s.line_no) = (n.dealer_id, n.doc_no, n.line_no)"


def take_adjustments(taking: Taking, source: RowSource) -> None:
    """Take declared lines by portions."""
    references = _References(taking)
    with connection.cursor() as cursor:
        for rows in in_portions(source, _ROWS_AT_ONCE):
            _store(taking, cursor, references.readable(taking, rows))


class _References:
    def __init__(self, taking: Taking) -> None:
        self._own = taking.dealer
        self._latest = taking.at + timedelta(minutes=MOST_MINUTES_AHEAD)
        self._products = Products()
        self._dealers = Dealers({self._own.code: self._own.pk} if self._own else {})

    def readable(self, taking: Taking, rows: list[Row]) -> list[tuple[Row, _Line]]:
        """The lines of a portion that can be read; the others are in the quarantine."""
        self._products.learn(row.values.get("sku", "") for row in rows)
        if self._own is None:
            self._dealers.learn(row.values.get("dealer", "") for row in rows)
        lines = []
        for row in rows:
            dealer_id = self._own.pk if self._own else self._dealers.get(row.values.get("dealer", ""))
            if broken(taking, row, dealer_id=dealer_id):
                continue
            try:
                lines.append((row, self._read(Cells(row.values))))
            except RowRefused as refusal:
                refused(taking, row, refusal, dealer_id=dealer_id)
        return lines

    def _read(self, cells: Cells) -> _Line:
        kind = cells.choice("kind", AdjustmentKind)
        revision = cells.whole("revision", least=1) if cells.given("revision") else 1
        quantity = cells.whole("quantity", least=0, most=INTEGER_LIMIT)
        if quantity == 0 and revision == 1:
            raise refuse("quantity", "0", "nothing_adjusted")
        occurred_at = cells.instant("occurred_at")
        if occurred_at > self._latest:
            raise refuse("occurred_at", cells.given("occurred_at"), "in_the_future", minutes=MOST_MINUTES_AHEAD)
        reason = cells.optional_text("reason", 500)
        if kind.needs_reason and not reason:
            raise refuse("reason", "", "reason_needed", kind=kind.value)
        return _Line(
            self._dealer(cells),
            cells.text("doc_no", 64),
            cells.whole("line_no", least=0),
            revision,
            self._products.read(cells).id,
            cells.optional_text("warehouse", 64),
            kind.value,
            quantity if kind.is_incoming else -quantity,
            occurred_at,
            self._counterparty(cells, kind),
            reason,
        )

    def _counterparty(self, cells: Cells, kind: AdjustmentKind) -> str:
        """As the dealer wrote it: who stands behind the words is for HQ to find out, and for nobody to be told."""
        written = cells.optional_text("counterparty", 200)
        if written and not kind.is_transfer:
            raise refuse("counterparty", written, "no_other_party")
        return written

    def _dealer(self, cells: Cells) -> int:
        if self._own is None:
            return self._dealers.read(cells)
        if (code := cells.given("dealer")) not in ("", *self._own.reporting_codes):
            raise refuse("dealer", code, "not_your_dealer")
        return self._own.pk


@dataclass(slots=True)
class _Fates:
    """What becomes of the lines of a portion, told one after another."""

    standing: dict[tuple[int, str, int], _Line]
    earlier: set[_Line]
    passed: list[_Line] = field(default_factory=list)
    written: dict[tuple[int, str, int], _Line] = field(default_factory=dict)

    def take(self, line: _Line) -> str:
        """``accepted``, ``revised``, ``duplicates``, or the code of a refusal."""
        known = self.standing.get(line.key)
        if known is not None:
            if line == known or line in self.earlier:
                return "duplicates"
            if line.revision <= known.revision:
                return "stale_revision" if line.revision < known.revision else "revision_required"
            if line.key in self.written:
                self.passed.append(known)
            self.earlier.add(known)
        self.standing[line.key] = self.written[line.key] = line
        return "accepted" if known is None else "revised"


def _store(taking: Taking, cursor: Any, lines: list[tuple[Row, _Line]]) -> None:
    if not lines:
        return
    fates = _known(cursor, {line.key for _row, line in lines})
    for row, line in lines:
        known = fates.standing.get(line.key)
        match fates.take(line):
            case "accepted":
                taking.accepted += 1
            case "revised":
                taking.revised += 1
            case "duplicates":
                taking.duplicates += 1
            case code:
                latest = known.revision if known else 0
                params = {"revision": line.revision, "known": latest, "next": latest + 1}
                found = problem("revision", str(line.revision), code, **params)
                refused(taking, row, found, dealer_id=line.dealer_id)
    _write(taking, cursor, fates)


def _known(cursor: Any, keys: Iterable[tuple[int, str, int]]) -> _Fates:
    temporary_table(cursor, "adjustment_keys", "dealer_id bigint, doc_no text, line_no integer")
    copy_rows(cursor, "adjustment_keys", ("dealer_id", "doc_no", "line_no"), sorted(keys))
    names = ", ".join(f"s.{name}" for name in _NAMES)
    cursor.execute(f"SELECT {names} FROM dealers_stockadjustment s JOIN adjustment_keys n ON {_SAME_KEY}")
    standing = {line.key: line for line in map(_Line._make, cursor.fetchall())}
    cursor.execute(f"SELECT {names} FROM dealers_stockadjustmenthistory s JOIN adjustment_keys n ON {_SAME_KEY}")
    earlier = set(map(_Line._make, cursor.fetchall()))
    return _Fates(standing, earlier)


def _write(taking: Taking, cursor: Any, fates: _Fates) -> None:
    """Keep what is replaced in the history, then put the lines as they stand now in place."""
    names = ", ".join(_NAMES)
    facts = [taking.at, taking.delivery.pk]
    temporary_table(cursor, "adjustments_now", _COLUMNS)
    if fates.passed:
        copy_rows(cursor, "adjustments_now", _NAMES, fates.passed)
        cursor.execute(
            f"INSERT INTO dealers_stockadjustmenthistory ({names}, known_from, known_until, delivery_id) "
            f"SELECT {names}, %s, %s, %s FROM adjustments_now; TRUNCATE adjustments_now",
            [taking.at, *facts],
        )
    copy_rows(cursor, "adjustments_now", _NAMES, (fates.written[key] for key in sorted(fates.written)))
    state = ", ".join(f"s.{name}" for name in _NAMES)
    cursor.execute(
        f"INSERT INTO dealers_stockadjustmenthistory ({names}, known_from, known_until, delivery_id) "
        f"SELECT {state}, s.known_from, %s, s.delivery_id "
        f"FROM dealers_stockadjustment s JOIN adjustments_now n ON {_SAME_KEY}",
        [taking.at],
    )
    replaced = ", ".join(f"{name} = excluded.{name}" for name in (*_NAMES[3:], "known_from", "delivery_id"))
    cursor.execute(
        f"INSERT INTO dealers_stockadjustment ({names}, known_from, delivery_id) "
        f"SELECT {names}, %s, %s FROM adjustments_now ORDER BY dealer_id, doc_no, line_no "
        f"ON CONFLICT (dealer_id, doc_no, line_no) DO UPDATE SET {replaced}",
        facts,
    )


STOCK_ADJUSTMENTS = Importer(Feed.STOCK_ADJUSTMENTS, LAYOUT, take_adjustments, takes_facts=True)
OWN_STOCK_ADJUSTMENTS = Importer(
    Feed.STOCK_ADJUSTMENTS, OWN_LAYOUT, take_adjustments, takes_facts=True, per_dealer=True
)
