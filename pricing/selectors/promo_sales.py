"""What a promotion's dealers sold of its products in its regions: one pass over the lines, summed several ways.

A line counts by what was sold: returns take away, and lines kept out of every rebate base (outside the territory, or
bulk sales without an addendum) are no sales of the promotion, before it or during it. What a line cost does not
matter here; sales in violation are counted and shown beside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q

from dealers.models import Region
from pricing.choices import EXCLUDING_FLAGS, Flag, Verdict
from pricing.models import PromoRequest
from pricing.rules.promo_figures import Sold, Sums
from pricing.rules.uplift import Stretch


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose sales of what and where a promotion touches. ``dealers`` or ``regions`` None mean all of them."""

    products: tuple[int, ...]
    dealers: tuple[int, ...] | None
    regions: tuple[int, ...] | None

    def of_dealer(self, dealer_id: int) -> Reach:
        """The part of one dealer, which sees no other."""
        return Reach(self.products, (dealer_id,), self.regions)


@dataclass(frozen=True, slots=True)
class PromoSales:
    """Sales before and during a promotion; ``days`` maps each day with lines, also after it, to its amount."""

    before: Sums
    during: Sums
    days: dict[date, Decimal]


def reach_of(request: PromoRequest) -> Reach:
    """The products, dealers and regions of a request; a province covers its cities. At most four queries."""
    named = [region.pk for region in request.regions.all()]
    inside = Region.objects.filter(Q(pk__in=named) | Q(parent__in=named)).values_list("pk", flat=True)
    dealers = [dealer.pk for dealer in request.dealers.all()]
    if request.applicant_id is not None:
        dealers = [request.applicant_id]
    return Reach(
        products=tuple(sorted(item.product_id for item in request.items.all())),
        dealers=tuple(sorted(dealers)) or None,
        regions=tuple(sorted(inside)) if named else None,
    )


def promo_sales(reach: Reach, baseline: Stretch, window: Stretch, until: date) -> PromoSales:
    """Sum the lines sold in ``baseline`` and in ``window``; days are summed up to ``until`` (exclusive)."""
    found = PromoSales(Sums(), Sums(), {})
    for part, key, day, sold in _rows(reach, baseline, window, max(until, window.end)):
        if part is None:
            if day is not None and day < until:
                found.days[day] = sold.amount
            continue
        sums = found.during if part else found.before
        match key:
            case ("dealer", number):
                sums.dealers[number] = sold
            case ("product", number):
                sums.products[number] = sold
            case ("channel", number):
                sums.channels[number] = sold
            case _:
                sums.whole = sold
    return found


def _rows(
    reach: Reach, baseline: Stretch, window: Stretch, until: date
) -> Iterator[tuple[bool | None, tuple[str, int] | None, date | None, Sold]]:
    """(during or before or neither, key, day, sum): by part and dealer, part and product, part and channel, and day."""
    where, params = _narrowed(reach)
    sql = f"""
        SELECT grouping(during), grouping(dealer_id), grouping(product_id), grouping(channel), grouping(sold_on),
               during, dealer_id, product_id, channel, sold_on,
               sum(amount), sum(quantity), count(*), coalesce(sum(amount) FILTER (WHERE breach), 0)
        FROM (
            SELECT CASE WHEN sold_on < %s THEN false WHEN sold_on < %s THEN true END AS during,
                   dealer_id, product_id, channel, sold_on, quantity, quantity * unit_price AS amount,
                   verdict IN %s AND flags & %s = 0 AS breach
            FROM pricing_saleline
            WHERE sold_on >= %s AND sold_on < %s AND flags & %s = 0 AND {where}
        ) AS line
        GROUP BY GROUPING SETS (
            (during), (during, dealer_id), (during, product_id), (during, channel), (sold_on)
        )
    """
    given = [
        window.first,
        window.end,
        (Verdict.BELOW_FLOOR.value, Verdict.ABOVE_CEILING.value),
        int(Flag.NOT_ENFORCED),
        baseline.first,
        until,
        int(EXCLUDING_FLAGS),
        *params,
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        for row in cursor.fetchall():
            (_no_part, no_dealer, no_product, no_channel, no_day, during, dealer, product, channel, day, *sums) = row
            sold = Sold(*sums)
            if not no_day:
                yield None, None, day, sold
            elif during is None:
                continue  # after the promotion: for the picture only
            elif not no_dealer:
                yield during, ("dealer", dealer), None, sold
            elif not no_product:
                yield during, ("product", product), None, sold
            elif not no_channel:
                yield during, ("channel", channel), None, sold
            else:
                yield during, None, None, sold


def _narrowed(reach: Reach) -> tuple[str, list[Any]]:
    """The condition on products, dealers and regions. Lists keep the database on the index of dealer and day.

    They are of the columns' own type: only then are long ones looked up by hash and not read through for every line.
    """
    terms = [("product_id", reach.products), ("dealer_id", reach.dealers), ("region_id", reach.regions)]
    named: list[tuple[str, Iterable[int]]] = [(column, keys) for column, keys in terms if keys is not None]
    return " AND ".join(f"{column} = ANY(%s::bigint[])" for column, _keys in named), [
        list(keys) for _column, keys in named
    ]
