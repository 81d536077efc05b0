"""Price protection as a settlement takes it up: every fall of the half-month, and earlier ones late facts concern.

All dealers are read with a fixed number of queries and streamed one after the other: a settlement of a thousand
products and dealers keeps one dealer's goods in memory. Nothing is read of stock while no price falls.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from dealers.choices import PolicyState
from dealers.foundation.clock import BUSINESS_ZONE
from dealers.foundation.half_months import HalfMonth
from dealers.models import PolicyVersion, Product
from dealers.selectors.dated_stock import AskedInstant, DatedStock, StockQuestion, dated_stock, dealers_with_stock
from dealers.selectors.late_stock import late_stock_facts
from dealers.selectors.purchases import ALL_DEALERS, Shard
from rebates.choices import WindowedKind
from rebates.rules.dues import Settled
from rebates.rules.price_protection import Window
from rebates.rules.protected_days import DayDue, Occasion, ProtectedProduct, ProtectionTerms, day_due
from rebates.selectors.price_falls import PriceFall, falls_in_force
from rebates.selectors.protection_chains import Step, credited, step_of
from rebates.terms import rebates_terms

PROGRAM = "PRICE-PROTECTION"


@dataclass(frozen=True, slots=True)
class ProtectionQuestion:
    """Whose protection is asked for: the falls of a half-month, and earlier ones since ``books_from`` that facts known
    after ``since`` concern, as known at ``cutoff``. ``policy`` is the one that decides in the half-month.

    ``unsettled_from`` is the first half-month that no settlement has taken up; only a forecast finds it before
    ``period``.
    """

    period: HalfMonth
    cutoff: datetime
    policy: PolicyVersion
    since: datetime | None = None
    books_from: int | None = None
    unsettled_from: int | None = None
    shard: Shard = ALL_DEALERS

    @property
    def present_from(self) -> date:
        """The first day whose falls are settled for the first time."""
        if self.unsettled_from is None:
            return self.period.start
        return min(HalfMonth.from_ordinal(self.unsettled_from), self.period).start


@dataclass(slots=True)
class ProtectionFacts:
    """The answer. Dealers are asked for in the order of their keys."""

    terms: Mapping[date, ProtectionTerms]
    #: By product the falls that matter, by day.
    steps: Mapping[int, Sequence[Step]]
    skus: Mapping[int, str]
    #: Days settled for everyone, and by dealer those its own late facts concern.
    days: Mapping[date, Occasion]
    late: Mapping[int, Collection[date]]
    settled: Mapping[int, Mapping[date, list[Settled]]]
    with_stock: Collection[int] = ()
    _stream: Iterator[tuple[int, list[DatedStock]]] = field(default_factory=lambda: iter(()))
    _ahead: tuple[int, list[DatedStock]] | None = None

    def dealers(self) -> Collection[int]:
        """Every dealer with anything to settle or to show."""
        return set(self.with_stock) | self.settled.keys()

    def dues_of(self, dealer_id: int) -> list[DayDue]:
        """The dealer's dues, the present days first, each by day."""
        days = {**self.days, **{day: Occasion.LATE for day in self.late.get(dealer_id, ())}}
        if not days:
            return []
        found = self._protections(self._stock_of(dealer_id), days)
        settled = self.settled.get(dealer_id, {})
        present_first = sorted(days.items(), key=lambda pair: (pair[1] is Occasion.LATE, pair[0]))
        dues = (day_due(day, found.get(day, ()), settled.get(day, ()), occasion) for day, occasion in present_first)
        return [due for due in dues if due is not None]

    def _stock_of(self, dealer_id: int) -> list[DatedStock]:
        """What the dealer held; the stream is read up to it."""
        while self._ahead is None or self._ahead[0] < dealer_id:
            self._ahead = next(self._stream, None)
            if self._ahead is None:
                return []
        return self._ahead[1] if self._ahead[0] == dealer_id else []

    def _protections(self, held: list[DatedStock], days: Collection[date]) -> dict[date, list[ProtectedProduct]]:
        found: dict[date, list[ProtectedProduct]] = {}
        for product_id, step, stock, protection in credited(held, self.steps):
            if step.day in days:
                product = ProtectedProduct(self.skus[product_id], stock.came, protection)
                found.setdefault(step.day, []).append(product)
        return found


