"""Files of trade messages a person may see."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from dealers.models import TradeFileReceived, TradeMessage
from dealers.permissions import can
from dealers.selectors.visibility import visible_dealers


def visible_trade_files(user: Any) -> QuerySet[TradeFileReceived]:
    """Newest first: a dealer's own; for HQ those of the dealers in sight, to roles that see deliveries."""
    files = TradeFileReceived.objects.select_related("dealer").order_by("-id")
    if not getattr(user, "is_authenticated", False):
        return files.none()
    if user.dealer_id is not None:
        return files.filter(dealer_id=user.dealer_id)
    if not can(user, "deliveries.view"):
        return files.none()
    return files.filter(dealer__in=visible_dealers(user))


def messages_of(file: TradeFileReceived) -> list[TradeMessage]:
    """The messages of a file with their receipts, in their order."""
    return list(TradeMessage.objects.filter(file=file).select_related("inventory", "sales").order_by("position"))


def file_of_receipt(delivery_id: int) -> TradeFileReceived | None:
    """The file whose message a delivery came in; None when it came otherwise."""
    message = (
        TradeMessage.objects.filter(Q(inventory_id=delivery_id) | Q(sales_id=delivery_id))
        .select_related("file")
        .first()
    )
    return None if message is None else message.file
