"""The sweep of the sync clock: who is late is warned, who is overdue is held, who caught up is released.

One statement finds everyone for any number of dealers, one places the holds, one lifts them. Running it twice,
or twice at once, changes nothing more: a sweep waits for the one before, and the database allows one open
``sync`` hold per dealer.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from dealers.choices import HoldKind, NoticeKind
from dealers.foundation import clock
from dealers.models import Dealer, Notice
from dealers.selectors.sync import READINGS_SQL, SweepTerms, clock_params
from dealers.services.hold_news import HoldChange, moment_of, record_hold_changes, tell_of_holds
from dealers.services.notices import people_of_dealers, tell_all
from dealers.services.supply_answers import note_supply_answers

#: Serialises sweeps.
SWEEP_LOCK = 0x48414C46_0003

#: Everyone who is late or worse, reckoned once; what follows looks only at them.
_BEHIND_SQL = (
    "CREATE TEMP TABLE behind ON COMMIT DROP AS "
    + READINGS_SQL.replace("{only}", "")
    + """
SELECT dealer_id, inventory_anchor, sales_anchor, inventory_elapsed, sales_elapsed, missing_days
FROM clocks WHERE inventory_elapsed >= %(interval)s::interval OR sales_elapsed >= %(interval)s::interval
"""
)

_PLACE_SQL = """
WITH overdue AS (
    SELECT *, inventory_elapsed >= %(hold_after)s::interval AS inventory_overdue,
           sales_elapsed >= %(hold_after)s::interval AS sales_overdue
    FROM behind
    WHERE inventory_elapsed >= %(hold_after)s::interval OR sales_elapsed >= %(hold_after)s::interval
)
INSERT INTO dealers_supplyhold (dealer_id, kind, reason, evidence, note, opened_at, lift_note,
                                lift_evidence)
