"""Check, questions, recommendation, decision, contract and the active dealer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection

from dealers.choices import DocumentKind, PaperVerdict, Recommendation, Role
from dealers.errors import NotFound, NotPermitted, OwnWork, Refused
from dealers.foundation.uscc import make_uscc
from dealers.models import Application, Certificate, Contract, Dealer, DealerTier, SyncClock, Territory, User
from dealers.scope import row_scope
from dealers.selectors.admission import visible_applications, waiting_applications
from dealers.selectors.supply import eligibility
from dealers.services.admission.acting import ApplicationReasonMissing, ApplicationStateRefused, NotAdmissible
from dealers.services.admission.activating import (
    AlreadyClaimed,
    CodeInUse,
    ContractFileMissing,
    ContractNotInForce,
    activate_dealer,
    claim_account,
    record_contract,
)
from dealers.services.admission.answering import answer_question, withdraw_application
from dealers.services.admission.deciding import decide_application, send_back
from dealers.services.admission.erasing import Erased, erase_applications
from dealers.services.admission.filling import save_facts
from dealers.services.admission.reviewing import (
    TierReasonMissing,
    ask_applicant,
    check_paper,
    put_into_alliance,
    recommend,
    take_up,
)
from dealers.services.territory import TerritoryTaken
from tests import factories
from tests.dealers.admission_stage import (
    MONDAY,
    TODAY,
    activated,
    admitted,
    begun,
    checked,
    contract,
    contracted,
    hand_in,
    recommended,
    stage,
    submitted,
)

pytestmark = pytest.mark.django_db
PASSWORD = "Halfmoon-on-the-river-7"


@pytest.fixture(autouse=True)
def monday() -> object:
    with time_machine.travel(MONDAY, tick=False):
        yield


def test_headquarters_sees_what_was_handed_in_and_a_manager_only_its_regions() -> None:
    cast = stage()
    begun(cast)
    application = submitted(cast)
    for person, sees in ((cast.near, True), (cast.far, False), (cast.legal, True), (cast.policy, True)):
        assert list(visible_applications(person)) == ([application] if sees else [])
    clerk = factories.User(role=Role.FINANCE_CLERK)
    assert not visible_applications(clerk).exists()
    with pytest.raises(NotFound):
        take_up(number=application.number, actor=cast.far, at=MONDAY)
    with pytest.raises(NotPermitted):
        take_up(number=application.number, actor=clerk, at=MONDAY)


def test_a_dealers_session_sees_no_application() -> None:
    application = submitted(stage())
    with row_scope(str(factories.Dealer().pk)):
        assert not Application.objects.exists()
        assert not application.papers.exists() and not application.regions.exists()


def test_a_paper_not_in_order_needs_a_remark_and_keeps_the_applicant_out() -> None:
    cast = stage()
    application = checked(cast)
    paper = application.papers.first()
    bad = {"number": application.number, "paper_id": paper.pk, "verdict": PaperVerdict.BAD, "actor": cast.legal}
    with pytest.raises(ApplicationReasonMissing):
        check_paper(**bad, remark=" ", at=MONDAY)
    check_paper(**bad, remark="名称不符", at=MONDAY)
    with pytest.raises(NotAdmissible) as refused:
        recommend(
            number=application.number, recommendation=Recommendation.ADMIT, reason="可", actor=cast.legal, at=MONDAY
        )
    assert [finding.code for finding in refused.value.findings] == ["paper_bad"]
    refusal = recommend(
        number=application.number, recommendation=Recommendation.REFUSE, reason="名称不符", actor=cast.legal, at=MONDAY
    )
    assert refusal.state == "to_decide"


def test_a_question_opens_the_form_and_the_answer_goes_on_with_the_better_paper() -> None:
    cast = stage()
    application = checked(cast)
    ask_applicant(number=application.number, text="请补充新版许可证", actor=cast.legal, at=MONDAY)
    application.refresh_from_db()
    save_facts(application=application, facts={"bank": "中国银行"}, at=MONDAY)
    hand_in(application, DocumentKind.QUALIFICATION)
    answered = answer_question(application=application, text="已上传", at=MONDAY)
    assert (answered.state, answered.bank) == ("checking", "中国银行")
    assert [message.author for message in answered.messages.all()] == [cast.legal, None]
    with pytest.raises(NotAdmissible) as refused:
        recommend(
            number=application.number, recommendation=Recommendation.ADMIT, reason="可", actor=cast.legal, at=MONDAY
        )
    assert [finding.code for finding in refused.value.findings] == ["paper_unchecked"]


def test_the_tier_is_the_scores_or_another_with_a_reason() -> None:
    cast = stage()
    application = checked(cast)
    wish = {"number": application.number, "recommendation": Recommendation.ADMIT, "reason": "可", "actor": cast.legal}
    with pytest.raises(TierReasonMissing):
        recommend(**wish, tier="T2", at=MONDAY)
    done = recommend(**wish, tier="T2", tier_reason="区域唯一专业商", at=MONDAY)
    # 30 points of scale × 21 of 50 million, and 30 of coverage × 1 of 12 cities.
    assert (done.score["points"], done.tier_proposed, done.tier) == ("15.10", "T3", "T2")


def test_whoever_took_part_in_the_check_does_not_decide() -> None:
    cast = stage()
    application = checked(cast)
    helper = factories.User(role=Role.POLICY_MANAGER, username="helper")
    check_paper(
        number=application.number,
        paper_id=application.papers.first().pk,
        verdict=PaperVerdict.GOOD,
        remark="",
        actor=helper,
        at=MONDAY,
    )
    recommend(number=application.number, recommendation=Recommendation.ADMIT, reason="可", actor=cast.policy, at=MONDAY)
    for person in (helper, cast.policy):
        with pytest.raises(OwnWork):
            decide_application(number=application.number, admit=True, reason="同意", actor=person, at=MONDAY)
        assert not waiting_applications(person).exists()
    assert waiting_applications(cast.general).exists()
    done = decide_application(number=application.number, admit=True, reason="同意", actor=cast.general, at=MONDAY)
    assert (done.state, done.decision_reason, done.decided_by) == ("admitted", "同意", cast.general)


def test_the_policy_is_asked_again_before_somebody_is_admitted() -> None:
    cast = stage()
    application = recommended(cast)
    factories.Dealer(uscc=application.uscc)
    with pytest.raises(NotAdmissible) as refused:
        decide_application(number=application.number, admit=True, reason="同意", actor=cast.general, at=MONDAY)
    assert [finding.code for finding in refused.value.findings] == ["code_taken"]
    assert (
        decide_application(number=application.number, admit=False, reason="重复", actor=cast.general, at=MONDAY).state
        == "refused"
    )


def test_a_decision_can_be_sent_back_with_what_is_missing() -> None:
    cast = stage()
    application = recommended(cast)
    with pytest.raises(ApplicationReasonMissing):
        send_back(number=application.number, reason="", actor=cast.general, at=MONDAY)
    assert send_back(number=application.number, reason="请核实", actor=cast.general, at=MONDAY).state == "checking"


def test_sole_proprietors_come_in_by_an_alliance_whose_members_reach_the_revenue_together() -> None:
    cast = stage()
    sole = {"alliance_wish": "江浙联盟", "annual_revenue": Decimal(4_000_000)}
    first = checked(cast, number=81, uscc=make_uscc(81, kind="2"), **sole)
    put_into_alliance(number=first.number, code="JZ", name="江浙联盟", actor=cast.legal, at=MONDAY)
    wish = {"recommendation": Recommendation.ADMIT, "reason": "可", "actor": cast.legal, "at": MONDAY}
    with pytest.raises(NotAdmissible) as alone:
        recommend(number=first.number, **wish)
    assert [finding.code for finding in alone.value.findings] == ["alliance_revenue_below_threshold"]
    second = checked(cast, number=82, uscc=make_uscc(82, kind="2"), **sole)
    put_into_alliance(number=second.number, code="JZ", name="", actor=cast.legal, at=MONDAY)
    assert recommend(number=first.number, **wish).state == "to_decide"
    withdraw_application(application=second, at=MONDAY)
    with pytest.raises(NotAdmissible):
        decide_application(number=first.number, admit=True, reason="同意", actor=cast.general, at=MONDAY)


def test_a_contract_needs_its_file_and_may_be_corrected_without_it() -> None:
    cast = stage()
    application = admitted(cast)
    with pytest.raises(ContractFileMissing):
        record_contract(number=application.number, contract=contract(content=None), actor=cast.near, at=MONDAY)
    record_contract(number=application.number, contract=contract(), actor=cast.near, at=MONDAY)
    done = record_contract(
        number=application.number, contract=contract(content=None, number="HT-B"), actor=cast.near, at=MONDAY
    )
    assert (done.state, done.contract_number) == ("contracted", "HT-B")


def test_activation_makes_everything_a_dealer_has() -> None:
    cast = stage()
    dealer = activated(cast)
    tier, grant, agreed = DealerTier.objects.get(), Territory.objects.get(), Contract.objects.get()
    assert (dealer.code, dealer.state, dealer.activated_on) == ("NEW77", "active", TODAY)
    assert (tier.tier, tier.valid.lower, tier.reason) == ("T3", TODAY, "资料齐全")
    assert (grant.region, grant.exclusive, grant.valid.lower) == (cast.city, False, TODAY)
    assert (agreed.number, agreed.valid.upper, agreed.file.dealer_id) == ("HT-2026-77", date(2027, 5, 18), dealer.pk)
    assert SyncClock.objects.filter(dealer=dealer).exists()
    papers = {paper.kind: paper for paper in Certificate.objects.filter(dealer=dealer)}
    assert papers.keys() == {"business_license", "tax_registration", "qualification"}
    assert papers["qualification"].valid.upper == date(2027, 1, 1)
    assert papers["qualification"].file.dealer_id == dealer.pk
    assert eligibility(dealer="NEW77", at=MONDAY).eligible


def test_activation_is_refused_outside_the_contract_and_for_a_code_in_use() -> None:
    cast = stage()
    application = contracted(cast)
    factories.Dealer(code="TAKEN")
    with pytest.raises(CodeInUse):
        activate_dealer(number=application.number, code="TAKEN", actor=cast.near, at=MONDAY)
    with pytest.raises(ContractNotInForce):
        activate_dealer(number=application.number, code="NEW", actor=cast.near, at=MONDAY - timedelta(days=1))


def test_an_exclusive_territory_of_another_dealer_stands_in_the_way() -> None:
    cast = stage()
    application = contracted(cast)
    holder = factories.Dealer(home_region=cast.province)
    Territory.objects.filter(dealer=holder).update(exclusive=True)
    with pytest.raises(TerritoryTaken) as refused:
        activate_dealer(number=application.number, code="NEW", actor=cast.near, at=MONDAY)
    assert holder.code in str(refused.value)
    Territory.objects.filter(dealer=holder).update(exclusive=False)
    exclusive = contract(exclusive_regions=(cast.city.pk,))
    record_contract(number=application.number, contract=exclusive, actor=cast.near, at=MONDAY)
    with pytest.raises(TerritoryTaken):
        activate_dealer(number=application.number, code="NEW", actor=cast.near, at=MONDAY)


def test_the_first_account_and_key_are_made_once() -> None:
    cast = stage()
    dealer = activated(cast)
    application = Application.objects.get()
    made = {"username": "wang", "password": PASSWORD, "display_name": "王明", "language": "en"}
    welcome = claim_account(application=application, **made, at=MONDAY)
    assert (welcome.owner.role, welcome.owner.dealer, welcome.owner.email) == (
        "dealer_owner",
        dealer,
        "boss@example.com",
    )
    assert welcome.owner.check_password(PASSWORD) and dealer.api_keys.count() == 1
    with pytest.raises(AlreadyClaimed):
        claim_account(application=application, **{**made, "username": "other"}, at=MONDAY)


def test_abandoned_drafts_and_the_people_behind_ended_applications_are_erased() -> None:
    cast = stage()
    draft = begun(cast)
    hand_in(draft, DocumentKind.OTHER)
    ended = submitted(cast)
    withdraw_application(application=ended, at=MONDAY)
    assert erase_applications(at=MONDAY + timedelta(days=30)) == Erased(0, 0)
    assert erase_applications(at=MONDAY + timedelta(days=31)) == Erased(1, 0)
    assert erase_applications(at=MONDAY + timedelta(days=181)) == Erased(0, 1)
    assert erase_applications(at=MONDAY + timedelta(days=181)) == Erased(0, 0)
    left = Application.objects.get()
    assert (left.name, left.contact, left.phone, left.email) == ("明日商贸有限公司", "", "", "")
    assert not left.papers.exists() and left.erased_at is not None


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """Two people, each on a connection of their own."""

    def race(self, *acts: Callable[[], object]) -> list[str]:
        together, outcomes = threading.Barrier(len(acts)), []

        def run(act: Callable[[], object]) -> None:
            together.wait()
            try:
                act()
                outcomes.append("done")
            except Refused as refusal:
                outcomes.append(refusal.code)
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(outcomes)

    def test_of_two_who_decide_one_is_refused(self) -> None:
        cast = stage()
        number = recommended(cast).number
        deciders: list[User] = [cast.general, cast.policy]
        outcomes = self.race(
            *(
                lambda person=person, admit=admit: decide_application(
                    number=number, admit=admit, reason="决定", actor=person, at=MONDAY
                )
                for person, admit in zip(deciders, (True, False), strict=True)
            )
        )
        assert outcomes == ["application_state_refused", "done"]

    def test_of_two_who_activate_one_makes_the_dealer(self) -> None:
        cast = stage()
        number = contracted(cast).number
        outcomes = self.race(
            *(
                lambda code=code: activate_dealer(number=number, code=code, actor=cast.near, at=MONDAY)
                for code in ("ONE", "TWO")
            )
        )
        assert outcomes == ["application_state_refused", "done"]
        assert Dealer.objects.count() == 1


def test_nothing_more_is_done_with_an_application_that_ended() -> None:
    cast = stage()
    application = submitted(cast)
    withdraw_application(application=application, at=MONDAY)
    with pytest.raises(ApplicationStateRefused):
        take_up(number=application.number, actor=cast.legal, at=MONDAY)
