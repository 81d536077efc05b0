"""How a person wants to be told by e-mail."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from dealers.choices import EmailWay, NoticeKind
from dealers.models import NoticePreference, User
from dealers.rules.notice_mail import ways_open


def prefer(*, person: User, ways: Mapping[str, str]) -> None:
    """Keep when ``person`` wants each kind of notice by e-mail; for those left before nothing changes.

    What may not be silenced stays as it was (:mod:`dealers.rules.notice_mail`), and so does a kind or way that does not
    exist: a form that was tampered with changes nothing.
    """
    kept = [
        NoticePreference(person=person, kind=kind, email=EmailWay(way))
        for kind, way in ways.items()
        if kind in NoticeKind.values and way in ways_open(kind)
    ]
    with transaction.atomic():
        NoticePreference.objects.bulk_create(
            kept, update_conflicts=True, unique_fields=["person", "kind"], update_fields=["email"]
        )
