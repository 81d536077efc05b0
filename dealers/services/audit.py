"""Writing the audit trail, sealing it, and finding the first record that was altered."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.db.models import Model

from dealers.foundation import clock
from dealers.foundation.digest import canonical_json
from dealers.models import ApiKey, AuditRecord, AuditSeal, User

#: Serialises sealing; two seals over the same records cannot arise.
SEAL_LOCK = 0x48414C46_0002
#: How long sealing waits for those who write records; they and everybody behind them wait as long.
_PATIENCE = "500ms"
_LOCK_NOT_AVAILABLE = "55P03"
SYSTEM = "system"
#: How an applicant without an account is named; its number follows.
APPLICANT = "applicant "
GENESIS = "0" * 64


@dataclass(frozen=True)
class Stranger:
    """Somebody without an account, who came by a private link; ``label`` names what the link was for, not whom."""

    label: str


Actor = User | ApiKey | Stranger | None


@dataclass(frozen=True)
class AuditEvent:
    """What happened, before it is written. ``subject`` is a model row or a (type, id) pair."""

    actor: Actor
    action: str
    subject: Model | tuple[str, str]
    at: datetime
    reason: str = ""
    before: Any = None
    after: Any = None
    dealer_id: int | None = None


@dataclass(frozen=True)
class AuditFault:
    """The first place where the trail is not what was written."""

    record_id: int
    what: str


def record_audit(
    *,
    actor: Actor,
    action: str,
    subject: Model | tuple[str, str],
    at: datetime,
    reason: str = "",
    before: Any = None,
    after: Any = None,
    dealer_id: int | None = None,
) -> AuditRecord:
    """Write one record in the caller's transaction. ``actor`` None is the system itself."""
    record = _row(AuditEvent(actor, action, subject, at, reason, before, after, dealer_id))
    record.save(force_insert=True)
    return record


def record_audits(events: Iterable[AuditEvent]) -> int:
    """Write many records in the caller's transaction with a few statements; returns how many."""
    return len(AuditRecord.objects.bulk_create([_row(event) for event in events], batch_size=2000))


def name_of(actor: Actor) -> str:
    """The actor as kept in the trail: login name, key name with its prefix, a stranger's label, or ``system``."""
    if actor is None:
        return SYSTEM
    if isinstance(actor, Stranger):
        return actor.label
    if isinstance(actor, ApiKey):
        return f"key:{actor.name} ({actor.prefix})"
    return actor.get_username()


def _row(event: AuditEvent) -> AuditRecord:
    if isinstance(event.subject, Model):
        subject_type, subject_id = event.subject._meta.label_lower, str(event.subject.pk)
    else:
        subject_type, subject_id = event.subject
    record = AuditRecord(
        at=event.at,
        actor=name_of(event.actor)[:200],
        actor_role=getattr(event.actor, "role", "") or "",
        action=event.action,
        subject_type=subject_type,
        subject_id=subject_id,
        dealer_id=event.dealer_id,
        reason=event.reason,
        before=_plain(event.before),
        after=_plain(event.after),
    )
    record.digest = digest_of(record)
    return record


def _plain(value: Any) -> Any:
    """``value`` as JSON keeps it, so that the digest of what is stored equals the digest of what was meant."""
    return None if value is None else json.loads(canonical_json(value))


def digest_of(record: AuditRecord) -> str:
    """SHA-256 over everything a record says, in a form that does not depend on the database."""
    content = [
        record.at.astimezone(UTC).isoformat(timespec="microseconds"),
        record.actor,
        record.actor_role,
        record.action,
        record.subject_type,
        record.subject_id,
        record.dealer_id,
        record.reason,
        record.before,
        record.after,
    ]
    return hashlib.sha256(canonical_json(content)).hexdigest()


def seal_audit(*, at: datetime | None = None, batch: int = 10_000) -> int:
    """Seal every record that is not sealed yet; returns how many were. Safe to run twice and at once.

    Only records older than every running transaction are sealed, so that none can appear within a sealed run later.
    While an import of many minutes writes records nothing is sealed: whoever waits for the table keeps everybody
    else from writing to it.
    """
    sealed = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEAL_LOCK])
            if not _nobody_writes(cursor):
                return sealed
            before = AuditSeal.objects.order_by("-last_id").first()
            records = AuditRecord.objects.filter(id__gt=before.last_id if before else 0).order_by("id")
            rows = list(records.values_list("id", "digest")[:batch])
            if not rows:
                return sealed
            AuditSeal.objects.create(
                first_id=rows[0][0],
                last_id=rows[-1][0],
                records=len(rows),
                sealed_at=at or clock.now(),
                seal=_seal(before.seal if before else GENESIS, rows),
            )
            sealed += len(rows)


def _nobody_writes(cursor: Any) -> bool:
    """Keep everybody from writing records until the transaction ends; False when somebody is still at it."""
    cursor.execute("SET LOCAL lock_timeout = %s", [_PATIENCE])
    try:
        with transaction.atomic():
            cursor.execute("LOCK TABLE dealers_auditrecord IN SHARE MODE")
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", None) != _LOCK_NOT_AVAILABLE:
            raise
        return False
    finally:
        # What follows in the transaction is as patient as ever.
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    return True


def _seal(previous: str, rows: Iterable[tuple[int, str]]) -> str:
    mac = hmac.new(settings.AUDIT_SEAL_KEY.encode(), previous.encode(), hashlib.sha256)
    for record_id, digest in rows:
        mac.update(f"{record_id}:{digest}\n".encode())
    return mac.hexdigest()


def verify_audit() -> AuditFault | None:
    """The first altered, removed or inserted record, or None when the trail is whole.

    Reads the trail once in order, a few thousand records at a time.
    """
    seals = AuditSeal.objects.order_by("last_id").iterator()
    previous, seal = GENESIS, next(seals, None)
    run: list[tuple[int, str]] = []
    for record in _records():
        while seal is not None and record.id > seal.last_id:
            if fault := _check(seal, previous, run):
                return fault
            previous, run, seal = seal.seal, [], next(seals, None)
        if digest_of(record) != record.digest:
            return AuditFault(record.id, "content")
        run.append((record.id, record.digest))
    while seal is not None:
        if fault := _check(seal, previous, run):
            return fault
        previous, run, seal = seal.seal, [], next(seals, None)
    return None


def _records() -> Iterator[AuditRecord]:
    return AuditRecord.objects.order_by("id").iterator(chunk_size=5000)


def _check(seal: AuditSeal, previous: str, run: list[tuple[int, str]]) -> AuditFault | None:
    if hmac.compare_digest(_seal(previous, run), seal.seal):
        return None
    if len(run) < seal.records:
        known = {record_id for record_id, _ in run}
        gap = next((i for i in range(seal.first_id, seal.last_id + 1) if i not in known), seal.first_id)
        return AuditFault(gap, "removed")
    return AuditFault(run[0][0] if run else seal.first_id, "inserted" if len(run) > seal.records else "seal")
