"""Posting payments: from the account where an amount stands to the account where it stands next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Max

from dealers.models import User
from settlement.choices import AccountCode, RunState
from settlement.models import JournalEntry, JournalTransaction, SettlementRun
from settlement.services.period_lock import share_books

#: Entries of one transaction are inserted by one statement; so many transactions share one.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Movement:
    """``amount`` leaves ``source`` (debited) for ``target`` (credited), for one dealer."""

    dealer_id: int
    amount: Decimal
    source: AccountCode
    target: AccountCode
    memo: str


def open_books(at: datetime) -> datetime:
    """Keep approvals away for the rest of the transaction; the instant at which payments are posted.

    That is ``at``, or just after the latest cutoff when the half-month was closed since ``at`` was read: what a closed
    half-month opened with holds every payment up to its cutoff, and none may join them afterwards.
    """
    share_books()
    closed = SettlementRun.objects.filter(state=RunState.CLOSED).aggregate(latest=Max("cutoff"))["latest"]
    return at if closed is None or at > closed else closed + timedelta(microseconds=1)


def post_movements(movements: Iterable[Movement], *, actor: User, at: datetime) -> list[JournalTransaction]:
    """Post one transaction each, in the caller's transaction, at the instant :func:`open_books` gave."""
    asked = list(movements)
    posted: list[JournalTransaction] = []
    for start in range(0, len(asked), _AT_ONCE):
        posted += _post(asked[start : start + _AT_ONCE], actor, at)
    return posted


def _post(movements: Sequence[Movement], actor: User, at: datetime) -> list[JournalTransaction]:
    made = JournalTransaction.objects.bulk_create(
        JournalTransaction(dealer_id=one.dealer_id, memo=one.memo, posted_at=at, posted_by=actor) for one in movements
    )
    JournalEntry.objects.bulk_create(
        entry
        for one, transaction in zip(movements, made, strict=True)
        for entry in (
            _entry(transaction, one.source, one.dealer_id, one.amount),
            _entry(transaction, one.target, one.dealer_id, -one.amount),
        )
    )
    return made


def _entry(transaction: JournalTransaction, account: AccountCode, dealer_id: int, amount: Decimal) -> JournalEntry:
    kept_for = dealer_id if account == AccountCode.DEALER_PAYABLE else None
    return JournalEntry(transaction=transaction, account=account, dealer_id=kept_for, amount=amount)
