"""The closed vocabularies of the settlement app."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RunState(TextChoices):
    OPEN = "open", _("Open")
    CALCULATED = "calculated", _("Calculated")
    UNDER_REVIEW = "under_review", _("Under review")
    APPROVED = "approved", _("Approved")
    CLOSED = "closed", _("Closed")


class LineKind(TextChoices):
    """Kinds of statement line, in the order a statement shows them."""

    REBATE = "rebate", _("Rebate")
    FORFEITURE = "forfeiture", _("Forfeiture")
    REMOTE_SUBSIDY = "remote_subsidy", _("Remote-area subsidy")
    MARKET_SUPPORT = "market_support", _("Market support")
    PRICE_PROTECTION = "price_protection", _("Price protection")
    REFERRAL = "referral", _("Referral reward")
    PENALTY = "penalty", _("Penalty")
    CLAWBACK = "clawback", _("Clawback")
    ADJUSTMENT = "adjustment", _("Adjustment")


class StatementState(TextChoices):
    DRAFT = "draft", _("Draft")
    ISSUED = "issued", _("Awaiting confirmation")
    CONFIRMED = "confirmed", _("Confirmed")
    DISPUTED = "disputed", _("Disputed")


class StatementRole(TextChoices):
    """What a statement is to a dealer that has left; an ordinary one has no role."""

    CLEARING = "clearing", _("Clearing statement")
    SUPPLEMENTARY = "supplementary", _("Supplement to the clearing")


class AdjustmentState(TextChoices):
    """The way of an adjustment: one person proposes, another approves or declines."""

    PROPOSED = "proposed", _("Awaiting approval")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")


class DisputeState(TextChoices):
    """The way of a dispute; the last three are final."""

    OPEN = "open", _("Awaiting headquarters")
    PREPARED = "prepared", _("Decision prepared")
    NEEDS_ACTION = "needs_action", _("Awaiting the dealer")
    ACCEPTED = "accepted", _("Granted")
    REJECTED = "rejected", _("Rejected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class DisputeOutcome(TextChoices):
    """What headquarters can answer to a dispute."""

    ACCEPTED = "accepted", _("Accept")
    REJECTED = "rejected", _("Reject")
    NEEDS_ACTION = "needs_action", _("Ask the dealer to do something")


class DisputeAct(TextChoices):
    """What is done to a dispute, and what its history calls it."""

    OPEN = "open", _("Dispute opened")
    PREPARE = "prepare", _("Decision prepared")
    SEND_BACK = "send_back", _("Preparation sent back")
    ACCEPT = "accept", _("Granted")
    REJECT = "reject", _("Rejected")
    ASK = "ask", _("Asked the dealer")
    ANSWER = "answer", _("Answered by the dealer")
    LAPSE = "lapse", _("Closed for want of an answer")
    WITHDRAW = "withdraw", _("Withdrawn by the dealer")


class DocumentFormat(TextChoices):
    """What a statement is handed out as."""

    PDF = "pdf", "PDF"
    XLSX = "xlsx", "XLSX"
    CSV = "csv", "CSV"
    #: The same table with the mark by which Excel knows UTF-8; programs would read it as part of a column's name.
    EXCEL_CSV = "csv-excel", _("CSV for Excel")
    JSON = "json", "JSON"


class CaseKind(TextChoices):
    """What a case is about; the kind decides the windows of its path."""

    PRICE = "price", _("Price violation")
    TERRITORY = "territory", _("Sale outside the agreement")
    FRAUD = "fraud", _("Fraud")
    AFTERSALES = "aftersales", _("After-sales breach")
    DOCUMENT = "document", _("Document breach")


class CaseState(TextChoices):
    """The way of a case (rulebook section 7)."""

    OPENED = "opened", _("Opened")
    INVESTIGATING = "investigating", _("Under investigation")
    DISMISSAL_PROPOSED = "dismissal_proposed", _("Dismissal proposed")
    DEALER_REPLY = "dealer_reply", _("Awaiting the dealer's reply")
    DECIDED = "decided", _("Decision made")
    APPLIED = "applied", _("Applied")
    APPEALED = "appealed", _("Under appeal")
    UPHELD = "upheld", _("Upheld on appeal")
    OVERTURNED = "overturned", _("Overturned on appeal")
    DISMISSED = "dismissed", _("Dismissed")
    MERGED = "merged", _("Joined to another case")


class CaseOutcome(TextChoices):
    """What a judge may find."""

    CONFIRMED = "confirmed", _("Confirmed")
    PARTLY = "partly", _("Confirmed in part")
    DISMISSED = "dismissed", _("Not confirmed")


class AppealOutcome(TextChoices):
    """What becomes of a decision that the dealer appealed against."""

    UPHELD = "upheld", _("The decision stands")
    OVERTURNED = "overturned", _("The decision is overturned")


class ConsequenceKind(TextChoices):
    """What may follow from a confirmed case."""

    WARNING = "warning", _("Written warning")
    PENALTY = "penalty", _("Penalty")
    FORFEITURE = "forfeiture", _("Rebates of the year forfeited")
    HOLD = "hold", _("Supply hold")


class CasePaper(TextChoices):
    """What a dealer is handed in a case; each is delivered with proof."""

    CHARGE = "charge", _("Charge and request to reply")
    DECISION = "decision", _("Decision")
    APPEAL = "appeal", _("Decision on the appeal")


class DeliveryProof(TextChoices):
    """How it is known that the dealer was handed something."""

    NOTICE = "notice", _("Notice left in the inbox")
    OPENED = "opened", _("Opened")


class CasePriority(TextChoices):
    NORMAL = "normal", _("Normal")
    HIGH = "high", _("High")


class EvidenceKind(TextChoices):
    """What a piece of evidence refers to."""

    VIOLATION = "violation", _("Violation with its lines")
    OBSERVATION = "observation", _("Market observation")
    SIGNAL = "signal", _("Fraud signal")
    BREACH = "breach", _("Service breach")
    FILE = "file", _("File")
    REFERENCE = "reference", _("Reference")


class SignalRule(TextChoices):
    """What the fraud signals look for (rulebook section 7), in the order pages show them."""

    DUPLICATES = "duplicates", _("Duplicated documents")
    BEYOND_STOCK = "beyond_stock", _("Sales beyond stock")
    DEALER_TRADES = "dealer_trades", _("Sales to other dealers")
    CIRCLES = "circles", _("Circle of dealers")
    CUSTOMER_SHARE = "customer_share", _("One customer too large")
    BRACKET_BURST = "bracket_burst", _("Burst across a bracket, returned later")
    BACK_DATING = "back_dating", _("Back-dating")
    DIGITS = "digits", _("Improbable digits")
    ADJUSTMENTS = "adjustments", _("Adjustments out of proportion")


class SignalState(TextChoices):
    """Where a finding stands, as a list tells it; the first that fits."""

    IN_CASE = "in_case", _("In a case")
    GONE = "gone", _("No longer found")
    SUPPRESSED = "suppressed", _("Suppressed")
    OPEN = "open", _("To be looked at")


class SightingKind(TextChoices):
    """What a run had to say about a finding."""

    FIRST = "first", _("Found")
    CHANGED = "changed", _("Found with other figures")
    GONE = "gone", _("No longer found")
    AGAIN = "again", _("Found again")


class SignalRunKind(TextChoices):
    LIVE = "live", _("Live")
    SHADOW = "shadow", _("Shadow")


class DifferenceKind(TextChoices):
    """How a trial differs from what is live."""

    ONLY_SHADOW = "only_shadow", _("Only the trial finds it")
    ONLY_LIVE = "only_live", _("The trial misses it")
    CHANGED = "changed", _("Other figures")


class AccountCode(TextChoices):
    """The accounts this book posts to; their names in both languages and their kinds are rows of the chart."""

    BANK = "1002", _("Bank deposits")
    NOTES_PAYABLE = "2201", _("Notes payable")
    DEALER_PAYABLE = "2241", _("Payable to dealers")
    PAYMENTS_UNDER_WAY = "2241.02", _("Payments to dealers under way")
    REBATE_EXPENSE = "6601.01", _("Rebates")
    SUBSIDY_EXPENSE = "6601.02", _("Subsidies and market support")
    PRICE_PROTECTION_EXPENSE = "6601.03", _("Price protection")
    REFERRAL_EXPENSE = "6601.04", _("Referral rewards")
    PENALTY_INCOME = "6301.01", _("Penalties")
    ADJUSTMENT_EXPENSE = "6601.09", _("Adjustments")


class ExportKind(TextChoices):
    """What can be exported over several half-months."""

    LINES = "lines", _("Statement lines")
    STATEMENTS = "statements", _("Statements")
    FIGURES = "figures", _("Figures by tier, region, industry and kind")


class AccountKind(TextChoices):
    ASSET = "asset", _("Asset")
    LIABILITY = "liability", _("Liability")
    EXPENSE = "expense", _("Expense")
    INCOME = "income", _("Income")


class PlanState(TextChoices):
    """How far a payment plan is."""

    DRAFTED = "drafted", _("Awaiting release")
    RELEASED = "released", _("Released")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    COMPLETED = "completed", _("Paid in full")
    ENDED = "ended", _("Ended before all was paid")


class PaymentMethod(TextChoices):
    BILL = "bill", _("Commercial bill")
    TRANSFER = "transfer", _("Bank transfer")


class PaymentState(TextChoices):
    """Where a payment is: the first six are a bill's, then those of a transfer; some belong to both."""

    DRAFTED = "drafted", _("Entered")
    ACCEPTED = "accepted", _("Accepted by the acceptor")
    DELIVERED = "delivered", _("Delivered")
    SETTLED = "settled", _("Paid")
    REFUSED = "refused", _("Refused")
    OVERDUE = "overdue", _("Unpaid at maturity")
    ORDERED = "ordered", _("Ordered")
    SENT = "sent", _("Sent to the bank")
    RETURNED = "returned", _("Returned")
    CANCELLED = "cancelled", _("Cancelled")


class BillKind(TextChoices):
    """Who accepts the bill: a bank, or a company."""

    BANKERS = "bankers", _("Banker's acceptance")
    COMMERCIAL = "commercial", _("Commercial acceptance")


class BankAccountState(TextChoices):
    """How far a bank account of a dealer is; payments go only to one that a second person has confirmed."""

    PROPOSED = "proposed", _("Awaiting confirmation")
    CONFIRMED = "confirmed", _("Confirmed")
    DECLINED = "declined", _("Declined")
