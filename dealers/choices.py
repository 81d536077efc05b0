"""The closed vocabularies of the dealers app; values are stable names of the trade."""

from __future__ import annotations

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """Who a person is. HQ roles first, then the dealer's own people (rulebook section 1)."""

    POLICY_MANAGER = "policy_manager", _("Policy manager")
    CHANNEL_MANAGER = "channel_manager", _("Channel manager")
    LEGAL_REVIEWER = "legal_reviewer", _("Legal reviewer")
    MARKETING_DIRECTOR = "marketing_director", _("Marketing director")
    GENERAL_MANAGER = "general_manager", _("General manager")
    GM_OFFICE_MEMBER = "gm_office_member", _("General manager's office member")
    FINANCE_CLERK = "finance_clerk", _("Finance clerk")
    FINANCE_APPROVER = "finance_approver", _("Finance approver")
    RISK_INVESTIGATOR = "risk_investigator", _("Risk investigator")
    RISK_JUDGE = "risk_judge", _("Risk judge")
    AFTERSALES_SUPERVISOR = "aftersales_supervisor", _("After-sales supervisor")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")
    DEALER_OWNER = "dealer_owner", _("Dealer owner")
    DEALER_OPERATOR = "dealer_operator", _("Dealer operator")


DEALER_ROLES = (Role.DEALER_OWNER, Role.DEALER_OPERATOR)
HQ_ROLES = tuple(role for role in Role if role not in DEALER_ROLES)


class Industry(TextChoices):
    FMCG = "fmcg", _("Fast-moving consumer goods")
    ELECTRONICS = "electronics", _("Consumer electronics")
    HOME_BUILDING = "home_building", _("Home and building materials")


class Tier(TextChoices):
    T1 = "T1", "T1"
    T2 = "T2", "T2"
    T3 = "T3", "T3"


class RegionKind(TextChoices):
    PROVINCE = "province", _("Province")
    CITY = "city", _("City")


class CityTier(IntegerChoices):
    FIRST = 1, _("Tier-1 city")
    SECOND = 2, _("Tier-2 city")
    THIRD = 3, _("Tier-3 city")


class DealerState(TextChoices):
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    TERMINATED = "terminated", _("Terminated")


class ExitState(TextChoices):
    """Where the end of a contract stands, from its proposal on."""

    PROPOSED = "proposed", _("Proposed")
    AGREED = "agreed", _("Agreed")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    CARRIED_OUT = "carried_out", _("Contract ended")


class ReturnState(TextChoices):
    """How far the list of the stock that goes back at the end of a contract is."""

    DRAFT = "draft", _("Being checked by headquarters")
    OFFERED = "offered", _("Awaiting the dealer's answer")
    OBJECTED = "objected", _("The dealer disagrees")
    CONFIRMED = "confirmed", _("Confirmed by the dealer")
    FIXED = "fixed", _("Fixed")
    SUPERSEDED = "superseded", _("Drawn up again")


class ReturnReason(TextChoices):
    """Why headquarters takes fewer units back than the dealer has, or pays less than they cost."""

    NO_RECEIPT = "no_receipt", _("No purchase on record")
    OPENED = "opened", _("Opened or used")
    DAMAGED = "damaged", _("Damaged or incomplete")
    EXPIRED = "expired", _("Past or near its date")
    MISSING = "missing", _("Not there")
    SELLS_OFF = "sells_off", _("The dealer sells it off")
    DISCONTINUED = "discontinued", _("No longer in the range")
    AGREED = "agreed", _("Agreed with the dealer")


class Feed(TextChoices):
    """What a delivery carries. The first two are on the sync clock."""

    INVENTORY = "inventory", _("Inventory")
    SALES = "sales", _("Sales")
    SHIPMENTS = "shipments", _("Shipments")
    REGIONS = "regions", _("Regions")
    ALLIANCES = "alliances", _("Alliances")
    DEALERS = "dealers", _("Dealers")
    PRODUCTS = "products", _("Products")
    LIST_PRICES = "list_prices", _("List prices")
    BANDS = "bands", _("Price bands")
    PROMOS = "promos", _("Promotions")
    MARKET_OBSERVATIONS = "market_observations", _("Market observations")
    STOCK_ADJUSTMENTS = "stock_adjustments", _("Stock adjustments")
    SALES_TARGETS = "sales_targets", _("Sales targets")


