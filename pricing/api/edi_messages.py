"""Taking in files of trade messages, whatever they carry."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from dealers.api.access import ScopeOrCapability, actor_of, delivering_dealer
from dealers.api.idempotency import IdempotentPosts
from dealers.api.trade_messages import EDIFACT, X12, XML, TradeFileSerializer, file_answer, trade_body
from dealers.choices import Door, Feed
from dealers.errors import NotPermitted
from dealers.models import Dealer
from dealers.principals import MachineClient
from dealers.services.trade.taking import feeds_in
from pricing.services.trade import take_trade_messages


class EdiMessages(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    access = {"POST": ("sales:write", "trade.deliver")}

    @extend_schema(
        operation_id="send_edi_messages",
        summary="Send a file of trade messages",
        description="X12 852 and 867, EDIFACT INVRPT and SLSRPT, UBL InventoryReport; several interchanges, groups and "
        "messages in one body, gzipped or not. Each message is taken whole, with a receipt for its stock and one for "
        "its sales, or refused whole for its envelope. Sent again, everything is known already. A key needs the scope "
        "`inventory:write` too when there is stock in the file. HQ's systems and people name the `dealer`.",
        tags=["reports"],
        parameters=[
            OpenApiParameter("dealer", str, description="Whose messages they are, by code; for HQ, which must say so.")
        ],
        request={X12: OpenApiTypes.STR, EDIFACT: OpenApiTypes.STR, XML: OpenApiTypes.STR},
        responses={201: TradeFileSerializer},
    )
    def post(self, request: Request) -> Response:
        body, dealer = trade_body(request), delivering_dealer(request)
        require_stock_scope(request, body, dealer)
        return file_answer(take_trade_messages(body=body, dealer=dealer, actor=actor_of(request), door=Door.API))


def require_stock_scope(request: Request, body: bytes, dealer: Dealer) -> None:
    """Raise `NotPermitted` when a key that may not report stock sends a file with stock in it."""
    if not isinstance(request.user, MachineClient) or request.user.may("inventory:write"):
        return
    if any(Feed.INVENTORY in feeds for _message, feeds in feeds_in(body, dealer)):
        raise NotPermitted()
