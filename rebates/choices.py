"""The closed vocabularies of the rebates app."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Base(TextChoices):
    """What a program's rebate is reckoned on."""

    PURCHASES = "purchases", _("Purchases")
    COMPLIANT_SALES = "compliant_sales", _("Compliant sales")


class WindowKind(TextChoices):
    HALF_MONTH = "half_month", _("Half-month")
    QUARTER = "quarter", _("Quarter")
    YEAR = "year", _("Year")


class Method(TextChoices):
    INCREMENTAL = "incremental", _("Each slice at its own rate")
    RETROACTIVE = "retroactive", _("Whole base at the reached rate")


class WindowedKind(TextChoices):
    """What accrues over a window: due is what the window has earned less what it has settled."""

    REBATE = "rebate", _("Rebate")
    FORFEITURE = "forfeiture", _("Forfeiture")
    REMOTE_SUBSIDY = "remote_subsidy", _("Remote-area subsidy")
    PRICE_PROTECTION = "price_protection", _("Price protection")
    CLAWBACK = "clawback", _("Clawback")


class CreditKind(TextChoices):
    """What is settled once, when it is decided."""

    MARKET_SUPPORT = "market_support", _("Market support")
    REFERRAL = "referral", _("Referral reward")
    PENALTY = "penalty", _("Penalty")
    ADJUSTMENT = "adjustment", _("Adjustment")


class ForfeitureAct(TextChoices):
    """What was recorded of a forfeiture: a confirmed fraud imposed it, or the decision was overturned."""

    IMPOSED = "imposed", _("Imposed")
    LIFTED = "lifted", _("Lifted")


class SupportKind(TextChoices):
    """What kind of activity is supported."""

    ADVERTISING = "advertising", _("Advertising")
    DISPLAY = "display", _("Shop display")
    EVENT = "event", _("Promotional event")
    TRAINING = "training", _("Training")
    FAIR = "fair", _("Trade fair")
    OTHER = "other", _("Something else")


class SupportState(TextChoices):
    """How far a supported activity is; its money lies in the pot of its state."""

    DRAFT = "draft", _("Draft")
    PLANNED = "planned", _("Asked for")
    RESERVED = "reserved", _("Reserved")
    COMMITTED = "committed", _("Committed")
    PROVEN = "proven", _("Proof handed in")
    ACCEPTED = "accepted", _("Proof accepted")
    REVERSED = "reversed", _("Paid and taken back")
    REJECTED = "rejected", _("Rejected")
    REFUSED = "refused", _("Proof refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    LAPSED = "lapsed", _("Lapsed")


class SupportPaper(TextChoices):
    """What a file of a supported activity is."""

    PLAN = "plan", _("Plan or offer")
    CONTRACT = "contract", _("Contract or quote")
    PROOF = "proof", _("Proof of execution")


class RightAct(TextChoices):
    """What was recorded of a dealer's right to the remote-area subsidy."""

    GRANTED = "granted", _("Right granted")
    ENDED = "ended", _("Ended")


class Referrer(TextChoices):
    """Who referred a customer; that decides the reward."""

    EMPLOYEE = "employee", _("Employee")
    CUSTOMER = "customer", _("Customer")
    PARTNER = "partner", _("Partner dealer")


class LeadState(TextChoices):
    """How far a referred customer is."""

    TURNED_AWAY = "turned_away", _("Not counted")
    RECEIVED = "received", _("Not assigned yet")
    ASSIGNED = "assigned", _("To be followed up")
    FOLLOWED_UP = "followed_up", _("Followed up")
    LOST = "lost", _("No deal")
    DEAL_REPORTED = "deal_reported", _("Deal to be checked")
    DEAL_CONFIRMED = "deal_confirmed", _("Deal confirmed, call-back open")
    REWARDED = "rewarded", _("Reward granted")
    DENIED = "denied", _("No reward")
    TAKEN_BACK = "taken_back", _("Reward taken back")


class CallBack(TextChoices):
    """What the call-back of a sampled deal found."""

    CONFIRMED = "confirmed", _("The customer confirms the deal")
    FAILED = "failed", _("The customer does not confirm the deal")


class PayoutState(TextChoices):
    """How far a list of rewards to people is."""

    PREPARED = "prepared", _("To be approved")
    APPROVED = "approved", _("Approved")
    RELEASED = "released", _("Given back")


class ScorecardOutcome(TextChoices):
    """What followed from a published score."""

    COMMENDED = "commended", _("Commended")
    PLAN_DUE = "plan_due", _("Corrective plan")
    NONE = "none", _("No consequence")


class PlanState(TextChoices):
    """How far a corrective plan is."""

    DUE = "due", _("To be written")
    SUBMITTED = "submitted", _("To be judged")
    RETURNED = "returned", _("Sent back")
    ACCEPTED = "accepted", _("Being carried out")
    COMPLETED = "completed", _("Carried out")


class PlanAct(TextChoices):
    """What somebody did about a corrective plan."""

    SUBMIT = "submit", _("Handed in")
    SEND_BACK = "send_back", _("Sent back")
    ACCEPT = "accept", _("Plan accepted")
    PROGRESS = "progress", _("Progress reported")
    COMPLETE = "complete", _("Found carried out")


class TierMove(TextChoices):
    """What a review proposes."""

    PROMOTION = "promotion", _("Tier rises")
    DEMOTION = "demotion", _("Tier falls")
    NONE = "none", _("Tier stands")


class ProposalState(TextChoices):
    """What became of a proposal."""

    PROPOSED = "proposed", _("To be decided")
    STANDS = "stands", _("Tier stands")
    CONFIRMED = "confirmed", _("Confirmed")
    OVERRIDDEN = "overridden", _("Decided otherwise")
