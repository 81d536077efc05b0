"""Files of trade messages by REST: what became of each message, and the acknowledgement in the sender's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dealers.api.access import ScopeOrCapability, delivering_dealer
from dealers.api.bodies import raw_body
from dealers.api.problems import Problem
from dealers.api.receipts import ReceiptSerializer, RemarkSerializer, receipt_body, remark_body
from dealers.choices import Feed, MessageState
from dealers.errors import NotFound
from dealers.foundation.trade_messages import MOST_BYTES, TradeFormat, recognise
from dealers.foundation.trade_messages.reading import KINDS
from dealers.models import Dealer, FeedDelivery, TradeFileReceived, TradeMessage
from dealers.selectors.deliveries import delivery_by_receipt
from dealers.selectors.trade import file_of_receipt, messages_of, visible_trade_files
from dealers.services.trade.acknowledging import acknowledgement_of
from dealers.services.trade.taking import feeds_in

X12, EDIFACT, XML = "application/edi-x12", "application/edifact", "application/xml"
TRADE_TYPES = {
    X12: TradeFormat.X12,
    EDIFACT: TradeFormat.EDIFACT,
    XML: TradeFormat.UBL,
    "text/xml": TradeFormat.UBL,
}


class TradeMessageSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField(help_text=", ".join(KINDS))
    control_no = serializers.CharField(help_text="ST02, UNH 0062, or the ID of a UBL document.")
    state = serializers.ChoiceField(choices=MessageState.choices)
    faults = RemarkSerializer(many=True, help_text="What is wrong with its envelope; `line` is a segment of the file.")
    remarks = RemarkSerializer(many=True)
    receipts = ReceiptSerializer(many=True, help_text="One for stock and one for sales, as it has lines of them.")


class TradeFileSerializer(serializers.Serializer[Any]):
    """A file of messages and what became of each."""

    id = serializers.UUIDField()
    format = serializers.ChoiceField(choices=[format.value for format in TradeFormat])
    received_at = serializers.DateTimeField()
    messages = TradeMessageSerializer(many=True)
    acknowledgement = serializers.CharField(
        allow_null=True, help_text="Where the 997 or CONTRL is; null for UBL, which has none."
    )


class AnyAccept(DefaultContentNegotiation):
    """The address says what is answered, whatever Accept says; errors are JSON."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


def content_type_of(request: Request) -> str:
    """The content type of a call without its parameters."""
    return str(request.content_type or "").partition(";")[0].strip().lower()


def trade_body(request: Request) -> bytes:
    """The messages of a call, unpacked. Raises a problem 415 or 413, or 400 when they are not what the type says."""
    given = content_type_of(request)
    if given not in TRADE_TYPES:
        accepted = ", ".join(TRADE_TYPES)
        sentence = gettext("%(given)s is not understood here; send one of %(accepted)s.")
        raise Problem(
            415,
            "unknown_content_type",
            sentence % {"given": given[:80] or "–", "accepted": accepted},
            headers={"Accept-Post": accepted},
        )
    body = raw_body(request, MOST_BYTES)
    if not body.strip():
        raise Problem(400, "empty_body", gettext("The body is empty."))
    if recognise(body) is not TRADE_TYPES[given]:
        sentence = gettext("The body is not what its content type %(given)s says.")
        raise Problem(400, "content_differs", sentence % {"given": given})
    return body


def file_answer(file: TradeFileReceived, status: int = 201) -> Response:
    """What became of the messages of a file. Raises a problem 422 when none of those just sent was taken."""
    messages = messages_of(file)
    address = f"/api/v1/edi-messages/{file.number}"
    if status == 201 and all(message.state == MessageState.REFUSED for message in messages):
        raise refused_whole(file, messages)
    body = {
        "id": str(file.number),
        "format": file.format,
        "received_at": file.received_at,
        "messages": [_message(message) for message in messages],
        "acknowledgement": None if file.format == TradeFormat.UBL else f"{address}/acknowledgement",
    }
    return Response(body, status=status, headers={"Location": address} if status == 201 else None)


