"""Satisfaction reports: which a person may see, and who still owes one."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from aftersales.choices import ReportState
from aftersales.errors import ReportNotFound
from aftersales.models import SatisfactionReport
from aftersales.permissions import can
from dealers.choices import Role
from dealers.selectors.visibility import dealers_in_regions


def visible_reports(user: Any) -> QuerySet[SatisfactionReport]:
    """HQ sees all, a channel manager those of its dealers, a dealer its own."""
    reports = SatisfactionReport.objects.order_by("-id")
    if not getattr(user, "is_authenticated", False):
        return reports.none()
    if user.dealer_id is not None:
        return reports.filter(dealer=user.dealer_id)
    if getattr(user, "is_hq_system", False):
        return reports
    if not can(user, "reports.view"):
        return reports.none()
    if user.role == Role.CHANNEL_MANAGER:
        return reports.filter(dealer__in=dealers_in_regions(user))
    return reports


def report_by_key(user: Any, key: int) -> SatisfactionReport:
    """One report in sight. Raises :class:`ReportNotFound`."""
    found = visible_reports(user).select_related("dealer", "policy", "acknowledged_by").filter(pk=key).first()
    if found is None:
        raise ReportNotFound(key=key)
    return found


def owed_reports(dealer_id: int) -> QuerySet[SatisfactionReport]:
    """What a dealer has not handed in, the earliest first."""
    return SatisfactionReport.objects.filter(dealer=dealer_id, state=ReportState.DUE).order_by("quarter")


def quarters_reported(user: Any) -> list[str]:
    """The quarters for which a report in sight is asked, the latest first."""
    return list(visible_reports(user).order_by("-quarter").values_list("quarter", flat=True).distinct()[:20])


def waiting_reports(user: Any) -> QuerySet[SatisfactionReport]:
    """What waits for this person: reports to write, or to read."""
    seen = visible_reports(user)
    if getattr(user, "dealer_id", None) is not None:
        return seen.filter(state=ReportState.DUE)
    return seen.filter(state=ReportState.SUBMITTED) if can(user, "reports.acknowledge") else seen.none()
