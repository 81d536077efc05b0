"""Runs of the signals: what they record, what they record once, and what they say when things change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import InternalError, transaction
from django.db.models import ProtectedError

from dealers.foundation.digest import canonical_json, sha256_hex
from settlement.choices import SightingKind
from settlement.models import SignalFinding, SignalSighting
from settlement.services.signals.asking import make_run
from settlement.services.signals.running import answer_run
from tests import factories
from tests.breaches import AFTER, market
from tests.settlement.signal_stage import QUARTER, look, sold, the_finding, trader

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def afterwards() -> Any:
    with time_machine.travel(AFTER - DAY):
        market()
        yield


def kinds(finding: SignalFinding) -> list[str]:
    return list(finding.sightings.values_list("kind", flat=True))


@pytest.mark.parametrize("reference", ["uscc", "name", "code"])
def test_a_dealer_is_known_as_a_customer_by_its_own_references(reference: str) -> None:
    seller, buyer = factories.Dealer(code="D1"), factories.Dealer(code="D2")
    sold(seller, getattr(buyer, reference), "12000")
    look()
    finding = the_finding(seller)
    assert finding.latest.said["params"]["buyers"] == "D2 ¥36,000.00"
    assert (finding.facts, finding.version) == (QUARTER, 1)
    assert [piece["line_no"] for piece in finding.latest.evidence] == [1, 2, 3]
    assert finding.latest.evidence[0]["revision"] == 1


def test_sales_to_end_customers_are_nobodys_business() -> None:
    sold(factories.Dealer(code="D1"), "13800000000", "12000")
    look()
    assert not SignalFinding.objects.exists()


def test_a_circle_is_found_with_everybody_in_it() -> None:
    one, two, three = (factories.Dealer(code=f"D{number}") for number in (1, 2, 3))
    for seller, buyer in ((one, two), (two, three), (three, one)):
        sold(seller, buyer.name, "12000")
    look()
    circle = SignalFinding.objects.filter(rule="circles").select_related("latest")
    assert {found.dealer for found in circle} == {one, two, three}
    path = the_finding(one, "circles").latest.said["params"]["path"]
    assert path == "D1 → ¥36,000.00 → D2 → ¥36,000.00 → D3 → ¥36,000.00 → D1"


def test_the_same_finding_is_recorded_once_however_often_it_is_looked_for() -> None:
    dealer = trader()
    run = make_run(at=AFTER, actor=None)
    answer_run(run)
    answer_run(run)
    look()
    again = look(AFTER + DAY)
    finding = the_finding(dealer)
    assert kinds(finding) == [SightingKind.FIRST]
    assert (finding.found_at, finding.seen_at) == (AFTER, AFTER + DAY)
    assert again.counts["dealer_trades"] == {"found": 1, "new": 0, "changed": 0, "suppressed": 0, "gone": 0}


def test_a_run_that_broke_off_goes_on_without_repeating_itself() -> None:
    dealer = trader()
    run = make_run(at=AFTER, actor=None)
    answer_run(run)
    broken_off = make_run(at=AFTER, actor=None)
    with pytest.raises(ZeroDivisionError):
        answer_run(broken_off, on_progress=lambda percent: 1 // (percent < 30))
    answer_run(broken_off)
    assert kinds(the_finding(dealer)) == [SightingKind.FIRST]


def test_other_figures_are_a_new_sighting_beside_what_was_seen_before() -> None:
    dealer = trader()
    look()
    sold(dealer, factories.Dealer(code="D9").code, "9000", doc_no="S2")
    run = look(AFTER + DAY)
    finding = the_finding(dealer)
    assert kinds(finding) == [SightingKind.FIRST, SightingKind.CHANGED]
    assert [row.amount for row in finding.sightings.all()] == [36_000, 63_000]
    assert finding.latest.amount == finding.amount == 63_000
    assert run.counts["dealer_trades"]["changed"] == 1


def test_a_finding_whose_lines_were_revised_is_examined_again_and_no_longer_found() -> None:
    dealer = trader()
    look()
    sold(dealer, "13800000000", "12000", revision=2)
    run = look(AFTER + DAY)
    finding = the_finding(dealer)
    assert kinds(finding) == [SightingKind.FIRST, SightingKind.GONE]
    assert finding.gone_at == AFTER + DAY and run.counts["dealer_trades"]["gone"] == 1
    assert finding.latest.kind == SightingKind.FIRST and finding.latest.evidence
    # The dealer names its first customer again.
    sold(dealer, factories.Dealer(code="D1-BUYER").uscc, "12000", revision=3)
    look(AFTER + 2 * DAY)
    finding.refresh_from_db()
    assert kinds(finding)[2:] == [SightingKind.AGAIN] and finding.gone_at is None


def test_an_old_window_is_examined_again_when_its_lines_were_revised() -> None:
    dealer = trader()
    look()
    later = AFTER + 200 * DAY
    assert QUARTER not in make_run(at=later, actor=None).windows
    with time_machine.travel(later - DAY):
        sold(dealer, "13800000000", "12000", revision=2)
    assert QUARTER in look(later).windows
    assert the_finding(dealer).gone_at == later


def test_findings_of_an_earlier_version_of_the_rule_are_no_longer_found() -> None:
    dealer = trader()
    look()
    run = make_run(at=AFTER + DAY, actor=None)
    finding = the_finding(dealer)
    SignalFinding.objects.bulk_create(
        [
            SignalFinding(
                rule="dealer_trades",
                version=9,
                dealer=dealer,
                window=QUARTER,
                facts=QUARTER,
                found_at=AFTER,
                seen_at=AFTER,
                amount=1,
                latest=None,
            )
        ]
    )
    newer = SignalFinding.objects.get(version=9)
    newer.latest = _copy(finding.latest, newer)
    newer.save(update_fields=["latest"])
    answer_run(run)
    newer.refresh_from_db()
    assert newer.gone_at == AFTER + DAY


def test_what_was_seen_is_never_changed() -> None:
    dealer = trader()
    look()
    finding = the_finding(dealer)
    for act in (
        lambda: SignalSighting.objects.filter(finding=finding).update(amount=1),
        lambda: SignalSighting.objects.filter(finding=finding).delete(),
        lambda: SignalFinding.objects.filter(pk=finding.pk).update(facts="other"),
        lambda: SignalFinding.objects.filter(pk=finding.pk).delete(),
    ):
        with pytest.raises((InternalError, ProtectedError)), transaction.atomic():
            act()
    seen = finding.latest
    kept = {name: getattr(seen, name) for name in ("said", "told", "evidence", "evidence_total")}
    assert seen.digest == sha256_hex(canonical_json(kept))


def test_lines_are_taken_as_they_were_known_at_the_instant() -> None:
    dealer = trader()
    with time_machine.travel(AFTER + DAY):
        sold(dealer, "13800000000", "12000", revision=2)
    look(AFTER)  # the worker was busy and comes to it after the revision
    finding = the_finding(dealer)
    assert finding.latest.amount == 36_000
    assert [piece["revision"] for piece in finding.latest.evidence] == [1, 1, 1]


def test_the_queries_do_not_grow_with_the_findings(django_assert_num_queries: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    trader("D1")
    with CaptureQueriesContext(connection) as one:
        look()
    for number in range(2, 6):
        trader(f"D{number}")
    with CaptureQueriesContext(connection) as several:
        look(AFTER + DAY)
    assert SignalFinding.objects.filter(rule="dealer_trades").count() == 5
    assert len(several) <= len(one) + 3


def _copy(seen: SignalSighting, finding: SignalFinding) -> SignalSighting:
    return SignalSighting.objects.create(
        finding=finding,
        dealer=finding.dealer,
        run=seen.run,
        kind=seen.kind,
        at=seen.at,
        said=seen.said,
        told=seen.told,
        amount=seen.amount,
        evidence=[],
        evidence_total=0,
        digest="",
    )
