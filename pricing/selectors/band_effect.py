"""What a change of a product's bands would do to lines already reported: the rule of the verdict, asked beforehand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.db import connection

from pricing.choices import Channel
from pricing.models import PriceBand
from pricing.rules.index import BandIndex, VerdictIndex
from pricing.rules.verdict import Band, is_breach
from pricing.selectors.band_lookup import facts_of_band, place_of_band
from pricing.selectors.standing_facts import instant_number, micros, standing_facts

#: More lines than this are not judged beforehand; the page then says that it looked at these only.
MOST_LINES = 50_000
#: The id of a band that is not recorded yet.
NOT_YET = -1
_COLUMNS = "dealer_id, region_id, sold_on, sold_at, reported_at, quantity, unit_price, channel, verdict, flags, band_id"


class Turn(NamedTuple):
    """From one verdict to another, and whether each is held against the dealer."""

    before: int
    after: int
    breach_before: bool
    breach_after: bool


@dataclass(slots=True)
class BandEffect:
    """``touched`` lines are decided by another band (or none) than before; ``turns`` those found otherwise."""

    examined: int = 0
    touched: int = 0
    turns: Counter[Turn] = field(default_factory=Counter)
    dealers: set[int] = field(default_factory=set)
    #: False when there were more lines than are judged beforehand.
    complete: bool = True

    @property
    def changed(self) -> int:
        return sum(self.turns.values())


def placed_facts(bands: Iterable[PriceBand]) -> list[tuple[int, Band]]:
    """Bands with their places, as the rule sees them."""
    return [(place_of_band(band), facts_of_band(band)) for band in bands]


def effect_on_lines(*, product_id: int, bands: Iterable[tuple[int, Band]], first: date, today: date) -> BandEffect:
    """Judge the product's lines sold from ``first`` on as though ``bands`` were all it has.

    Two queries, none when the first day lies ahead: nothing sold then can have been reported yet.
    """
    effect = BandEffect()
    if first > today:
        return effect
    known = standing_facts().index
    index = VerdictIndex(
        places=known.places,
        bands=BandIndex(known.places, ((product_id, place, band) for place, band in bands)),
        promos=known.promos,
        rights=known.rights,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_COLUMNS} FROM pricing_saleline WHERE product_id = %s AND sold_on >= %s LIMIT {MOST_LINES + 1}",
            [product_id, first],
        )
        rows = cursor.fetchall()
    effect.complete = len(rows) <= MOST_LINES
    for dealer_id, region_id, day, sold_at, reported_at, quantity, price, channel, *found in rows[:MOST_LINES]:
        verdict, flags, band_id = found
        judged = index.judge(
            dealer_id,
            product_id,
            region_id,
            day,
            instant_number(sold_at),
            instant_number(reported_at),
            quantity,
            micros(price),
            channel == Channel.B2B,
        )
        effect.examined += 1
        effect.touched += judged.band_id != band_id
        turn = Turn(verdict, judged.verdict, is_breach(verdict, flags), is_breach(judged.verdict, judged.flags))
        if turn.before != turn.after or turn.breach_before != turn.breach_after:
            effect.turns[turn] += 1
            effect.dealers.add(dealer_id)
    return effect
