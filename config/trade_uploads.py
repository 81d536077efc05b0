"""Files of trade messages that somebody uploads: taken at once, or tried so that nothing of them is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import IO

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from config.imports import import_trade_messages
from dealers.choices import Door, MessageState
from dealers.errors import NotPermitted
from dealers.foundation.findings import Finding
from dealers.models import Dealer, FeedDelivery, QuarantinedLine, TradeFileReceived, TradeMessage, User
from dealers.permissions import can
from dealers.selectors.trade import messages_of
from dealers.selectors.visibility import visible_dealers
from dealers.services.deliveries import detail_of

#: What an upload of trade messages holds, where that of a table names its feed.
TRADE = "trade_messages"
_REASONS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Tried:
    """What would become of a file: counts of messages and lines, and the first reasons why not all would be taken."""

    counts: dict[str, int]
    reasons: tuple[str, ...]


class _Undone(Exception):
    """Takes everything back that the trial did."""


def take_trade_file(
    *,
    content: IO[bytes],
    filename: str,
    dealer: Dealer,
    actor: User,
    begun_since: datetime | None = None,
    on_message: Callable[[float], None] | None = None,
) -> TradeFileReceived:
    """Take a file of a dealer's messages that one of its people or HQ hands in.

    Raises ``UnusableFile`` with nothing stored, and ``NotPermitted`` when it is not theirs to hand in.
    """
    if not can(actor, "trade.deliver") or not visible_dealers(actor).filter(pk=dealer.pk).exists():
        raise NotPermitted()
    return import_trade_messages(
        given=content,
        dealer=dealer,
        actor=actor,
        door=Door.PORTAL,
        filename=filename,
        begun_since=begun_since,
        on_message=on_message,
    )


def try_trade_file(*, content: IO[bytes], filename: str, dealer: Dealer, actor: User) -> Tried:
    """What would become of the file; it goes the same way in, in a transaction that is rolled back."""
    tried = Tried({}, ())
    try:
        with transaction.atomic():
            tried = _told(take_trade_file(content=content, filename=filename, dealer=dealer, actor=actor))
            raise _Undone
    except _Undone:
        return tried


def _told(file: TradeFileReceived) -> Tried:
    found = messages_of(file)
    of_file = Q(inventory_messages__file=file) | Q(sales_messages__file=file)
    lines = (
        FeedDelivery.objects.filter(of_file)
        .distinct()
        .aggregate(good=Sum("accepted") + Sum("duplicates") + Sum("revised"), bad=Sum("quarantined"))
    )
    refused = QuarantinedLine.objects.filter(delivery__in=FeedDelivery.objects.filter(of_file)).order_by("pk")
    reasons = [reason for message in found for reason in _faults(message)]
    reasons += [detail_of(line) for line in refused[:_REASONS_SHOWN]]
    taken = sum(message.state == MessageState.TAKEN for message in found)
    counts = {"messages": len(found), "taken": taken, "good": lines["good"] or 0, "bad": lines["bad"] or 0}
    return Tried(counts, tuple(reasons[:_REASONS_SHOWN]))


def _faults(message: TradeMessage) -> list[str]:
    named = {"kind": message.kind, "number": message.control_no}
    said = _("Message %(kind)s %(number)s: %(fault)s")
    return [said % {**named, "fault": Finding.from_record(fault).render()} for fault in message.faults]
