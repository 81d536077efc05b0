"""The pass over the lines of a delivery: check, judge, add up, and write out for ``COPY``.

This is the hot loop of the product. A good line costs a dozen look-ups, one call of the verdict rule and one
formatted text; no object is made for it. A line on which any look-up fails is examined again, slowly, to say
exactly what is wrong with it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from dealers.models import Dealer
from dealers.services.deliveries import Refusal
from dealers.services.staging import NULL
from pricing.rules.verdict import judge
from pricing.selectors.standing_facts import Codes, StandingFacts, instant_number
from pricing.services.intake.cells import (
    FUTURE_MINUTES,
    BadCell,
    Channels,
    Customers,
    Day,
    Days,
    Moment,
    Moments,
    Prices,
    Quantities,
    Revisions,
    TimesOfDay,
    WholeNumbers,
    read_doc_no,
)
from pricing.services.intake.sources import COLUMNS, Portion
from pricing.services.tally_book import TallyBook, class_of

#: Text for ``COPY`` and class of the tally, by verdict and flags.
_OUTCOMES = [(f"{verdict}\t{flags}", class_of(verdict, flags)) for verdict in range(8) for flags in range(16)]
_BEIJING_SECOND = len("2026-11-05T09:30:00+08:00")


class LinePass:
    """Checks and judges the lines of one delivery; ``covered`` and ``tally`` fill up meanwhile."""

    def __init__(
        self, *, dealer: Dealer | None, facts: StandingFacts, received_at: datetime, customer_key: str
    ) -> None:
        self._dealer = dealer
        self._facts = facts
        self._reported_at = instant_number(received_at)
        self._latest = self._reported_at + FUTURE_MINUTES * 60_000_000
        self._dealers = facts.dealers if dealer is None else _own_codes(dealer)
        self._line_nos = WholeNumbers(1)
        self._quantities = Quantities()
        self._prices = Prices()
        self._revisions = Revisions()
        self._channels = Channels()
        self._customers = Customers(customer_key)
        self._days = Days()
        self._times = TimesOfDay()
        self._moments = Moments()
        self.tally = TallyBook()
        #: Dealer and day as one number each (see `days_by_dealer`), so that a large file's days fit into memory.
        self.covered: set[int] = set()
        self._refused: list[Refusal] = []

    def check(self, portion: Portion) -> list[str]:
        """The good lines of a portion as rows for ``COPY``; the others wait for ``take_refused``.

        What the lines of a document have in common is read once, and so is the region while it stays the same.
        """
        index = self._facts.index
        dealers, products, regions = self._dealers, self._facts.products, self._facts.regions
        line_nos, quantities, prices = self._line_nos, self._quantities, self._prices
        revisions, channels, customers = self._revisions, self._channels, self._customers
        compiled, compile_bands, tiers = index.bands.compiled, index.bands.compile, index.bands.tiers
        covering, has_addendum_on = index.promos.covering, index.rights.has_addendum_on
        outcomes, null = _OUTCOMES, NULL
        latest, reported_at = self._latest, self._reported_at
        sums, cover = self.tally.sums, self.covered.add
        rows: list[str] = []
        add = rows.append
        known_doc_no: str | None = None
        known_region: str | None = None
        known_sold = known_dealer = ""
        doc_text = region_text = ""
        dealer_id = sold_at = region_id = 0
        territory_id: int | None = None
        tier: int | None = None
        is_covered = True
        for place, (number, cells) in enumerate(zip(portion.numbers, portion.cells, strict=True)):
            (dealer, doc_no, line_no, sold, sku, quantity, price, region, revision, channel, customer) = cells
            try:
                if doc_no != known_doc_no or sold != known_sold or dealer != known_dealer:
                    known_doc_no = known_region = None  # until everything has been read
                    dealer_id = dealers[dealer]
                    day, sold_at, sold_text = self._moment(sold)
                    if sold_at > latest:
                        raise BadCell("in_the_future")
                    doc_text = f"{dealer_id}\t{read_doc_no(doc_no)}\t{sold_text}\t{day.text}"
                    known_doc_no, known_sold, known_dealer = doc_no, sold, dealer
                    date, totals = day.date, sums[dealer_id, day.period]
                    is_covered = False
                if region != known_region:
                    region_id = regions[region]
                    territory_id = index.rights.territory_on(dealer_id, region_id, date)
                    region_text = f"{region_id}\t{null if territory_id is None else territory_id}"
                    tier = tiers[region_id]
                    known_region = region
                line_nos[line_no]
                product_id, _category, product_text, tally_keys = products[sku]
                units = quantities[quantity]
                micro = prices[price]
                revision = revisions[revision]
                channel = channels[channel]
                if customer:
                    customer = customers[customer]
            except (BadCell, KeyError):
                self._refuse(number, cells, portion.content(place))
                continue
            by_region, by_tier = compiled.get(product_id) or compile_bands(product_id)
            timeline = by_region.get(region_id) or by_tier[tier]
            band = timeline.bands[bisect_right(timeline.starts, date)]
            promos = covering(product_id, dealer_id, region_id, date) if band is not None and micro < band.floor else ()
            lacks_addendum = channel == "2" and not has_addendum_on(dealer_id, date)
            verdict, flags, band_id, promo_id = judge(
                date, sold_at, reported_at, units, micro, band, promos, territory_id is not None, lacks_addendum
            )
            found, kind = outcomes[verdict << 4 | flags]
            key = tally_keys[kind]
            total = totals.get(key)
            if total is None:
                totals[key] = [1, units, units * micro]
            else:
                total[0] += 1
                total[1] += units
                total[2] += units * micro
            if not is_covered:
                cover(dealer_id << 22 | day.number)
                is_covered = True
            add(
                f"{number}\t{doc_text}\t{region_text}\t{line_no}\t{revision}\t{product_text}\t{quantity}\t{price}"
                f"\t{channel}\t{customer}\t{found}\t{null if band_id is None else band_id}"
                f"\t{null if promo_id is None else promo_id}\n"
            )
        self._refused += portion.broken
        return rows

    def _moment(self, sold: str) -> Moment:
        if len(sold) == _BEIJING_SECOND and sold[10] == "T" and sold[19:] == "+08:00":
            day: Day = self._days[sold[:10]]
            return Moment(day, day.midnight + self._times[sold[11:19]], sold)
        moment: Moment = self._moments[sold]
        return moment

    def take_refused(self) -> list[Refusal]:
        """The lines refused since the last call."""
        taken, self._refused = self._refused, []
        return taken

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
                if self._moments[value].at > self._latest:
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


def _own_codes(dealer: Dealer) -> Codes:
    return Codes(dict.fromkeys(("", *dealer.reporting_codes), dealer.pk))


def days_by_dealer(covered: set[int]) -> Iterator[tuple[int, list[date]]]:
    """The days of which good lines were seen, by dealer, out of the numbers that stand for them."""
    last, days = 0, list[date]()
    for number in sorted(covered):
        dealer_id, day = number >> 22, date.fromordinal(number & 0x3FFFFF)
        if dealer_id != last:
            if days:
                yield last, days
            last, days = dealer_id, []
        days.append(day)
    if days:
        yield last, days


def _require(bare: str, known: Codes, code: str) -> None:
    if bare not in known:
        raise BadCell(code if bare else "missing_value")
