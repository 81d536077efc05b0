"""Half-month runs, statements with their proof, the ledger, and what is paid."""

from settlement.models.adjustments import Adjustment, AdjustmentFile
from settlement.models.archives import ArchivePiece, DealerArchive
from settlement.models.backtests import Backtest, BacktestRow, TierMove
from settlement.models.bills import Bill, BillConsent
from settlement.models.case_decisions import CaseAppeal, CaseConsequence, CaseDecision
from settlement.models.case_hearings import CaseDelivery, CaseEntry, CaseFile, CaseNote
from settlement.models.cases import Case, CaseEvidence
from settlement.models.disputes import Dispute, DisputedLine, DisputeEntry, DisputeFile
from settlement.models.documents import IssuedDocument
from settlement.models.drafts import DraftChange, ReviewItem
from settlement.models.estimates import AccrualEstimate
from settlement.models.exports import PreparedExport
from settlement.models.ledger import AccountBalance, JournalEntry, JournalTransaction
from settlement.models.payables import Payable, SetOff
from settlement.models.payments import Allocation, Payment, PaymentStep
from settlement.models.plans import PaymentPlan, PlanItem
from settlement.models.runs import Calculation, CalculationShard, SettlementRun
from settlement.models.signals import (
    ShadowDifference,
    SignalFinding,
    SignalRun,
    SignalSighting,
    SignalSuppression,
)
from settlement.models.statements import Statement, StatementLine
from settlement.models.transfers import BankAccount, BankFile, Transfer

__all__ = [
    "AccountBalance",
    "AccrualEstimate",
    "Adjustment",
    "AdjustmentFile",
    "Allocation",
    "ArchivePiece",
    "Backtest",
    "BacktestRow",
    "BankAccount",
    "BankFile",
    "Bill",
    "BillConsent",
    "Calculation",
    "CalculationShard",
    "Case",
    "CaseAppeal",
    "CaseConsequence",
    "CaseDecision",
    "CaseDelivery",
    "CaseEntry",
    "CaseEvidence",
    "CaseFile",
    "CaseNote",
    "DealerArchive",
    "Dispute",
    "DisputeEntry",
    "DisputeFile",
    "DisputedLine",
    "DraftChange",
    "IssuedDocument",
    "JournalEntry",
    "JournalTransaction",
    "Payable",
    "Payment",
    "PaymentPlan",
    "PaymentStep",
    "PlanItem",
    "PreparedExport",
    "ReviewItem",
    "SetOff",
    "SettlementRun",
    "ShadowDifference",
    "SignalFinding",
    "SignalRun",
    "SignalSighting",
    "SignalSuppression",
    "Statement",
    "StatementLine",
    "TierMove",
    "Transfer",
]
