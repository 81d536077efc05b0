"""Policy versions are drafted by one person, published by another, and never move what was decided with them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction

from config.policy import export_policy, import_policy, publish_policy
from dealers.choices import PolicyState, Role
from dealers.errors import NotPermitted, OwnWork
from dealers.foundation.clock import parse_instant
from dealers.foundation.half_months import HalfMonth
from dealers.models import AuditRecord, Dealer, Notice, PolicyVersion, User
from dealers.selectors.policies import (
    NoPolicyInForce,
    policies_between,
    policy_at,
    policy_in_force,
    required_policy,
    visible_policies,
)
from dealers.services.policies import CannotPublish, NoDraft, UnsoundPolicy
from rebates.terms import rebates_terms
from settlement.choices import RunState
from settlement.errors import SettledUnderAnother
from settlement.models import SettlementRun
from tests.policies import AT, example_source, policy_manager, published_policy, starting, variation

pytestmark = pytest.mark.django_db

MAY = parse_instant("2026-05-20T10:00:00+08:00")


def draft(source=None, actor=None, at=AT):
    return import_policy(source=source or example_source(), actor=actor, at=at)


@pytest.mark.parametrize(("begins", "allowed"), [("2026-05-01", False), ("2026-05-16", True)])
def test_a_version_never_begins_in_what_is_settled(begins, allowed):
    told = {
        "opened_at": MAY,
        "cutoff": MAY,
        "approved_at": MAY,
        "approved_by": policy_manager(),
        "policy": published_policy(),
        "digest": "d",
    }
    SettlementRun.objects.create(
        period="2026-05-H1", ordinal=HalfMonth.parse("2026-05-H1").ordinal, state=RunState.CLOSED, **told
    )
    version = draft(starting(begins))
    if allowed:
        assert publish_policy(version=version, actor=policy_manager("second"), at=MAY).state == PolicyState.PUBLISHED
        return
    with pytest.raises(SettledUnderAnother, match=r"2026-05-H1.*2026-05-16"):
        publish_policy(version=version, actor=policy_manager("second"), at=MAY)
    assert policy_in_force(date(2026, 5, 1)).version == 1


def test_a_draft_is_in_force_for_nobody():
    version = draft()
    assert (version.code, version.version, version.state) == ("2026", 1, PolicyState.DRAFT)
    assert policy_in_force(date(2026, 6, 1)) is None


def test_the_same_terms_are_the_same_version_however_they_are_written():
    first = draft()
    again = draft(example_source().replace("# half-month", "#").replace('"0.03"', "'0.03'"))
    assert again.pk == first.pk


def test_other_terms_are_the_next_version_of_the_code():
    draft()
    assert draft(variation(('rate: "0.03"', 'rate: "0.031"'))).version == 2


def test_an_unsound_document_is_not_kept():
    with pytest.raises(UnsoundPolicy) as refusal:
        draft(variation(('rate: "0.03"', "rate: 0.03"), ("lift: automatic", "lift: never")))
    assert [fault.path for fault in refusal.value.faults] == [
        "dealers.sync.lift",
        "rebates.programs[0].brackets[1].rate",
    ]
    assert not PolicyVersion.objects.exists()


def test_only_a_policy_manager_drafts():
    clerk = User.objects.create(username="clerk", role=Role.FINANCE_CLERK)
    with pytest.raises(NotPermitted):
        draft(actor=clerk)


def test_a_second_person_publishes():
    author, second = policy_manager("author"), policy_manager("second")
    version = draft(actor=author)
    with pytest.raises(OwnWork):
        publish_policy(version=version, actor=author, at=AT)
    published = publish_policy(version=version, actor=second, at=AT)
    assert (published.state, published.published_by) == (PolicyState.PUBLISHED, second)


def test_the_database_itself_refuses_publication_by_the_author():
    author = policy_manager()
    version = draft(actor=author)
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        PolicyVersion.objects.filter(pk=version.pk).update(
            state=PolicyState.PUBLISHED, published_by=author, published_at=AT
        )


@pytest.mark.parametrize("role", [Role.CHANNEL_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR, Role.FINANCE_APPROVER])
def test_other_roles_do_not_publish(role):
    person = User.objects.create(username="other", role=role)
    with pytest.raises(NotPermitted):
        publish_policy(version=draft(), actor=person, at=AT)


def test_a_published_version_is_in_force_from_its_first_day_to_the_last():
    version = published_policy()
    assert policy_in_force(date(2025, 12, 31)) is None
    assert policy_in_force(date(2026, 1, 1)) == version
    assert policy_in_force(date(2026, 12, 31)) == version
    assert policy_in_force(date(2027, 1, 1)) is None
    assert policy_at(parse_instant("2025-12-31T16:00:00Z")) == version
    assert policy_at(parse_instant("2025-12-31T15:59:59Z")) is None
    with pytest.raises(NoPolicyInForce, match="2027-01-01"):
        required_policy(date(2027, 1, 1))


def test_publishing_twice_changes_nothing():
    version = published_policy()
    records = AuditRecord.objects.count()
    assert publish_policy(version=version, actor=policy_manager("second"), at=MAY).published_at == AT
    assert AuditRecord.objects.count() == records


def test_a_later_version_takes_over_from_its_first_day():
    old = published_policy()
    new = published_policy(starting("2026-07-01", "2027-01-01"), at=MAY)
    assert policy_in_force(date(2026, 6, 30)) == old
    assert policy_in_force(date(2026, 7, 1)) == new
    assert policies_between(date(2026, 6, 16), date(2026, 7, 16)) == [old, new]
    assert policies_between(date(2026, 6, 16), date(2026, 7, 1)) == [old]
    closing = AuditRecord.objects.get(action="policy.close")
    assert (closing.before["to"], closing.after["to"]) == ("2027-01-01", "2026-07-01")


def test_a_version_that_has_not_begun_is_replaced():
    published_policy()
    pending = published_policy(starting("2026-07-01", code="pending"), at=MAY)
    better = published_policy(starting("2026-07-01", code="better"), at=MAY)
    pending.refresh_from_db()
    assert pending.state == PolicyState.REPLACED
    assert policy_in_force(date(2026, 8, 1)) == better
    with pytest.raises(NoDraft):
        publish_policy(version=pending, actor=policy_manager(), at=MAY)
    again = draft(starting("2026-07-01", code="pending"), at=MAY)
    assert (again.version, again.state) == (2, PolicyState.DRAFT)


@pytest.mark.parametrize("first", ["2026-01-01", "2025-12-16"])
def test_what_is_in_force_is_not_moved_away_from_under_its_decisions(first):
    old = published_policy()
    with pytest.raises(CannotPublish, match="2026 v1"):
        published_policy(starting(first, code="other"), at=MAY)
    old.refresh_from_db()
    assert (old.state, old.valid.upper) == (PolicyState.PUBLISHED, date(2027, 1, 1))


def test_the_database_refuses_two_policies_for_one_day():
    published_policy()
    version = draft(starting("2026-07-01", code="other"))
    with pytest.raises(IntegrityError, match="one_policy_in_force"), transaction.atomic():
        PolicyVersion.objects.filter(pk=version.pk).update(
            state=PolicyState.PUBLISHED, published_by=policy_manager(), published_at=AT
        )


def test_a_draft_altered_behind_our_back_is_not_published():
    version = draft()
    PolicyVersion.objects.filter(pk=version.pk).update(source=variation(('rate: "0.03"', 'rate: "0.3"')))
    with pytest.raises(UnsoundPolicy):
        publish_policy(version=version, actor=policy_manager(), at=AT)


def test_publication_is_recorded_and_told_once():
    auditor = User.objects.create(username="auditor", role=Role.AUDITOR)
    version = published_policy()
    record = AuditRecord.objects.get(action="policy.publish")
    assert (record.actor, record.subject_id) == ("policy-manager", str(version.pk))
    assert (record.before["state"], record.after["state"]) == ("draft", "published")
    notice = Notice.objects.get()
    assert (notice.recipient, notice.url) == (auditor, f"/policies/{version.pk}/")


def test_what_is_exported_is_imported_as_the_same_version():
    version = published_policy()
    assert export_policy(version) == example_source()
    assert import_policy(source=export_policy(version), actor=None, at=MAY).pk == version.pk


def test_terms_are_written_out_when_the_text_was_lost():
    version = PolicyVersion.objects.get(pk=published_policy().pk)
    version.source = ""
    written = export_policy(version)
    assert written.startswith("code: '2026'\ntitle:")
    assert import_policy(source=written, actor=None, at=MAY).digest == version.digest


def test_stored_terms_are_read_once():
    version = published_policy()
    terms = rebates_terms(version)
    assert terms.programs_of("T1")[0].brackets[2].start == 3000000
    assert rebates_terms(PolicyVersion.objects.get(pk=version.pk)) is terms


def test_dealers_see_what_is_published_and_hq_every_draft(dealer_owner):
    version = published_policy()
    other = draft(starting("2026-07-01"))
    assert set(visible_policies(dealer_owner)) == {version}
    assert set(visible_policies(policy_manager())) == {version, other}


@pytest.mark.django_db(transaction=True)
def test_of_two_publications_at_once_the_second_sees_the_first():
    one, other = draft(starting("2026-07-01", code="one")), draft(starting("2026-07-01", code="other"))
    people = [policy_manager("first"), policy_manager("second")]
    together = Barrier(2)

    def publish(version, person):
        try:
            together.wait(5)
            return publish_policy(version=version, actor=person, at=MAY)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(publish, [one, other], people))
    states = sorted(PolicyVersion.objects.values_list("state", flat=True))
    assert states == [PolicyState.PUBLISHED, PolicyState.REPLACED]
    assert policy_in_force(date(2026, 8, 1)) is not None


@pytest.mark.django_db(transaction=True)
def test_the_same_document_imported_twice_at_once_is_one_version():
    together = Barrier(2)

    def keep(_number):
        try:
            together.wait(5)
            return draft().pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(keep, range(2)))) == 1


@pytest.fixture
def dealer_owner():
    dealer = Dealer.objects.create(
        code="D1",
        name="甲",
        uscc="91110000000000000X",
        industry="fmcg",
        annual_revenue=1,
        activated_on=date(2026, 1, 1),
        created_at=AT,
    )
    return User.objects.create(username="owner", role=Role.DEALER_OWNER, dealer=dealer)
