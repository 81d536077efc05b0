"""Price bands, promotions, and the sale lines judged by them."""

from pricing.models.bands import LegalBasis, PriceBand
from pricing.models.promos import PromoItem, PromoRequest, PromoStep, PromoSubmission, PromoVote
from pricing.models.sales import SaleLine, SaleLineHistory, SalesTally

__all__ = [
    "LegalBasis",
    "PriceBand",
    "PromoItem",
    "PromoRequest",
    "PromoStep",
    "PromoSubmission",
    "PromoVote",
    "SaleLine",
    "SaleLineHistory",
    "SalesTally",
]
