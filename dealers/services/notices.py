"""Telling people: the row first, then the mail. Nothing is told twice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils import translation

from dealers.choices import DEALER_ROLES, NoticeKind, Role
from dealers.models import Dealer, Notice, Territory, User
from dealers.notices import TEXTS

MAXIMUM_EMAIL_ATTEMPTS = 8


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
    """Leave many notices with one statement; those already left are passed over."""
    before = Notice.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    Notice.objects.bulk_create(list(notices), ignore_conflicts=True, batch_size=2000)
    return Notice.objects.filter(pk__gt=before).count()


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
    texts = TEXTS[notice.params.get("reason", notice.kind)]
    return str(texts.title) % notice.params, str(texts.body) % notice.params


def deliver_notices(*, at: datetime, batch: int = 200) -> int:
    """Mail the notices that have not left yet; returns how many left. Safe to run twice and at once.

    A person without an address, or whose address refuses eight times, is told in the app only.
    """
    sent = 0
    with transaction.atomic():
        waiting = (
            Notice.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(emailed_at__isnull=True, email_attempts__lt=MAXIMUM_EMAIL_ATTEMPTS)
            .exclude(recipient__email="")
            .select_related("recipient")
            .order_by("email_attempts", "pk")[:batch]
        )
        for notice in waiting:
            with translation.override(notice.recipient.language):
                title, body = render(notice)
            link = f"\n\n{settings.APP_URL}{notice.url}" if notice.url else ""
            notice.email_attempts += 1
            try:
                send_mail(title, body + link, None, [notice.recipient.email])
            except OSError:
                notice.save(update_fields=["email_attempts"])
                continue
            notice.emailed_at = at
            notice.save(update_fields=["emailed_at", "email_attempts"])
            sent += 1
    return sent
