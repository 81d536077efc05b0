"""Recording what somebody saw: one person's form. Files and feeds come by the importer and make the same rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from dealers.foundation.clock import business_day
from dealers.foundation.file_kinds import PICTURES
from dealers.models import Product, Region, User
from dealers.services.audit import record_audit
from dealers.services.files import keep_file
from pricing import permissions
from pricing.errors import NotAWebAddress
from pricing.models import MarketObservation
from pricing.rules.observations import Sighting, fingerprint
from pricing.rules.sellers import is_web_address, seller_key, shop_key
from pricing.selectors.standing_facts import standing_facts
from pricing.services.observations.matching import SellerBook, match


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen, as read from a form or a row. Give the product by SKU, GTIN or as it was shown."""

    seen_at: datetime
    seller: str
    price: Decimal
    platform: str = ""
    shop: str = ""
    shop_link: str = ""
    link: str = ""
    region: Region | None = None
    region_id: int | None = None
    sku: str = ""
    gtin: str = ""
    product: str = ""
    note: str = ""
    external_id: str = ""


def observation_of(
    seen: Seen, *, product_id: int | None, sku: str, region_code: str, at: datetime
) -> MarketObservation:
    """The unsaved row of a sighting, not yet matched. ``sku`` is that of the product found, if any."""
    day = business_day(seen.seen_at)
    return MarketObservation(
        seen_at=seen.seen_at,
        seen_on=day,
        platform=seen.platform,
        seller=seen.seller,
        shop=seen.shop,
        shop_link=seen.shop_link,
        link=seen.link,
        price=seen.price,
        sku_given=seen.sku,
        gtin_given=seen.gtin,
        product_given=seen.product,
        region_id=seen.region_id if seen.region is None else seen.region.pk,
        note=seen.note,
        external_id=seen.external_id,
        product_id=product_id,
        seller_key=seller_key(seen.platform, seen.seller),
        shop_key=shop_key(seen.shop_link),
        fingerprint=fingerprint(
            Sighting(
                platform=seen.platform,
                seller=seen.seller,
                shop_link=seen.shop_link,
                link=seen.link,
                region=region_code,
                product=sku or seen.gtin or seen.product,
                day=day,
                price=seen.price,
            )
        ),
        recorded_at=at,
    )


def record_observation(
    *, seen: Seen, picture: UploadedFile | None, actor: User, at: datetime
) -> tuple[MarketObservation, bool]:
    """Record a sighting; the row and whether it is new. The same sighting again gives the row that stands.

    Raises :class:`NotAWebAddress` and what :func:`~dealers.services.files.keep_file` raises.
    """
    permissions.require(actor, "observations.record")
    for address in (seen.link, seen.shop_link):
        if address and not is_web_address(address):
            raise NotAWebAddress(value=address[:100])
    product = find_product(seen.sku, seen.gtin, seen.product)
    region_code = seen.region.code if seen.region else ""
    made = observation_of(
        seen,
        product_id=product.pk if product else None,
        sku=product.sku if product else "",
        region_code=region_code,
        at=at,
    )
    known = MarketObservation.objects.filter(fingerprint=made.fingerprint).first()
    if known is not None:
        return known, False
    made.recorded_by = actor
    match(made, SellerBook.load({made.seller_key, made.shop_key}), standing_facts(), at)
    try:
        with transaction.atomic():
            if picture is not None:
                made.picture = keep_file(
                    actor=actor, name=picture.name or "", content=picture, dealer_id=None, at=at, accepts=PICTURES
                )
            made.save(force_insert=True)
            record_audit(actor=actor, action="observation.record", subject=made, at=at, after=_told(made))
    except IntegrityError:  # somebody recorded the same at the same moment
        return MarketObservation.objects.get(fingerprint=made.fingerprint), False
    return made, True


def find_product(sku: str, gtin: str, name: str) -> Product | None:
    """The product named by SKU, else by GTIN, else by its exact name; None when none or several fit."""
    if sku:
        return Product.objects.filter(sku=sku).first()
    if gtin:
        found = list(Product.objects.filter(gtin=gtin)[:2])
    elif name:
        found = list((Product.objects.filter(name_zh=name) | Product.objects.filter(name_en=name))[:2])
    else:
        found = []
    return found[0] if len(found) == 1 else None


def _told(made: MarketObservation) -> dict[str, Any]:
    return {
        "seller": made.seller,
        "price": made.price,
        "seen_at": made.seen_at,
        "link": made.link,
        "picture": made.picture.sha256 if made.picture else None,
    }
