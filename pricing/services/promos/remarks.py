"""Keeping what a reviewer remarked on single fields and wordings with the decision."""

from __future__ import annotations

from collections.abc import Sequence

from pricing.errors import PromoInvalid
from pricing.models import PromoRemark, PromoStep
from pricing.rules.promo_remarks import RemarkContent, faults_in_remarks


def keep_remarks(step: PromoStep, remarks: Sequence[RemarkContent], findings: int) -> None:
    """Store the remarks in the caller's transaction. Raises :class:`~pricing.errors.PromoInvalid` with every fault."""
    if faults := tuple(faults_in_remarks(remarks, findings)):
        raise PromoInvalid(faults)
    PromoRemark.objects.bulk_create(
        PromoRemark(
            step=step,
            field="ad_copy" if remark.finding is not None else remark.field,
            finding=remark.finding,
            text=remark.text.strip(),
        )
        for remark in remarks
    )


def remarks_record(remarks: Sequence[RemarkContent]) -> list[dict[str, object]]:
    """The remarks as the audit trail keeps them."""
    return [{"field": remark.field, "finding": remark.finding, "text": remark.text.strip()} for remark in remarks]
