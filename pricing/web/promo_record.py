"""How earlier promotions went, for the pane of a request."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from pricing.models import PromoRequest
from pricing.selectors.promo_performance import performance_of


def performance_context(request: PromoRequest) -> dict[str, Any]:
    """The context of `promos/performance.html`."""
    performance = performance_of([request])[request.pk]
    return {
        "performance": performance,
        "performance_rows": [
            (_("Applicant, this kind"), performance.own_kind),
            (_("Applicant, all kinds"), performance.own),
            (_("All applicants, this kind"), performance.kind),
        ],
    }
