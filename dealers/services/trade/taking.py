"""Taking in a file of messages: each message is taken whole, with its receipts, or refused whole, with its faults.

A message is one transaction. A file is not: the messages before a refused one stay, and a file sent again after any
failure meets lines that are known, so that nothing is there twice. Who takes which feed is given by the door, for
sales belong to an app this one does not know.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db import transaction

from dealers.choices import Door, Feed, MessageState
from dealers.foundation import clock
from dealers.foundation.findings import Finding, Severity
from dealers.foundation.refusals import msgid as _
from dealers.foundation.trade_messages import Interchange, Message, TradeFile, open_messages
from dealers.foundation.trade_messages.reading import KINDS
from dealers.models import ApiKey, Dealer, FeedDelivery, TradeFileReceived, TradeMessage, User
from dealers.services.audit import name_of, record_audit
from dealers.services.refused_content import clean_text
from dealers.services.trade.agreements import Agreed, agreed_with
from dealers.services.trade.message_lines import MessageLines, Places

T = TypeVar("T")
_MOST_FAULTS_KEPT = 50


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a file came: by whom, by which door, under which name."""

    actor: User | ApiKey | None
    door: Door
    filename: str
    delivered_by: str
    digest: str


#: Takes the lines of one feed of a message in the caller's transaction.
Taker = Callable[[MessageLines, Arrival], FeedDelivery]
#: Does a piece of work again when it collided with another delivery.
Again = Callable[[Callable[[], T]], T]


def once(work: Callable[[], T]) -> T:
    """Do it once."""
    return work()


def take_messages(
    *,
    body: bytes,
    dealer: Dealer,
    actor: User | ApiKey | None,
    door: Door,
    takers: Mapping[Feed, Taker],
    filename: str = "",
    delivered_by: str = "",
    again: Again[TradeMessage] = once,
    begun_since: datetime | None = None,
    on_message: Callable[[float], None] | None = None,
) -> TradeFileReceived:
    """Take every message of ``body`` that can be taken, and record what became of each.

    When the same file was begun by this door after ``begun_since``, by a worker that was killed, this goes on behind
    the last message that was taken. ``on_message`` hears how much of the file is taken.

    Raises :class:`~dealers.foundation.trade_messages.UnreadableMessage`, with nothing stored, when the file as a
    whole is no file of messages.
    """
    survey = open_messages(body)
    arrival = Arrival(
        actor, door, clean_text(filename, 255), delivered_by or name_of(actor), hashlib.sha256(body).hexdigest()
    )
    agreed, places = agreed_with(dealer), Places.of(dealer)
    _note_interchanges(survey, dealer, arrival.digest)
    file = _begun(dealer, arrival, begun_since) or _record_file(survey, dealer, arrival)
    taken = set(TradeMessage.objects.filter(file=file).values_list("position", flat=True))
    positions = _positions(survey)
    for number, message in enumerate(survey.messages, 1):
        if positions[id(message)][2] not in taken:
            lines = MessageLines(survey, message, dealer=dealer, agreed=agreed, places=places)
            again(lambda lines=lines: _take(file, lines, positions, arrival, agreed, takers))  # type: ignore[misc]
        if on_message is not None:
            on_message(number / len(positions))
    return file


def feeds_in(body: bytes, dealer: Dealer) -> list[tuple[Message, set[Feed]]]:
    """The messages of a file and the feeds each has lines of, without taking anything. Raises as `take_messages`."""
    survey = open_messages(body)
    found = []
    for message in survey.messages:
        lines = MessageLines(survey, message, dealer=dealer, agreed=Agreed(), places=Places())
        known = message.kind in KINDS and message.is_complete
        found.append((message, lines.feeds()[0] if known else set[Feed]()))
    return found


def _take(
    file: TradeFileReceived,
    lines: MessageLines,
    positions: Mapping[int, tuple[int, int, int]],
    arrival: Arrival,
    agreed: Agreed,
    takers: Mapping[Feed, Taker],
) -> TradeMessage:
    message = lines.message
    faults, remarks = message.faults, list[Finding]()
    if message.kind not in KINDS:
        faults = [_kind_unknown(message), *faults]
    refused = any(fault.is_error for fault in faults) or bool(faults and agreed.strict)
    feeds: set[Feed] = set()
    if not refused:
        feeds, beside = lines.feeds()
        remarks = beside.remarks()
        if not feeds:
            remarks.append(_no_lines())
        if alien := feeds - takers.keys():
            faults = [_other_feed(message, min(alien)), *faults]
            refused = True
    with transaction.atomic():
        # Stock before sales, as every door does that takes both: whoever waits, waits in this order.
        taken = {feed: takers[feed](lines, arrival) for feed in sorted(feeds)} if not refused else {}
        interchange, group, position = positions[id(message)]
        return TradeMessage.objects.create(
            file=file,
            dealer=lines.dealer,
            interchange=interchange,
            group=group,
            position=position,
            kind=clean_text(message.kind, 40),
            control_no=clean_text(message.control_no, 80),
            version=clean_text(message.version, 40),
            state=MessageState.REFUSED if refused else MessageState.TAKEN,
            faults=[fault.as_record() for fault in faults[:_MOST_FAULTS_KEPT]],
            remarks=[remark.as_record() for remark in remarks],
            inventory=taken.get(Feed.INVENTORY),
            sales=taken.get(Feed.SALES),
        )