SELECT o.dealer_id, 'sync',
       CASE WHEN o.inventory_overdue AND o.sales_overdue THEN 'both_overdue'
            WHEN o.inventory_overdue THEN 'inventory_overdue' ELSE 'sales_overdue' END,
       jsonb_strip_nulls(jsonb_build_object(
           'since', CASE WHEN o.inventory_overdue
                         THEN to_char(o.inventory_anchor AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI') END,
           'from_day', CASE WHEN o.sales_overdue THEN lower(o.missing_days)::text END,
           'days', CASE WHEN o.sales_overdue THEN (
                        SELECT sum(upper(r) - lower(r)) FROM unnest(o.missing_days) r) END)),
       '', %(at)s::timestamptz, '', '{}'
FROM overdue o
WHERE NOT EXISTS (SELECT 1 FROM dealers_supplyhold h
                  WHERE h.dealer_id = o.dealer_id AND h.kind = 'sync'
                    AND (h.lifted_at IS NULL OR (h.opened_at <= %(at)s AND h.lifted_at > %(at)s)))
ON CONFLICT DO NOTHING
RETURNING id, dealer_id, reason, evidence
"""

_LIFT_SQL = """
UPDATE dealers_supplyhold h SET lifted_at = %(at)s, lift_note = 'caught_up', lift_evidence = jsonb_strip_nulls((
    SELECT jsonb_build_object(
        'counted_at', to_char(c.inventory_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI'),
        'sales_until', (upper(c.sales_days) - 1)::text)
    FROM dealers_dealer d LEFT JOIN dealers_syncclock c ON c.dealer_id = d.id WHERE d.id = h.dealer_id))
WHERE h.kind = 'sync' AND h.lifted_at IS NULL AND h.opened_at <= %(at)s
  AND NOT EXISTS (SELECT 1 FROM behind b WHERE b.dealer_id = h.dealer_id)
RETURNING h.id, h.dealer_id, h.reason, h.evidence
"""

#: The clock has run for so long already; supply is held when the rest has run, too.
_WARN_SQL = """
WITH late AS (
    SELECT dealer_id, greatest(inventory_elapsed, sales_elapsed) AS elapsed,
           CASE WHEN inventory_elapsed >= sales_elapsed THEN inventory_anchor ELSE sales_anchor END AS anchor,
           inventory_elapsed >= %(interval)s::interval AS inventory, sales_elapsed >= %(interval)s::interval AS sales
    FROM behind
    WHERE greatest(inventory_elapsed, sales_elapsed) < %(hold_after)s::interval
), fresh AS (
    INSERT INTO dealers_syncclock AS c (dealer_id, late_notified_for)
    SELECT dealer_id, anchor FROM late
    ON CONFLICT (dealer_id) DO UPDATE SET late_notified_for = excluded.late_notified_for
    WHERE c.late_notified_for IS DISTINCT FROM excluded.late_notified_for
    RETURNING c.dealer_id
)
INSERT INTO dealers_syncwarning AS w (dealer_id, anchor, warned_at, hold_at, inventory, sales)
SELECT late.dealer_id, late.anchor, %(at)s, %(at)s::timestamptz + %(hold_after)s::interval - late.elapsed,
       late.inventory, late.sales
FROM late JOIN fresh USING (dealer_id)
ON CONFLICT DO NOTHING
RETURNING w.dealer_id, w.anchor, w.hold_at, w.inventory, w.sales
"""


@dataclass(frozen=True)
class Lateness:
    """A dealer that a sweep warned: up to when it has reported, when supply will be held, and for which reports."""

    dealer_id: int
    anchor: datetime
    hold_at: datetime
    inventory: bool
    sales: bool

    @property
    def feeds(self) -> str:
        """What is late, in the active language."""
        if self.inventory and self.sales:
            return str(_("stock and sales"))
        return str(_("stock") if self.inventory else _("sales"))


@dataclass(frozen=True)
class Sweep:
    """What a sweep did."""

    at: datetime
    placed: tuple[HoldChange, ...]
    lifted: tuple[HoldChange, ...]
    warned: int


def sweep_sync(*, terms: SweepTerms, at: datetime) -> Sweep:
    """Place, lift and warn as of ``at``, which may be any instant. Everything in one transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SWEEP_LOCK])
        params = clock_params(terms, at)
        cursor.execute(_BEHIND_SQL, params)
        cursor.execute("ANALYZE behind")
        lifted: list[HoldChange] = []
        if terms.lift_automatically:
            lifted = _changes(cursor, _LIFT_SQL, params)
        placed = _changes(cursor, _PLACE_SQL, params)
        cursor.execute(_WARN_SQL, params)
        warned = [Lateness(*row) for row in cursor.fetchall()]
        cursor.execute("DROP TABLE behind")
        record_hold_changes(HoldKind.SYNC, placed, lifted, at)
        # Of the present, whatever instant is swept: a hold that opens tomorrow changes the answer tomorrow.
        note_supply_answers(dealer_ids=[change.dealer_id for change in (*placed, *lifted)], at=clock.now())
        tell_of_holds(placed, lifted, at)
        _warn(warned, at)
    return Sweep(at=at, placed=tuple(placed), lifted=tuple(lifted), warned=len(warned))


def _changes(cursor: Any, sql: str, params: dict[str, Any]) -> list[HoldChange]:
    cursor.execute(sql, params)
    return [
        HoldChange(hold_id, dealer_id, reason, evidence if isinstance(evidence, dict) else json.loads(evidence))
        for hold_id, dealer_id, reason, evidence in cursor.fetchall()
    ]


def _warn(warned: Sequence[Lateness], at: datetime) -> None:
    people = people_of_dealers([late.dealer_id for late in warned])
    if not people:
        return
    names = dict(Dealer.objects.filter(pk__in=people).values_list("pk", "name"))
    notices = []
    for late in warned:
        for person in people.get(late.dealer_id, []):
            with translation.override(person.language):
                feeds = late.feeds
            params = {
                "reason": "sync_late",
                "feed": feeds,
                "dealer": names[late.dealer_id],
                "since": moment_of(late.anchor),
                "hold_at": moment_of(late.hold_at),
            }
            key = f"sync_late:{late.dealer_id}:{late.anchor.isoformat()}"
            notices.append(
                Notice(
                    recipient=person,
                    kind=NoticeKind.SYNC_LATE,
                    key=key,
                    params=params,
                    created_at=at,
                    url="/reporting-calendar/",
                )
            )
    tell_all(notices)
