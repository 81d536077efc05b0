"""Bulletins are written by one person, published by another, and acknowledged once by each dealer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from config.policy import import_policy, publish_policy
from dealers.choices import DealerState, Role
from dealers.errors import NotPermitted, OwnWork
from dealers.foundation.clock import business_day, now
from dealers.models import AuditRecord, Bulletin, BulletinReceipt, Notice, User
from dealers.selectors.bulletins import owed_by, visible_bulletins, waiting_for_acknowledgement
from dealers.services import bulletins
from dealers.services.bulletins import Draft, WrongAnswers, acknowledge, publish_bulletin, write_bulletin
from tests import factories, policies

pytestmark = pytest.mark.django_db
QUIZ = "? 一年有几个半月？ | How many half-months has a year?\n- 二十 | twenty\n* 二十四 | twenty-four"
TEXTS = {"title_zh": "新规", "title_en": "New rules", "text_zh": "请阅读", "text_en": "Please read"}


def author() -> User:
    return factories.User(role=Role.CHANNEL_MANAGER, language="en")


def written(**given: str) -> Bulletin:
    return write_bulletin(draft=Draft(**{**TEXTS, **given}), actor=author(), at=now())


def published(**given: str) -> Bulletin:
    return publish_bulletin(bulletin=written(**given), actor=policies.policy_manager(), at=now())


def owner(**dealer: Any) -> User:
    return factories.User(role=Role.DEALER_OWNER, language="en", dealer=factories.Dealer(**dealer))


def test_whoever_wrote_it_does_not_publish_it() -> None:
    draft = write_bulletin(draft=Draft(**TEXTS), actor=policies.policy_manager(), at=now())
    with pytest.raises(OwnWork):
        publish_bulletin(bulletin=draft, actor=policies.policy_manager(), at=now())
    with pytest.raises(NotPermitted):
        publish_bulletin(bulletin=draft, actor=author(), at=now())
    assert visible_bulletins(owner()).count() == 0


def test_dealers_are_told_once_and_owe_the_acknowledgement() -> None:
    reader = owner()
    gone = owner(state=DealerState.TERMINATED)
    bulletin = published()
    publish_bulletin(bulletin=bulletin, actor=policies.policy_manager("another"), at=now())
    assert list(Notice.objects.values_list("recipient", flat=True)) == [reader.pk]
    assert list(owed_by(reader.dealer, on=business_day(now()))) == [bulletin]
    assert list(waiting_for_acknowledgement(bulletin)) == [reader.dealer]
    assert gone.dealer not in waiting_for_acknowledgement(bulletin)


def test_a_published_bulletin_never_changes() -> None:
    bulletin = published()
    with pytest.raises(bulletins.AlreadyPublished):
        write_bulletin(draft=Draft(**{**TEXTS, "text_en": "other"}), actor=author(), at=now(), bulletin=bulletin)
    with pytest.raises(DatabaseError), transaction.atomic():
        Bulletin.objects.filter(pk=bulletin.pk).update(text_en="other")


@pytest.mark.parametrize("missing", list(TEXTS))
def test_a_bulletin_says_everything_in_both_languages(missing: str) -> None:
    with pytest.raises(bulletins.BulletinIncomplete):
        written(**{missing: "  "})


def test_a_quiz_that_cannot_be_read_is_refused_with_the_reason() -> None:
    with pytest.raises(bulletins.QuizUnreadable) as refusal:
        written(quiz="? 问 | ask")
    assert "问" in str(refusal.value)


def test_the_quiz_has_to_be_answered_rightly_and_the_first_acknowledgement_counts() -> None:
    reader = owner()
    bulletin = published(quiz=QUIZ)
    for answers in ({}, {0: 0}):
        with pytest.raises(WrongAnswers) as refusal:
            acknowledge(bulletin=bulletin, answers=answers, actor=reader, at=now())
        assert refusal.value.wrong == (0,)
    first = acknowledge(bulletin=bulletin, answers={0: 1}, actor=reader, at=now())
    colleague = factories.User(role=Role.DEALER_OPERATOR, dealer=reader.dealer)
    assert acknowledge(bulletin=bulletin, answers={}, actor=colleague, at=now()) == first
    assert AuditRecord.objects.filter(action="bulletin.acknowledge").count() == 1
    assert not owed_by(reader.dealer, on=business_day(now())).exists()
    assert not waiting_for_acknowledgement(bulletin).exists()


def test_headquarters_acknowledges_nothing_and_nobody_a_draft() -> None:
    with pytest.raises(NotPermitted):
        acknowledge(bulletin=published(), answers={}, actor=author(), at=now())
    with pytest.raises(bulletins.NotPublished):
        acknowledge(bulletin=written(), answers={}, actor=owner(), at=now())


def test_a_dealer_that_joins_later_owes_what_was_published_of_the_policy_in_force_only() -> None:
    published()
    policies.published_policy()
    late = factories.Dealer(activated_on=business_day(now()) + timedelta(days=1))
    (owed,) = owed_by(late, on=policies.AT.date() + timedelta(days=60))
    assert owed.policy is not None
    after = policies.AT.date() + timedelta(days=800)
    assert not owed_by(late, on=after).exists(), "the policy has ended"


def test_a_policy_is_published_with_the_bulletin_its_author_wrote() -> None:
    reader = owner()
    version = import_policy(source=policies.example_source(), actor=author_of_policies(), at=policies.AT)
    mine = write_bulletin(draft=Draft(**TEXTS, quiz=QUIZ), actor=author_of_policies(), at=policies.AT, policy=version)
    publish_policy(version=version, actor=policies.policy_manager(), at=policies.AT)
    mine.refresh_from_db()
    assert mine.published_at == policies.AT and Bulletin.objects.get() == mine
    assert [notice.kind for notice in Notice.objects.filter(recipient=reader)] == ["bulletin"]


def test_a_policy_without_one_is_published_with_a_plain_bulletin() -> None:
    version = policies.published_policy()
    bulletin = Bulletin.objects.get()
    assert bulletin.policy == version and version.title_en in bulletin.title_en and "2026-01-01" in bulletin.text_zh


def test_dealers_are_reminded_once_a_week_until_they_acknowledge() -> None:
    reader, prompt = owner(), owner()
    bulletin = published()
    acknowledge(bulletin=bulletin, answers={}, actor=prompt, at=now())
    assert bulletins.remind_of_bulletins(at=now() + timedelta(days=2)) == 0
    week = now() + timedelta(days=8)
    assert [bulletins.remind_of_bulletins(at=week) for _ in range(2)] == [1, 0]
    assert bulletins.remind_of_bulletins(at=week + timedelta(days=7)) == 1
    assert {notice.recipient_id for notice in Notice.objects.filter(params__reason="bulletin_open")} == {reader.pk}


def test_publishing_asks_as_many_questions_for_one_dealer_as_for_many() -> None:
    def queries() -> int:
        draft = written()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            publish_bulletin(bulletin=draft, actor=policies.policy_manager(), at=now())
        return len(asked)

    owner()
    queries()  # the publisher is made by the first
    one = queries()
    for _ in range(12):
        owner()
    assert queries() == one
    assert BulletinReceipt.objects.count() == 0


def author_of_policies() -> User:
    return policies.policy_manager("author")
