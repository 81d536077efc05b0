"""The functional acknowledgement of a file, made of what was recorded about its messages."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealers.choices import MessageState
from dealers.errors import Refused
from dealers.foundation.trade_messages.acknowledgements import (
    AnsweredGroup,
    AnsweredInterchange,
    AnsweredMessage,
    write_997,
    write_contrl,
)
from dealers.foundation.trade_messages.formats import TradeFormat
from dealers.models import TradeFileReceived, TradeMessage


class NoAcknowledgement(Refused):
    code = "no_acknowledgement"
    sentence = _("A file of the format %(format)s has no acknowledgement of its own; its receipts say everything.")


def acknowledgement_of(file: TradeFileReceived) -> tuple[str, str]:
    """The acknowledgement as text, and its file name. Raises :class:`NoAcknowledgement` for UBL, which has none."""
    answered = _answered(file)
    if file.format == TradeFormat.X12:
        return write_997(answered, number=file.pk, at=file.received_at), f"997-{file.pk}.edi"
    if file.format == TradeFormat.EDIFACT:
        return write_contrl(answered, number=file.pk, at=file.received_at), f"CONTRL-{file.pk}.edi"
    raise NoAcknowledgement(format=file.format.upper())


def _answered(file: TradeFileReceived) -> list[AnsweredInterchange]:
    messages: dict[tuple[int, int], list[AnsweredMessage]] = {}
    with_errors = Q(inventory__quarantined__gt=0) | Q(sales__quarantined__gt=0)
    rows = TradeMessage.objects.filter(file=file).order_by("position")
    imperfect = set(rows.filter(with_errors).values_list("pk", flat=True))
    for row in rows:
        own = [fault["code"] for fault in row.faults]
        taken = row.state == MessageState.TAKEN
        answered = AnsweredMessage(row.kind, row.control_no, row.version, taken, row.pk in imperfect, own)
        messages.setdefault((row.interchange, row.group), []).append(answered)
    return [
        AnsweredInterchange(
            control_no=envelope["control_no"],
            sender=tuple(envelope["sender"]),
            receiver=tuple(envelope["receiver"]),
            faults=envelope["faults"],
            groups=[
                AnsweredGroup(
                    group["kind"],
                    group["control_no"],
                    group["version"],
                    group["stated"],
                    group["faults"],
                    messages.get((number, place), []),
                )
                for place, group in enumerate(envelope["groups"])
            ],
        )
        for number, envelope in enumerate(file.envelopes)
    ]
