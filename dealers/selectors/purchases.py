"""What dealers bought, summed from the purchase tally as it was known at an instant."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

#: Amounts leave the database as whole millionths of a yuan.
MICROS = 1_000_000


@dataclass(frozen=True, slots=True)
class Shard:
    """Every ``of``-th dealer by key, beginning with ``number``. The whole company is shard 0 of 1."""

    number: int = 0
    of: int = 1

    def condition(self, column: str) -> str:
        """An SQL condition, empty for the whole company."""
        return "" if self.of == 1 else f" AND mod({column}, {int(self.of)}) = {int(self.number)}"


ALL_DEALERS = Shard()


@dataclass(frozen=True, slots=True)
class ChosenDealers(Shard):
    """Exactly these dealers."""

    ids: tuple[int, ...] = ()

    def condition(self, column: str) -> str:
        return f" AND {column} = ANY(ARRAY[{', '.join(map(str, self.ids))}]::bigint[])"


@dataclass(frozen=True, slots=True)
class TallyQuestion:
    """Which part of a tally is asked for: half-months ``first`` to ``last``, as known at ``cutoff``.

    ``classes`` puts categories into numbered classes, everything else is class 0. ``dealers`` narrows the shard.
    """

    first: int
    last: int
    cutoff: datetime
    classes: Mapping[str, int] = field(default_factory=dict)
    shard: Shard = ALL_DEALERS
    dealers: Collection[int] | None = None


class Purchases(NamedTuple):
    """Shipments less returns of a dealer in a half-month and class, in micros."""

    dealer_id: int
    period: int
    category_class: int
    amount: int
    lines: int


def purchases_by_half_month(question: TallyQuestion) -> Iterator[Purchases]:
    """One row per dealer, half-month and class of categories."""
    sums = f"sum(t.amount) * {MICROS}, sum(t.lines)"
    for dealer_id, period, category_class, amount, lines in tally_rows("dealers_shipmenttally", sums, question):
        yield Purchases(dealer_id, period, category_class, int(amount), int(lines))


@dataclass(frozen=True, slots=True)
class RemotePurchases:
    """Shipments less returns of a dealer in a half-month, and the part into remote regions, in micros."""

    dealer_id: int
    period: int
    amount: int
    remote: int
    lines: int


def remote_purchases_by_half_month(question: TallyQuestion) -> Iterator[RemotePurchases]:
    """One row per dealer and half-month, in their order."""
    sums = f"sum(t.amount) * {MICROS}, sum(t.remote_amount) * {MICROS}, sum(t.lines)"
    for dealer_id, period, _class, amount, remote, lines in sorted(
        tally_rows("dealers_shipmenttally", sums, replace(question, classes={}))
    ):
        yield RemotePurchases(dealer_id, period, int(amount), int(remote), int(lines))


def dealers_with_late_purchases(*, since: datetime, question: TallyQuestion) -> set[tuple[int, int]]:
    """(dealer, half-month) pairs of the question to which something was added after ``since``."""
    return late_rows("dealers_shipmenttally", since, question)


def tally_rows(table: str, sums: str, question: TallyQuestion) -> Iterator[tuple[Any, ...]]:
    """``sums`` of a tally per dealer, half-month and class; the query is one, whatever the number of dealers."""
    params: list[Any] = []
    category_class, join = "0", ""
    if question.classes:
        category_class = "coalesce(c.number, 0)"
        join = "LEFT JOIN unnest(%s::text[], %s::int[]) AS c(category, number) ON c.category = t.category"
        params += [list(question.classes), list(question.classes.values())]
    where = _where(question, params)
    sql = f"SELECT t.dealer_id, t.period, {category_class}, {sums} FROM {table} t {join} WHERE {where} GROUP BY 1, 2, 3"
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        while rows := cursor.fetchmany(20_000):
            yield from rows


def late_rows(table: str, since: datetime, question: TallyQuestion) -> set[tuple[int, int]]:
    """(dealer, half-month) pairs of a tally with anything known after ``since``."""
    params: list[Any] = []
    where = _where(question, params)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT t.dealer_id, t.period FROM {table} t WHERE {where} AND t.known_at > %s", [*params, since]
        )
        return set(cursor.fetchall())


def _where(question: TallyQuestion, params: list[Any]) -> str:
    params += [question.first, question.last, question.cutoff]
    where = "t.period BETWEEN %s AND %s AND t.known_at <= %s" + question.shard.condition("t.dealer_id")
    if question.dealers is not None:
        params.append(list(question.dealers))
        where += " AND t.dealer_id = ANY(%s)"
    return where
