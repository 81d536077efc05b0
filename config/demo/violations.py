"""What the demo company did about the violations in its dealers' reports."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from config.demo.people import Staff
from dealers.foundation.periods import HalfMonth
from pricing.models import Violation
from pricing.selectors.ladder import standing_violations
from pricing.services.violations.decisions import set_aside
from pricing.services.violations.gathering import gather_violations
from settlement.services.case_intake import hand_over_violation


def look_at_violations(periods: Sequence[HalfMonth], staff: Staff, at: datetime) -> None:
    """Gather everything; the largest of the past half-months go to the case path, the smallest is set aside."""
    gather_violations(at=at)
    past = standing_violations().filter(period__in=[period.ordinal for period in periods[:-1]])
    largest = list(past.filter(state="gathered", shortfall__gt=0).order_by("-shortfall", "pk")[:3])
    for violation, reason in zip(largest, _HANDED_OVER, strict=False):
        _hand_over(violation, reason, staff, at)
    smallest = past.filter(state="gathered").order_by("shortfall", "amount", "pk").first()
    if smallest is not None:
        set_aside(
            violation_id=smallest.pk, version=smallest.version, reason=_SET_ASIDE, actor=staff["investigator"], at=at
        )


_HANDED_OVER = (
    "连续多笔突破限价，金额较大，请立案核查。",
    "同一商品反复突破限价，经销商只有口头解释，没有促销申请。",
    "第一次出现，先立案了解情况。",
)
_SET_ASIDE = "样机处理，数量少，经销商已提供照片，本次不立案。"


def _hand_over(violation: Violation, reason: str, staff: Staff, at: datetime) -> None:
    hand_over_violation(
        violation_id=violation.pk, version=violation.version, reason=reason, actor=staff["investigator"], at=at
    )
