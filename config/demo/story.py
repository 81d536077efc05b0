"""The demo company's recent past, lived through the product's own doors in the order things happened.

Nothing is written around the services: master data, reports, promotions and settlements are taken in, judged,
decided and posted as they would be in earnest, only that the clock says it was then.
"""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import IO

from django.db import connection, transaction

from config.demo import company, goods, places
from config.demo.absences import absences
from config.demo.agreements import agreement_events
from config.demo.bulletins import bulletin_events, write_policy_bulletin
from config.demo.cases import case_events
from config.demo.company import DemoDealer, Habit
from config.demo.consequences import consequence_events
from config.demo.disputes import dispute_events
from config.demo.edi import agree_on_messages, send_stock_message
from config.demo.frauds import fraud_events, look_for_frauds
from config.demo.leaving import let_some_leave
from config.demo.listeners import listener_events
from config.demo.market import walk_the_market
from config.demo.newcomers import newcomer_events
from config.demo.past_promotions import PastPromotions
from config.demo.payments import payment_events
from config.demo.people import Staff, hire
from config.demo.prices import keep_prices
from config.demo.promotions import Promotions
from config.demo.referrals import referral_events
from config.demo.remote import remote_subsidy_events
from config.demo.service import service_events
from config.demo.standing import standing_events
from config.demo.support import support_events
from config.demo.trade import Trade
from config.demo.violations import look_at_violations
from config.imports import import_file
from config.policy import import_policy, publish_policy
from dealers.choices import Coverage, Door, Feed
from dealers.foundation import clock
from dealers.foundation.barrier import enter_intake
from dealers.foundation.clock import BUSINESS_ZONE, as_if_at, start_of_day
from dealers.foundation.periods import HalfMonth
from dealers.models import Dealer, FeedDay
from dealers.selectors.sync import sweep_terms
from dealers.services.calendar import load_calendar
from dealers.services.deliveries import DeliveryCounts, close_delivery, cover_days, open_delivery
from dealers.services.keys import create_api_key
from dealers.services.sync import sweep_sync
from pricing.services.promos.clockwork import advance_promotions
from pricing.services.stock_check import check_stock
from settlement.choices import StatementState
from settlement.models import Statement
from settlement.services.approval import approve_run, put_up_for_review
from settlement.services.calculation import calculate_run
from settlement.services.confirmation import confirm_silent_statements, confirm_statement

#: How many half-months the company has lived through before the present one.
PAST_PERIODS = 4
#: Up to this many dealers report by themselves in the last days; a larger company is delivered by HQ's files.
SELF_REPORTING = 40
_DAILY_FOR_DAYS = 5
#: When one dealer's goods went missing, and another declared what happened to its own.
_OFF_DAYS_AGO = 3
_NIGHTLY_FOR_DAYS = 30
_DAY, _STEP = timedelta(days=1), timedelta(days=3)

Say = Callable[[str], None]


