"""The closed vocabularies of the pricing app."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntFlag

from django.db.models import IntegerChoices, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class BandScope(TextChoices):
    """Where a band applies; the most specific one in force counts: city, province, city tier, national."""

    NATIONAL = "national", _("National")
    CITY_TIER = "city_tier", _("City tier")
    REGION = "region", _("Region")


class Enforcement(TextChoices):
    RECOMMENDED = "recommended", _("Recommended")
    ENFORCED = "enforced", _("Enforced")


class StockCode(TextChoices):
    """What does not add up when stock is rolled forward (rulebook section 4, Plausibility)."""

    STOCK_BREAK = "stock_break", _("Count differs")
    STOCK_CONTINUITY = "stock_continuity", _("Opening stock differs")
    STOCK_NEGATIVE = "stock_negative", _("Below zero in between")
    STOCK_OVERSOLD = "stock_oversold", _("More sold than came")


class StockHint(TextChoices):
    """What a dealer may want to do about a product; see :mod:`pricing.rules.stock_cover`."""

    SOLD_OUT = "sold_out", _("Sold out")
    ORDER = "order", _("Order soon")
    ENOUGH = "enough", _("Enough")
    OVERSTOCK = "overstock", _("More than needed")
    NOT_SELLING = "not_selling", _("Not selling")
    TOO_LITTLE_KNOWN = "too_little_known", _("Too little known")


class Verdict(IntegerChoices):
    """What was found about the price of a sale line (rulebook section 3). Stored as a small number."""

    IN_BAND = 1, _("In band")
    PROMO = 2, _("Approved promotion")
    BELOW_FLOOR = 3, _("Below floor")
    ABOVE_CEILING = 4, _("Above ceiling")
    NO_BAND = 5, _("No band")
    RETURN = 6, _("Customer return")

    @property
    def code(self) -> str:
        """The name other systems know it by, for example ``below_floor``."""
        return self.name.lower()


class Flag(IntFlag):
    """Remarks beside a verdict. The first two keep a line out of every rebate base."""

    OUT_OF_TERRITORY = 1
    B2B_WITHOUT_ADDENDUM = 2
    LATE_REPORT = 4
    NOT_ENFORCED = 8

    @classmethod
    def codes(cls, value: int) -> list[str]:
        """The names of the flags set in ``value``, in their order: ``["out_of_territory", "late_report"]``."""
        return [str(flag.name).lower() for flag in cls if value & flag]


FLAG_LABELS: Mapping[Flag, str | Promise] = {
    Flag.OUT_OF_TERRITORY: _("Out of territory"),
    Flag.B2B_WITHOUT_ADDENDUM: _("Bulk sale without addendum"),
    Flag.LATE_REPORT: _("Reported late"),
    Flag.NOT_ENFORCED: _("Not enforced"),
}
#: Flags that keep a line out of every rebate base.
EXCLUDING_FLAGS = Flag.OUT_OF_TERRITORY | Flag.B2B_WITHOUT_ADDENDUM


class ViolationKind(TextChoices):
    """What a sale line can be held against the dealer for. Price kinds carry a shortfall and stand on the ladder."""

    BELOW_FLOOR = "below_floor", _("Below floor")
    ABOVE_CEILING = "above_ceiling", _("Above ceiling")
    OUT_OF_TERRITORY = "out_of_territory", _("Out of territory")
    B2B_WITHOUT_ADDENDUM = "b2b_without_addendum", _("Bulk sale without addendum")


PRICE_VIOLATIONS = (ViolationKind.BELOW_FLOOR, ViolationKind.ABOVE_CEILING)


class ViolationState(TextChoices):
    """What people have done about a gathered violation; what it consists of is a matter of its lines alone."""

    GATHERED = "gathered", _("Gathered")
    HANDED_OVER = "handed_over", _("Handed over")
    SET_ASIDE = "set_aside", _("Set aside")
    CONFIRMED = "confirmed", _("Confirmed")
    NOT_CONFIRMED = "not_confirmed", _("Not confirmed")


class ObservationState(TextChoices):
    RECORDED = "recorded", _("To be looked at")
    HANDED_OVER = "handed_over", _("Handed over")
    DISMISSED = "dismissed", _("Dismissed")


class SellerMatch(TextChoices):
    """How a seller was found to be a dealer."""

    NAME = "name", _("The dealer's own name")
    ALIAS = "alias", _("A confirmed name or shop")


class Channel(IntegerChoices):
    RETAIL = 1, _("Retail")
    B2B = 2, _("B2B")


class PromoState(TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    LEGAL_REVIEW = "legal_review", _("Legal review")
    BUDGET_REVIEW = "budget_review", _("Budget review")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")
    RETURNED = "returned", _("Returned")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    RUNNING = "running", _("Running")
    ENDED = "ended", _("Ended")
    EVALUATED = "evaluated", _("Evaluated")


#: States in which a promotion's price stands.
STANDING_PROMO_STATES = (PromoState.APPROVED, PromoState.RUNNING, PromoState.ENDED, PromoState.EVALUATED)


class PromoKind(TextChoices):
    DISCOUNT = "discount", _("Limited-time discount")
    GIFT = "gift", _("Gift with purchase")
    BUNDLE = "bundle", _("Bundle")
    TRADE_IN = "trade_in", _("Trade-in")
    CLEARANCE = "clearance", _("Clearance")


class GoalMeasure(TextChoices):
    """What a promotion's goal counts."""

    QUANTITY = "quantity", _("Units sold")
    AMOUNT = "amount", _("Sales (CNY)")
    UPLIFT = "uplift", _("Growth against the weeks before")
    RETURN = "return", _("Sales per yuan spent")