NO_PROTECTION = ProtectionFacts({}, {}, {}, {}, {}, {})


def protection_facts(question: ProtectionQuestion) -> ProtectionFacts:
    """Read what the falls of the half-month and late facts bring every dealer of the shard."""
    first = question.period if question.books_from is None else HalfMonth.from_ordinal(question.books_from)
    terms = _Terms(question)
    falls = [
        fall
        for fall in falls_in_force(
            after=first.start - timedelta(days=terms.longest + 1),
            until=question.period.end - timedelta(days=1),
            known_at=question.cutoff,
        )
        if terms.on(fall.day) is not None
    ]
    late = _late_days(question, falls, first, terms)
    days = {fall.day: Occasion.PRESENT for fall in falls if fall.day >= question.present_from}
    days |= dict.fromkeys(late.of_everyone, Occasion.LATE)
    settled = _settled(question, late, days)
    asked = _asked(falls, days, late, terms)
    every = StockQuestion(asked.all, question.cutoff, asked.only, question.shard)
    own = StockQuestion(asked.of_days, question.cutoff, asked.only, question.shard)
    products = {one.product_id for one in asked.all}
    return ProtectionFacts(
        {day: shown for day in {fall.day for fall in falls} | days.keys() if (shown := terms.on(day)) is not None},
        _steps((fall for fall in falls if fall.product_id in products), terms),
        dict(Product.objects.filter(pk__in=products).values_list("pk", "sku")) if products else {},
        days,
        late.of_dealer,
        settled,
        dealers_with_stock(own),
        dated_stock(every),
    )


def window_of(terms: ProtectionTerms) -> Window:
    """The terms of a day as the rule takes them."""
    return Window(timedelta(days=terms.window_days), timedelta(hours=terms.snapshot_max_age_hours))


class _Terms:
    """The terms by day: the half-month's own policy within it, the published ones before."""

    def __init__(self, question: ProtectionQuestion) -> None:
        self._question = question
        self._published = [
            (version.valid, _shown(version)) for version in PolicyVersion.objects.filter(state=PolicyState.PUBLISHED)
        ]
        self._present = _shown(question.policy)
        self.longest = max((shown.window_days for _, shown in self._published), default=0)
        self.longest = max(self.longest, self._present.window_days)

    def on(self, day: date) -> ProtectionTerms | None:
        if day >= self._question.period.start:
            return self._present
        return next((shown for valid, shown in self._published if valid is not None and day in valid), None)


@dataclass(slots=True)
class _Late:
    """Earlier days to settle again: for everyone, because a price was corrected, or for some dealers."""

    of_everyone: set[date] = field(default_factory=set)
    of_dealer: dict[int, set[date]] = field(default_factory=dict)


def _late_days(question: ProtectionQuestion, falls: Sequence[PriceFall], first: HalfMonth, terms: _Terms) -> _Late:
    if question.since is None or first.start >= question.present_from:
        return _Late()
    late = _Late()
    before = falls_in_force(
        after=first.start - timedelta(days=terms.longest + 1),
        until=question.present_from - timedelta(days=1),
        known_at=question.since,
    )
    past = [fall for fall in falls if fall.day < question.present_from]
    corrected = {fall for fall in {*past} ^ {*before} if terms.on(fall.day) is not None}
    settled_days = [fall for fall in past if fall.day >= first.start]
    for fall in corrected:
        if fall.day >= first.start:
            late.of_everyone.add(fall.day)
        late.of_everyone.update(_later_days(fall, settled_days, terms))
    instants = [_asked_instant(fall, terms, everyone=True) for fall in settled_days]
    facts = late_stock_facts(instants, since=question.since, known_at=question.cutoff, shard=question.shard)
    for dealer_id, at in facts:
        day = at.astimezone(BUSINESS_ZONE).date()
        if day not in late.of_everyone:
            late.of_dealer.setdefault(dealer_id, set()).add(day)
    return late


