"""What a change of lines adds to the sales tally, gathered in memory and written once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from dealers.foundation.half_months import HalfMonth
from dealers.services.staging import copy_cell, given_rows
from pricing.rules.verdict import earns, is_breach
from pricing.selectors.standing_facts import micros

OTHER, EARNING, BREACH = 0, 1, 2
#: Dealer, product, day, verdict, flags; then lines, quantity and amount.
Sums = tuple[int, int, date, int, int, int, int, Decimal]
_COLUMNS = {
    "dealer_id": "bigint",
    "category": "text",
    "period": "int",
    "lines": "bigint",
    "quantity": "bigint",
    "amount": "numeric",
    "earning_lines": "bigint",
    "earning": "numeric",
    "breach_lines": "bigint",
    "breach": "numeric",
}


def class_of(verdict: int, flags: int) -> int:
    """Which column of the tally a line counts in beside the totals."""
    if earns(verdict, flags):
        return EARNING
    return BREACH if is_breach(verdict, flags) else OTHER


class TallyBook:
    """Sums of lines, quantity and amount in micro-yuan by dealer, category, half-month and class."""

    def __init__(self) -> None:
        #: By (dealer, half-month), then by (category, class): lines, quantity, amount. The intake adds line by line.
        self.sums: defaultdict[tuple[int, int], dict[tuple[str, int], list[int]]] = defaultdict(dict)

    def add(self, groups: Iterable[Sums], categories: Mapping[int, str], sign: int) -> None:
        """Add (or with sign -1 take back) sums by dealer, product, day, verdict and flags."""
        for dealer_id, product_id, day, verdict, flags, lines, quantity, amount in groups:
            of_dealer = self.sums[dealer_id, HalfMonth.containing(day).ordinal]
            sums = of_dealer.setdefault((categories[product_id], class_of(verdict, flags)), [0, 0, 0])
            sums[0] += sign * lines
            sums[1] += sign * int(quantity)
            sums[2] += sign * micros(amount)

    def write(self, cursor: Any, *, known_at: datetime, delivery_id: int | None) -> int:
        """Append the differences to the journal; how many rows. What sums to nothing leaves no row."""
        rows = given_rows(cursor, "tally_now", _COLUMNS, self._rows())
        statements, params = [], list[Any]()
        if due := self._due_for_gathering():
            statements.append(
                "INSERT INTO pricing_gatheringdue (dealer_id, period) SELECT * FROM unnest(%s::bigint[], %s::int[])"
            )
            params += [list(column) for column in zip(*due, strict=True)]
        if rows.count:
            statements.append(
                f"""
                INSERT INTO pricing_salestally ({", ".join(_COLUMNS)}, known_at, delivery_id)
                SELECT dealer_id, category, period, lines, quantity, amount * 0.000001,
                    earning_lines, earning * 0.000001, breach_lines, breach * 0.000001, %s, %s
                FROM {rows.sql} tally
                """
            )
            params += [known_at, delivery_id]
        if statements:
            *before, last = statements
            cursor.execute("".join(f"WITH due AS ({statement}) " for statement in before) + last, params)
        return rows.count

    def _due_for_gathering(self) -> list[tuple[int, int]]:
        """Where lines that do not earn came, went or changed, whatever the sums: violations are gathered anew there."""
        return [
            (dealer_id, period)
            for (dealer_id, period), sums in self.sums.items()
            if dealer_id > 0 and any(kind != EARNING for _category, kind in sums)  # a sandbox breaks no rule
        ]

    def _rows(self) -> Iterator[str]:
        for dealer_id, period in sorted(self.sums):
            by_category: dict[str, list[int]] = {}
            for (category, kind), (lines, quantity, amount) in self.sums[dealer_id, period].items():
                row = by_category.setdefault(category, [0] * 7)
                row[0] += lines
                row[1] += quantity
                row[2] += amount
                if kind != OTHER:
                    row[1 + 2 * kind] += lines
                    row[2 + 2 * kind] += amount
            for category, row in by_category.items():
                lines, quantity, amount, earning_lines, earning, breach_lines, breach = row
                if any(row):
                    yield (
                        f"{dealer_id}\t{copy_cell(category)}\t{period}\t{lines}\t{quantity}\t{amount}"
                        f"\t{earning_lines}\t{earning}\t{breach_lines}\t{breach}\n"
                    )
