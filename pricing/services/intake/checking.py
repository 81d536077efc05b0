"""The pass over the lines of a delivery: check, judge, add up, and write out for ``COPY``.

This is the hot loop of the product. A good line costs a dozen look-ups, one call of the verdict rule and one
formatted text; no object is made for it. A line on which any look-up fails is examined again, slowly, to say
exactly what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from dealers.models import Dealer
from dealers.services.deliveries import Refusal
from pricing.rules.verdict import Judgement
from pricing.selectors.standing_facts import Codes, StandingFacts, instant_number
from pricing.services.intake.cells import (
    BadCell,
    Channels,
    Customers,
    Day,
    Days,
    Moments,
    Prices,
    Quantities,
    Revisions,
    TimesOfDay,
    WholeNumbers,
    latest_allowed,
    read_doc_no,
)
from pricing.services.intake.sources import COLUMNS, Portion
from pricing.services.tally_book import TallyBook, class_of

FUTURE_MINUTES = 10
_BEIJING_SECOND = len("2026-11-05T09:30:00+08:00")


class LinePass:
    """Checks and judges the lines of one delivery; ``covered`` and ``tally`` fill up meanwhile."""

    def __init__(
        self, *, dealer: Dealer | None, facts: StandingFacts, received_at: datetime, customer_key: str
    ) -> None:
        self._dealer = dealer
        self._facts = facts
        self._received_at = received_at
        self._dealers = facts.dealers if dealer is None else Codes({dealer.code: dealer.pk, "": dealer.pk})
        self._line_nos = WholeNumbers(1)
        self._quantities = Quantities()
        self._prices = Prices()
        self._revisions = Revisions()
        self._channels = Channels()
        self._customers = Customers(customer_key)
        self._days = Days()
        self._times = TimesOfDay()
        self._moments = Moments()
        self._tails: dict[Judgement, tuple[str, int]] = {}
        self.tally = TallyBook()
        #: Dealer and day as one number each, so that a large file's days fit into memory.
        self._covered: set[int] = set()
        self._refused: list[Refusal] = []

    def check(self, portion: Portion) -> list[str]:
        """The good lines of a portion as rows for ``COPY``; the others wait for ``take_refused``."""
        dealers, products, regions = self._dealers, self._facts.products, self._facts.regions
        line_nos, quantities, prices = self._line_nos, self._quantities, self._prices
        revisions, channels, customers = self._revisions, self._channels, self._customers
        days, times, moments, tails = self._days, self._times, self._moments, self._tails
        judge = self._facts.index.judge
        sums, cover = self.tally.sums, self._covered.add
        reported_at = instant_number(self._received_at)
        latest = latest_allowed(self._received_at, FUTURE_MINUTES)
        rows: list[str] = []
        add = rows.append
        doc_no_read = doc_text = ""
        for place, (number, cells) in enumerate(zip(portion.numbers, portion.cells, strict=True)):
            (dealer, doc_no, line_no, sold, sku, quantity, price, region, revision, channel, customer) = cells
            try:
                dealer_id = dealers[dealer]
                if doc_no != doc_no_read:
                    doc_text = read_doc_no(doc_no)
                    doc_no_read = doc_no
                line_nos[line_no]
                if len(sold) == _BEIJING_SECOND and sold[10] == "T" and sold[19:] == "+08:00":
                    day: Day = days[sold[:10]]
                    sold_at = day[2] + times[sold[11:19]]
                else:
                    day, sold_at, sold = moments[sold]
                if sold_at > latest:
                    raise BadCell("in_the_future")
                product = products[sku]
                units = quantities[quantity]
                micro = prices[price]
                region_id = regions[region]
                revision = revisions[revision]
                channel = channels[channel]
                if customer:
                    customer = customers[customer]
            except (BadCell, KeyError):
                self._refuse(number, cells, portion.content(place))
                continue
            judgement = judge(
                dealer_id, product.id, region_id, day[0], sold_at, reported_at, units, micro, channel == "2"
            )
            tail = tails.get(judgement)
            if tail is None:
                tail = tails[judgement] = _tail(judgement)
            key = (dealer_id, product.category, day[3], tail[1])
            total = sums.get(key)
            if total is None:
                sums[key] = [1, units, units * micro]
            else:
                total[0] += 1
                total[1] += units
                total[2] += units * micro
            cover(dealer_id << 22 | day[4])
            add(
                f"{number}\t{dealer_id}\t{doc_text}\t{line_no}\t{revision}\t{product.id}\t{region_id}\t{sold}\t{day[1]}"
                f"\t{quantity}\t{price}\t{channel}\t{customer}\t{tail[0]}"
            )
        self._refused += portion.broken
        return rows

    def take_refused(self) -> list[Refusal]:
        """The lines refused since the last call."""
        taken, self._refused = self._refused, []
        return taken

    def covered_days(self) -> Iterator[tuple[int, list[date]]]:
        """The days of which good lines were seen, by dealer."""
        last, days = 0, list[date]()
        for number in sorted(self._covered):
            dealer_id, day = number >> 22, date.fromordinal(number & 0x3FFFFF)
            if dealer_id != last:
                if days:
                    yield last, days
                last, days = dealer_id, []
            days.append(day)
        if days:
            yield last, days

    def flags_of_revision(self, row: Sequence[Any]) -> int:
        """The flags of a revised line, late being judged by its first report; ``row`` as in ``staged.REVISED``."""
        (_line, dealer_id, product_id, region_id, day, sold_at, quantity, price, channel, *_found, reported_at) = row
        return self._facts.index.judge(
            dealer_id,
            product_id,
            region_id,
            day,
            instant_number(sold_at),
            instant_number(reported_at),
            quantity,
            int(price.scaleb(6)),
            channel == 2,
        ).flags

    def _refuse(self, number: int, cells: Sequence[str], content: Any) -> None:
        values = dict(zip(COLUMNS, cells, strict=True))
        dealer_id = self._dealer.pk if self._dealer else self._facts.dealers.get(values["dealer"].strip())
        for name, value in values.items():
            try:
                self._check_cell(name, value)
            except BadCell as bad:
                self._refused.append(Refusal(number, name, value.strip(), bad.code, bad.params, content, dealer_id))
                return
        raise AssertionError(f"line {number} was refused without a reason")

    def _check_cell(self, name: str, value: str) -> None:
        bare = value.strip()
        match name:
            case "dealer":
                if bare not in self._dealers:
                    self._check_dealer(bare)
            case "doc_no":
                read_doc_no(value)
            case "line_no":
                self._line_nos[value]
            case "sold_at":
                if self._moments[value].at > latest_allowed(self._received_at, FUTURE_MINUTES):
                    raise BadCell("in_the_future", minutes=FUTURE_MINUTES)
            case "sku":
                _require(bare, self._facts.products, "unknown_sku")
            case "quantity":
                self._quantities[value]
            case "unit_price":
                self._prices[value]
            case "region":
                _require(bare, self._facts.regions, "unknown_region")
            case "revision":
                self._revisions[value]
            case "channel":
                self._channels[value]
            case "customer":
                if value:
                    self._customers[value]

    def _check_dealer(self, bare: str) -> None:
        if not bare:
            raise BadCell("missing_value")
        raise BadCell("unknown_dealer" if self._dealer is None else "not_your_dealer")


def _require(bare: str, known: Codes, code: str) -> None:
    if bare not in known:
        raise BadCell(code if bare else "missing_value")


def _tail(judgement: Judgement) -> tuple[str, int]:
    """The end of the row, which many lines have in common, and the class of the tally."""
    cells = ["\\N" if value is None else str(value) for value in judgement]
    return "\t".join(cells) + "\n", class_of(judgement.verdict, judgement.flags)
