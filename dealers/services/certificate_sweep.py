"""Papers that run out: warned of ahead, then supply is held, and released when a renewed one is in force.

A paper is followed by those with the same dealer, kind and name. The sweep takes any instant, does the same thing
once however often it runs, and asks a fixed number of queries for any number of dealers. Whoever lifts a hold by hand
has answered for that paper: it is not held again for the same one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.utils import translation

from dealers.choices import HoldKind, NoticeKind
from dealers.foundation import clock
from dealers.models import Certificate, Dealer, Notice, SupplyHold
from dealers.selectors.admission import admission_terms
from dealers.selectors.certificates import ending
from dealers.selectors.supply import paper_words
from dealers.services.hold_news import HoldChange, record_hold_changes, tell_of_holds
from dealers.services.notices import managers_of_dealers, people_of_dealers, tell_all
from dealers.services.supply_answers import note_supply_answers

EXPIRED, RENEWED = "certificate_expired", "certificate_renewed"
#: Serialises sweeps, and confirmations with them.
_SWEEP_LOCK = 0x48414C46_0011

#: Of each series that has no paper in force the last one that ended, unless it has led to a hold already.
_RUN_OUT_SQL = """
SELECT id, dealer_id, kind, name, ends FROM (
    SELECT DISTINCT ON (c.dealer_id, c.kind, c.name)
           c.id, c.dealer_id, c.kind, c.name, c.hold_id, upper(c.valid) AS ends
    FROM dealers_certificate c JOIN dealers_dealer d ON d.id = c.dealer_id
    WHERE c.state = 'confirmed' AND d.state <> 'terminated' AND upper(c.valid) <= %(today)s
      AND NOT EXISTS (SELECT 1 FROM dealers_certificate o
                      WHERE o.dealer_id = c.dealer_id AND o.kind = c.kind AND o.name = c.name
                        AND o.state = 'confirmed' AND o.valid @> %(today)s::date)
    ORDER BY c.dealer_id, c.kind, c.name, upper(c.valid) DESC
) last WHERE hold_id IS NULL ORDER BY id
"""
_LIFT_SQL = """
UPDATE dealers_supplyhold h SET lifted_at = %(at)s, lift_note = 'certificate_renewed'
FROM dealers_certificate c
WHERE c.hold_id = h.id AND h.lifted_at IS NULL AND h.opened_at <= %(at)s
  AND (c.state <> 'confirmed' OR EXISTS (
        SELECT 1 FROM dealers_certificate o
        WHERE o.dealer_id = c.dealer_id AND o.kind = c.kind AND o.name = c.name
          AND o.state = 'confirmed' AND o.valid @> %(today)s::date))
RETURNING h.id, h.dealer_id, h.reason, c.kind, c.name
"""


@dataclass(frozen=True, slots=True)
class CertificateSweep:
    """What a sweep did."""

    placed: tuple[HoldChange, ...]
    lifted: tuple[HoldChange, ...]
    warned: int


@transaction.atomic
def sweep_certificates(*, at: datetime) -> CertificateSweep:
    """Warn, hold and lift as of ``at``. Without a policy in force nothing is warned of; holds do not depend on it."""
    take_turn()
    today = clock.business_day(at)
    with connection.cursor() as cursor:
        cursor.execute(_LIFT_SQL, {"at": at, "today": today})
        lifted = [
            HoldChange(hold, dealer, reason, {"document": kind, "name": name})
            for hold, dealer, reason, kind, name in cursor.fetchall()
        ]
        cursor.execute(_RUN_OUT_SQL, {"today": today})
        placed = _place(cursor.fetchall(), at)
    record_hold_changes(HoldKind.DOCUMENT, placed, lifted, at)
    note_supply_answers(dealer_ids=[change.dealer_id for change in (*placed, *lifted)], at=clock.now())
    tell_of_holds(placed, lifted, at)
    return CertificateSweep(tuple(placed), tuple(lifted), _warn(today, at))


def take_turn() -> None:
    """Wait for a sweep that runs; the next one waits until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_SWEEP_LOCK])


def _place(rows: Sequence[tuple[int, int, str, str, date]], at: datetime) -> list[HoldChange]:
    holds = SupplyHold.objects.bulk_create(
        [
            SupplyHold(
                dealer_id=dealer_id,
                kind=HoldKind.DOCUMENT,
                reason=EXPIRED,
                evidence={
                    "document": kind,
                    "name": name,
                    "last_day": (ends - timedelta(days=1)).isoformat(),
                    "certificate": key,
                },
                opened_at=at,
            )
            for key, dealer_id, kind, name, ends in rows
        ],
        batch_size=1_000,
    )
    papers = [Certificate(pk=row[0], hold=hold) for row, hold in zip(rows, holds, strict=True)]
    Certificate.objects.bulk_update(papers, ["hold"], batch_size=1_000)
    return [HoldChange(hold.pk, hold.dealer_id, hold.reason, hold.evidence) for hold in holds]


def _warn(today: date, at: datetime) -> int:
    """Tell of each paper once for each number of days the policy names; of several at once only of the nearest."""
    terms = admission_terms(at)
    if terms is None:
        return 0
    thresholds = sorted(terms.document_warning_days)
    papers = list(ending(Certificate.objects.all(), today=today, within=thresholds[-1]))
    dealers = {paper.dealer_id for paper in papers}
    people, managers = people_of_dealers(dealers), managers_of_dealers(dealers)
    names = dict(Dealer.objects.filter(pk__in=dealers).exclude(state="terminated").values_list("pk", "name"))
    notices = []
    for paper in papers:
        ends = paper.valid.upper or today
        left = (ends - today).days
        reached = next(days for days in thresholds if left <= days)
        if paper.dealer_id not in names:
            continue
        for person in {*people.get(paper.dealer_id, []), *managers.get(paper.dealer_id, [])}:
            with translation.override(person.language):
                words = paper_words(paper.kind, paper.name)
            params = {
                "reason": "paper_ends",
                "paper": words,
                "dealer": names[paper.dealer_id],
                "last_day": (ends - timedelta(days=1)).isoformat(),
                "days": left,
            }
            key = f"paper_ends:{paper.pk}:{ends}:{reached}"
            notices.append(
                Notice(
                    recipient=person,
                    kind=NoticeKind.AGREEMENT,
                    key=key,
                    params=params,
                    created_at=at,
                    url="/certificates/",
                )
            )
    return tell_all(notices)