#: What a dealer delivers itself, and so corrects itself.
OWN_FEEDS = (Feed.SALES, Feed.INVENTORY, Feed.STOCK_ADJUSTMENTS)


class AdjustmentKind(TextChoices):
    """Why a dealer's stock changed though nothing was bought or sold."""

    DAMAGE = "damage", _("Damaged")
    LOSS = "loss", _("Lost")
    FOUND = "found", _("Surplus found")
    OWN_USE = "own_use", _("Own use")
    SAMPLE = "sample", _("Sample given away")
    OPENING_BALANCE = "opening_balance", _("Opening stock")
    TRANSFER_OUT = "transfer_out", _("Transferred out")
    TRANSFER_IN = "transfer_in", _("Transferred in")

    @property
    def is_incoming(self) -> bool:
        """Whether the declared units add to the stock."""
        return self in _INCOMING

    @property
    def is_transfer(self) -> bool:
        return self in (AdjustmentKind.TRANSFER_OUT, AdjustmentKind.TRANSFER_IN)

    @property
    def needs_reason(self) -> bool:
        """Whether somebody has to say in words what happened."""
        return self in (AdjustmentKind.DAMAGE, AdjustmentKind.LOSS, AdjustmentKind.FOUND)


_INCOMING = (AdjustmentKind.FOUND, AdjustmentKind.OPENING_BALANCE, AdjustmentKind.TRANSFER_IN)


class Door(TextChoices):
    """How a delivery came in."""

    API = "api", _("API")
    PORTAL = "portal", _("Portal upload")
    COMMAND = "command", _("Command line")
    RESUBMISSION = "resubmission", _("Corrected from quarantine")


class MessageState(TextChoices):
    """What became of a trade message as a whole; its lines have receipts of their own."""

    TAKEN = "taken", _("Taken")
    REFUSED = "refused", _("Refused whole")


