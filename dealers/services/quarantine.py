"""Putting refused lines right: a correction is a delivery of its own, and the refused line names it.

Nothing is dropped: a correction that is refused again is a refused line of its own, and the one it was to correct
points at it. So exactly one line waits to be corrected, and the whole course can be read back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from dealers.choices import QuarantineState
from dealers.errors import NotFound, Refused
from dealers.models import ApiKey, Dealer, FeedDelivery, QuarantinedLine, User
from dealers.services.audit import AuditEvent, record_audit, record_audits

#: Takes the corrected content of a line in as a delivery with one line.
TakeIn = Callable[[QuarantinedLine, Mapping[str, Any]], FeedDelivery]


#: Takes corrected contents of lines of one feed in as one delivery, a line for each in their order.
TakeInMany = Callable[[str, Sequence[Mapping[str, Any]]], FeedDelivery]
#: So many lines are corrected or withdrawn at once.
MOST_AT_ONCE = 1_000


class LineNotOpen(Refused):
    code = "line_not_open"
    sentence = _("Line %(line)s has been dealt with already.")


def resubmit_line(
    *,
    line_id: int,
    content: Mapping[str, Any],
    dealer: Dealer | None,
    actor: User | ApiKey | None,
    at: datetime,
    take_in: TakeIn,
) -> FeedDelivery:
    """Take ``content`` in the place of a refused line; returns the new delivery, which is the receipt.

    ``dealer`` corrects its own lines; without one, HQ corrects lines of what HQ delivered. Raises
    :class:`NotFound` or :class:`LineNotOpen`.
    """
    with transaction.atomic():
        line = _open_line(line_id, dealer)
        delivery = take_in(line, content)
        line.state = QuarantineState.RESUBMITTED
        line.resolved_at = at
        line.resolved_by_delivery = delivery
        line.save(update_fields=["state", "resolved_at", "resolved_by_delivery"])
        record_audit(
            actor=actor,
            action="quarantine.resubmit",
            subject=line,
            at=at,
            dealer_id=line.dealer_id,
            before={"state": QuarantineState.OPEN, "content": line.content},
            after={"state": line.state, "content": dict(content), "receipt": str(delivery.receipt)},
        )
    return delivery


@dataclass(frozen=True, slots=True)
class Resubmitted:
    """What became of lines corrected together: the new deliveries, and which lines they stand for."""

    deliveries: tuple[FeedDelivery, ...]
    lines: tuple[int, ...]
    #: Lines that somebody had dealt with before.
    not_open: tuple[int, ...]


def resubmit_lines(
    *,
    contents: Mapping[int, Mapping[str, Any] | None],
    dealer: Dealer | None,
    actor: User | ApiKey | None,
    at: datetime,
    take_in: TakeInMany,
) -> Resubmitted:
    """Take corrections of many refused lines in, one delivery for each feed; None sends a line again as it came.

    All or nothing: raises :class:`NotFound` when a line is not theirs. Lines dealt with already are left as they are
    and named.
    """
    with transaction.atomic():
        lines = _locked(contents, dealer)
        waiting = [line for line in lines if line.state == QuarantineState.OPEN]
        by_feed: dict[str, list[QuarantinedLine]] = {}
        for line in waiting:
            by_feed.setdefault(line.feed, []).append(line)
        deliveries = [
            _resubmitted(feed, found, contents, actor=actor, at=at, take_in=take_in) for feed, found in by_feed.items()
        ]
    not_open = tuple(line.pk for line in lines if line.state != QuarantineState.OPEN)
    return Resubmitted(tuple(deliveries), tuple(line.pk for line in waiting), not_open)


def _resubmitted(
    feed: str,
    lines: Sequence[QuarantinedLine],
    contents: Mapping[int, Mapping[str, Any] | None],
    *,
    actor: User | ApiKey | None,
    at: datetime,
    take_in: TakeInMany,
) -> FeedDelivery:
    given = [dict(_content(line) if (content := contents[line.pk]) is None else content) for line in lines]
    delivery = take_in(feed, given)
    QuarantinedLine.objects.filter(pk__in=[line.pk for line in lines]).update(
        state=QuarantineState.RESUBMITTED, resolved_at=at, resolved_by_delivery=delivery
    )
    record_audits(
        AuditEvent(
            actor,
            "quarantine.resubmit",
            line,
            at,
            "",
            {"state": QuarantineState.OPEN, "content": line.content},
            {"state": QuarantineState.RESUBMITTED, "content": content, "receipt": str(delivery.receipt)},
            line.dealer_id,
        )
        for line, content in zip(lines, given, strict=True)
    )
    return delivery


def _content(line: QuarantinedLine) -> Mapping[str, Any]:
    return line.content if isinstance(line.content, dict) else {}


def close_corrected(
    delivery: FeedDelivery, line_ids: Sequence[int], *, actor: User | ApiKey | None, at: datetime
) -> int:
    """Mark open lines as corrected by a delivery whose rows name them; how many.

    Only lines of the same dealer and feed: a number that names anything else is passed over. Works in the caller's
    transaction; two statements for any number of lines.
    """
    if not line_ids or delivery.dealer_id is None:
        return 0
    open_lines = QuarantinedLine.objects.filter(
        pk__in=set(line_ids), dealer=delivery.dealer_id, feed=delivery.feed, state=QuarantineState.OPEN
    )
    # Not the lines this very delivery has refused anew.
    closed = open_lines.exclude(delivery=delivery).update(
        state=QuarantineState.RESUBMITTED, resolved_at=at, resolved_by_delivery=delivery
    )
    if closed:
        record_audit(
            actor=actor,
            action="quarantine.resubmit",
            subject=delivery,
            at=at,
            dealer_id=delivery.dealer_id,
            after={"lines": closed, "receipt": str(delivery.receipt)},
        )
    return closed


def withdraw_line(
    *, line_id: int, dealer: Dealer | None, actor: User | ApiKey | None, at: datetime, reason: str = ""
) -> QuarantinedLine:
    """Give a refused line up: it was wrong and nothing comes in its place. Raises as `resubmit_line`."""
    with transaction.atomic():
        line = _open_line(line_id, dealer)
        line.state = QuarantineState.WITHDRAWN
        line.resolved_at = at
        line.save(update_fields=["state", "resolved_at"])
        record_audit(
            actor=actor,
            action="quarantine.withdraw",
            subject=line,
            at=at,
            reason=reason,
            dealer_id=line.dealer_id,
            before={"state": QuarantineState.OPEN},
            after={"state": line.state},
        )
    return line


def withdraw_lines(
    *, line_ids: Collection[int], dealer: Dealer | None, actor: User | ApiKey | None, at: datetime, reason: str
) -> int:
    """Give refused lines up, with the reason; how many were still open. Raises :class:`NotFound`."""
    with transaction.atomic():
        waiting = [line for line in _locked(line_ids, dealer) if line.state == QuarantineState.OPEN]
        QuarantinedLine.objects.filter(pk__in=[line.pk for line in waiting]).update(
            state=QuarantineState.WITHDRAWN, resolved_at=at
        )
        record_audits(
            AuditEvent(
                actor,
                "quarantine.withdraw",
                line,
                at,
                reason,
                {"state": QuarantineState.OPEN},
                {"state": QuarantineState.WITHDRAWN},
                line.dealer_id,
            )
            for line in waiting
        )
    return len(waiting)


def _locked(line_ids: Collection[int], dealer: Dealer | None) -> list[QuarantinedLine]:
    """The lines, locked in the order of their numbers. A line of somebody else is not there."""
    lines = QuarantinedLine.objects.select_for_update(of=("self",)).filter(pk__in=list(line_ids)).order_by("pk")
    lines = lines.filter(delivery__dealer=None) if dealer is None else lines.filter(dealer=dealer)
    found = list(lines)
    if len(found) < len(set(line_ids)):
        known = {line.pk for line in found}
        raise NotFound(what=_("refused line"), key=next(pk for pk in line_ids if pk not in known))
    return found


def _open_line(line_id: int, dealer: Dealer | None) -> QuarantinedLine:
    """The line, locked. A line of somebody else is not there."""
    lines: QuerySet[QuarantinedLine] = QuarantinedLine.objects.select_for_update(of=("self",)).select_related(
        "delivery"
    )
    lines = lines.filter(delivery__dealer=None) if dealer is None else lines.filter(dealer=dealer)
    line = lines.filter(pk=line_id).first()
    if line is None:
        raise NotFound(what=_("refused line"), key=line_id)
    if line.state != QuarantineState.OPEN:
        raise LineNotOpen(line=line.line)
    return line
