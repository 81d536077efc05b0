"""The keys and words of the policy document as a person reads them."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dealers.foundation.faults import Location

#: What each key says, wherever it stands in the document.
KEYS: Mapping[str, str | Promise] = {
    "code": _("Code"),
    "title": _("Title"),
    "zh": _("Chinese"),
    "en": _("English"),
    "effective_from": _("In force from"),
    "effective_to": _("In force until"),
    "dealers": _("Dealers"),
    "admission": _("Admission"),
    "min_annual_revenue": _("Least annual revenue"),
    "fmcg": _("Fast-moving consumer goods"),
    "electronics": _("Consumer electronics"),
    "home_building": _("Home and building materials"),
    "required_documents": _("Required documents"),
    "document_warning_days": _("Warning days before expiry"),
    "tiers": _("Authorization tiers"),
    "weights": _("Weights"),
    "scale": _("Scale"),
    "performance": _("Past performance"),
    "coverage": _("Coverage"),
    "full_marks": _("Full marks at"),
    "annual_revenue": _("Annual revenue"),
    "purchases_4q": _("Purchases of four quarters"),
    "cities": _("Cities sold in"),
    "thresholds": _("Score needed"),
    "sync": _("Reporting"),
    "interval_hours": _("Reports due every"),
    "grace_hours": _("Grace before supply is held"),
    "onboarding_days": _("Onboarding of new dealers"),
    "lift": _("Lifting of holds"),
    "feeds": _("Reports on the clock"),
    "pricing": _("Prices and promotions"),
    "promo": _("Promotions"),
    "lead_working_days": _("Submitted ahead of start"),
    "legal_working_days": _("Legal review within"),
    "routes": _("Budget authority"),
    "up_to": _("Budget up to"),
    "authority": _("Decided by"),
    "working_days": _("Within"),
    "quorum": _("Votes needed"),
    "evaluation": _("Evaluation"),
    "baseline_weeks": _("Compared with the weeks before"),
    "spend_working_days": _("Spend recorded within"),
    "retire_below": _("Retire below"),
    "expand_above": _("Expand above"),
    "stock": _("Stock comparison and hints"),
    "tolerance_units": _("Counts may differ by units"),
    "tolerance_rate": _("or by this share, whichever is more"),
    "arrival_days": _("Shipments under way up to"),
    "outage_minutes": _("Our outages count from"),
    "average_days": _("Daily sales averaged over"),
    "least_days": _("With known sales of at least"),
    "lead_days": _("Delivery takes"),
    "reserve_days": _("Kept in reserve"),
    "target_days": _("Ordered to last"),
    "overstock_days": _("Overstock from more than"),
    "violations": _("Price violations"),
    "window_months": _("Counted over"),
    "ladder": _("Ladder"),
    "action": _("Action"),
    "multiple": _("Times the shortfall"),
    "minimum": _("At least"),
    "hold": _("Supply held"),
    "reply_working_days": _("Dealer's reply within"),
    "aftersales": _("After-sales service"),
    "first_response_hours": _("First response within"),
    "min_staff": _("Certified staff at least"),
    "satisfaction": _("Satisfaction report"),
    "period": _("Period"),
    "due_days": _("Due after its end"),
    "rebates": _("Rebates and support"),
    "programs": _("Rebate programs"),
    "tier": _("Tier"),
    "categories": _("Categories"),
    "base": _("Reckoned on"),
    "window": _("Cumulated over"),
    "method": _("Method"),
    "brackets": _("Brackets"),
    "from": _("From"),
    "to": _("Up to"),
    "rate": _("Rate"),
    "cap": _("Cap per window"),
    "remote_subsidy": _("Remote-area subsidy"),
    "min_quarterly_purchases": _("Quarterly purchases at least"),
    "market_support": _("Market support"),
    "quota_per_quarter": _("Quota per quarter"),
    "reservation_days": _("Unused reservation lapses after"),
    "proof_days": _("Proof due after the end"),
    "price_protection": _("Price protection"),
    "window_days": _("Units received within"),
    "snapshot_max_age_hours": _("Inventory report no older than"),
    "include_in_transit": _("Units in transit count"),
    "referrals": _("Referral leads"),
    "duplicate_days": _("Duplicate within"),
    "max_per_device_per_day": _("At most per device and day"),
    "follow_up_hours": _("Followed up within"),
    "employee_rate": _("Employee's reward"),
    "partner": _("Partner's reward"),
    "above": _("Higher rate above"),
    "rate_above": _("Higher rate"),
    "sample_rate": _("Deals called back"),
    "customer_vouchers": _("Customers' vouchers"),
    "voucher": _("Voucher"),
    "keep_contact_days": _("Contacts erased after"),
    "scorecard": _("KPI scorecard"),
    "attainment": _("Sales attainment"),
    "price": _("Price compliance"),
    "response": _("24-hour response"),
    "growth": _("Growth"),
    "settlement": _("Settlement"),
    "confirm_working_days": _("Dealer confirms within"),
    "bill": _("Commercial bills"),
    "max_tenor_months": _("Longest term of a bill"),
    "minimum_payout": _("Smallest payout"),
    "fraud": _("Confirmed fraud"),
    "forfeit": _("Rebates forfeited"),
    "penalty_rate_of_contract": _("Penalty on the contract amount"),
    "appeal_working_days": _("Appeal within"),
    "proportionality_warning": _("Proportion warning at times the loss"),
}

#: The words a closed list may say.
WORDS: Mapping[str, str | Promise] = {
    "business_license": _("Business licence"),
    "tax_registration": _("Tax registration"),
    "qualification": _("Qualification certificate"),
    "bank_account": _("Bank account"),
    "automatic": _("Automatic"),
    "manual": _("By hand"),
    "inventory": _("Inventory"),
    "sales": _("Sales"),
    "marketing_director": _("Marketing director"),
    "general_manager": _("General manager"),
    "gm_office_meeting": _("General manager's office meeting"),
    "warning": _("Written warning"),
    "penalty": _("Penalty"),
    "all": _("All categories"),
    "purchases": _("Purchases"),
    "compliant_sales": _("Compliant sales"),
    "half_month": _("Half-month"),
    "quarter": _("Quarter"),
    "year": _("Year"),
    "incremental": _("Each slice at its own rate"),
    "retroactive": _("Whole base at the reached rate"),
    "calendar_year": _("Of the whole calendar year"),
}


def word(value: object) -> str:
    """A word of the document in the reader's language; what is no such word stays as it is."""
    return str(WORDS.get(str(value), value))


def words(values: object) -> str:
    """One word or several, in the reader's language."""
    if isinstance(values, (list, tuple)):
        return " · ".join(word(value) for value in values)
    return word(values)


def readable_path(location: Location) -> str:
    """Where a term stands, in words: Rebates and support › Rebate programs › T1-ALL › Brackets › 2 › Rate."""
    return " › ".join(str(step + 1) if isinstance(step, int) else str(KEYS.get(step, step)) for step in location)
