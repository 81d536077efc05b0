"""Violations follow their lines: gathered set by set, as often as one likes, with every earlier state kept."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from dealers.foundation.half_months import HalfMonth
from dealers.models import AuditRecord, FeedDelivery
from dealers.services.audit import verify_audit
from pricing.choices import ViolationKind, ViolationState
from pricing.models import GatheringDue, PriceBand, SaleLine, Violation, ViolationVersion
from pricing.rules.violations import JudgedLine, gathered
from pricing.selectors.standing_facts import micros
from pricing.services.rejudge import rejudge
from pricing.services.violations.gathering import gather_anew, gather_violations
from tests import factories

pytestmark = pytest.mark.django_db
PERIOD = HalfMonth.parse("2026-11-H1")
AT = datetime(2026, 11, 18, tzinfo=UTC)
BELOW = ViolationKind.BELOW_FLOOR
Take = Callable[..., FeedDelivery]
Sale = Callable[..., dict[str, Any]]


def only() -> Violation:
    return Violation.objects.get()


def reckoned() -> dict[tuple[int, int, str], tuple[Any, ...]]:
    """The violations by the pure rule over every line, the slow way."""
    bands = PriceBand.objects.in_bulk()
    lines: dict[tuple[int, int], list[JudgedLine]] = {}
    for line in SaleLine.objects.all():
        band = bands.get(line.band_id) if line.band_id else None
        edges = (None, None) if band is None else (micros(band.floor), micros(band.ceiling))
        key = (line.dealer_id, HalfMonth.containing(line.sold_on).ordinal)
        price = micros(line.unit_price)
        judged = JudgedLine(line.verdict, line.flags, line.quantity, price, *edges, line.sold_at)
        lines.setdefault(key, []).append(judged)
    return {
        (*key, str(kind)): (f.lines, f.quantity, f.amount, f.shortfall, f.first_sold_at, f.last_sold_at)
        for key, found in lines.items()
        for kind, f in gathered(found).items()
    }


def stored() -> dict[tuple[int, int, str], tuple[Any, ...]]:
    return {
        (v.dealer_id, v.period, v.kind): (v.lines, v.quantity, v.amount, v.shortfall, v.first_sold_at, v.last_sold_at)
        for v in Violation.objects.filter(lines__gt=0)
    }


def rest_on_basis_until(company: SimpleNamespace, day: date | None) -> None:
    """The phone's floor rests on a legal basis that ends on a day."""
    company.phone_band.legal_basis = factories.LegalBasis(valid_until=day)
    company.phone_band.save()


def test_a_period_is_gathered_with_its_amounts(report: Take, sale: Sale, company: SimpleNamespace) -> None:
    report(
        sale(line_no=1, unit_price="80", quantity=3),
        sale(line_no=2, unit_price="89.995"),
        sale(line_no=3, unit_price="95"),
        sale(line_no=4, unit_price="80", quantity=-1),
        sale(line_no=5, sku="CASE", unit_price="1"),
        sale(line_no=6, unit_price="120", region="P31"),
    )
    found = gather_violations(at=AT)
    assert (found.half_months, found.changed) == (1, 3)
    below = Violation.objects.get(kind=BELOW)
    assert (below.lines, below.quantity, below.shortfall) == (2, 4, Decimal("30.01"))  # 10 × 3 + 0.005, half up
    assert (below.period, below.state, below.version) == (PERIOD.ordinal, ViolationState.GATHERED, 1)
    above = Violation.objects.get(kind=ViolationKind.ABOVE_CEILING)
    assert (above.lines, above.shortfall) == (1, Decimal("10.00"))
    outside = Violation.objects.get(kind=ViolationKind.OUT_OF_TERRITORY)
    assert (outside.lines, outside.shortfall, outside.amount) == (1, Decimal(0), Decimal(120))
    assert stored() == reckoned()


def test_nothing_is_due_when_no_line_is_in_breach(report: Take, sale: Sale) -> None:
    report(sale(), sale(line_no=2, quantity=-1, unit_price="80"))
    assert not GatheringDue.objects.exists()
    assert gather_violations(at=AT).half_months == 0


def test_gathering_twice_changes_nothing_more(report: Take, sale: Sale) -> None:
    report(sale(unit_price="80"))
    gather_violations(at=AT)
    assert gather_violations(at=AT + timedelta(hours=1)).half_months == 0
    assert gather_anew(period=PERIOD, actor=None, at=AT + timedelta(hours=2)).changed == 0
    assert (only().version, only().gathered_at, ViolationVersion.objects.count()) == (1, AT, 1)


