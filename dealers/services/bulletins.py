"""Bulletins: written, published by another person, opened and acknowledged by dealers, and reminded of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from dealers.choices import NoticeKind
from dealers.errors import OwnWork, Refused
from dealers.foundation.clock import BUSINESS_ZONE, business_day
from dealers.foundation.refusals import Refused as Unreadable
from dealers.models import Bulletin, BulletinReading, BulletinReceipt, Dealer, Notice, PolicyVersion, User
from dealers.permissions import require
from dealers.rules.quiz import read_quiz, wrong_answers
from dealers.selectors.bulletins import addressees, waiting_for_acknowledgement
from dealers.selectors.policies import first_day
from dealers.services.audit import record_audit
from dealers.services.notices import people_of_dealers, tell_all

#: A bulletin open for longer is reminded of, each dealer once a week.
REMIND_AFTER = timedelta(days=3)


class BulletinIncomplete(Refused):
    code = "bulletin_incomplete"
    sentence = _("A bulletin needs a title and a text in Chinese and in English.")
    status = 422


class QuizUnreadable(Refused):
    code = "quiz_unreadable"
    sentence = _("The quiz cannot be read: %(why)s.")
    status = 422


class AlreadyPublished(Refused):
    code = "bulletin_published"
    sentence = _("“%(title)s” is published and does not change any more.")


class NotPublished(Refused):
    code = "bulletin_not_published"
    sentence = _("“%(title)s” is not published.")


class WrongAnswers(Refused):
    """``wrong`` (places from 0) are the questions to answer again."""

    code = "wrong_answers"
    sentence = _("Not every answer is right. Read the bulletin again and correct the marked ones.")
    status = 422

    def __init__(self, wrong: tuple[int, ...]) -> None:
        self.wrong = wrong
        super().__init__()


@dataclass(frozen=True, slots=True)
class Draft:
    """What an author gives: both titles, both texts and the quiz as text."""

    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    quiz: str = ""


@transaction.atomic
def write_bulletin(
    *,
    draft: Draft,
    actor: User,
    at: datetime,
    bulletin: Bulletin | None = None,
    policy: PolicyVersion | None = None,
) -> Bulletin:
    """Keep a bulletin that is not published yet; a new one, or ``bulletin`` as it reads now.

    Whoever wrote last is its author. Raises :class:`~dealers.errors.NotPermitted`, :class:`BulletinIncomplete`,
    :class:`QuizUnreadable` or :class:`AlreadyPublished`.
    """
    require(actor, "bulletins.write")
    given = {name: getattr(draft, name).strip() for name in ("title_zh", "title_en", "text_zh", "text_en", "quiz")}
    if not all(given[name] for name in ("title_zh", "title_en", "text_zh", "text_en")):
        raise BulletinIncomplete
    try:
        read_quiz(given["quiz"])
    except Unreadable as refusal:
        raise QuizUnreadable(why=refusal.render()) from refusal
    kept = Bulletin(policy=policy) if bulletin is None else Bulletin.objects.select_for_update().get(pk=bulletin.pk)
    if kept.published_at is not None:
        raise AlreadyPublished(title=kept.title)
    for name, value in given.items():
        setattr(kept, name, value)
    kept.written_by, kept.written_at = actor, at
    kept.save()
    record_audit(actor=actor, action="bulletin.write", subject=kept, at=at, after=given)
    return kept


@transaction.atomic
def publish_bulletin(*, bulletin: Bulletin, actor: User, at: datetime) -> Bulletin:
    """Send a bulletin to every dealer, by somebody who did not write it. Publishing twice changes nothing.

    Raises :class:`~dealers.errors.NotPermitted` or :class:`~dealers.errors.OwnWork`.
    """
    require(actor, "bulletins.publish")
    kept = Bulletin.objects.select_for_update().get(pk=bulletin.pk)
    if kept.published_at is not None:
        return kept
    if kept.written_by_id == actor.pk:
        raise OwnWork
    kept.published_by, kept.published_at = actor, at
    kept.save(update_fields=["published_by", "published_at"])
    record_audit(actor=actor, action="bulletin.publish", subject=kept, at=at)
    _tell_dealers(kept, [dealer.pk for dealer in addressees(kept)], "bulletin_published", "published", at)
    return kept


def publish_with_policy(*, version: PolicyVersion, actor: User, at: datetime) -> Bulletin:
    """Publish the bulletin of a policy version with it; where nobody wrote one, a plain one is made."""
    written = Bulletin.objects.filter(policy=version).first()
    if written is None:
        day = first_day(version).isoformat()
        written = Bulletin.objects.create(
            policy=version,
            title_zh=f"渠道政策发布：{version.title_zh}",
            title_en=f"Channel policy published: {version.title_en}",
            text_zh=f"《{version.title_zh}》({version}) 自 {day} 起生效。请阅读全文并确认。",
            text_en=f"{version.title_en} ({version}) takes effect on {day}. Please read it and acknowledge it.",
            written_by=version.drafted_by,
            written_at=at,
        )
    return publish_bulletin(bulletin=written, actor=actor, at=at)


def open_bulletin(*, bulletin: Bulletin, reader: User, at: datetime) -> None:
    """Note that the reader's dealer has opened a bulletin; the first time counts."""
    if reader.dealer_id is None or bulletin.published_at is None:
        return
    BulletinReading.objects.bulk_create(
        [BulletinReading(bulletin=bulletin, dealer_id=reader.dealer_id, person=reader, read_at=at)],
        ignore_conflicts=True,
    )


