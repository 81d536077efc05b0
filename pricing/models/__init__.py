"""Price bands, promotions, and the sale lines judged by them."""

from pricing.models.bands import PriceBand
from pricing.models.legal_bases import LegalBasis, LegalBasisEvidence
from pricing.models.observations import MarketObservation, SellerAlias
from pricing.models.promo_duty import PromoDelegation, PromoEscalation
from pricing.models.promo_papers import PromoAttachment, PromoMinutes, PromoRemark
from pricing.models.promo_results import PromoChannelResult, PromoDealerResult, PromoEvaluation, PromoPieces
from pricing.models.promo_spend import PromoAccount, PromoSpend, PromoSpendProof
from pricing.models.promos import PromoGoal, PromoItem, PromoRequest, PromoStep, PromoSubmission, PromoVote
from pricing.models.sales import SaleLine, SaleLineHistory, SalesTally
from pricing.models.stock import StockFinding
from pricing.models.violations import GatheringDue, Violation, ViolationVersion

__all__ = [
    "GatheringDue",
    "LegalBasis",
    "LegalBasisEvidence",
    "MarketObservation",
    "PriceBand",
    "PromoAccount",
    "PromoAttachment",
    "PromoChannelResult",
    "PromoDealerResult",
    "PromoDelegation",
    "PromoEscalation",
    "PromoEvaluation",
    "PromoGoal",
    "PromoItem",
    "PromoMinutes",
    "PromoPieces",
    "PromoRemark",
    "PromoRequest",
    "PromoSpend",
    "PromoSpendProof",
    "PromoStep",
    "PromoSubmission",
    "PromoVote",
    "SaleLine",
    "SaleLineHistory",
    "SalesTally",
    "SellerAlias",
    "StockFinding",
    "Violation",
    "ViolationVersion",
]
