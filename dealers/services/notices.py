"""Telling people: a row for each, which is the outbox of the mail too. Nothing is told twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from django.conf import settings
from django.db.models import Q
from django.utils import translation

from dealers.choices import DEALER_ROLES, Announcement, NoticeKind, Role
from dealers.models import Dealer, Notice, NoticePreference, Territory, User, WebhookEndpoint
from dealers.notices import TEXTS
from dealers.rules.notice_mail import way_of
from dealers.services.webhooks import News, announce_all


def tell(
    *,
    recipients: Iterable[User],
    kind: NoticeKind,
    key: str,
    params: dict[str, Any],
    at: datetime,
    url: str = "",
) -> int:
    """Leave one notice with each recipient; the same ``key`` reaches a person once. Returns how many were new.

    ``params["reason"]`` chooses the sentences in :data:`dealers.notices.TEXTS`; the mail leaves later, from a task.
    """
    notices = [
        Notice(recipient=person, kind=kind, key=key[:120], params=params, url=url, created_at=at)
        for person in recipients
    ]
    return tell_all(notices)


def tell_all(notices: Iterable[Notice]) -> int:
    """Leave many notices with a fixed number of statements; those already left are passed over.

    Each is mailed as its recipient wants it, and systems of the dealers that listen are told what their people were.
    """
    left = list(notices)
    people = {
        pk: (email, dealer_id)
        for pk, email, dealer_id in User.objects.filter(pk__in={notice.recipient_id for notice in left}).values_list(
            "pk", "email", "dealer_id"
        )
    }
    wishes = NoticePreference.objects.filter(person__in=people, kind__in={notice.kind for notice in left})
    wanted = {(person, kind): email for person, kind, email in wishes.values_list("person", "kind", "email")}
    for notice in left:
        email, _dealer = people.get(notice.recipient_id, ("", None))
        wish = wanted.get((notice.recipient_id, notice.kind))
        notice.email = way_of(notice.kind, wanted=wish, has_address=bool(email))
    before = Notice.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    Notice.objects.bulk_create(left, ignore_conflicts=True, batch_size=2000)
    _tell_systems(left, {pk: dealer for pk, (_email, dealer) in people.items() if dealer is not None})
    return Notice.objects.filter(pk__gt=before).count()


def _tell_systems(notices: Iterable[Notice], dealer_of: Mapping[int, int]) -> None:
    """Announce what the people of a dealer were told, once for all of them, where a system listens to it."""
    if not dealer_of:
        return
    dealers = set(dealer_of.values())
    endpoints = WebhookEndpoint.objects.filter(enabled=True, events__contains=[Announcement.NOTICE_LEFT])
    listening = set(endpoints.filter(Q(dealer__in=dealers) | Q(dealer=None)).values_list("dealer", flat=True))
    if None in listening:
        listening = dealers
    news: dict[tuple[int, str], News] = {}
    at = None
    for notice in notices:
        dealer_id = dealer_of.get(notice.recipient_id)
        if dealer_id is None or dealer_id not in listening or (dealer_id, notice.key) in news:
            continue
        at = notice.created_at
        words = {}
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                words[language] = render(notice)
        data = {
            "kind": notice.kind,
            "title": {language: title for language, (title, _body) in words.items()},
            "text": {language: body for language, (_title, body) in words.items()},
            "page": f"{settings.APP_URL}{notice.url}" if notice.url else "",
        }
        number = uuid5(NAMESPACE_OID, f"notice:{dealer_id}:{notice.key}")
        news[dealer_id, notice.key] = News(Announcement.NOTICE_LEFT, dealer_id, data, number)
    if at is not None:
        announce_all(news.values(), at=at)


def people_of_dealers(dealer_ids: Iterable[int]) -> dict[int, list[User]]:
    """The active people of each dealer, in one query."""
    people: dict[int, list[User]] = {}
    for person in User.objects.filter(dealer_id__in=list(dealer_ids), is_active=True, role__in=DEALER_ROLES):
        people.setdefault(person.dealer_id or 0, []).append(person)
    return people


def managers_of_dealers(dealer_ids: Iterable[int]) -> dict[int, list[User]]:
    """The channel managers whose regions hold each dealer's home or territory, in two queries."""
    from_regions: dict[int, list[User]] = {}
    managers = User.objects.filter(role=Role.CHANNEL_MANAGER, is_active=True).prefetch_related("regions")
    for manager in managers:
        for region in manager.regions.all():
            from_regions.setdefault(region.pk, []).append(manager)
    found: dict[int, list[User]] = {}
    for dealer_id, region_id, province_id in _places_of(dealer_ids):
        for manager in [*from_regions.get(region_id, []), *from_regions.get(province_id or 0, [])]:
            if manager not in found.setdefault(dealer_id, []):
                found[dealer_id].append(manager)
    return found


def _places_of(dealer_ids: Iterable[int]) -> list[tuple[int, int, int | None]]:
    wanted = list(dealer_ids)
    territories = Territory.objects.filter(dealer_id__in=wanted, valid__endswith=None)
    homes = Dealer.objects.filter(pk__in=wanted, home_region__isnull=False)
    return [
        *territories.values_list("dealer_id", "region_id", "region__parent_id"),
        *homes.values_list("pk", "home_region_id", "home_region__parent_id"),
    ]


def render(notice: Notice) -> tuple[str, str]:
    """Title and text of a notice in the active language."""
    texts, params = TEXTS[notice.params.get("reason", notice.kind)], _Spoken(notice.params)
    return str(texts.title) % params, str(texts.body) % params


def in_every_language(words: Callable[[], str]) -> dict[str, str]:
    """Words for the params of a notice that are themselves translated: each reader gets those of its language."""
    found = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found[language] = words()
    return found


class _Spoken(dict[str, Any]):
    """The params of a notice in the active language; one that notices of earlier versions lack is empty."""

    def __getitem__(self, name: str) -> Any:
        value = super().__getitem__(name)
        return value.get(translation.get_language(), "") if isinstance(value, dict) else value

    def __missing__(self, name: str) -> str:
        return ""
