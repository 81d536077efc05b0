"""The first demo dealer's ERP speaks EDI: this morning's count comes as an INVRPT, with an order that went astray."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from config.demo.people import Staff
from dealers.choices import Door
from dealers.foundation.clock import BUSINESS_ZONE
from dealers.models import Dealer
from dealers.services.trade.agreements import agree, set_place
from pricing.services.trade import take_trade_messages


def agree_on_messages(dealer: Dealer, staff: Staff, at: datetime) -> None:
    """What the dealer's owner has agreed, so that the page is no empty form."""
    owner = next((person for person in staff.owners() if person.dealer_id == dealer.pk), None)
    if owner is None:
        return
    region = dealer.home_region
    agree(dealer=dealer, strict=True, qs_is_sales=True, net_price_is_paid=False, region=region, actor=owner, at=at)
    set_place(dealer=dealer, code="6901234000016", region=region, warehouse="", actor=owner, at=at)


def send_stock_message(dealer: Dealer, rows: Iterable[Mapping[str, object]], counted_at: datetime) -> None:
    """The count as the dealer's ERP sends it."""
    local = counted_at.astimezone(BUSINESS_ZONE)
    lines = [f"LIN+{number}++{row['sku']}:SA'QTY+145:{row['on_hand']}:PCE'" for number, row in enumerate(rows, 1)]
    count = 2 * len(lines) + 4
    report = f"UNH+1+INVRPT:D:96A:UN:EAN004'BGM+35+PD{local:%y%m%d}+9'DTM+366:{local:%Y%m%d%H%M%S}:204'"
    order = f"UNH+2+ORDERS:D:96A:UN:EAN008'BGM+220+DD{local:%y%m%d}+9'UNT+3+2'"
    body = (
        f"UNA:+.? 'UNB+UNOC:3+{dealer.code}+HALFMOON+{local:%y%m%d}:{local:%H%M}+{local:%y%m%d%H%M}'"
        f"{report}{''.join(lines)}UNT+{count}+1'{order}UNZ+2+{local:%y%m%d%H%M}'"
    )
    take_trade_messages(
        body=body.encode("latin-1"),
        dealer=dealer,
        actor=None,
        door=Door.API,
        filename=f"INVRPT{local:%y%m%d}.edi",
        delivered_by=f"ERP {dealer.code}",
    )