@transaction.atomic
def acknowledge(*, bulletin: Bulletin, answers: Mapping[int, int], actor: User, at: datetime) -> BulletinReceipt:
    """Acknowledge a bulletin for the actor's dealer; once, the first time counts. Notices that ask for it are read.

    Raises :class:`~dealers.errors.NotPermitted`, :class:`NotPublished` or, while the quiz is not answered rightly,
    :class:`WrongAnswers`.
    """
    require(actor, "bulletins.acknowledge")
    assert actor.dealer_id is not None, "only people of dealers may, and they belong to one"
    if bulletin.published_at is None:
        raise NotPublished(title=bulletin.title)
    known = BulletinReceipt.objects.filter(bulletin=bulletin, dealer=actor.dealer_id).first()
    if known is not None:
        return known
    wrong = wrong_answers(read_quiz(bulletin.quiz), answers)
    if wrong:
        raise WrongAnswers(wrong)
    open_bulletin(bulletin=bulletin, reader=actor, at=at)
    # Nobody at the dealer has to be asked any more.
    asking = Notice.objects.filter(recipient__dealer=actor.dealer_id, key__startswith=f"bulletin:{bulletin.pk}:")
    asking.filter(read_at=None).update(read_at=at)
    made = BulletinReceipt(bulletin=bulletin, dealer_id=actor.dealer_id, person=actor, acknowledged_at=at)
    BulletinReceipt.objects.bulk_create([made], ignore_conflicts=True)
    receipt = BulletinReceipt.objects.get(bulletin=bulletin, dealer=actor.dealer_id)
    if receipt.person_id == actor.pk and receipt.acknowledged_at == at:
        record_audit(actor=actor, action="bulletin.acknowledge", subject=bulletin, at=at, dealer_id=actor.dealer_id)
    return receipt


def remind_of_bulletins(*, at: datetime) -> int:
    """Remind dealers of bulletins open for more than three days, once a week each; how many notices were new."""
    year, week, _day = at.astimezone(BUSINESS_ZONE).isocalendar()
    told = 0
    for bulletin in Bulletin.objects.filter(published_at__lte=at - REMIND_AFTER):
        owing = list(waiting_for_acknowledgement(bulletin).values_list("pk", flat=True))
        if owing:
            told += _tell_dealers(bulletin, owing, "bulletin_open", f"{year}-W{week:02d}", at)
    return told


def _tell_dealers(bulletin: Bulletin, dealer_ids: list[int], reason: str, key: str, at: datetime) -> int:
    names = dict(Dealer.objects.filter(pk__in=dealer_ids).values_list("pk", "name"))
    published = business_day(bulletin.published_at or at).isoformat()
    notices = []
    for dealer_id, people in people_of_dealers(dealer_ids).items():
        for person in people:
            title = bulletin.title_zh if person.language.startswith("zh") else bulletin.title_en
            notices.append(
                Notice(
                    recipient=person,
                    kind=NoticeKind.BULLETIN,
                    key=f"bulletin:{bulletin.pk}:{key}",
                    params={"reason": reason, "title": title, "dealer": names[dealer_id], "day": published},
                    url=reverse("bulletin", args=[bulletin.pk]),
                    created_at=at,
                )
            )
    return tell_all(notices)
