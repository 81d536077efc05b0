"""What this app gives to a dealer's archive: who it is, what was agreed, reported, delivered, held and said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from dealers.choices import TerritoryAct
from dealers.models import (
    AllianceMembership,
    ApiKey,
    Application,
    B2BAddendum,
    BulletinReading,
    BulletinReceipt,
    Contract,
    Dealer,
    DealerExit,
    DealerTier,
    ExemptionRequest,
    FeedDay,
    FeedDelivery,
    InventoryLine,
    InventoryLineHistory,
    ListPrice,
    Notice,
    Product,
    Region,
    Shipment,
    StockAdjustment,
    StockAdjustmentHistory,
    StockReturnLine,
    Suspension,
    SyncExemption,
    SyncWarning,
    Territory,
    TradeMessage,
    Upload,
    User,
)
from dealers.principals import DealerReader
from dealers.resources.archive_tables import ArchiveTable, Column, columns, half_month_column, looked_up, of, own
from dealers.selectors.bulletins import visible_bulletins
from dealers.selectors.certificates import visible_certificates
from dealers.selectors.deliveries import visible_deliveries
from dealers.selectors.policies import published_policies
from dealers.selectors.quarantine import visible_quarantine
from dealers.selectors.stock_returns import visible_returns
from dealers.selectors.supply import visible_holds
from dealers.selectors.territory import visible_changes
from dealers.selectors.webhooks import visible_endpoints
from dealers.services.notices import render


def notice_lines(reader: DealerReader) -> Iterator[tuple[Any, ...]]:
    """What the dealer's people were told, in both languages; sentences that are no longer used stay untold."""
    told = Notice.objects.filter(recipient__dealer=reader.dealer_id).select_related("recipient").order_by("pk")
    for notice in told.iterator(chunk_size=1000):
        words: list[str] = []
        for language in ("zh-hans", "en"):
            with override(language):
                try:
                    words += render(notice)
                except KeyError:
                    words += ["", ""]
        yield notice.created_at, notice.recipient.username, notice.kind, *words, notice.read_at, notice.emailed_at


def policy_documents(reader: DealerReader) -> Iterator[tuple[str, bytes, datetime | None]]:
    """The channel policies in force while the dealer was one, as they were published."""
    last = DealerExit.objects.filter(dealer=reader.dealer_id).values_list("last_day", flat=True).first()
    for policy in policies_of(reader, last).defer(None).iterator(chunk_size=1):
        yield f"policies/{policy.code}-{policy.version}.yaml", policy.source.encode(), policy.published_at


def policies_of(reader: DealerReader, last: Any = None) -> Any:
    """The published versions from the dealer's first day on; ``last`` is its last day."""
    found = published_policies().exclude(valid__fully_lt=(reader.dealer.activated_on, None))
    return found if last is None else found.filter(valid__startswith__lte=last)


_NOTICE_COLUMNS = (
    Column("told_at", "", _("told at")),
    Column("person", "", _("user name")),
    Column("kind", "", _("kind")),
    Column("title_zh", "", _("title in Chinese")),
    Column("text_zh", "", _("text in Chinese")),
    Column("title_en", "", _("title in English")),
    Column("text_en", "", _("text in English")),
    Column("read_at", "", _("read at")),
    Column("emailed_at", "", _("e-mailed at")),
)

