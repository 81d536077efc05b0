"""What the demo company's people saw in shops and on platforms: prices, some odd, and who turned out to sell."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from config.demo.company import DemoDealer, Habit
from config.demo.goods import RECOMMENDED_INDUSTRIES, Good
from config.demo.people import Staff
from config.imports import import_file
from dealers.choices import Door
from dealers.models import Region
from pricing.services.observations.deciding import confirm_seller
from pricing.services.observations.recording import Seen, record_observation
from settlement.services.case_intake import hand_over_observation

_WATCHED = "market_observations.csv"
_COLUMNS = "external_id,seen_at,platform,seller,shop,link,product,sku,price"


def walk_the_market(network: Sequence[DemoDealer], goods: Sequence[Good], staff: Staff, at: datetime) -> None:
    """A few sightings by people and some by a price watcher's file; one seller is found out, one goes to a case."""
    cutter = next((dealer for dealer in network if dealer.habit == Habit.CUTS_PRICES), network[0])
    wares = [good for good in goods if good.industry not in RECOMMENDED_INDUSTRIES]
    city = Region.objects.get(code=cutter.cities[0].code)
    first, second = wares[0], wares[min(1, len(wares) - 1)]
    shop = f"{cutter.name[2:4]}优品专营店"
    _by_the_watcher(shop, wares, at)
    seen, _new = record_observation(
        seen=Seen(
            seen_at=at - timedelta(days=2, hours=3),
            seller=shop,
            platform="淘宝",
            price=_below(first, "0.71"),
            sku=first.sku,
            region=city,
            link="https://shop.example/item/3318",
            shop_link="https://yunfan.shop.example/",
            note="页面标“限时直降”，客服称长期有货。",
        ),
        picture=SimpleUploadedFile("page.png", _price_tag(), content_type="image/png"),
        actor=staff["marketing"],
        at=at - timedelta(days=2),
    )
    confirm_seller(
        observation_id=seen.pk,
        dealer_code=cutter.code,
        reason="收货地址与经销商仓库一致，电话核实。",
        actor=staff["investigator"],
        at=at - timedelta(days=1),
    )
    seen.refresh_from_db()
    if seen.holds:  # unless a promotion of this seed allows the price
        hand_over_observation(
            observation_id=seen.pk, reason="与申报中的低价相互印证，请一并核查。", actor=staff["investigator"], at=at
        )
    record_observation(
        seen=Seen(
            seen_at=at - timedelta(hours=5),
            seller=f"{network[-1].name[:4]}五金店",
            price=_below(second, "0.97"),
            product=second.name_zh,
            region=city,
            note="街边门店，价签手写。",
        ),
        picture=SimpleUploadedFile("tag.png", _price_tag(), content_type="image/png"),
        actor=staff["channel"],
        at=at - timedelta(hours=4),
    )


def _by_the_watcher(shop: str, wares: Sequence[Good], at: datetime) -> None:
    rows = [_COLUMNS]
    for number in range(9):
        good = wares[number % len(wares)]
        seller, share = (shop, f"0.{92 - number}") if number % 3 else ("城南数码生活馆", "0.99")
        seen_at = (at - timedelta(days=3 + 5 * number, hours=2)).isoformat(timespec="seconds")
        named = f",{good.sku}" if number % 4 else f"{good.name_zh}（新款）,"
        link = f"https://shop.example/item/{1000 + number}"
        rows.append(f"W-{number:04d},{seen_at},淘宝,{seller},,{link},{named},{_below(good, share)}")
    file = io.BytesIO("\n".join(rows).encode())
    import_file(kind="market_observations", given=file, actor=None, door=Door.COMMAND, filename=_WATCHED)


def _below(good: Good, share: str) -> Decimal:
    return (good.floor * Decimal(share)).quantize(Decimal("0.01"))


def _price_tag() -> bytes:
    """A small picture: a light tag with a dark stripe."""
    width, height = 240, 160

    def colour(x: int, y: int) -> bytes:
        if 60 <= y < 100 and 40 <= x < 200:
            return bytes((190, 40, 40))
        return bytes((250, 246, 226)) if 10 <= x < 230 and 10 <= y < 150 else bytes((200, 206, 214))

    lines = b"".join(b"\0" + b"".join(colour(x, y) for x in range(width)) for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
