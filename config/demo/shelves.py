"""What is on the demo dealers' shelves, kept by what is delivered and sold: their counts agree with the books."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

_KINDS = {"shipments": 1, "sales": -1}


@dataclass
class Shelves:
    """Units by dealer and SKU. What lay there before is the caller's to add."""

    seed: int
    _moved: dict[tuple[str, str], int] = field(default_factory=dict)

    def booked(self, kind: str, rows: Iterable[Mapping[str, object]]) -> Iterator[Mapping[str, object]]:
        """The rows of an import, each moving its shelf as it passes."""
        sign = _KINDS.get(kind)
        for row in rows:
            if sign is not None:
                self._move(str(row["dealer"]), str(row["sku"]), sign * int(str(row["quantity"])))
            yield row

    def units(self, dealer: str, sku: str, opening: int) -> int:
        """What somebody who counts finds; never less than nothing."""
        return max(self._moved.get((dealer, sku), 0) + opening, 0)

    def lose(self, dealer: str, sku: str, units: int) -> None:
        """Units that are gone and that nobody declared."""
        self._move(dealer, sku, -units)

    def adjustments(self, dealer: str, skus: list[str], at: datetime) -> Iterator[dict[str, object]]:
        """A few declared changes of a dealer that keeps its books: damage, a sample, and goods lent to somebody."""
        chance = random.Random(f"adjustments:{self.seed}:{dealer}")
        stories = (
            ("damage", 2, "", "运输途中外箱破损"),
            ("sample", 1, "", "门店陈列样机"),
            ("transfer_out", 3, "滨江门店", "调往滨江门店"),
            ("found", 1, "", "月末盘点多出"),
        )
        for number, (kind, units, party, reason) in enumerate(stories, 1):
            sku = chance.choice(skus)
            self._move(dealer, sku, units if kind == "found" else -units)
            yield {
                "doc_no": f"TZ{at:%y%m%d}",
                "line_no": number,
                "kind": kind,
                "sku": sku,
                "quantity": units,
                "occurred_at": (at - timedelta(hours=number)).isoformat(),
                "counterparty": party,
                "reason": reason,
            }

    def _move(self, dealer: str, sku: str, units: int) -> None:
        self._moved[dealer, sku] = self._moved.get((dealer, sku), 0) + units
