"""One table of every state a badge may show: its tone and its words.

Tones: ``ok`` done and good, ``warn`` someone should look, ``bad`` refused, broken or held, ``info`` on its way,
empty for what needs no attention.
"""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Look(NamedTuple):
    tone: str
    label: str | Promise


STATES: dict[str, Look] = {
    # API keys
    "sandbox": Look("info", _("Sandbox")),
    # promo requests
    "draft": Look("", _("Draft")),
    "submitted": Look("info", _("Submitted")),
    "legal_review": Look("info", _("Legal review")),
    "budget_review": Look("info", _("Budget review")),
    "approved": Look("ok", _("Approved")),
    "rejected": Look("bad", _("Rejected")),
    "returned": Look("warn", _("Returned for changes")),
    "withdrawn": Look("", _("Withdrawn")),
    "running": Look("info", _("Running")),
    "ended": Look("", _("Ended")),
    "evaluated": Look("ok", _("Evaluated")),
    "met": Look("ok", _("Met")),
    "missed": Look("bad", _("Missed")),
    "not_reckoned": Look("warn", _("Cannot be reckoned")),
    "complete": Look("ok", _("Complete")),
    "retire": Look("bad", _("Retire")),
    "keep": Look("", _("Keep")),
    "expand": Look("ok", _("Expand")),
    # applications of newcomers
    "checking": Look("info", _("Being checked")),
    "questions": Look("warn", _("Awaiting the applicant's answer")),
    "to_decide": Look("warn", _("Awaiting the decision")),
    "admitted": Look("ok", _("Admitted")),
    "contracted": Look("ok", _("Contract signed")),
    # statements of a dealer that has left
    "clearing": Look("warn", _("Clearing statement")),
    "supplementary": Look("info", _("Supplement to the clearing")),
    # stock return lists
    "offered": Look("info", _("Awaiting the dealer's answer")),
    "objected": Look("bad", _("The dealer disagrees")),
    "fixed": Look("ok", _("Fixed")),
    # market support
    "planned": Look("info", _("Asked for")),
    "reserved": Look("warn", _("Reserved")),
    "committed": Look("info", _("Committed")),
    "proven": Look("warn", _("Proof handed in")),
    "refused": Look("bad", _("Refused")),
    "reversed": Look("bad", _("Paid and taken back")),
    "lapsed": Look("", _("Lapsed")),
    # referral leads
    "turned_away": Look("", _("Not counted")),
    "received": Look("warn", _("Not assigned yet")),
    "assigned": Look("warn", _("To be followed up")),
    "followed_up": Look("info", _("Followed up")),
    "lost": Look("", _("No deal")),
    "deal_reported": Look("info", _("Deal to be checked")),
    "deal_confirmed": Look("info", _("Deal confirmed, call-back open")),
    "rewarded": Look("ok", _("Reward granted")),
    "denied": Look("bad", _("No reward")),
    "taken_back": Look("bad", _("Reward taken back")),
    # service tickets, certificates, satisfaction reports
    "responded": Look("info", _("Being worked on")),
    "resolved": Look("ok", _("Resolved")),
    "reopened": Look("bad", _("Reopened")),
    "pending": Look("warn", _("To be checked")),
    "due": Look("warn", _("Not handed in yet")),
    "acknowledged": Look("ok", _("Read by headquarters")),
    # verdicts and flags of sale lines
    "in_band": Look("ok", _("In band")),
    "promo": Look("info", _("Promotion price")),
    "below_floor": Look("bad", _("Below floor")),
    "above_ceiling": Look("bad", _("Above ceiling")),
    "no_band": Look("warn", _("No band")),
    "return": Look("", _("Customer return")),
    "out_of_territory": Look("bad", _("Out of territory")),
    "b2b_without_addendum": Look("bad", _("Bulk sale without addendum")),
    "late_report": Look("warn", _("Reported late")),
    "not_enforced": Look("", _("Not enforced")),
    # bands
    "recommended": Look("", _("Recommended")),
    "enforced": Look("info", _("Enforced")),
    # proposals of list prices
    "proposed": Look("info", _("Awaiting confirmation")),
    "declined": Look("bad", _("Declined")),
    # dealers and supply
    "active": Look("ok", _("Active")),
    "suspended": Look("warn", _("Suspended")),
    "terminated": Look("bad", _("Terminated")),
    "sync": Look("bad", _("Reports missing")),
    "price": Look("bad", _("Price violation")),
    "fraud": Look("bad", _("Fraud")),
    "document": Look("bad", _("Expired document")),
    "aftersales": Look("bad", _("After-sales breach")),
    "contract": Look("bad", _("Contract")),
    "manual": Look("warn", _("Placed by hand")),
    # the sync clock
    "fresh": Look("ok", _("Up to date")),
    "late": Look("warn", _("Late")),
    "held": Look("bad", _("Supply held")),
    "onboarding": Look("info", _("Onboarding")),
    "exempt": Look("", _("Exempt")),
    # deliveries and quarantine
    "delivered": Look("ok", _("Delivered")),
    "declared_zero": Look("ok", _("Declared without sales")),
    "open": Look("warn", _("Open")),
    "resubmitted": Look("ok", _("Corrected")),
    # settlement
    "calculated": Look("info", _("Calculated")),
    "under_review": Look("info", _("Under review")),
    "closed": Look("", _("Closed")),
    "issued": Look("info", _("Awaiting confirmation")),
    "confirmed": Look("ok", _("Confirmed")),
    "disputed": Look("warn", _("Disputed")),
    "accepted": Look("ok", _("Granted")),
    "prepared": Look("info", _("Decision prepared")),
    "needs_action": Look("warn", _("Awaiting the dealer")),
    "paid": Look("ok", _("Paid")),
    # violations and cases
    "gathered": Look("warn", _("Gathered")),
    "handed_over": Look("info", _("Handed over")),
    "set_aside": Look("", _("Set aside")),
    "recorded": Look("warn", _("To be looked at")),
    "dismissed": Look("", _("Dismissed")),
    "cleared": Look("", _("No longer in breach")),
    "opened": Look("warn", _("Opened")),
    "investigating": Look("info", _("Under investigation")),
    "dealer_reply": Look("info", _("Awaiting the dealer's reply")),
    "decided": Look("info", _("Decision made")),
    "applied": Look("info", _("Applied")),
    "appealed": Look("warn", _("Under appeal")),
    "upheld": Look("bad", _("Upheld on appeal")),
    "overturned": Look("ok", _("Overturned on appeal")),
    "partly": Look("warn", _("Confirmed in part")),
    "dismissal_proposed": Look("info", _("Dismissal proposed")),
    "merged": Look("", _("Joined to another case")),
    "not_confirmed": Look("", _("Not confirmed")),
    "high": Look("bad", _("High")),
    "normal": Look("", _("Normal")),
    # scorecards, corrective plans and tier reviews
    "commended": Look("ok", _("Commended")),
    "plan_due": Look("warn", _("Corrective plan")),
    "completed": Look("ok", _("Carried out")),
    "proposed_tier": Look("warn", _("To be decided")),
    "stands": Look("", _("Tier stands")),
    "overridden": Look("info", _("Decided otherwise")),
    # policies and jobs
    "published": Look("ok", _("Published")),
    "in_force": Look("ok", _("In force")),
    "replaced": Look("", _("Replaced")),
    "revoked": Look("bad", _("Revoked")),
    "expired": Look("bad", _("Expired")),
    "queued": Look("", _("Waiting")),
    "done": Look("ok", _("Done")),
    "failed": Look("bad", _("Failed")),
}


def look_of(state: object, label: object = None) -> Look | None:
    """Tone and words for ``state``; nothing for an empty state, so that no empty badge appears.

    The words are ``label``, else those of a choices member, else the table's, else the code itself.
    """
    code = str(getattr(state, "value", state) or "")
    if not code and not label:
        return None
    known = STATES.get(code)
    words = label or getattr(state, "label", None) or (known.label if known else code)
    return Look(known.tone if known else "", str(words))
