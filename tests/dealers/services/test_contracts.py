"""Contracts that end: shown in time, proposed with their facts, decided by another; and B2B addenda."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine

from dealers.choices import RenewalKind, Role
from dealers.errors import NotFound, NotPermitted, OwnWork
from dealers.foundation.clock import start_of_day
from dealers.models import AuditRecord, B2BAddendum, Contract, ContractRenewal, Notice
from dealers.scope import row_scope
from dealers.selectors.contracts import (
    decidable_renewals,
    ending_addenda,
    ending_contracts,
    unsigned_renewals,
    visible_addenda,
    visible_contracts,
)
from dealers.selectors.supply import eligibility
from dealers.services.addenda import (
    AddendumOverlaps,
    AddendumRange,
    AddendumTooEarly,
    end_addendum,
    sign_addendum,
)
from dealers.services.contract_reminders import remind_of_contracts
from dealers.services.contract_signing import ContractOverlaps, NothingToSign, SignedContractMissing, sign_renewal
from dealers.services.contracts import (
    NextContract,
    RenewalDecided,
    RenewalIncomplete,
    RenewalReasonMissing,
    RenewalWaits,
    decide_renewal,
    propose_renewal,
)
from dealers.services.holds import place_hold
from tests import factories
from tests.policies import published_policy

pytestmark = pytest.mark.django_db
TODAY = date(2026, 5, 18)
NOW = start_of_day(TODAY) + timedelta(hours=9)
ENDS = date(2026, 7, 1)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"
NEXT = NextContract("HT-NEXT", Decimal("1200000"), date(2027, 6, 30), "next.pdf", PDF)


@pytest.fixture
def cast() -> SimpleNamespace:
    published_policy()
    dealer = factories.Dealer(code="D1")
    Contract.objects.filter(dealer=dealer).update(valid=(factories.FIRST_DAY, ENDS))
    return SimpleNamespace(
        dealer=dealer,
        contract=Contract.objects.get(dealer=dealer),
        owner=factories.User(role=Role.DEALER_OWNER, dealer=dealer, username="owner"),
        manager=factories.User(role=Role.CHANNEL_MANAGER, username="manager", regions=[dealer.home_region]),
        policy=factories.User(role=Role.POLICY_MANAGER, username="policy"),
        general=factories.User(role=Role.GENERAL_MANAGER, username="general"),
    )


def proposed(cast: SimpleNamespace, kind: RenewalKind = RenewalKind.RENEW, **changed: Any) -> ContractRenewal:
    following = None if kind == RenewalKind.LET_END else NEXT
    given = {"contract": cast.contract, "reason": "合作良好", "following": following, "actor": cast.manager, **changed}
    return propose_renewal(kind=kind, at=NOW, **given)


def decide(cast: SimpleNamespace, renewal: ContractRenewal, **changed: Any) -> ContractRenewal:
    return decide_renewal(
        **{"renewal": renewal, "agree": True, "note": "", "actor": cast.general, "at": NOW, **changed}
    )


def test_a_contract_is_listed_from_its_assessment_day_until_another_follows(cast: SimpleNamespace) -> None:
    found = visible_contracts(cast.manager)

    def listed(day: date) -> bool:
        return ending_contracts(found, today=day, within=90).exists()

    assert [listed(ENDS - timedelta(days=days)) for days in (91, 90, 1, 0)] == [False, True, True, False]
    decide(cast, proposed(cast))
    assert not listed(TODAY)


def test_an_agreed_renewal_is_the_next_contract_and_supply_goes_on(cast: SimpleNamespace) -> None:
    decide(cast, proposed(cast))
    made = Contract.objects.get(number="HT-NEXT")
    assert (made.valid.lower, made.valid.upper, made.amount) == (ENDS, date(2027, 7, 1), Decimal("1200000"))
    assert made.file.dealer_id == cast.dealer.pk
    with time_machine.travel(start_of_day(ENDS)):
        assert eligibility(dealer="D1", at=start_of_day(ENDS)).eligible


UNSIGNED = NextContract("HT-NEXT", Decimal("1200000"), date(2027, 6, 30))


def test_a_renewal_agreed_without_its_paper_is_in_force_only_once_signed(cast: SimpleNamespace) -> None:
    renewal = decide(cast, proposed(cast, following=UNSIGNED))
    assert not Contract.objects.filter(number="HT-NEXT").exists()
    assert list(unsigned_renewals(cast.manager)) == [renewal]
    told = Notice.objects.filter(params__reason="renewal_to_sign").values_list("recipient__username", flat=True)
    assert set(told) == {"owner", "manager"}
    signed = sign_renewal(renewal=renewal, filename="next.pdf", content=PDF, actor=cast.manager, at=NOW)
    assert signed.made == Contract.objects.get(number="HT-NEXT", file__isnull=False)
    assert not unsigned_renewals(cast.manager).exists()
    with pytest.raises(NothingToSign):
        sign_renewal(renewal=renewal, filename="next.pdf", content=PDF, actor=cast.manager, at=NOW)


def test_only_who_decides_puts_it_in_force_unsigned_for_a_reason_and_the_paper_follows(cast: SimpleNamespace) -> None:
    renewal = proposed(cast, following=UNSIGNED)
    with pytest.raises(NothingToSign):
        sign_renewal(renewal=renewal, reason="原件在途", actor=cast.general, at=NOW)
    decide(cast, renewal)
    with pytest.raises(NotPermitted):
        sign_renewal(renewal=renewal, reason="原件在途", actor=cast.manager, at=NOW)
    with pytest.raises(SignedContractMissing):
        sign_renewal(renewal=renewal, reason=" ", actor=cast.general, at=NOW)
    made = sign_renewal(renewal=renewal, reason="原件在途", actor=cast.general, at=NOW).made
    assert made is not None and made.file is None
    assert AuditRecord.objects.get(action="contract.start").reason == "原件在途"
    assert list(unsigned_renewals(cast.manager)) == [renewal]  # its paper is still missing
    sign_renewal(renewal=renewal, filename="next.pdf", content=PDF, actor=cast.manager, at=NOW)
    made.refresh_from_db()
    assert made.file is not None and Contract.objects.filter(number="HT-NEXT").count() == 1


def test_a_renewal_the_dealer_never_signs_gives_way_to_another(cast: SimpleNamespace) -> None:
    first = decide(cast, proposed(cast, following=UNSIGNED))
    decide(cast, proposed(cast, following=NextContract("HT-3", Decimal(900000), date(2027, 6, 30), "c.pdf", PDF)))
    assert Contract.objects.filter(valid__startswith=ENDS).get().number == "HT-3"
    assert not unsigned_renewals(cast.manager).exists()
    with pytest.raises(ContractOverlaps):
        sign_renewal(renewal=first, filename="next.pdf", content=PDF, actor=cast.manager, at=NOW)


def test_both_sides_are_reminded_once_at_each_of_the_days_until_another_follows(cast: SimpleNamespace) -> None:
    def reminded(days: int) -> list[str]:
        before = set(Notice.objects.values_list("pk", flat=True))
        at = start_of_day(ENDS - timedelta(days=days)) + timedelta(hours=9)
        assert remind_of_contracts(at=at) == 0 or remind_of_contracts(at=at) == 0
        new = Notice.objects.exclude(pk__in=before).order_by("recipient__username")
        return [f"{one.recipient.username}: {one.params['reason']}" for one in new]

    ends, to_sign = ["manager: contract_ends", "owner: contract_ends_own"], ["manager: contract_to_sign"]
    assert [reminded(days) for days in (61, 60, 59)] == [[], ends, []]
    renewal = decide(cast, proposed(cast, following=UNSIGNED))
    assert [reminded(days) for days in (30, 29)] == [[*to_sign, "owner: contract_to_sign_own"], []]
    sign_renewal(renewal=renewal, filename="next.pdf", content=PDF, actor=cast.manager, at=NOW)
    assert reminded(7) == []


def test_a_contract_that_is_to_end_is_not_reminded_of(cast: SimpleNamespace) -> None:
    decide(cast, proposed(cast, RenewalKind.LET_END), note="业绩未达")
    assert remind_of_contracts(at=NOW) == 0


def test_a_contract_that_is_let_end_stops_supply_on_the_day_after_and_says_so(cast: SimpleNamespace) -> None:
    decide(cast, proposed(cast, RenewalKind.LET_END), note="业绩未达")
    told = Notice.objects.filter(params__reason="renewal_ends").values_list("recipient__username", flat=True)
    assert set(told) == {"owner", "manager"}
    answer = eligibility(dealer="D1", at=start_of_day(ENDS))
    assert answer is not None and [reason.kind for reason in answer.reasons] == ["contract"]


def test_the_facts_of_the_day_are_kept_with_the_proposal(cast: SimpleNamespace) -> None:
    place_hold(dealer=cast.dealer, kind="manual", reason="manual", actor=None, at=NOW - timedelta(days=1), note="x")
    renewal = proposed(cast)
    renewal.refresh_from_db()
    facts = renewal.assessment
    assert (facts["tier"], facts["threshold"], facts["holds"], facts["open_holds"]) == (
        "T2",
        "8000000",
        {"manual": 1},
        ["manual"],
    )


def test_whoever_proposes_does_not_decide_and_nobody_decides_twice(cast: SimpleNamespace) -> None:
    renewal = proposed(cast, actor=cast.policy)
    with pytest.raises(OwnWork):
        decide(cast, renewal, actor=cast.policy)
    with pytest.raises(NotPermitted):
        decide(cast, renewal, actor=cast.manager)
    assert not decidable_renewals(cast.policy).exists() and decidable_renewals(cast.general).exists()
    with pytest.raises(RenewalReasonMissing):
        decide(cast, renewal, agree=False)
    decide(cast, renewal, agree=False, note="金额过高")
    with pytest.raises(RenewalDecided):
        decide(cast, renewal)
    assert not Contract.objects.filter(number="HT-NEXT").exists()


def test_a_proposal_is_complete_and_alone(cast: SimpleNamespace) -> None:
    with pytest.raises(RenewalIncomplete):
        proposed(cast, following=NextContract("HT", Decimal(1), ENDS - timedelta(days=1)))
    proposed(cast)
    with pytest.raises(RenewalWaits):
        proposed(cast)


def test_a_far_manager_and_a_dealer_are_kept_out(cast: SimpleNamespace) -> None:
    far = factories.User(role=Role.CHANNEL_MANAGER, regions=[factories.Province()])
    with pytest.raises(NotFound):
        proposed(cast, actor=far)
    proposed(cast)
    with row_scope(str(factories.Dealer().pk)):
        assert not ContractRenewal.objects.exists()


def signed(cast: SimpleNamespace, first: date, last: date | None, **changed: Any) -> B2BAddendum:
    given = {"dealer": cast.dealer, "number": "B-1", "filename": "b.pdf", "content": PDF, "actor": cast.manager}
    return sign_addendum(**{**given, **changed}, first_day=first, last_day=last, at=NOW)


def test_an_addendum_is_signed_renewed_listed_before_its_end_and_ended_early(cast: SimpleNamespace) -> None:
    june = signed(cast, date(2026, 6, 1), date(2026, 6, 30))
    assert (june.number, june.file.dealer_id) == ("B-1", cast.dealer.pk)
    june.refresh_from_db()
    found = visible_addenda(cast.manager)
    assert list(ending_addenda(found, today=date(2026, 6, 10), within=60)) == [june]
    july = signed(cast, date(2026, 7, 1), None)
    assert not ending_addenda(found, today=date(2026, 6, 10), within=60).exists()
    july.refresh_from_db()
    ended = end_addendum(addendum=july, last_day=date(2026, 7, 31), reason="停业", actor=cast.manager, at=NOW)
    ended.refresh_from_db()
    assert ended.valid.upper == date(2026, 8, 1)


def test_an_addendum_neither_overlaps_nor_reaches_into_the_past(cast: SimpleNamespace) -> None:
    june = signed(cast, date(2026, 6, 1), date(2026, 6, 30))
    june.refresh_from_db()
    with pytest.raises(AddendumTooEarly):
        signed(cast, TODAY, None)
    with pytest.raises(AddendumOverlaps):
        signed(cast, date(2026, 6, 30), None)
    with pytest.raises(AddendumRange):
        signed(cast, date(2026, 8, 2), date(2026, 8, 1))
    with pytest.raises(AddendumRange):
        end_addendum(addendum=june, last_day=date(2026, 7, 5), reason="x", actor=cast.manager, at=NOW)