def one_receipt(
    request: Request, feed: Feed, take: Callable[[bytes, Dealer], TradeFileReceived]
) -> tuple[FeedDelivery, TradeFileReceived]:
    """Take a body of one message that has lines of ``feed``, and give their receipt.

    A body that cannot be answered by one receipt is refused with a problem 422 before anything is stored.
    """
    body, dealer = trade_body(request), delivering_dealer(request)
    found = feeds_in(body, dealer)
    if len(found) != 1:
        sentence = gettext("The body holds %(count)s messages; send them to edi-messages, which answers for each.")
        raise Problem(422, "several_messages", sentence % {"count": len(found)})
    message, feeds = found[0]
    if message.kind in KINDS and message.is_complete and feed not in feeds:
        sentence = gettext("The message has no lines of the feed %(feed)s.")
        raise Problem(422, "no_lines_of_feed", sentence % {"feed": feed.value})
    file = take(body, dealer)
    (taken,) = messages_of(file)
    delivery = taken.sales if feed == Feed.SALES else taken.inventory
    if delivery is None:
        raise refused_whole(file, [taken])
    return delivery, file


def receipt_with_file(delivery: FeedDelivery, file: TradeFileReceived) -> Response:
    """The receipt of a message, which says where the file and its other receipt are."""
    return Response(
        {**receipt_body(delivery), "file": str(file.number)},
        status=201,
        headers={"Location": f"/api/v1/edi-messages/{file.number}"},
    )


def refused_whole(file: TradeFileReceived, messages: list[TradeMessage]) -> Problem:
    """The problem that says why no message of a file was taken; the file is on record."""
    faults = [remark_body(fault) for message in messages for fault in message.faults]
    errors = [
        {
            "field": fault["field"],
            "code": fault["code"],
            "detail": gettext("Segment %(segment)s: %(detail)s.")
            % {"segment": fault["line"] or "–", "detail": fault["detail"]},
        }
        for fault in faults[:100]
    ]
    sentence = gettext("No message was taken, and nothing of them stored: %(first)s.")
    first = faults[0]["detail"] if faults else "–"
    code = faults[0]["code"] if faults else "refused"
    address = f"/api/v1/edi-messages/{file.number}"
    return Problem(422, code, sentence % {"first": first}, errors, headers={"Location": address})


def _message(message: TradeMessage) -> dict[str, Any]:
    receipts = [delivery for delivery in (message.inventory, message.sales) if delivery is not None]
    return {
        "kind": message.kind,
        "control_no": message.control_no,
        "state": message.state,
        "faults": [remark_body(fault) for fault in message.faults],
        "remarks": [remark_body(remark) for remark in message.remarks],
        "receipts": [receipt_body(delivery) for delivery in receipts],
    }


def _file_in_sight(request: Request, number: str) -> TradeFileReceived:
    file = visible_trade_files(request.user).filter(number=number).first()
    if file is None:
        raise NotFound(what=_("file of trade messages"), key=number)
    return file


def _sent(file: TradeFileReceived) -> HttpResponse:
    text, name = acknowledgement_of(file)
    kind = TradeFormat(file.format).content_type
    charset = "utf-8" if file.format == TradeFormat.X12 else "iso-8859-1"
    return HttpResponse(
        text.encode(charset),
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"},
    )


class TradeFileDetail(APIView):
    permission_classes = [ScopeOrCapability]
    access = {"GET": ("receipts:read", "deliveries.view")}

    @extend_schema(
        operation_id="read_edi_file",
        summary="What became of a file of messages",
        tags=["reports"],
        responses={200: TradeFileSerializer},
    )
    def get(self, request: Request, number: str) -> Response:
        return file_answer(_file_in_sight(request, number), 200)


class TradeFileAcknowledgement(APIView):
    permission_classes = [ScopeOrCapability]
    content_negotiation_class = AnyAccept
    access = {"GET": ("receipts:read", "deliveries.view")}

    @extend_schema(
        operation_id="read_edi_acknowledgement",
        summary="The functional acknowledgement of a file: 997 or CONTRL",
        tags=["reports"],
        responses={(200, X12): OpenApiTypes.STR, (200, EDIFACT): OpenApiTypes.STR},
    )
    def get(self, request: Request, number: str) -> HttpResponse:
        return _sent(_file_in_sight(request, number))


class ReceiptAcknowledgement(APIView):
    permission_classes = [ScopeOrCapability]
    content_negotiation_class = AnyAccept
    access = {"GET": ("receipts:read", "deliveries.view")}

    @extend_schema(
        operation_id="read_receipt_acknowledgement",
        summary="The functional acknowledgement of the file a receipt's lines came in",
        tags=["reports"],
        responses={(200, X12): OpenApiTypes.STR, (200, EDIFACT): OpenApiTypes.STR},
    )
    def get(self, request: Request, receipt: str) -> HttpResponse:
        delivery = delivery_by_receipt(request.user, receipt)
        file = file_of_receipt(delivery.pk) if delivery is not None else None
        if file is None:
            raise NotFound(what=_("acknowledgement"), key=receipt)
        return _sent(file)
