"""The sweep holds who stopped reporting, releases who caught up, and never does either twice."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dealers.choices import Coverage, Door, Feed, HoldKind, Role
from dealers.foundation.clock import start_of_day
from dealers.foundation.uscc import make_uscc
from dealers.models import (
    AuditRecord,
    Dealer,
    Heartbeat,
    Notice,
    SupplyHold,
    SyncClock,
    SyncWarning,
    SystemOutage,
    User,
)
from dealers.rules.sync_clock import ClockState
from dealers.selectors.outages import INTAKE
from dealers.selectors.supply import eligibility
from dealers.selectors.sync import SweepTerms, dealer_clocks
from dealers.services.deliveries import cover_days, note_inventory, open_delivery
from dealers.services.exemptions import agree_exemption, revoke_exemption
from dealers.services.outages import note_sign_of_life
from dealers.services.sync import sweep_sync

DAY = timedelta(days=1)
ACTIVATED = date(2026, 4, 24)
FIRST_DAY = date(2026, 5, 1)
TERMS = SweepTerms(
    interval=DAY,
    grace=DAY,
    onboarding_days=7,
    feeds=frozenset({Feed.INVENTORY, Feed.SALES}),
    lift_automatically=True,
    first_policy_day=date(2026, 1, 1),
)


def noon(day: int) -> datetime:
    return start_of_day(date(2026, 5, day)) + timedelta(hours=12)


def make_dealer(code="D1", **kwargs):
    serial = Dealer.objects.count() + 1
    values = {
        "code": code,
        "name": f"经销商 {code}",
        "uscc": make_uscc(serial),
        "industry": "electronics",
        "annual_revenue": Decimal(9_000_000),
        "activated_on": ACTIVATED,
        "created_at": datetime(2026, 4, 1, tzinfo=UTC),
        **kwargs,
    }
    dealer = Dealer.objects.create(**values)
    dealer.contracts.create(number=f"HT-{code}", amount=300_000, valid=(date(2026, 1, 1), date(2027, 1, 1)))
    return dealer


@pytest.fixture
def dealer(db):
    return make_dealer()


def deliver(dealer, *, sales_days=(), stock_at=None, coverage=Coverage.DELIVERED, at=None):
    with transaction.atomic():
        received_at = at or datetime(2026, 6, 1, tzinfo=UTC)
        delivery = open_delivery(
            dealer=dealer, feed=Feed.SALES, door=Door.API, delivered_by="test", received_at=received_at
        )
        if sales_days:
            cover_days(delivery, {dealer.pk: [date(2026, 5, day) for day in sales_days]}, coverage)
        if stock_at:
            note_inventory(delivery, {dealer.pk: stock_at})


def open_holds(dealer):
    return SupplyHold.objects.filter(dealer=dealer, lifted_at=None)


def test_nobody_has_to_report_during_onboarding(dealer):
    assert sweep_sync(terms=TERMS, at=start_of_day(FIRST_DAY) - timedelta(seconds=1)).placed == ()
    assert dealer_clocks(dealer_ids=[dealer.pk], terms=TERMS, at=noon(1) - DAY) == {}


def test_a_silent_dealer_is_warned_after_one_interval_and_held_after_the_grace(dealer):
    late = sweep_sync(terms=TERMS, at=start_of_day(date(2026, 5, 2)))
    assert (late.warned, late.placed) == (1, ())
    assert sweep_sync(terms=TERMS, at=start_of_day(date(2026, 5, 3)) - timedelta(seconds=1)).placed == ()
    sweep = sweep_sync(terms=TERMS, at=start_of_day(date(2026, 5, 3)))
    assert [change.reason for change in sweep.placed] == ["both_overdue"]
    hold = open_holds(dealer).get()
    assert (hold.kind, hold.opened_by, hold.evidence["days"]) == (HoldKind.SYNC, None, 2)


def test_the_eligibility_answer_follows_at_once(dealer):
    assert eligibility(dealer="D1", at=noon(2)).eligible
    sweep_sync(terms=TERMS, at=noon(3))
    answer = eligibility(dealer="D1", at=noon(3))
    assert not answer.eligible
    assert [reason.kind for reason in answer.reasons] == ["sync"]
    deliver(dealer, sales_days=[1, 2, 3], stock_at=noon(3))
    sweep_sync(terms=TERMS, at=noon(3) + timedelta(minutes=15))
    assert eligibility(dealer="D1", at=noon(3) + timedelta(minutes=15)).eligible


def test_the_hold_stays_until_every_missing_day_is_there_and_stock_is_fresh(dealer):
    sweep_sync(terms=TERMS, at=noon(5))
    deliver(dealer, sales_days=[1, 2, 4], stock_at=noon(5))
    assert sweep_sync(terms=TERMS, at=noon(5)).lifted == (), "3 May is still unknown"
    deliver(dealer, sales_days=[3], coverage=Coverage.DECLARED_ZERO)
    assert len(sweep_sync(terms=TERMS, at=noon(5)).lifted) == 1, "declaring no sales fills the gap"
    assert not open_holds(dealer).exists()


def test_stale_stock_alone_keeps_the_hold(dealer):
    sweep_sync(terms=TERMS, at=noon(5))
    deliver(dealer, sales_days=[1, 2, 3, 4], stock_at=noon(4))
    assert sweep_sync(terms=TERMS, at=noon(5)).lifted == ()
    deliver(dealer, stock_at=noon(5) - timedelta(hours=1))
    assert len(sweep_sync(terms=TERMS, at=noon(5)).lifted) == 1


def test_sweeping_twice_changes_nothing_more(dealer):
    first = sweep_sync(terms=TERMS, at=noon(5))
    again = sweep_sync(terms=TERMS, at=noon(5))
    assert (len(first.placed), again.placed, again.lifted, again.warned) == (1, (), (), 0)
    assert AuditRecord.objects.filter(action="hold.place").count() == 1


def test_a_count_from_a_clock_that_runs_ahead_does_not_count(dealer):
    deliver(dealer, sales_days=range(1, 6), stock_at=noon(20))
    assert [change.reason for change in sweep_sync(terms=TERMS, at=noon(5)).placed] == ["inventory_overdue"]


def test_exempt_days_are_never_missing(dealer):
    agree_exemption(dealer=dealer, starts_on=FIRST_DAY, ends_on=date(2026, 5, 5), reason="装修", actor=None, at=noon(1))
    assert sweep_sync(terms=TERMS, at=noon(5)).placed == ()
    assert [change.reason for change in sweep_sync(terms=TERMS, at=noon(7)).placed] == ["both_overdue"]


def test_a_revoked_exemption_excuses_what_lies_behind_it_only(dealer):
    exemption = agree_exemption(
        dealer=dealer, starts_on=FIRST_DAY, ends_on=date(2026, 6, 1), reason="装修", actor=None, at=noon(1)
    )
    manager = User.objects.create(username="pm", role=Role.POLICY_MANAGER)
    revoke_exemption(exemption=exemption, actor=manager, at=noon(4), reason="reopened early")
    assert sweep_sync(terms=TERMS, at=noon(5)).placed == ()
    assert len(sweep_sync(terms=TERMS, at=noon(6)).placed) == 1


def test_our_own_outage_never_counts(dealer):
    SystemOutage.objects.create(span=(start_of_day(FIRST_DAY), start_of_day(date(2026, 5, 3))), reason="data centre")
    assert sweep_sync(terms=TERMS, at=noon(4)).placed == ()
    assert len(sweep_sync(terms=TERMS, at=noon(5)).placed) == 1


def test_while_we_are_down_the_sweep_holds_nobody(dealer, monkeypatch):
    Heartbeat.objects.create(name=INTAKE, beat_at=noon(2))
    monkeypatch.setattr("dealers.foundation.clock.now", lambda: noon(4))
    assert sweep_sync(terms=TERMS, at=noon(4)).placed == (), "the last sign of life is of 2 May"
    note_sign_of_life(at=noon(4))
    assert sweep_sync(terms=TERMS, at=noon(4) + timedelta(hours=11)).placed == ()
    assert len(sweep_sync(terms=TERMS, at=noon(5)).placed) == 1, "the two days before and after it count"


def test_a_revoked_outage_excuses_nobody(dealer):
    span = (start_of_day(FIRST_DAY), start_of_day(date(2026, 5, 3)))
    SystemOutage.objects.create(span=span, reason="x", revoked_at=noon(4), revoke_reason="none")
    assert len(sweep_sync(terms=TERMS, at=noon(4)).placed) == 1


def test_the_warning_names_the_hold_that_will_come_with_our_outage_counted(dealer):
    outage = (start_of_day(FIRST_DAY), start_of_day(FIRST_DAY) + timedelta(hours=6))
    SystemOutage.objects.create(span=outage, reason="data centre")
    sweep_sync(terms=TERMS, at=noon(2))
    warning = SyncWarning.objects.get(dealer=dealer)
    assert warning.hold_at == start_of_day(date(2026, 5, 3)) + timedelta(hours=6)
    assert (warning.inventory, warning.sales) == (True, True)
    sweep_sync(terms=TERMS, at=noon(2) + timedelta(minutes=15))
    assert SyncWarning.objects.count() == 1


def test_a_lifted_hold_says_what_was_there_at_last(dealer):
    sweep_sync(terms=TERMS, at=noon(5))
    deliver(dealer, sales_days=range(1, 5), stock_at=noon(5))
    sweep_sync(terms=TERMS, at=noon(5))
    evidence = SupplyHold.objects.get(dealer=dealer).lift_evidence
    assert evidence == {"counted_at": "2026-05-05 12:00", "sales_until": "2026-05-04"}


def test_a_policy_with_manual_lifting_leaves_the_hold_to_people(dealer):
    sweep_sync(terms=TERMS, at=noon(5))
    deliver(dealer, sales_days=range(1, 6), stock_at=noon(5))
    manual = SweepTerms(**{**TERMS.__dict__, "lift_automatically": False})
    assert sweep_sync(terms=manual, at=noon(5)).lifted == ()


def test_the_dealer_and_its_channel_manager_are_told_once(dealer, django_user_model):
    from dealers.models import Region

    province = Region.objects.create(code="P1", name_zh="浙江", name_en="Zhejiang", kind="province")
    dealer.territories.create(region=province, valid=(ACTIVATED, None))
    owner = User.objects.create(username="owner", role=Role.DEALER_OWNER, dealer=dealer)
    manager = User.objects.create(username="cm", role=Role.CHANNEL_MANAGER)
    manager.regions.add(province)
    stranger = User.objects.create(username="other", role=Role.CHANNEL_MANAGER)
    sweep_sync(terms=TERMS, at=noon(5))
    sweep_sync(terms=TERMS, at=noon(5))
    told = Notice.objects.filter(kind="hold_placed").values_list("recipient_id", flat=True)
    assert sorted(told) == sorted([owner.pk, manager.pk])
    assert stranger.pk not in told


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_place_one_hold():
    make_dealer()
    started = threading.Barrier(2)

    def sweep():
        try:
            started.wait()
            sweep_sync(terms=TERMS, at=noon(5))
        finally:
            connection.close()

    threads = [threading.Thread(target=sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert SupplyHold.objects.filter(kind=HoldKind.SYNC, lifted_at=None).count() == 1


def test_the_sweep_costs_the_same_queries_for_one_dealer_and_for_fifty(db, django_assert_num_queries):
    make_dealer("D0")
    with CaptureQueriesContext(connection) as few:
        assert len(sweep_sync(terms=TERMS, at=noon(5)).placed) == 1
    for number in range(1, 50):
        make_dealer(f"D{number}")
    with django_assert_num_queries(len(few)):
        assert len(sweep_sync(terms=TERMS, at=noon(5)).placed) == 49


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    covered=st.sets(st.integers(1, 12)),
    stock_hour=st.one_of(st.none(), st.integers(0, 12 * 24)),
    pause=st.one_of(st.none(), st.tuples(st.integers(0, 200), st.integers(1, 100))),
    exempt=st.one_of(st.none(), st.tuples(st.integers(1, 10), st.integers(1, 4))),
    hour=st.integers(0, 12 * 24 - 1),
)
def test_the_statement_and_the_rule_agree(db, covered, stock_hour, pause, exempt, hour):
    """What SQL finds overdue is exactly what the pure rule reads as overdue."""
    with transaction.atomic():
        dealer = make_dealer()
        start = start_of_day(FIRST_DAY)
        stock_at = None if stock_hour is None else start + timedelta(hours=stock_hour)
        deliver(dealer, sales_days=sorted(covered), stock_at=stock_at)
        if pause:
            span = (start + timedelta(hours=pause[0]), start + timedelta(hours=sum(pause)))
            SystemOutage.objects.create(span=span, reason="x")
        if exempt:
            first = date(2026, 5, exempt[0])
            agree_exemption(
                dealer=dealer, starts_on=first, ends_on=first + exempt[1] * DAY, reason="x", actor=None, at=start
            )
        at = start + timedelta(hours=hour)
        clocks = dealer_clocks(dealer_ids=[dealer.pk], terms=TERMS, at=at)[dealer.pk]
        by_rule = any(feed.reading.state == ClockState.OVERDUE for feed in clocks.feeds)
        assert bool(sweep_sync(terms=TERMS, at=at).placed) == by_rule
        transaction.set_rollback(True)


def test_the_clock_of_a_dealer_lists_its_missing_days_as_spans(dealer):
    deliver(dealer, sales_days=[1, 2, 5])
    clocks = dealer_clocks(dealer_ids=[dealer.pk], terms=TERMS, at=noon(8))[dealer.pk]
    sales = next(feed for feed in clocks.feeds if feed.feed == Feed.SALES)
    assert sales.missing == ((date(2026, 5, 3), date(2026, 5, 5)), (date(2026, 5, 6), date(2026, 5, 8)))
    assert SyncClock.objects.filter(dealer=dealer).exists()