@dataclass
class Story:
    """One demo company. ``today`` and ``seed`` decide everything but the passwords and keys."""

    dealers: int
    lines: int
    seed: int
    now: datetime
    say: Say = field(default=lambda text: None)

    def __post_init__(self) -> None:
        self.today = clock.business_day(self.now)
        present = HalfMonth.containing(self.today)
        self.periods = [HalfMonth.from_ordinal(present.ordinal - back) for back in range(PAST_PERIODS, 0, -1)]
        self.starts_on = self.periods[0].start
        self.network = company.dealers(self.dealers, self.seed)
        self.goods = goods.goods(min(2000, max(27, self.dealers // 5)))
        days = (self.today - self.starts_on).days + 1
        self.trade = Trade(self.network, self.goods, self.lines / days, self.today, self.seed)
        self.small = self.dealers <= SELF_REPORTING

    @transaction.atomic
    def live(self) -> Staff:
        """Live the whole story; returns the people with their logins. All of it is stored, or nothing."""
        opening = start_of_day(self.starts_on) - timedelta(days=4) + timedelta(hours=10)
        with as_if_at(opening):
            staff = self._found(opening)
        promotions = Promotions(self.network, self.goods, staff, self.today)
        self.trade.promo_prices = promotions.prices
        self.trade.promo_from = promotions.running_from
        if self.small:
            with as_if_at(opening):
                agree_on_messages(Dealer.objects.get(code=self.network[0].code), staff, opening)
        past = PastPromotions(self.network, self.goods, staff, self.today)
        self.trade.past = past.promotions
        events = [*self._reports(), *self._settlements(staff)]
        if self.small:
            events += promotions.events(self.now) + past.events()
            events += absences(staff, self.today)
            events += bulletin_events(staff, opening, self.today)
            events += standing_events(staff, self.starts_on, self.now)
            events += support_events(staff, self.today)
            events += consequence_events(self.periods, staff)
            events += dispute_events(self.periods, staff)
            events += case_events(staff, self.now)
            events += payment_events(self.periods, staff)
            events += referral_events(self.network, staff, self.now)
            events += remote_subsidy_events(self.network, staff, opening, self.now)
            events += newcomer_events(staff, self.now)
            events += service_events(self.network, staff, opening, self.now)
            events += fraud_events(self.network, self.goods, self.now)
            events += agreement_events(staff, self.now)
            events += listener_events(Dealer.objects.get(code=self.network[0].code), opening, self.now)
        for at, act in sorted(events, key=lambda event: event[0]):
            if at <= self.now:
                with as_if_at(at):
                    act(at)
        with as_if_at(self.now):
            self._sweep(self.now)
            advance_promotions(at=self.now)
            look_at_violations(self.periods, staff, self.now)
            keep_prices(staff, self.now)
            walk_the_market(self.network, self.goods, staff, self.now)
            confirm_silent_statements(at=self.now)
            check_stock(at=self.now)
            look_for_frauds(self.network, staff, self.now)
            if self.small:
                let_some_leave(staff, self.now)
        return staff

    def _found(self, at: datetime) -> Staff:
        """Take the company over: places, dealers, goods, prices, bands, people and the first policy."""
        self.say("master data")
        load_calendar(actor=None, at=at)
        last_year = self.starts_on - timedelta(days=400)
        self._import("regions", places.region_rows())
        self._import("alliances", company.alliance_rows())
        self._import("dealers", company.dealer_rows(self.network, self.starts_on))
        self._import("products", goods.product_rows(self.goods))
        self._import("list_prices", goods.list_price_rows(self.goods, last_year))
        basis_until = self.today + timedelta(days=200)
        self._import("bands", goods.band_rows(self.goods, last_year, basis_until))
        staff = hire(self.network, with_owners=min(self.dealers, 16), at=at)
        source = (Path(__file__).parent / "policy.yaml").read_text(encoding="utf-8")
        source = source.replace("@YEAR@", str(self.today.year)).replace("@EFFECTIVE_FROM@", self.starts_on.isoformat())
        version = import_policy(source=source, actor=staff["policy"], at=at)
        write_policy_bulletin(version, staff, at)
        publish_policy(version=version, actor=staff["gm"], at=at + timedelta(hours=2))
        return staff

    def _reports(self) -> Iterator[tuple[datetime, Callable[[datetime], None]]]:
        """Files of HQ, lately every evening in a small company, then in the last days each dealer by itself."""
        daily_from = self.today - timedelta(days=_DAILY_FOR_DAYS if self.small else 0)
        day = self.starts_on
        while day < daily_from:
            nightly = self.small and (daily_from - day).days <= _NIGHTLY_FOR_DAYS
            until = min(day + (_DAY if nightly else _STEP), daily_from)
            yield _at(until - _DAY, 23, 40) if nightly else _at(until, 9), self._file_of(day, until)
            day = until
        for offset in range((self.today - daily_from).days):
            reported = daily_from + timedelta(days=offset)
            yield _at(reported, 23, 20), self._own_reports_of(reported)
            yield _at(reported + timedelta(days=1), 10, 15), self._sweep
        yield self.now - timedelta(minutes=40), self._morning_counts

    def _file_of(self, first: date, until: date) -> Callable[[datetime], None]:
        def act(at: datetime) -> None:
            self.say(f"reports {first} – {until}")
            days = [first + timedelta(days=n) for n in range((until - first).days)]
            for day in days:
                if day.weekday() == 0 or day == self.starts_on:
                    self._import("shipments", self.trade.shipments(day))
            self._import("sales", (row for day in days for row in self.trade.sales(day)))
            self._declare_empty_days(days, at)
            counted_at = at - timedelta(hours=1)
            reporting = [dealer for dealer in self.network if self.trade.reports_on(dealer, days[-1])]
            self._import("inventory", (row for d in reporting for row in self.trade.stock_of(d, counted_at)))
            self._sweep(at)

        return act

    def _own_reports_of(self, day: date) -> Callable[[datetime], None]:
        def act(at: datetime) -> None:
            if day.weekday() == 0:
                self._import("shipments", self.trade.shipments(day))
            rows_of: dict[str, list[dict[str, object]]] = {}
            for row in self.trade.sales(day):
                rows_of.setdefault(str(row["dealer"]), []).append(row)
            known = {dealer.code: dealer for dealer in Dealer.objects.all()}
            if day == self.today - timedelta(days=_OFF_DAYS_AGO) and len(self.network) > 1:
                self._something_off(at, known)
            for demo in self.network:
                if not self.trade.reports_on(demo, day):
                    continue
                rows = rows_of.get(demo.code, [])
                if demo.habit == Habit.CARELESS:
                    rows = [*rows, *_broken_lines(demo, day)]
                if rows:
                    self._import("sales", rows, dealer=known[demo.code])
                counted_at = at - timedelta(minutes=20)
                self._import("inventory", self.trade.stock_of(demo, counted_at), dealer=known[demo.code])
            self._declare_empty_days([day], at)

        return act

    def _morning_counts(self, at: datetime) -> None:
        known = {dealer.code: dealer for dealer in Dealer.objects.all()} if self.small else {}
        reporting = [dealer for dealer in self.network if self.trade.reports_on(dealer, self.today)]
        counted_at = at - timedelta(minutes=5)
        if not self.small:
            self._import("inventory", (row for d in reporting for row in self.trade.stock_of(d, counted_at)))
            return
        rows_of: dict[str, list[dict[str, object]]] = {}
        for row in self.trade.sales(self.today, until=counted_at - timedelta(seconds=1)):
            rows_of.setdefault(str(row["dealer"]), []).append(row)
        for demo in reporting:
            if rows := rows_of.get(demo.code):
                self._import("sales", rows, dealer=known[demo.code])
            if demo is self.network[0]:
                send_stock_message(known[demo.code], self.trade.stock_of(demo, counted_at), counted_at)
                continue
            self._import("inventory", self.trade.stock_of(demo, counted_at), dealer=known[demo.code])

    def _something_off(self, at: datetime, known: Mapping[str, Dealer]) -> None:
        """One dealer declares what changed its stock beside trade; another misses goods and has not said so."""
        honest, forgetful = self.network[0], self.network[1]
        skus = [str(row["sku"]) for row in self.trade.stock_of(honest, at)]
        declared_at = at - timedelta(hours=1)
        rows = list(self.trade.shelves.adjustments(honest.code, skus, declared_at))
        self._import("stock_adjustments", rows, dealer=known[honest.code])
        missing = max(self.trade.stock_of(forgetful, at), key=_on_hand)
        self.trade.shelves.lose(forgetful.code, str(missing["sku"]), 12)

    def _declare_empty_days(self, days: list[date], at: datetime) -> None:
        """Dealers that report declare the days on which they sold nothing."""
        ids = dict(Dealer.objects.values_list("code", "pk"))
        delivered = set(FeedDay.objects.filter(day__in=days).values_list("dealer_id", "day"))
        empty = {
            ids[dealer.code]: [
                day for day in days if self.trade.reports_on(dealer, day) and (ids[dealer.code], day) not in delivered
            ]
            for dealer in self.network
        }
        if not any(empty.values()):
            return
        with connection.cursor() as cursor:
            enter_intake(cursor)
        delivery = open_delivery(dealer=None, feed=Feed.SALES, door=Door.COMMAND, delivered_by="demo", received_at=at)
        cover_days(delivery, {dealer: days for dealer, days in empty.items() if days}, Coverage.DECLARED_ZERO)
        close_delivery(delivery, DeliveryCounts(lines=0))

    def _sweep(self, at: datetime) -> None:
        terms = sweep_terms(at=at)
        if terms is not None:
            sweep_sync(terms=terms, at=at)

    def _settlements(self, staff: Staff) -> Iterator[tuple[datetime, Callable[[datetime], None]]]:
        """Every past half-month is calculated and approved; the latest still awaits its approver."""
        for period in self.periods:
            calculated_at = period.ends_at + timedelta(hours=34)
            yield calculated_at, self._calculate(period, staff)
            if period != self.periods[-1]:
                yield calculated_at + timedelta(hours=5), self._approve(period, staff)
                yield calculated_at + timedelta(hours=50), self._confirm(period, staff)

    def _calculate(self, period: HalfMonth, staff: Staff) -> Callable[[datetime], None]:
        def act(at: datetime) -> None:
            self.say(f"settlement {period}")
            calculate_run(period=period, actor=staff["clerk"], at=at)
            put_up_for_review(period=period, actor=staff["clerk"], at=at + timedelta(minutes=20))

        return act

    def _approve(self, period: HalfMonth, staff: Staff) -> Callable[[datetime], None]:
        return lambda at: void(approve_run(period=period, actor=staff["approver"], at=at))

    def _confirm(self, period: HalfMonth, staff: Staff) -> Callable[[datetime], None]:
        def act(at: datetime) -> None:
            for owner in list(staff.owners())[1:]:
                unanswered = Statement.objects.filter(state=StatementState.ISSUED)
                for statement in unanswered.filter(run__period=str(period), dealer=owner.dealer):
                    confirm_statement(statement=statement, actor=owner, at=at)

        return act

    def _import(self, kind: str, rows: Iterable[Mapping[str, object]], *, dealer: Dealer | None = None) -> None:
        """Write the rows as a file and take it in as any file is taken in."""
        with tempfile.TemporaryFile() as file:
            if not _write_csv(file, self.trade.shelves.booked(kind, rows)):
                return
            file.seek(0)
            import_file(
                kind=kind,
                given=file,
                actor=None,
                door=Door.COMMAND if dealer is None else Door.API,
                dealer=dealer,
                filename=f"{kind}.csv",
                delivered_by="demo" if dealer is None else f"ERP {dealer.code}",
            )


def _on_hand(row: Mapping[str, object]) -> int:
    return int(str(row["on_hand"]))


def void(_result: object) -> None:
    """An event's result nobody needs."""


def demo_keys(at: datetime) -> dict[str, str]:
    """Keys of the first dealer's system, of its sandbox and of HQ's ERP; shown once, by the command."""
    first = Dealer.objects.order_by("code").first()
    _, dealer_secret = create_api_key(name="ERP", actor=None, at=at, dealer=first)
    _, sandbox_secret = create_api_key(name="ERP trial", actor=None, at=at, dealer=first, sandbox=True)
    _, system_secret = create_api_key(name="HQ ERP", actor=None, at=at, system="erp")
    code = first.code if first else ""
    return {
        f"dealer {code}": dealer_secret,
        f"sandbox {code}": sandbox_secret,
        "HQ system erp": system_secret,
    }


def _at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BUSINESS_ZONE)


def _write_csv(file: IO[bytes], rows: Iterable[Mapping[str, object]]) -> bool:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    writer: csv.DictWriter[str] | None = None
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(text, list(row))
            writer.writeheader()
        writer.writerow(row)
    text.detach()
    return writer is not None


def _broken_lines(dealer: DemoDealer, day: date) -> Iterator[dict[str, object]]:
    """What a careless dealer sends: an unknown product, a price with a currency sign, a place nobody knows."""
    good = {
        "dealer": dealer.code,
        "doc_no": f"XS{day:%y%m%d}-9999",
        "sold_at": _at(day, 11).isoformat(),
        "sku": "MY1001",
        "quantity": 1,
        "unit_price": "2700.00",
        "region": dealer.cities[0].code,
        "channel": "retail",
        "customer": "",
    }
    yield {**good, "line_no": 1, "sku": "MY-OLD-7"}
    yield {**good, "line_no": 2, "unit_price": "￥2700"}
    yield {**good, "line_no": 3, "region": "杭州"}
