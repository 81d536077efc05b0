"""Certificates: warned of once per threshold, held when they ran out, released when a renewed one is confirmed."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from dealers.choices import DocumentKind, Role
from dealers.errors import NotFound, OwnWork
from dealers.foundation.clock import start_of_day
from dealers.models import AuditRecord, Certificate, Dealer, Notice, SupplyHold, User
from dealers.scope import row_scope
from dealers.selectors.supply import eligibility, hold_detail
from dealers.services.certificate_sweep import sweep_certificates
from dealers.services.certificates import (
    CertificateDecided,
    CertificateEnds,
    CertificateRemarkMissing,
    NewCertificate,
    decide_certificate,
    hand_in_certificate,
    retire_certificate,
)
from dealers.services.files import keep_file
from dealers.services.holds import lift_hold
from tests import factories
from tests.policies import published_policy

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"
ENDS = date(2026, 7, 1)  # the last good day is the 30th of June
NOON = timedelta(hours=12)


def at(day: date) -> Any:
    return start_of_day(day) + NOON


@pytest.fixture(autouse=True)
def policy() -> None:
    published_policy()


@pytest.fixture
def dealer() -> Dealer:
    return factories.Dealer(code="D1")


@pytest.fixture
def owner(dealer: Dealer) -> User:
    return factories.User(role=Role.DEALER_OWNER, dealer=dealer, username="owner", language="en")


@pytest.fixture
def manager(dealer: Dealer) -> User:
    return factories.User(role=Role.CHANNEL_MANAGER, username="manager", regions=[dealer.home_region])


def confirmed(
    dealer: Dealer, ends: date | None = ENDS, kind: str = "qualification", name: str = "许可证"
) -> Certificate:
    file = keep_file(actor=None, name="a.pdf", content=PDF, dealer_id=dealer.pk, at=at(date(2026, 1, 1)))
    return Certificate.objects.create(
        dealer=dealer,
        kind=kind,
        name=name,
        file=file,
        valid=(date(2026, 1, 1), ends),
        state="confirmed",
        handed_in_at=at(date(2026, 1, 1)),
    )


def renewal(**changed: Any) -> NewCertificate:
    given = {"kind": DocumentKind.QUALIFICATION, "name": "许可证", "last_day": date(2027, 6, 30)}
    return NewCertificate(**{"filename": "b.pdf", "content": PDF, **given, **changed})


def warnings(person: User) -> list[tuple[str, int]]:
    told = Notice.objects.filter(recipient=person, params__reason="paper_ends").order_by("pk")
    return [(notice.key.rpartition(":")[2], notice.params["days"]) for notice in told]


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2026, 5, 1), []),
        (date(2026, 5, 2), [("60", 60)]),
        (date(2026, 6, 16), [("15", 15)]),
        (date(2026, 6, 30), [("15", 1)]),
    ],
)
def test_a_first_sweep_warns_of_the_nearest_threshold_only(
    dealer: Dealer, owner: User, day: date, told: list[tuple[str, int]]
) -> None:
    confirmed(dealer)
    sweep_certificates(at=at(day))
    assert warnings(owner) == told


def test_each_threshold_is_warned_of_once_and_to_both_sides(dealer: Dealer, owner: User, manager: User) -> None:
    confirmed(dealer)
    for day in range(1, 60):
        sweep_certificates(at=at(date(2026, 5, 1) + timedelta(days=day)))
    assert [key for key, _days in warnings(owner)] == ["60", "15"]
    assert [key for key, _days in warnings(manager)] == ["60", "15"]


def test_supply_is_held_on_the_first_day_after_the_last_good_one(dealer: Dealer, owner: User) -> None:
    paper = confirmed(dealer)
    assert sweep_certificates(at=at(date(2026, 6, 30))).placed == ()
    first = sweep_certificates(at=start_of_day(ENDS))
    assert [change.dealer_id for change in first.placed] == [dealer.pk]
    assert sweep_certificates(at=start_of_day(ENDS)).placed == ()
    hold = SupplyHold.objects.get()
    assert (hold.kind, hold.opened_at, hold.evidence["last_day"]) == ("document", start_of_day(ENDS), "2026-06-30")
    with translation.override("en"):
        assert "许可证 ran out on 2026-06-30" in hold_detail(hold.reason, hold.evidence, "")
    with time_machine.travel(at(ENDS)):
        assert not eligibility(dealer="D1", at=at(ENDS)).eligible
    paper.refresh_from_db()
    assert paper.hold == hold
    assert Notice.objects.filter(recipient=owner, kind="hold_placed").count() == 1
    assert AuditRecord.objects.filter(action="hold.place", dealer_id=dealer.pk).count() == 1


def test_a_confirmed_renewal_lifts_the_hold_by_itself(dealer: Dealer, owner: User, manager: User) -> None:
    confirmed(dealer)
    day = date(2026, 7, 3)
    sweep_certificates(at=at(day))
    handed_in = hand_in_certificate(dealer=dealer, paper=renewal(), actor=owner, at=at(day))
    assert SupplyHold.objects.get().lifted_at is None
    with time_machine.travel(at(day)):
        decide_certificate(certificate=handed_in, confirm=True, remark="", actor=manager, at=at(day))
        assert eligibility(dealer="D1", at=at(day)).eligible
    hold = SupplyHold.objects.get()
    assert (hold.lifted_at, hold.lift_note) == (at(day), "certificate_renewed")
    assert sweep_certificates(at=at(day)).placed == ()


def test_a_renewal_before_the_end_takes_over_without_a_hold_or_another_warning(
    dealer: Dealer, owner: User, manager: User
) -> None:
    older = confirmed(dealer)
    day = date(2026, 6, 1)
    handed_in = hand_in_certificate(dealer=dealer, paper=renewal(), actor=owner, at=at(day))
    decide_certificate(certificate=handed_in, confirm=True, remark="", actor=manager, at=at(day))
    older.refresh_from_db()
    assert older.valid.upper == day
    swept = sweep_certificates(at=at(date(2026, 7, 2)))
    assert (swept.placed, swept.warned) == ((), 0)


def test_a_renewal_that_begins_later_leaves_the_days_between_held(dealer: Dealer, owner: User, manager: User) -> None:
    confirmed(dealer)
    late = renewal(first_day=date(2026, 7, 5))
    handed_in = hand_in_certificate(dealer=dealer, paper=late, actor=owner, at=at(date(2026, 6, 1)))
    decide_certificate(certificate=handed_in, confirm=True, remark="", actor=manager, at=at(date(2026, 6, 1)))
    assert len(sweep_certificates(at=at(date(2026, 7, 1))).placed) == 1
    assert len(sweep_certificates(at=at(date(2026, 7, 5))).lifted) == 1


def test_a_hold_lifted_by_hand_does_not_come_back_for_the_same_paper(dealer: Dealer, manager: User) -> None:
    confirmed(dealer)
    sweep_certificates(at=at(ENDS))
    lift_hold(hold=SupplyHold.objects.get(), actor=manager, at=at(ENDS), note="新证办理中，已见受理回执")
    assert sweep_certificates(at=at(ENDS) + NOON).placed == ()


def test_a_paper_no_longer_needed_is_taken_off_with_its_hold(dealer: Dealer, manager: User) -> None:
    paper = confirmed(dealer)
    sweep_certificates(at=at(ENDS))
    with pytest.raises(CertificateRemarkMissing):
        retire_certificate(certificate=paper, remark="", actor=manager, at=at(ENDS))
    retire_certificate(certificate=paper, remark="不再经营该品类", actor=manager, at=at(ENDS))
    assert SupplyHold.objects.get().lifted_at == at(ENDS)


def test_papers_without_an_end_or_not_confirmed_never_hold(dealer: Dealer, owner: User) -> None:
    confirmed(dealer, ends=None, kind="business_license", name="")
    hand_in_certificate(dealer=dealer, paper=renewal(last_day=date(2026, 6, 2)), actor=owner, at=at(date(2026, 6, 1)))
    assert sweep_certificates(at=at(date(2026, 12, 1))).placed == ()


def test_whoever_hands_in_does_not_confirm_and_nobody_confirms_twice(dealer: Dealer, manager: User) -> None:
    day = at(date(2026, 6, 1))
    paper = hand_in_certificate(dealer=dealer, paper=renewal(), actor=manager, at=day)
    with pytest.raises(OwnWork):
        decide_certificate(certificate=paper, confirm=True, remark="", actor=manager, at=day)
    other = factories.User(role=Role.LEGAL_REVIEWER)
    decide_certificate(certificate=paper, confirm=False, remark="模糊", actor=other, at=day)
    with pytest.raises(CertificateDecided):
        decide_certificate(certificate=paper, confirm=True, remark="", actor=other, at=day)


def test_a_qualification_needs_a_last_day_to_come(dealer: Dealer, owner: User) -> None:
    day = at(date(2026, 6, 1))
    for last in (None, date(2026, 5, 31)):
        with pytest.raises(CertificateEnds):
            hand_in_certificate(dealer=dealer, paper=renewal(last_day=last), actor=owner, at=day)


def test_a_dealer_neither_sees_nor_renews_anothers_papers(dealer: Dealer, owner: User) -> None:
    other = factories.Dealer()
    confirmed(other)
    with pytest.raises(NotFound):
        hand_in_certificate(dealer=other, paper=renewal(), actor=owner, at=at(date(2026, 6, 1)))
    with row_scope(str(dealer.pk)):
        assert not Certificate.objects.exists()


def test_a_sweep_of_many_asks_no_more_than_a_sweep_of_one() -> None:
    confirmed(factories.Dealer())
    sweep_certificates(at=at(date(2026, 6, 20)))
    asked = []
    for count in (1, 12):
        for _ in range(count):
            confirmed(factories.Dealer())
        with CaptureQueriesContext(connection) as captured:
            sweep_certificates(at=at(ENDS + timedelta(days=count)))
        asked.append(len(captured))
    assert asked[1] <= asked[0]


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_place_one_hold() -> None:
    confirmed(factories.Dealer())
    together, found = threading.Barrier(2), []

    def sweep() -> None:
        together.wait()
        found.append(len(sweep_certificates(at=at(ENDS)).placed))
        connection.close()

    threads = [threading.Thread(target=sweep) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [0, 1] and SupplyHold.objects.count() == 1
