"""The set-based words of judging again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pricing.services.intake.staged import FOUND, KEY, STATE

CHANGES = "lines_judged_again"
CHANGES_COLUMNS = (
    "dealer_id bigint, doc_no text, line_no int, revision int, known_from timestamptz,"
    " verdict smallint, flags smallint, band_id bigint, promo_item_id bigint, territory_id bigint"
)
COPIED = (*KEY, "revision", "known_from", *FOUND)
_EXAMINED = (
    *KEY,
    *("revision", "known_from"),
    *("product_id", "region_id", "sold_on", "sold_at", "reported_at", "quantity", "unit_price", "channel"),
    *FOUND,
)
#: A line that was revised since it was read was judged by the intake that revised it.
_UNTOUCHED = "({0}.dealer_id, {0}.doc_no, {0}.line_no, {0}.revision, {0}.known_from)".format
_JOINED = f"pricing_saleline t JOIN {CHANGES} c ON {_UNTOUCHED('t')} = {_UNTOUCHED('c')}"


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Lines of some products and dealers; what is not named is not asked about."""

    condition: str
    params: tuple[Any, ...]

    def days(self, first: date, until: date | None) -> tuple[str, list[Any]]:
        """The days of a range that have such lines."""
        upper, bounds = ("", [first]) if until is None else (" AND sold_on < %s", [first, until])
        return (
            f"SELECT DISTINCT sold_on FROM pricing_saleline WHERE sold_on >= %s{upper}{self.condition} ORDER BY 1",
            [*bounds, *self.params],
        )

    def lines(self, day: date) -> tuple[str, list[Any]]:
        """Such lines of a day with all that judging them needs."""
        return (
            f"SELECT {', '.join(_EXAMINED)} FROM pricing_saleline WHERE sold_on = %s{self.condition}"
            f" ORDER BY {', '.join(KEY)}",
            [day, *self.params],
        )


def narrowed(products: Sequence[int] | None, dealers: Sequence[int] | None) -> Narrowed:
    """The lines of these products and dealers, None meaning all."""
    conditions: list[str] = []
    params: list[Any] = []
    for column, ids in (("dealer_id", dealers), ("product_id", products)):
        if ids is not None:
            conditions.append(f" AND {column} = ANY(%s::bigint[])")
            params.append(list(ids))
    return Narrowed("".join(conditions), tuple(params))


LOCK = f"SELECT FROM {_JOINED} ORDER BY t.dealer_id, t.doc_no, t.line_no FOR UPDATE OF t"
_SUMS = """
    SELECT t.dealer_id, t.product_id, t.sold_on, {0}.verdict, {0}.flags,
        count(*), sum(t.quantity), sum(t.quantity * t.unit_price)
    FROM {1} GROUP BY 1, 2, 3, 4, 5
"""
OLD_SUMS = _SUMS.format("t", _JOINED)
NEW_SUMS = _SUMS.format("c", _JOINED)
TURNS = f"SELECT t.verdict, c.verdict, count(*) FROM {_JOINED} GROUP BY 1, 2"
KEEP = f"""
    INSERT INTO pricing_salelinehistory ({", ".join(STATE)}, known_until)
    SELECT {", ".join(f"t.{column}" for column in STATE)}, greatest(t.known_from, %(at)s) FROM {_JOINED}
"""
REPLACE = f"""
    UPDATE pricing_saleline t SET {", ".join(f"{column} = c.{column}" for column in FOUND)},
        known_from = greatest(t.known_from, %(at)s)
    FROM {CHANGES} c WHERE {_UNTOUCHED("t")} = {_UNTOUCHED("c")}
"""