ARCHIVE = (
    ArchiveTable(
        "company/dealer",
        columns(
            "code name uscc industry annual_revenue activated_on state home_region=home_region__code",
            "alliance=alliance__name",
        ),
        own(Dealer, "pk"),
    ),
    ArchiveTable(
        "company/people", columns("username first_name last_name email role is_active date_joined"), own(User)
    ),
    ArchiveTable("company/tiers", columns("tier valid.."), own(DealerTier)),
    ArchiveTable(
        "company/territories",
        columns("region=region__code region_name=region__name_zh exclusive valid.."),
        own(Territory),
    ),
    ArchiveTable(
        "company/territory_changes",
        columns(
            "region=region__code",
            Column("act", "act", _("kind of change"), codes=tuple(TerritoryAct.choices)),
            "effective_on reason state requested_at decided_at decision_note",
        ),
        visible_changes,
    ),
    ArchiveTable("company/contracts", columns("number amount valid..", file="file"), own(Contract), file="file"),
    ArchiveTable("company/b2b_addenda", columns("number valid..", file="file"), own(B2BAddendum), file="file"),
    ArchiveTable(
        "company/certificates",
        columns("kind name number valid.. state handed_in_at decided_at remark", file="file"),
        visible_certificates,
        file="file",
    ),
    ArchiveTable(
        "company/alliances",
        columns("alliance=alliance__name", half_month_column(AllianceMembership, "from_period"), "recorded_at"),
        own(AllianceMembership),
    ),
    ArchiveTable("company/keys", columns("key_name=name prefix created expiry_date revoked last_used_at"), own(ApiKey)),
    ArchiveTable("company/webhooks", columns("url events enabled created_at disabled_at"), visible_endpoints),
    ArchiveTable(
        "company/admission",
        columns("number state contact phone email submitted_at decided_at decision_reason activated_at"),
        own(Application),
    ),
    ArchiveTable("company/suspensions", columns("reason suspended_at lifted_at lift_note"), own(Suspension)),
    ArchiveTable("company/exit", columns("last_day reason known_from"), own(DealerExit)),
    ArchiveTable(
        "company/stock_return_lists",
        columns(
            "edition state last_day as_of units accepted amount offered_at answered_at answer", "fixed_at fix_note"
        ),
        visible_returns,
    ),
    ArchiveTable(
        "company/stock_return_lines",
        columns(
            "edition=stock_return__edition line_no sku=product__sku counted_at doc_no doc_line",
            "received_at cost units accepted reason note price amount",
        ),
        of(StockReturnLine, "stock_return", visible_returns),
        order=("stock_return", "line_no"),
    ),
    ArchiveTable("supply/holds", columns("kind reason note opened_at lifted_at lift_note"), visible_holds),
    ArchiveTable("supply/exemptions", columns("feed valid.. reason agreed_at revoked_at"), own(SyncExemption)),
    ArchiveTable(
        "supply/exemption_requests",
        columns("feed valid.. reason requested_at state decided_at decision_note"),
        own(ExemptionRequest),
    ),
    ArchiveTable("supply/warnings", columns("anchor warned_at hold_at inventory sales"), own(SyncWarning)),
    ArchiveTable(
        "goods/products",
        columns("sku gtin name_zh name_en category industry"),
        lambda _reader: Product.objects.all(),
        order=("sku",),
    ),
    ArchiveTable(
        "goods/list_prices",
        columns("sku=product__sku price valid.. recorded_at"),
        lambda _reader: ListPrice.objects.filter(superseded_at__isnull=True),
        order=("product__sku", "valid"),
    ),
    ArchiveTable(
        "goods/regions",
        columns("code name_zh name_en kind parent=parent__code city_tier remote"),
        lambda _reader: Region.objects.all(),
        order=("code",),
    ),
    ArchiveTable(
        "goods/shipments",
        columns("doc_no line_no sku=product__sku region=region__code quantity unit_price shipped_at", "known_from"),
        own(Shipment),
        order=("shipped_at", "doc_no", "line_no"),
    ),
    ArchiveTable(
        "reports/receipts",
        columns("receipt feed door received_at delivered_by filename lines accepted duplicates revised", "quarantined"),
        visible_deliveries,
    ),
    ArchiveTable("reports/days", columns("feed day coverage first_received_at"), own(FeedDay), order=("day", "feed")),
    ArchiveTable(
        "reports/quarantine",
        columns(
            looked_up("receipt", FeedDelivery, "delivery_id", "receipt"),
            "feed line content field value code state refused_at",
            "resolved_at",
        ),
        visible_quarantine,
    ),
    ArchiveTable(
        "reports/inventory",
        columns("as_of sku=product__sku warehouse on_hand in_transit known_from"),
        own(InventoryLine),
        order=("as_of", "product_id", "warehouse"),
    ),
    ArchiveTable(
        "reports/inventory_earlier",
        columns("as_of sku=product__sku warehouse on_hand in_transit known_from known_until"),
        own(InventoryLineHistory),
    ),
    ArchiveTable(
        "reports/stock_adjustments",
        columns(
            "doc_no line_no revision sku=product__sku warehouse kind change occurred_at counterparty",
            "reason known_from",
        ),
        own(StockAdjustment),
        order=("doc_no", "line_no"),
    ),
    ArchiveTable(
        "reports/stock_adjustments_earlier",
        columns(
            "doc_no line_no revision sku=product__sku warehouse kind change occurred_at counterparty",
            "reason known_from known_until",
        ),
        own(StockAdjustmentHistory),
    ),
    ArchiveTable(
        "reports/uploads", columns("number feed filename size uploaded_at rehearsal finished_at"), own(Upload)
    ),
    ArchiveTable(
        "reports/trade_messages",
        columns("file=file__filename kind control_no version state received_at=file__received_at"),
        own(TradeMessage),
    ),
    ArchiveTable("messages/notices", _NOTICE_COLUMNS, title=_("notices"), made=notice_lines),
    ArchiveTable("messages/bulletins", columns("title_zh text_zh title_en text_en published_at"), visible_bulletins),
    ArchiveTable(
        "messages/bulletins_read",
        columns("bulletin=bulletin__title_zh person=person__username read_at"),
        own(BulletinReading),
    ),
    ArchiveTable(
        "messages/bulletins_acknowledged",
        columns("bulletin=bulletin__title_zh person=person__username acknowledged_at"),
        own(BulletinReceipt),
    ),
    ArchiveTable(
        "policies/versions",
        columns("code version title_zh title_en valid.. published_at digest"),
        lambda reader: policies_of(reader),
        order=("valid",),
    ),
)
