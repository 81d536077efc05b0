"""Estimating accruals in the background and keeping what was found."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from dealers.foundation.clock import BUSINESS_ZONE
from dealers.foundation.money import ZERO
from dealers.models import Region, User
from dealers.services.audit import record_audit
from settlement import permissions
from settlement.errors import EstimateAhead, EstimateBehind
from settlement.models import AccrualEstimate
from settlement.selectors.accrued import accrued_now
from settlement.selectors.reckoning import books_before, latest_closed


def request_estimate(*, instant: datetime, actor: User, at: datetime) -> AccrualEstimate:
    """Note the question; a job answers it. Raises :class:`EstimateAhead` for an instant that has not come,
    :class:`EstimateBehind` for one before the latest settlement, which cannot be undone in an estimate."""
    permissions.require(actor, "reports.view")
    if instant > at:
        raise EstimateAhead
    latest = latest_closed()
    since = None if latest is None else books_before(latest.next()).since
    if since is not None and instant < since:
        raise EstimateBehind(period=str(latest), since=since.astimezone(BUSINESS_ZONE).isoformat())
    with transaction.atomic():
        asked = AccrualEstimate.objects.create(at=instant, requested_by=actor, requested_at=at)
        record_audit(actor=actor, action="accruals.estimate", subject=asked, at=at, after={"at": instant})
    return asked


def answer_estimate(asked: AccrualEstimate, *, at: datetime) -> AccrualEstimate:
    """Find and keep the sums of an estimate, home regions gathered by province; an answered one stays as it is."""
    if asked.finished_at is not None:
        return asked
    provinces = {
        region_id: parent or code
        for region_id, code, parent in Region.objects.values_list("pk", "code", "parent__code")
    }
    amounts: dict[tuple[str, str, str, str, str, str], Decimal] = defaultdict(Decimal)
    dealers: dict[tuple[str, str, str, str, str, str], int] = defaultdict(int)
    for row in accrued_now(at=asked.at):
        province = provinces.get(row.region_id, "") if row.region_id is not None else ""
        key = (row.kind, row.program, row.window, row.for_period, row.tier, province)
        amounts[key] += row.amount
        dealers[key] += row.dealers
    asked.sums = [[*key, dealers[key], str(amount)] for key, amount in sorted(amounts.items())]
    asked.total = sum(amounts.values(), ZERO)
    asked.finished_at = at
    asked.save(update_fields=["sums", "total", "finished_at"])
    return asked
