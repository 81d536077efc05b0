"""Noticing that the answer to "may this dealer be supplied?" changed, and telling it once.

Whatever changes a hold, a dealer's state or a contract calls :func:`note_supply_answers` in its own transaction; a
sweep of everyone finds what the calendar changed: contracts that began or ended at midnight.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation

from dealers.choices import Announcement
from dealers.foundation import clock
from dealers.models import Dealer
from dealers.selectors.supply import eligibilities
from dealers.services.webhooks import News, announce_all

_ELIGIBLE = """
    d.state = 'active'
    AND EXISTS (SELECT 1 FROM dealers_contract c WHERE c.dealer_id = d.id AND c.valid @> %(today)s::date)
    AND NOT EXISTS (SELECT 1 FROM dealers_supplyhold h WHERE h.dealer_id = d.id AND h.opened_at <= %(at)s
                    AND (h.lifted_at IS NULL OR h.lifted_at > %(at)s))
"""
#: Whose answer may have changed: everybody it differs for, without waiting for anyone.
_SUSPECTS_SQL = f"""
SELECT d.id FROM dealers_dealer d LEFT JOIN dealers_supplyanswer a ON a.dealer_id = d.id
WHERE ({_ELIGIBLE}) IS DISTINCT FROM coalesce(a.eligible, false)
"""
_KNOW_SQL = """
INSERT INTO dealers_supplyanswer (dealer_id, eligible, sequence, changed_at)
SELECT id, false, 0, %(at)s FROM unnest(%(ids)s::bigint[]) AS id ORDER BY id ON CONFLICT DO NOTHING
"""
_LOCK_SQL = """
SELECT 1 FROM dealers_supplyanswer WHERE dealer_id = ANY(%(ids)s) ORDER BY dealer_id FOR UPDATE
"""
_CHANGE_SQL = f"""
UPDATE dealers_supplyanswer a SET eligible = NOT a.eligible, sequence = a.sequence + 1, changed_at = %(at)s
FROM dealers_dealer d
WHERE d.id = a.dealer_id AND a.dealer_id = ANY(%(ids)s) AND ({_ELIGIBLE}) IS DISTINCT FROM a.eligible
RETURNING a.dealer_id, a.sequence
"""


@transaction.atomic
def note_supply_answers(*, dealer_ids: Iterable[int], at: datetime) -> int:
    """Compare the present answers of these dealers with those told last, and announce the changes; how many.

    The last answers are locked first and compared in a later statement, so that of two who change the same dealer at
    once the second sees what the first did.
    """
    params: dict[str, Any] = {"ids": sorted(set(dealer_ids)), "at": at}
    if not params["ids"]:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_KNOW_SQL, params)
        cursor.execute(_LOCK_SQL, params)
        # Whoever was waited for may have lifted a hold later than our own moment.
        at = max(at, clock.now())
        cursor.execute(_CHANGE_SQL, {**params, "at": at, "today": clock.business_day(at)})
        changed: dict[int, int] = dict(cursor.fetchall())
    if not changed:
        return 0
    codes = dict(Dealer.objects.filter(pk__in=changed).values_list("code", "pk"))
    with translation.override(settings.LANGUAGE_CODE):
        answers = eligibilities(Dealer.objects.filter(pk__in=changed), at=at)
    news = [
        News(
            Announcement.SUPPLY_CHANGED,
            codes[answer.dealer],
            {
                "eligible": answer.eligible,
                "as_of": at.astimezone(clock.BUSINESS_ZONE).isoformat(),
                "sequence": changed[codes[answer.dealer]],
                "reasons": [
                    {
                        "kind": str(reason.kind),
                        "since": reason.since.astimezone(clock.BUSINESS_ZONE).isoformat() if reason.since else None,
                        "detail": reason.detail,
                    }
                    for reason in answer.reasons
                ],
            },
        )
        for answer in answers
    ]
    return announce_all(news, at=at)


def sweep_supply_answers(*, at: datetime) -> int:
    """Notice every answer that changed by ``at``, whatever changed it; how many. Safe to run twice and at once."""
    with connection.cursor() as cursor:
        cursor.execute(_SUSPECTS_SQL, {"at": at, "today": clock.business_day(at)})
        suspects = [dealer_id for (dealer_id,) in cursor.fetchall()]
    return sum(
        note_supply_answers(dealer_ids=suspects[start : start + _AT_ONCE], at=at)
        for start in range(0, len(suspects), _AT_ONCE)
    )


_AT_ONCE = 5000