class QuarantineState(TextChoices):
    OPEN = "open", _("To be corrected")
    RESUBMITTED = "resubmitted", _("Corrected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Coverage(TextChoices):
    """Why a sales day counts as reported."""

    DELIVERED = "delivered", _("Delivered")
    DECLARED_ZERO = "declared_zero", _("Declared without sales")


class RequestState(TextChoices):
    """What became of a dealer's request for an exemption."""

    OPEN = "open", _("Waiting for a decision")
    AGREED = "agreed", _("Agreed")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class HoldKind(TextChoices):
    SYNC = "sync", _("Reports missing")
    PRICE = "price", _("Price violation")
    FRAUD = "fraud", _("Fraud")
    DOCUMENT = "document", _("Expired document")
    AFTERSALES = "aftersales", _("After-sales breach")
    CONTRACT = "contract", _("Contract")
    MANUAL = "manual", _("Placed by hand")


class Announcement(TextChoices):
    """What other systems are told by webhook."""

    SUPPLY_CHANGED = "supply.changed", _("A dealer may be supplied, or may no longer be")
    STATEMENT_ISSUED = "statement.issued", _("A statement is ready")
    PROMO_DECIDED = "promo.decided", _("A promotion request is decided")
    DISPUTE_CHANGED = "dispute.changed", _("A dispute was opened, answered or decided")
    SUPPORT_DECIDED = "support.decided", _("Market support is decided")
    TICKET_CHANGED = "ticket.changed", _("A service ticket came in or was answered, resolved or reopened")
    REFERRAL_ASSIGNED = "referral.assigned", _("A referred customer is assigned to a dealer")
    CASE_CHANGED = "case.changed", _("A case needs a reply, was decided, or went on")
    PAYMENT_CHANGED = "payment.changed", _("A payment is on its way, has arrived or has failed")
    TIER_CHANGED = "tier.changed", _("A change of a dealer's tier is decided")
    NOTICE_LEFT = "notice.left", _("The dealer's people were told something")
    PING = "ping", _("Test")


class WebhookState(TextChoices):
    WAITING = "waiting", _("Waiting")
    DELIVERED = "delivered", _("Delivered")
    FAILED = "failed", _("Given up")


class PolicyState(TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    REPLACED = "replaced", _("Replaced before it took effect")


class JobState(TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class NoticeKind(TextChoices):
    SYNC_LATE = "sync_late", _("Report late")
    HOLD_PLACED = "hold_placed", _("Supply held")
    HOLD_LIFTED = "hold_lifted", _("Supply released")
    PROMO = "promo", _("Promotion")
    STATEMENT = "statement", _("Statement")
    POLICY = "policy", _("Policy")
    QUARANTINE = "quarantine", _("Lines refused")
    CALENDAR = "calendar", _("Working-day calendar")
    EXEMPTION = "exemption", _("Exemption from reporting")
    EARNING = "earning", _("Subsidies and rewards")
    WEBHOOK = "webhook", _("Webhook")
    SUPPORT = "support", _("Market support")
    REFERRAL = "referral", _("Referral lead")
    PAYMENT = "payment", _("Payment")
    AFTERSALES = "aftersales", _("After-sales service")
    EXIT = "exit", _("End of the contract")
    CASE = "case", _("Case")
    BULLETIN = "bulletin", _("Bulletin")
    STANDING = "standing", _("Scorecard and tier")
    ADMISSION = "admission", _("Admission")
    AGREEMENT = "agreement", _("Contract, territory and certificates")


class EmailWay(TextChoices):
    """When a notice is e-mailed to a person."""

    AT_ONCE = "at_once", _("At once")
    DAILY = "daily", _("In one mail a day")
    NEVER = "never", _("Not at all")


class PriceChangeState(TextChoices):
    """How far a proposal of list prices is."""

    PROPOSED = "proposed", _("Awaiting confirmation")
    CONFIRMED = "confirmed", _("In force from its day on")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ApplicationState(TextChoices):
    """How far an application to become a dealer is."""

    DRAFT = "draft", _("Being filled in")
    APPLIED = "applied", _("Application handed in")
    CHECKING = "checking", _("Being checked")
    QUESTIONS = "questions", _("Awaiting the applicant's answer")
    RECOMMENDED = "to_decide", _("Awaiting the decision")
    ADMITTED = "admitted", _("Admitted")
    REFUSED = "refused", _("Not admitted")
    CONTRACTED = "contracted", _("Contract signed")
    ACTIVE = "active", _("Active dealer")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class DocumentKind(TextChoices):
    """The papers of an applicant and of a dealer; the policy says which an applicant needs."""

    BUSINESS_LICENSE = "business_license", _("Business licence")
    TAX_REGISTRATION = "tax_registration", _("Tax registration")
    QUALIFICATION = "qualification", _("Product qualification certificate")
    BANK_ACCOUNT = "bank_account", _("Proof of the bank account")
    OTHER = "other", _("Another paper")

    @property
    def must_expire(self) -> bool:
        """Whether it cannot be handed in without its last day."""
        return self is DocumentKind.QUALIFICATION


class CertificateState(TextChoices):
    """What became of a paper of a dealer; only confirmed ones count."""

    SUBMITTED = "submitted", _("To be confirmed")
    CONFIRMED = "confirmed", _("Confirmed")
    DECLINED = "declined", _("Declined")
    RETIRED = "retired", _("No longer needed")


class PaperVerdict(TextChoices):
    """What a person found in a paper."""

    GOOD = "good", _("In order")
    BAD = "bad", _("Not in order")


class Recommendation(TextChoices):
    ADMIT = "admit", _("Admit")
    REFUSE = "refuse", _("Do not admit")


class TerritoryAct(TextChoices):
    """What a change of territory does from its day on."""

    ADD = "add", _("Add the region")
    ADD_EXCLUSIVE = "add_exclusive", _("Add the region exclusively")
    REMOVE = "remove", _("Give the region up")
    MAKE_EXCLUSIVE = "make_exclusive", _("Make it exclusive")
    MAKE_SHARED = "make_shared", _("Make it shared")

    @property
    def grants(self) -> bool:
        return self in (TerritoryAct.ADD, TerritoryAct.ADD_EXCLUSIVE)

    @property
    def is_exclusive(self) -> bool:
        return self in (TerritoryAct.ADD_EXCLUSIVE, TerritoryAct.MAKE_EXCLUSIVE)


class RenewalKind(TextChoices):
    """What an assessment proposes for a contract that ends."""

    RENEW = "renew", _("Renew as it is")
    CHANGE = "change", _("Renew with changes")
    LET_END = "let_end", _("Let it end")