def test_a_revision_that_leaves_every_sum_alone_is_followed(report: Take, sale: Sale, company: SimpleNamespace) -> None:
    factories.PriceBand(product=company.spare, floor=Decimal(85), ceiling=Decimal(110), legal_basis=company.basis)
    report(sale(unit_price="80"))
    gather_violations(at=AT)
    report(sale(unit_price="80", sku="SPARE", revision=2))
    gather_violations(at=AT + timedelta(hours=1))
    assert (only().shortfall, only().version) == (Decimal("5.00"), 2)
    kept = ViolationVersion.objects.order_by("version").values_list("version", "shortfall", "gathered_at")
    assert list(kept) == [(1, Decimal("10.00"), AT), (2, Decimal("5.00"), AT + timedelta(hours=1))]


def test_a_breach_that_was_revised_away_leaves_an_empty_violation(report: Take, sale: Sale) -> None:
    report(sale(unit_price="80"))
    gather_violations(at=AT)
    report(sale(unit_price="95", revision=2))
    gather_violations(at=AT + timedelta(hours=1))
    assert (only().lines, only().shortfall, only().first_sold_at, only().version) == (0, 0, None, 2)


def test_a_line_that_moves_to_another_half_month_is_followed_in_both(report: Take, sale: Sale) -> None:
    report(sale(unit_price="80"))
    gather_violations(at=AT)
    report(sale(unit_price="80", sold_at="2026-10-30T10:00:00+08:00", revision=2))
    gather_violations(at=AT)
    assert dict(Violation.objects.values_list("period", "lines")) == {PERIOD.ordinal: 0, PERIOD.ordinal - 1: 1}


def test_a_floor_that_loses_its_legal_basis_takes_the_violation_with_it(
    report: Take, sale: Sale, company: SimpleNamespace
) -> None:
    report(sale(unit_price="80"))
    gather_violations(at=AT)
    rest_on_basis_until(company, date(2026, 11, 1))
    rejudge(days=(date(2026, 11, 1), None), reason="basis expired", actor=None, at=AT)
    gather_violations(at=AT)
    assert only().lines == 0


def test_other_lines_reopen_what_was_set_aside_and_the_same_do_not(report: Take, sale: Sale) -> None:
    report(sale(unit_price="80"))
    gather_violations(at=AT)
    person = factories.User()
    Violation.objects.update(
        state=ViolationState.SET_ASIDE, decided_version=1, decided_at=AT, decided_by=person, reason="a display piece"
    )
    gather_anew(period=PERIOD, actor=None, at=AT)
    assert only().state == ViolationState.SET_ASIDE
    report(sale(line_no=2, unit_price="70"))
    gather_violations(at=AT)
    assert (only().state, only().reason) == (ViolationState.GATHERED, "a display piece")
    assert AuditRecord.objects.get(action="violation.reopen").before["state"] == ViolationState.SET_ASIDE
    assert verify_audit() is None


@pytest.mark.parametrize("seed", range(6))
def test_the_result_does_not_depend_on_how_often_it_was_gathered(
    seed: int, report: Take, sale: Sale, company: SimpleNamespace, make_band: Any
) -> None:
    """Random reports, revisions and new judgements, gathered at random moments: always what the rule says."""
    dice = random.Random(seed)
    make_band(company.spare, "95", "105", legal_basis=company.basis)
    revisions: dict[tuple[str, int], int] = {}
    for step in range(25):
        dealer = dice.choice((company.d1, company.d2))
        keys = {(f"S{dice.randint(1, 4)}", dice.randint(1, 3)) for _ in range(dice.randint(1, 4))}
        lines = []
        for doc_no, line_no in keys:
            revisions[doc_no, line_no] = revision = revisions.get((doc_no, line_no), 0) + dice.randint(0, 1) or 1
            day = dice.choice(("2026-10-31", "2026-11-03", "2026-11-15", "2026-11-16"))
            lines.append(
                sale(
                    doc_no=doc_no,
                    line_no=line_no,
                    revision=revision,
                    sold_at=f"{day}T10:00:00+08:00",
                    sku=dice.choice(("PHONE", "CASE", "SPARE")),
                    unit_price=dice.choice(("80", "89.995", "92", "100", "111", "130.333333")),
                    quantity=dice.choice((1, 1, 2, 7, -1)),
                    region=dice.choice(("C3301", "C3302", "P31")),
                    channel=dice.choice(("retail", "b2b")),
                )
            )
        report(*lines, dealer=dealer, at=datetime(2026, 11, 20, tzinfo=UTC) + timedelta(minutes=step))
        if dice.random() < 0.2:
            rest_on_basis_until(company, dice.choice((None, date(2026, 11, 1), date(2026, 11, 10))))
            rejudge(days=(date(2026, 10, 1), None), reason="basis", actor=None)
        if dice.random() < 0.4:
            gather_violations(at=AT + timedelta(minutes=step))
    gather_violations(at=AT + timedelta(days=1))
    assert stored() == reckoned()
    for violation in Violation.objects.all():
        latest = violation.versions.first()
        assert latest is not None
        assert (latest.version, latest.fingerprint) == (violation.version, violation.fingerprint)
        assert violation.versions.count() == violation.version
