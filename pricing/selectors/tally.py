"""What dealers sold, summed from the sales tally as it was known at an instant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from dealers.selectors.purchases import MICROS, TallyQuestion, late_rows, tally_rows


class Sales(NamedTuple):
    """Sales of a dealer in a half-month and class of categories, in micros; ``earning`` is the compliant part."""

    dealer_id: int
    period: int
    category_class: int
    amount: int
    earning: int
    earning_lines: int


def sales_by_half_month(question: TallyQuestion) -> Iterator[Sales]:
    """One row per dealer, half-month and class of categories."""
    sums = f"sum(t.amount) * {MICROS}, sum(t.earning) * {MICROS}, sum(t.earning_lines)"
    for dealer_id, period, category_class, amount, earning, lines in tally_rows("pricing_salestally", sums, question):
        yield Sales(dealer_id, period, category_class, int(amount), int(earning), int(lines))


def dealers_with_late_sales(*, since: datetime, question: TallyQuestion) -> set[tuple[int, int]]:
    """(dealer, half-month) pairs of the question to which something was added after ``since``."""
    return late_rows("pricing_salestally", since, question)
