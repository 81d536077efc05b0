"""What admission asks of a dealer's size (rulebook section 2).

Annual revenue reaches the threshold of the industry; a sole proprietor comes in only as a member of an alliance
whose members reach it together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from dealers.foundation.findings import Finding, Severity
from dealers.foundation.refusals import msgid as _


class Thresholds(Protocol):
    """The least annual revenue by industry."""

    def __getitem__(self, industry: str) -> Decimal: ...


@dataclass(frozen=True, slots=True)
class Applicant:
    """What is known about a dealer's size; ``alliance_revenue`` is the sum over the members, itself included."""

    code: str
    industry: str
    annual_revenue: Decimal
    is_sole_proprietor: bool = False
    alliance_revenue: Decimal | None = None


def check_admission(applicant: Applicant, thresholds: Thresholds | Mapping[str, Decimal]) -> tuple[Finding, ...]:
    """What speaks against admission; nothing when the thresholds are reached."""
    threshold = thresholds[applicant.industry]
    if applicant.is_sole_proprietor:
        if applicant.alliance_revenue is None:
            return (
                _against(
                    "sole_proprietor_without_alliance",
                    _("dealer %(code)s is a sole proprietor and belongs to no alliance"),
                    "alliance",
                    code=applicant.code,
                ),
            )
        if applicant.alliance_revenue < threshold:
            return (
                _against(
                    "alliance_revenue_below_threshold",
                    _("the alliance of dealer %(code)s has revenue of %(revenue)s together, below %(threshold)s"),
                    "annual_revenue",
                    code=applicant.code,
                    revenue=applicant.alliance_revenue,
                    threshold=threshold,
                ),
            )
        return ()
    if applicant.annual_revenue < threshold:
        return (
            _against(
                "revenue_below_threshold",
                _("dealer %(code)s has annual revenue of %(revenue)s, below the %(threshold)s of its industry"),
                "annual_revenue",
                code=applicant.code,
                revenue=applicant.annual_revenue,
                threshold=threshold,
            ),
        )
    return ()


def _against(code: str, message: str, column: str, /, **params: object) -> Finding:
    return Finding(code, Severity.WARNING, message, params, field=column)
