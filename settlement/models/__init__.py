"""Half-month runs, statements with their proof, and the ledger."""

from settlement.models.backtests import Backtest, BacktestRow, TierMove
from settlement.models.cases import Case, CaseEvidence
from settlement.models.disputes import Dispute, DisputedLine, DisputeEntry, DisputeFile
from settlement.models.documents import IssuedDocument
from settlement.models.exports import PreparedExport
from settlement.models.ledger import AccountBalance, JournalEntry, JournalTransaction
from settlement.models.runs import Calculation, CalculationShard, SettlementRun
from settlement.models.statements import Statement, StatementLine

__all__ = [
    "AccountBalance",
    "Backtest",
    "BacktestRow",
    "Calculation",
    "CalculationShard",
    "Case",
    "CaseEvidence",
    "Dispute",
    "DisputeEntry",
    "DisputeFile",
    "DisputedLine",
    "IssuedDocument",
    "JournalEntry",
    "JournalTransaction",
    "PreparedExport",
    "SettlementRun",
    "Statement",
    "StatementLine",
    "TierMove",
]