class Bearer(TextChoices):
    """Who bears what was spent on a promotion."""

    BRAND = "brand", _("Brand")
    DEALER = "dealer", _("Dealer")
    OTHER = "other", _("Another party")


class Recommendation(TextChoices):
    """What the return on spend recommends for promotions of a kind in a channel."""

    RETIRE = "retire", _("Retire")
    KEEP = "keep", _("Keep")
    EXPAND = "expand", _("Expand")
    NONE = "none", _("No recommendation")


class Authority(TextChoices):
    LEGAL = "legal_reviewer", _("Legal reviewer")
    MARKETING_DIRECTOR = "marketing_director", _("Marketing director")
    GENERAL_MANAGER = "general_manager", _("General manager")
    GM_OFFICE_MEETING = "gm_office_meeting", _("General manager's office meeting")


class StepKind(TextChoices):
    LEGAL = "legal", _("Legal review")
    BUDGET = "budget", _("Budget review")


class Decision(TextChoices):
    APPROVE = "approve", _("Approve")
    REJECT = "reject", _("Reject")
    RETURN = "return", _("Return")


class AdClaim(TextChoices):
    """Why a wording in an ad copy is looked at."""

    SUPERLATIVE = "superlative", _("Superlative")
    STATE = "state", _("Name or image of the state")
    ABSOLUTE = "absolute", _("Absolute promise")
    EXCLUSIVE = "exclusive", _("Claim of exclusiveness")
    UNPROVABLE = "unprovable", _("Claim that needs proof")
    PRICE = "price", _("Price comparison")
    EFFICACY = "efficacy", _("Claim of a medical effect")
    SUPERSTITION = "superstition", _("Superstition")


class AdRule(TextChoices):
    """The provision a wording may offend."""

    AD_LAW_9_2 = "ad_law_9_2", _("Advertising Law, article 9 (2)")
    AD_LAW_9_3 = "ad_law_9_3", _("Advertising Law, article 9 (3)")
    AD_LAW_9_8 = "ad_law_9_8", _("Advertising Law, article 9 (8)")
    AD_LAW_11 = "ad_law_11", _("Advertising Law, article 11")
    AD_LAW_17 = "ad_law_17", _("Advertising Law, article 17")
    AD_LAW_28 = "ad_law_28", _("Advertising Law, article 28")
    PRICE_FRAUD_19 = "price_fraud_19", _("Provisions on price fraud, article 19")
