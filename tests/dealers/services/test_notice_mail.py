"""Notices leave by e-mail as their readers want them, once, and whatever the mail server does nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from dealers.choices import EmailWay, NoticeKind, Role
from dealers.models import Notice, User, WebhookEvent
from dealers.services.notice_mail import deliver_daily_mails, deliver_notices
from dealers.services.notice_preferences import prefer
from dealers.services.notices import tell
from dealers.services.webhook_endpoints import create_endpoint
from tests import factories

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 18, 2, tzinfo=UTC)  # ten in the morning
NEXT_EIGHT = datetime(2026, 11, 19, 0, tzinfo=UTC)
DELEGATED = {
    "reason": "promo_delegated",
    "delegate": "Li",
    "delegator": "Wang",
    "first_day": "2026-11-18",
    "last_day": "2026-11-20",
    "remark": "leave",
}


class Refusing(EmailBackend):
    """A mail server that refuses everything."""

    def send_messages(self, messages: Sequence[Any]) -> int:
        raise OSError("no")


def reader(**given: Any) -> User:
    return factories.User(role=Role.MARKETING_DIRECTOR, language="en", email="reader@example.com", **given)


def told(*people: User, key: str = "one", at: datetime = AT) -> int:
    return tell(recipients=people, kind=NoticeKind.PROMO, key=key, params=DELEGATED, at=at, url="/promos/")


def test_a_notice_leaves_once_however_often_it_is_asked_for() -> None:
    person = reader()
    told(person)
    told(person)
    assert [deliver_notices(at=AT) for _ in range(2)] == [1, 0]
    (message,) = mail.outbox
    assert message.subject == "Li stands in for Wang" and message.to == ["reader@example.com"]
    assert message.body.endswith("/promos/")
    assert message.extra_headers["Message-ID"].startswith(f"<notice-{Notice.objects.get().pk}@")


def test_everybody_reads_it_in_the_own_language() -> None:
    told(reader(), factories.User(role=Role.MARKETING_DIRECTOR, language="zh-hans", email="du@example.com"))
    assert deliver_notices(at=AT) == 2
    subjects = {message.to[0]: message.subject for message in mail.outbox}
    assert subjects["reader@example.com"] == "Li stands in for Wang"
    assert "Li" in subjects["du@example.com"] and "stands in" not in subjects["du@example.com"]


def test_who_has_no_address_or_wants_no_mail_is_told_in_the_app_only() -> None:
    silent = reader()
    prefer(person=silent, ways={NoticeKind.PROMO: EmailWay.NEVER})
    told(silent, factories.User(role=Role.MARKETING_DIRECTOR, email=""))
    assert deliver_notices(at=AT) == 0 and deliver_daily_mails(at=NEXT_EIGHT) == 0
    assert Notice.objects.count() == 2 and not mail.outbox


def test_one_mail_a_day_holds_what_was_told_before_eight_and_is_unread() -> None:
    person = reader()
    prefer(person=person, ways={NoticeKind.PROMO: EmailWay.DAILY})
    for key in ("one", "two", "three"):
        told(person, key=key)
    told(person, key="later", at=NEXT_EIGHT + timedelta(minutes=1))
    Notice.objects.filter(key="two").update(read_at=AT)
    assert deliver_notices(at=AT) == 0
    assert deliver_daily_mails(at=AT + timedelta(hours=1)) == 0
    assert [deliver_daily_mails(at=NEXT_EIGHT + timedelta(minutes=5)) for _ in range(2)] == [1, 0]
    (message,) = mail.outbox
    assert message.subject == "2 notices of Halfmoon"
    assert message.body.count("Li stands in for Wang") == 2
    assert deliver_daily_mails(at=NEXT_EIGHT + timedelta(days=1)) == 1
    assert mail.outbox[1].subject == "1 notice of Halfmoon"


def test_a_mail_of_a_day_that_was_missed_leaves_with_the_next() -> None:
    person = reader()
    prefer(person=person, ways={NoticeKind.PROMO: EmailWay.DAILY})
    told(person)
    assert deliver_daily_mails(at=NEXT_EIGHT + timedelta(days=3)) == 1


@pytest.mark.parametrize("way", [EmailWay.AT_ONCE, EmailWay.DAILY])
def test_a_mail_the_server_refuses_is_tried_again_for_three_days(settings: Any, way: EmailWay) -> None:
    person = reader()
    prefer(person=person, ways={NoticeKind.PROMO: way})
    told(person)
    works = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    at = NEXT_EIGHT
    assert deliver_notices(at=at) == deliver_daily_mails(at=at) == 0
    notice = Notice.objects.get()
    assert notice.emailed_at is None and notice.email_attempts == 1 and notice.email_after is not None
    settings.EMAIL_BACKEND = works
    assert deliver_notices(at=at) + deliver_daily_mails(at=at) == 0, "not before its turn"
    again = at + timedelta(minutes=1)
    assert deliver_notices(at=again) + deliver_daily_mails(at=again) == 1
    notice.refresh_from_db()
    assert notice.emailed_at == again


def test_an_address_that_never_takes_anything_is_given_up(settings: Any) -> None:
    told(reader())
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    at = AT
    for _round in range(60):
        deliver_notices(at=at)
        at += timedelta(hours=13)
    notice = Notice.objects.get()
    assert notice.email == EmailWay.NEVER and notice.emailed_at is None and notice.email_attempts < 12


def test_a_system_of_the_dealer_hears_once_what_its_people_were_told() -> None:
    owner = factories.User(role=Role.DEALER_OWNER, language="en")
    operator = factories.User(role=Role.DEALER_OPERATOR, dealer=owner.dealer)
    stranger = factories.User(role=Role.DEALER_OWNER)
    create_endpoint(
        url="https://example.com/hook",
        events=["notice.left"],
        dealer=owner.dealer,
        actor=owner,
        at=AT,
        resolve=lambda _host, _port: ["93.184.216.34"],
    )
    told(owner, operator, stranger)
    told(operator)
    event = WebhookEvent.objects.get(kind="notice.left")
    assert event.dealer == owner.dealer
    assert event.data["title"]["en"] == "Li stands in for Wang" and event.data["title"]["zh-hans"]
    assert event.data["page"].endswith("/promos/")


def test_every_kind_is_told_once_in_the_app_by_mail_and_to_systems() -> None:
    owner = factories.User(role=Role.DEALER_OWNER, language="en", email="owner@example.com")
    create_endpoint(
        url="https://example.com/hook",
        events=["notice.left"],
        dealer=owner.dealer,
        actor=owner,
        at=AT,
        resolve=lambda _host, _port: ["93.184.216.34"],
    )
    for _twice in range(2):
        for kind in NoticeKind:
            tell(recipients=[owner], kind=kind, key=kind, params=DELEGATED, at=AT)
    kinds = len(NoticeKind)
    assert Notice.objects.count() == kinds
    assert [deliver_notices(at=AT) for _ in range(2)] == [kinds, 0] and len(mail.outbox) == kinds
    assert WebhookEvent.objects.filter(kind="notice.left").count() == kinds


def test_headquarters_people_are_announced_to_nobody() -> None:
    told(reader())
    assert not WebhookEvent.objects.exists()
