"""What the policy says about after-sales service."""

from __future__ import annotations

from typing import Annotated, Any

from dealers.foundation.faults import Fault
from dealers.foundation.term_values import ByTier, Days, Hours, one_of, whole
from dealers.foundation.terms import Section, StoredPolicy, Terms


class SatisfactionTerms(Terms):
    """How often a satisfaction report is due, and how many days after the end of what it covers."""

    period: Annotated[str, one_of("period", "quarter")]
    due_days: Days


class AftersalesTerms(Section):
    key = "aftersales"

    first_response_hours: Hours
    min_staff: ByTier[Annotated[int, whole(0, 10_000)]]
    satisfaction: SatisfactionTerms


def parse(section: Any) -> tuple[AftersalesTerms | None, list[Fault]]:
    """The `aftersales` section as terms, or why it cannot be."""
    return AftersalesTerms.parse(section)


def aftersales_terms(policy: StoredPolicy) -> AftersalesTerms:
    """What a stored policy version says about after-sales service."""
    return AftersalesTerms.in_version(policy)