def _note_interchanges(survey: TradeFile, dealer: Dealer, digest: str) -> None:
    """Test interchanges count for nothing; a control number that was used for something else is a fault."""
    keys = [_key(interchange) for interchange in survey.interchanges]
    earlier = TradeFileReceived.objects.filter(dealer=dealer, keys__overlap=keys).exclude(body_digest=digest)
    used = {key for found in earlier.values_list("keys", flat=True)[:100] for key in found}
    for interchange, key in zip(survey.interchanges, keys, strict=True):
        first = interchange.header.number
        if interchange.is_test:
            sentence = _("the interchange says that it is a test; nothing of it counts")
            interchange.own_faults.append(Finding("test_interchange", Severity.ERROR, sentence, line=first))
        if key in used:
            sentence = _("the control number %(number)s came before with other content")
            params = {"number": interchange.control_no[:40]}
            interchange.own_faults.append(
                Finding("interchange_repeated", Severity.WARNING, sentence, params, line=first)
            )


def _key(interchange: Interchange) -> str:
    return clean_text(f"{interchange.sender}/{interchange.control_no}", 200)


def _begun(dealer: Dealer, arrival: Arrival, since: datetime | None) -> TradeFileReceived | None:
    if since is None:
        return None
    begun = TradeFileReceived.objects.filter(
        dealer=dealer, door=arrival.door, body_digest=arrival.digest, received_at__gte=since
    )
    return begun.order_by("pk").first()


def _record_file(survey: TradeFile, dealer: Dealer, arrival: Arrival) -> TradeFileReceived:
    at: datetime = clock.now()
    with transaction.atomic():
        file = TradeFileReceived.objects.create(
            dealer=dealer,
            format=survey.format,
            door=arrival.door,
            received_at=at,
            delivered_by=clean_text(arrival.delivered_by, 200),
            filename=arrival.filename,
            body_digest=arrival.digest,
            keys=[_key(interchange) for interchange in survey.interchanges],
            envelopes=[_envelope(interchange) for interchange in survey.interchanges],
        )
        after = {"format": file.format, "file": file.filename, "digest": file.body_digest, "keys": file.keys}
        record_audit(
            actor=arrival.actor, action="trade_file.receive", subject=file, at=at, dealer_id=dealer.pk, after=after
        )
    return file


def _envelope(interchange: Interchange) -> dict[str, object]:
    header = interchange.header
    is_x12 = header.tag == "ISA"
    return {
        "control_no": clean_text(interchange.control_no, 80),
        "sender": [clean_text(header.get(5) if is_x12 else header.get(2, 2), 4), clean_text(interchange.sender, 80)],
        "receiver": [
            clean_text(header.get(7) if is_x12 else header.get(3, 2), 4),
            clean_text(interchange.receiver, 80),
        ],
        "faults": [fault.code for fault in interchange.own_faults],
        "groups": [
            {
                "kind": clean_text(group.kind, 40),
                "control_no": clean_text(group.control_no, 80),
                "version": clean_text(group.version, 40),
                "stated": group.is_stated,
                "faults": [fault.code for fault in group.own_faults],
            }
            for group in interchange.groups
        ],
    }


def _positions(survey: TradeFile) -> dict[int, tuple[int, int, int]]:
    places: dict[int, tuple[int, int, int]] = {}
    for number, interchange in enumerate(survey.interchanges):
        for place, group in enumerate(interchange.groups):
            for message in group.messages:
                places[id(message)] = (number, place, len(places) + 1)
    return places


def _kind_unknown(message: Message) -> Finding:
    sentence = _("messages of the kind %(kind)s are not taken; %(known)s are")
    params = {"kind": clean_text(message.kind, 40) or "–", "known": ", ".join(KINDS)}
    return Finding("message_kind_unknown", Severity.ERROR, sentence, params, line=message.first)


def _other_feed(message: Message, feed: Feed) -> Finding:
    sentence = _("it also has lines of the feed %(feed)s; send it to edi-messages, which takes both")
    return Finding("other_feed_in_message", Severity.ERROR, sentence, {"feed": feed.value}, line=message.first)


def _no_lines() -> Finding:
    sentence = _("It holds no line. A day without sales is declared as such; a day not reported is missing, not empty.")
    return Finding("no_lines", Severity.WARNING, sentence)
