"""The review of a promotion request as the API tells it: steps, remarks, differences, how days were counted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rest_framework import serializers

from dealers.api.serializers import StrictSerializer
from pricing.choices import Authority, Decision, StepKind
from pricing.models import PromoRequest, PromoStep, PromoSubmission
from pricing.rules.promo_content import FIELDS, changes_between
from pricing.rules.promo_remarks import LONGEST_REMARK, MOST_REMARKS, RemarkContent
from pricing.selectors.counted_days import clock_days


class PromoRemarkSerializer(StrictSerializer):
    """What is to be changed: beside a field, or beside the wording number `finding` of the ad copy."""

    field = serializers.ChoiceField(choices=[(field, field) for field in FIELDS], required=False, default="ad_copy")
    finding = serializers.IntegerField(min_value=0, required=False, allow_null=True, default=None)
    text = serializers.CharField(max_length=LONGEST_REMARK)


def remarks_in(given: list[dict[str, Any]]) -> list[RemarkContent]:
    """The remarks of a body found valid."""
    return [RemarkContent(one["field"], one["text"], one["finding"]) for one in given]


def remarks_field() -> PromoRemarkSerializer:
    """The field of a decision."""
    return PromoRemarkSerializer(many=True, required=False, default=list, max_length=MOST_REMARKS)  # type: ignore[call-arg]


class PromoDaySerializer(serializers.Serializer[Any]):
    """One day looked at: the `number`-th working day, or null and `why` it was passed over."""

    day = serializers.DateField()
    number = serializers.IntegerField(allow_null=True)
    make_up = serializers.BooleanField(help_text="A weekend day worked instead of a day off.")
    why = serializers.CharField(allow_blank=True)


class PromoClockSerializer(serializers.Serializer[Any]):
    """How days were counted, under which version of the calendar; provisional past what is published."""

    days = PromoDaySerializer(many=True)
    working_days = serializers.IntegerField(allow_null=True)
    latest = serializers.DateField(allow_null=True, help_text="For a lead: the last day to submit on.")
    calendar = serializers.CharField(allow_blank=True)
    provisional = serializers.BooleanField()


class PromoEscalationSerializer(serializers.Serializer[Any]):
    level = serializers.IntegerField()
    office = serializers.CharField()
    told = serializers.IntegerField()
    at = serializers.DateTimeField()


class PromoStepHistorySerializer(serializers.Serializer[Any]):
    """One review of one submission."""

    id = serializers.IntegerField()
    submission = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=StepKind.choices)
    authority = serializers.ChoiceField(choices=Authority.choices)
    started_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    late = serializers.BooleanField()
    clock = PromoClockSerializer()
    decision = serializers.ChoiceField(choices=Decision.choices, allow_blank=True)
    reason = serializers.CharField(allow_blank=True)
    remarks = PromoRemarkSerializer(many=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    decided_by = serializers.CharField(allow_null=True, help_text="For headquarters; a dealer reads null.")
    on_behalf_of = serializers.CharField(allow_null=True, help_text="Who was stood in for; a dealer reads null.")
    escalations = PromoEscalationSerializer(many=True)


class PromoChangeSerializer(serializers.Serializer[Any]):
    """One thing the last submission changed; `key` is the SKU, the goal's measure or the file's digest."""

    field = serializers.CharField()
    key = serializers.CharField(allow_blank=True)
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)


class PromoAttachmentSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField(source="file.name")
    media_type = serializers.CharField(source="file.media_type")
    size = serializers.IntegerField(source="file.size")
    sha256 = serializers.CharField(source="file.sha256")
    added_at = serializers.DateTimeField()


def history_of(request: PromoRequest, at: datetime, *, named: bool) -> list[dict[str, Any]]:
    """Every step of every submission, the oldest first. Who decided is told to headquarters."""
    return [
        _step(submission, step, at, named=named)
        for submission in request.submissions.all()
        for step in submission.steps.all()
    ]


def lead_of(request: PromoRequest) -> dict[str, Any] | None:
    """How the lead of the last submission was counted."""
    submissions = list(request.submissions.all())
    return clock_days(submissions[-1].lead) if submissions and submissions[-1].lead else None


def changes_in(request: PromoRequest) -> list[dict[str, str]]:
    """What the last submission changed against the one before."""
    submissions = list(request.submissions.all())
    if len(submissions) < 2:
        return []
    return [
        {"field": change.field, "key": change.key, "before": change.before, "after": change.after}
        for change in changes_between(submissions[-2].content, submissions[-1].content)
    ]


def _step(submission: PromoSubmission, step: PromoStep, at: datetime, *, named: bool) -> dict[str, Any]:
    return {
        "id": step.pk,
        "submission": submission.number,
        "kind": step.kind,
        "authority": step.authority,
        "started_at": step.started_at,
        "due_at": step.due_at,
        "late": (step.decided_at or at) >= step.due_at,
        "clock": clock_days(step.deadline),
        "decision": step.decision,
        "reason": step.reason,
        "remarks": list(step.remarks.all()),
        "decided_at": step.decided_at,
        "decided_by": step.decided_by.get_username() if named and step.decided_by else None,
        "on_behalf_of": step.on_behalf_of.get_username() if named and step.on_behalf_of else None,
        "escalations": list(step.escalations.all()) if named else [],
    }
