"""What this app gives to a dealer's archive: its sales with verdicts, the bands they met, promotions, violations."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from dealers.foundation import clock
from dealers.models import FeedDelivery
from dealers.principals import DealerReader
from dealers.resources.archive_tables import ArchiveTable, Column, columns, half_month_column, looked_up, of, own
from pricing.choices import FLAG_LABELS, Flag, Verdict
from pricing.models import (
    PriceBand,
    PromoAttachment,
    PromoDealerResult,
    PromoGoal,
    PromoItem,
    PromoRequest,
    PromoSpend,
    PromoSpendProof,
    SaleLine,
    SaleLineHistory,
    Violation,
)
from pricing.selectors.bands import visible_bands
from pricing.selectors.promos import promos_open_to, visible_promos
from pricing.selectors.violations import visible_violations

_LINE: tuple[str | Column, ...] = (
    "doc_no",
    "line_no",
    "revision",
    "sold_at",
    "sku=product__sku",
    "region=region__code",
    "quantity",
    "unit_price",
    "channel",
    "customer",
    Column(
        "verdict",
        "verdict",
        SaleLine._meta.get_field("verdict").verbose_name,
        lambda value: Verdict(value).code,
        tuple((one.code, one.label) for one in Verdict),
    ),
    Column(
        "flags",
        "flags",
        SaleLine._meta.get_field("flags").verbose_name,
        lambda value: ";".join(Flag.codes(value)),
        tuple((Flag.codes(flag)[0], FLAG_LABELS[flag]) for flag in Flag),
    ),
    "band=band_id",
    "band_floor=band__floor",
    "band_ceiling=band__ceiling",
    "promotion=promo_item__request__code",
    "promo_price=promo_item__promo_price",
    looked_up("receipt", FeedDelivery, "delivery_id", "receipt"),
    "reported_at",
    "known_from",
)


def bands_of(reader: DealerReader) -> QuerySet[PriceBand]:
    """The bands the dealer's pages show today, and every one by which a line of its was ever judged."""
    seen = visible_bands(reader, today=clock.business_day(clock.now())).order_by().values("pk")
    judged = SaleLine.objects.filter(dealer=reader.dealer_id, band__isnull=False).values("band")
    before = SaleLineHistory.objects.filter(dealer=reader.dealer_id, band__isnull=False).values("band")
    return PriceBand.objects.filter(Q(pk__in=seen) | Q(pk__in=judged) | Q(pk__in=before))


def promos_of(reader: DealerReader) -> QuerySet[PromoRequest]:
    """Its own requests and headquarters' promotions it could take part in."""
    asked = visible_promos(reader).values("pk")
    return PromoRequest.objects.filter(Q(pk__in=asked) | Q(pk__in=promos_open_to(reader.dealer_id).values("pk")))


ARCHIVE = (
    ArchiveTable("sales/lines", columns(*_LINE), own(SaleLine), order=("doc_no", "line_no")),
    ArchiveTable("sales/lines_earlier", columns(*_LINE, "known_until"), own(SaleLineHistory)),
    ArchiveTable(
        "sales/price_bands",
        columns(
            "id sku=product__sku scope region=region__code city_tier floor ceiling enforcement",
            "valid.. recorded_at superseded_at",
        ),
        bands_of,
    ),
    ArchiveTable(
        "sales/violations",
        columns(
            "kind",
            half_month_column(Violation, "period"),
            "lines quantity amount shortfall first_sold_at last_sold_at state",
        ),
        visible_violations,
    ),
    ArchiveTable(
        "promotions/requests",
        columns(
            "code title kind state window.. budget brand_share dealer_share goal ad_copy submitted_at",
            "approved_at withdrawn_at",
        ),
        visible_promos,
    ),
    ArchiveTable(
        "promotions/of_headquarters",
        columns("code title kind state window.."),
        lambda reader: promos_open_to(reader.dealer_id),
        title=_("promotions of headquarters that were open to you"),
    ),
    ArchiveTable(
        "promotions/products",
        columns("promotion=request__code sku=product__sku promo_price"),
        of(PromoItem, "request", promos_of),
    ),
    ArchiveTable(
        "promotions/goals", columns("promotion=request__code measure target"), of(PromoGoal, "request", visible_promos)
    ),
    ArchiveTable(
        "promotions/attachments",
        columns("promotion=request__code added_at removed_at", file="file"),
        of(PromoAttachment, "request", visible_promos),
        file="file",
    ),
    ArchiveTable(
        "promotions/results",
        columns("promotion=evaluation__request__code sales quantity baseline expected spend"),
        own(PromoDealerResult),
    ),
    ArchiveTable(
        "promotions/spending",
        columns("promotion=request__code number spent_on payee purpose amount borne_by channel reason", "recorded_at"),
        own(PromoSpend),
    ),
    ArchiveTable(
        "promotions/spending_proofs",
        columns("promotion=spend__request__code number=spend__number", file="file"),
        own(PromoSpendProof, "spend__dealer"),
        file="file",
    ),
)
