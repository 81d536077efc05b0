"""What changed between two submissions, field by field, and what reviewers remarked, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from dealers.models import Region
from pricing.choices import GoalMeasure, PromoKind
from pricing.models import PromoRemark, PromoRequest, PromoStep
from pricing.rules.promo_content import Change, changes_between
from pricing.rules.promo_flow import WITH_APPLICANT
from pricing.rules.text_difference import text_difference
from pricing.selectors.promo_remarks import latest_returned
from pricing.services.promos.attachments import attachments_record
from pricing.services.promos.drafts import content_of

FIELD_LABELS = {
    "title": _("Title"),
    "kind": _("Kind"),
    "starts_on": _("First day"),
    "ends_on": _("Ends before"),
    "items": _("Promo price"),
    "regions": _("Regions"),
    "dealers": _("Participating dealers"),
    "budget": _("Budget"),
    "brand_share": _("Share borne by the brand"),
    "dealer_share": _("Share borne by the dealers"),
    "other_share": _("Share borne by another party"),
    "other_party": _("Another party"),
    "goals": _("Goal"),
    "goal": _("Goals in words"),
    "ad_copy": _("Ad copy"),
    "attachments": _("Attachment"),
}
_TEXTS = ("title", "goal", "ad_copy", "other_party")
_MONEY = ("budget", "items")
_SHARES = ("brand_share", "dealer_share", "other_share")


def changes_of_last_submission(request: PromoRequest) -> list[dict[str, Any]]:
    """What the last submission changed against the one before."""
    submissions = list(request.submissions.all())
    if len(submissions) < 2:
        return []
    return _in_words(changes_between(submissions[-2].content, submissions[-1].content))


def changes_since_submission(request: PromoRequest) -> list[dict[str, Any]] | None:
    """What its applicant changed since the last submission; None when the request is not with its applicant."""
    submissions = list(request.submissions.all())
    if not submissions or request.state not in WITH_APPLICANT:
        return None
    now = {**content_of(request).as_record(), "attachments": attachments_record(request)}
    return _in_words(changes_between(submissions[-1].content, now))


def remark_lines(request: PromoRequest) -> list[dict[str, Any]]:
    """What the reviewer who decided last asked for, one line per remark."""
    step = latest_returned(request)
    return [] if step is None else [_remark_words(remark, step) for remark in step.remarks.all()]


def _remark_words(remark: PromoRemark, step: PromoStep) -> dict[str, Any]:
    wording = ""
    if remark.finding is not None:
        legal = next((one for one in step.submission.steps.all() if one.findings), None)
        if legal is not None and remark.finding < len(legal.findings):
            wording = legal.findings[remark.finding]["text"]
    return {
        "field": remark.field,
        "label": str(FIELD_LABELS.get(remark.field, remark.field)),
        "wording": wording,
        "text": remark.text,
    }


def _in_words(changes: Iterable[Change]) -> list[dict[str, Any]]:
    listed = list(changes)
    places = _names_of_regions(listed)
    return [_change_words(change, places) for change in listed]


def _change_words(change: Change, places: Mapping[str, str]) -> dict[str, Any]:
    label = str(FIELD_LABELS[change.field])
    if change.field == "goals":
        label = f"{label} · {GoalMeasure(change.key).label}"
    elif change.field == "items":
        label = f"{label} · {change.key}"
    return {
        "label": label,
        "before": _shown(change, change.before, places),
        "after": _shown(change, change.after, places),
        "is_money": change.field in _MONEY or (change.field == "goals" and change.key == GoalMeasure.AMOUNT),
        "pieces": text_difference(change.before, change.after) if change.field in _TEXTS else (),
    }


def _shown(change: Change, value: str, places: Mapping[str, str]) -> str:
    if not value:
        return ""
    if change.field in _SHARES or (change.field == "goals" and change.key == GoalMeasure.UPLIFT):
        return format((Decimal(value) * 100).normalize(), "f") + "%"
    if change.field == "kind":
        return str(PromoKind(value).label)
    if change.field == "regions":
        return ", ".join(places.get(code, code) for code in value.split(", "))
    return value


def _names_of_regions(changes: Iterable[Change]) -> dict[str, str]:
    codes = {
        code
        for change in changes
        if change.field == "regions"
        for side in (change.before, change.after)
        for code in side.split(", ")
        if code
    }
    return {region.code: region.name for region in Region.objects.filter(code__in=codes)} if codes else {}
