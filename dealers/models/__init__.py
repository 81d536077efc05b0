"""The facts: people, places, dealers, goods, deliveries, supply, policy, audit.

Read in this order: people, places, network, catalogue, policy, exits, feeds, sync, intakes, stock, supply, notices,
keys, stock_returns, jobs, uploads, counts, files, admission, certificates, agreements, audit.
"""

from dealers.models.adjustments import StockAdjustment, StockAdjustmentHistory
from dealers.models.admission import (
    AdmissionInvitation,
    AdmissionMail,
    Application,
    ApplicationMessage,
    ApplicationPaper,
    ApplicationRegion,
)
from dealers.models.agreements import ContractRenewal, TerritoryChange
from dealers.models.audit import AuditRecord, AuditSeal
from dealers.models.bulletins import Bulletin, BulletinReading, BulletinReceipt
from dealers.models.calendar import CalendarDay, CalendarVersion
from dealers.models.catalogue import ListPrice, Product
from dealers.models.certificates import Certificate
from dealers.models.counts import StockCountDraft
from dealers.models.exits import PENDING_EXITS, DealerExit, ExitPlan, Suspension
from dealers.models.feeds import FeedDay, FeedDelivery, QuarantinedLine, SyncClock
from dealers.models.files import StoredFile
from dealers.models.intakes import FileIntake, FilePart
from dealers.models.jobs import Heartbeat, JobRun
from dealers.models.keys import ApiKey, IdempotencyRecord
from dealers.models.network import Alliance, AllianceMembership, B2BAddendum, Contract, Dealer, DealerTier, Territory
from dealers.models.notices import Notice, NoticePreference
from dealers.models.people import User
from dealers.models.places import Region
from dealers.models.policy import PolicyVersion
from dealers.models.price_changes import PriceChange, PriceChangeLine
from dealers.models.stock import InventoryLine, InventoryLineHistory, Shipment, ShipmentTally
from dealers.models.stock_returns import StockReturn, StockReturnLine
from dealers.models.supply import SupplyAnswer, SupplyHold
from dealers.models.sync import ExemptionRequest, SyncExemption, SyncWarning, SystemOutage
from dealers.models.trade import TradeAgreement, TradeFileReceived, TradeMessage, TradePlace
from dealers.models.uploads import Upload, UploadPiece
from dealers.models.webhooks import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookEvent

__all__ = [
    "PENDING_EXITS",
    "AdmissionInvitation",
    "AdmissionMail",
    "Alliance",
    "AllianceMembership",
    "ApiKey",
    "Application",
    "ApplicationMessage",
    "ApplicationPaper",
    "ApplicationRegion",
    "AuditRecord",
    "AuditSeal",
    "B2BAddendum",
    "Bulletin",
    "BulletinReading",
    "BulletinReceipt",
    "CalendarDay",
    "CalendarVersion",
    "Certificate",
    "Contract",
    "ContractRenewal",
    "Dealer",
    "DealerExit",
    "DealerTier",
    "ExemptionRequest",
    "ExitPlan",
    "FeedDay",
    "FeedDelivery",
    "FileIntake",
    "FilePart",
    "Heartbeat",
    "IdempotencyRecord",
    "InventoryLine",
    "InventoryLineHistory",
    "JobRun",
    "ListPrice",
    "Notice",
    "NoticePreference",
    "PolicyVersion",
    "PriceChange",
    "PriceChangeLine",
    "Product",
    "QuarantinedLine",
    "Region",
    "Shipment",
    "ShipmentTally",
    "StockAdjustment",
    "StockAdjustmentHistory",
    "StockCountDraft",
    "StockReturn",
    "StockReturnLine",
    "StoredFile",
    "SupplyAnswer",
    "SupplyHold",
    "Suspension",
    "SyncClock",
    "SyncExemption",
    "SyncWarning",
    "SystemOutage",
    "Territory",
    "TerritoryChange",
    "TradeAgreement",
    "TradeFileReceived",
    "TradeMessage",
    "TradePlace",
    "Upload",
    "UploadPiece",
    "User",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookEvent",
]
