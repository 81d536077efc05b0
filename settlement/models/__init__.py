"""Half-month runs, statements with their proof, and the ledger."""

from settlement.models.ledger import AccountBalance, JournalEntry, JournalTransaction
from settlement.models.runs import SettlementRun
from settlement.models.statements import Statement, StatementLine

__all__ = ["AccountBalance", "JournalEntry", "JournalTransaction", "SettlementRun", "Statement", "StatementLine"]