def _later_days(fall: PriceFall, falls: Sequence[PriceFall], terms: _Terms) -> Iterator[date]:
    """The later falls of the product whose units the corrected one may have protected already."""
    for later in falls:
        if later.product_id == fall.product_id and fall.day < later.day <= fall.day + timedelta(days=terms.longest):
            yield later.day


@dataclass(slots=True)
class _Asked:
    all: list[AskedInstant]
    of_days: list[AskedInstant]
    only: list[tuple[int, datetime]]


def _asked(falls: Sequence[PriceFall], days: Collection[date], late: _Late, terms: _Terms) -> _Asked:
    """The stock to ask for: at the days to settle, and at the earlier falls of the same products that protected."""
    own_days = {day for some in late.of_dealer.values() for day in some}
    by_product: dict[int, list[PriceFall]] = {}
    for fall in falls:
        by_product.setdefault(fall.product_id, []).append(fall)
    everyone: dict[PriceFall, bool] = {}
    chain_days: dict[date, set[date]] = {}
    for fall in falls:
        if fall.day not in days and fall.day not in own_days:
            continue
        shown = terms.on(fall.day)
        assert shown is not None
        earliest = fall.day - timedelta(days=shown.window_days + 1)
        for one in by_product[fall.product_id]:
            if earliest <= one.day <= fall.day:
                everyone[one] = everyone.get(one, False) or fall.day in days
                chain_days.setdefault(fall.day, set()).add(one.day)
    instants = {fall: _asked_instant(fall, terms, everyone=of_all) for fall, of_all in everyone.items()}
    at = {fall.day: fall.at for fall in everyone}
    only = {
        (dealer_id, at[day])
        for dealer_id, some in late.of_dealer.items()
        for own in some
        for day in chain_days.get(own, ())
    }
    of_days = [asked for fall, asked in instants.items() if fall.day in days or fall.day in own_days]
    return _Asked(list(instants.values()), of_days, sorted(only))


def _asked_instant(fall: PriceFall, terms: _Terms, *, everyone: bool) -> AskedInstant:
    shown = terms.on(fall.day)
    assert shown is not None
    came_from = fall.at - timedelta(days=shown.window_days)
    return AskedInstant(
        fall.product_id,
        fall.at,
        came_from - timedelta(hours=shown.snapshot_max_age_hours),
        came_from,
        shown.include_in_transit,
        everyone,
    )


def _settled(question: ProtectionQuestion, late: _Late, days: Collection[date]) -> dict[int, dict[date, list[Settled]]]:
    """What earlier half-months settled for the days that are settled again. One query, none without such days."""
    again = late.of_everyone.union(*late.of_dealer.values())
    found: dict[int, dict[date, list[Settled]]] = {}
    if not again:
        return found
    sql = (
        'SELECT a.dealer_id, a."window", a.period, (a.due * 100)::bigint, (a.base * 1000000)::numeric(40, 0)'
        ' FROM rebates_accrual a WHERE a."window" = ANY(%s) AND a.kind = %s AND a.program = %s AND a.period < %s'
        f" {question.shard.condition('a.dealer_id')} ORDER BY a.period"
    )
    params: list[Any] = [
        [day.isoformat() for day in again],
        WindowedKind.PRICE_PROTECTION,
        PROGRAM,
        question.period.ordinal,
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        for dealer_id, window, period, due, base in cursor.fetchall():
            day = date.fromisoformat(window)
            if day in days or day in late.of_dealer.get(dealer_id, ()):
                found.setdefault(dealer_id, {}).setdefault(day, []).append(Settled(period, due, int(base)))
    return found


def _shown(version: PolicyVersion) -> ProtectionTerms:
    terms = rebates_terms(version).price_protection
    return ProtectionTerms(
        version.code,
        version.version,
        terms.window_days,
        terms.snapshot_max_age_hours,
        terms.include_in_transit,
    )


def _steps(falls: Iterable[PriceFall], terms: _Terms) -> dict[int, list[Step]]:
    steps: dict[int, list[Step]] = {}
    for fall in falls:
        shown = terms.on(fall.day)
        assert shown is not None
        steps.setdefault(fall.product_id, []).append(step_of(fall, fall.at, window_of(shown)))
    return steps
