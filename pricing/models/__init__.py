"""Price bands, promotions, and the sale lines judged by them."""

from pricing.models.bands import LegalBasis, PriceBand
from pricing.models.promo_duty import PromoDelegation, PromoEscalation
from pricing.models.promo_papers import PromoAttachment, PromoMinutes, PromoRemark
from pricing.models.promos import PromoGoal, PromoItem, PromoRequest, PromoStep, PromoSubmission, PromoVote
from pricing.models.sales import SaleLine, SaleLineHistory, SalesTally
from pricing.models.violations import GatheringDue, Violation, ViolationVersion

__all__ = [
    "GatheringDue",
    "LegalBasis",
    "PriceBand",
    "PromoAttachment",
    "PromoDelegation",
    "PromoEscalation",
    "PromoGoal",
    "PromoItem",
    "PromoMinutes",
    "PromoRemark",
    "PromoRequest",
    "PromoStep",
    "PromoSubmission",
    "PromoVote",
    "SaleLine",
    "SaleLineHistory",
    "SalesTally",
    "Violation",
    "ViolationVersion",
]
