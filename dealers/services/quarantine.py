"""Putting refused lines right: a correction is a delivery of its own, and the refused line names it.

Nothing is dropped: a correction that is refused again is a refused line of its own, and the one it was to correct
points at it. So exactly one line waits to be corrected, and the whole course can be read back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from dealers.choices import QuarantineState
from dealers.errors import NotFound, Refused
from dealers.models import ApiKey, Dealer, FeedDelivery, QuarantinedLine, User
from dealers.services.audit import record_audit

#: Takes the corrected content of a line in as a delivery with one line.
TakeIn = Callable[[QuarantinedLine, Mapping[str, Any]], FeedDelivery]


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
