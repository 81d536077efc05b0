"""Price bands, promotions, and the sale lines judged by them."""

from pricing.models.bands import PriceBand
from pricing.models.legal_bases import LegalBasis, LegalBasisEvidence
from pricing.models.promo_duty import PromoDelegation, PromoEscalation
from pricing.models.promo_papers import PromoAttachment, PromoMinutes, PromoRemark
from pricing.models.promos import PromoGoal, PromoItem, PromoRequest, PromoStep, PromoSubmission, PromoVote
from pricing.models.sales import SaleLine, SaleLineHistory, SalesTally
from pricing.models.violations import GatheringDue, Violation, ViolationVersion

__all__ = [
    "GatheringDue",
    "LegalBasis",
    "LegalBasisEvidence",
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
