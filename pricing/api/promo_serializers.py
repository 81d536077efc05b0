"""Promotion requests as the API reads and writes them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from dealers.api.serializers import StrictSerializer
from dealers.choices import Tier
from pricing.api.promo_review_serializers import (
    PromoAttachmentSerializer,
    PromoChangeSerializer,
    PromoClockSerializer,
    PromoStepHistorySerializer,
    changes_in,
    history_of,
    lead_of,
    remarks_field,
)
from pricing.choices import AdClaim, AdRule, Authority, Decision, GoalMeasure, PromoKind, PromoState, StepKind
from pricing.models import PromoRequest, PromoStep
from pricing.rules.promo_content import PromoContent, PromoItemContent
from pricing.rules.promo_goals import Goal
from pricing.selectors.promo_review import Review, last_step


class PromoItemSerializer(StrictSerializer):
    sku = serializers.CharField(max_length=64)
    promo_price = serializers.DecimalField(max_digits=18, decimal_places=6, min_value=Decimal(0))


class PromoGoalSerializer(StrictSerializer):
    """A number to reach over the window: units, yuan, growth as a fraction (0.3 is 30 %), or yuan per yuan spent."""

    measure = serializers.ChoiceField(choices=GoalMeasure.choices)
    target = serializers.DecimalField(max_digits=18, decimal_places=4, min_value=Decimal("0.0001"))


class PromoDraftSerializer(StrictSerializer):
    """What is asked for. The window is half-open: `ends_on` is the first day no longer covered."""

    title = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    kind = serializers.ChoiceField(choices=PromoKind.choices, required=False, default=PromoKind.DISCOUNT)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    items = PromoItemSerializer(many=True, required=False, default=list, help_text="A submission needs at least one.")
    regions = serializers.ListField(
        child=serializers.CharField(max_length=32),
        required=False,
        default=list,
        help_text="Codes; none means everywhere.",
    )
    dealers = serializers.ListField(
        child=serializers.CharField(max_length=32),
        required=False,
        default=list,
        help_text="Codes, for requests of headquarters; none means all. A dealer asks for itself.",
    )
    dealer_regions = serializers.ListField(
        child=serializers.CharField(max_length=32),
        required=False,
        default=list,
        help_text="For headquarters: the dealers of these regions take part, beside those named.",
    )
    dealer_tiers = serializers.ListField(
        child=serializers.ChoiceField(choices=Tier.choices),
        required=False,
        default=list,
        help_text="Only those of these tiers on the first day.",
    )
    budget = serializers.DecimalField(max_digits=18, decimal_places=2, min_value=Decimal(0))
    brand_share = serializers.DecimalField(
        max_digits=7, decimal_places=6, min_value=Decimal(0), max_value=Decimal(1), required=False, default=Decimal(1)
    )
    dealer_share = serializers.DecimalField(
        max_digits=7,
        decimal_places=6,
        min_value=Decimal(0),
        max_value=Decimal(1),
        required=False,
        allow_null=True,
        default=None,
        help_text="Without it the dealers bear what brand and other party leave; the three shares make up 1.",
    )
    other_share = serializers.DecimalField(
        max_digits=7, decimal_places=6, min_value=Decimal(0), max_value=Decimal(1), required=False, default=Decimal(0)
    )
    other_party = serializers.CharField(
        max_length=200, required=False, default="", allow_blank=True, help_text="Who bears `other_share`."
    )
    goals = PromoGoalSerializer(many=True, required=False, default=list)
    goal = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=5000, help_text="Goals in words, beside the numbers."
    )
    ad_copy = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=20000, trim_whitespace=False
    )

    def content(self) -> PromoContent:
        """The content of a body found valid."""
        given: dict[str, Any] = dict(self.validated_data)
        items = tuple(PromoItemContent(item["sku"], item["promo_price"]) for item in given.pop("items"))
        regions, dealers = tuple(given.pop("regions")), tuple(given.pop("dealers"))
        given.pop("dealer_regions")
        given.pop("dealer_tiers")
        goals = tuple(Goal(goal["measure"], goal["target"]) for goal in given.pop("goals"))
        return PromoContent(**given, items=items, regions=regions, dealers=dealers, goals=goals)


class PromoReasonSerializer(StrictSerializer):
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=5000)


class PromoDecisionSerializer(PromoReasonSerializer):
    """`reason` is needed for reject and return. `step` guards against deciding a later submission than was read."""

    decision = serializers.ChoiceField(choices=Decision.choices)
    step = serializers.IntegerField(required=False, allow_null=True, default=None, help_text="`id` of the step read.")
    remarks = remarks_field()


class PromoLegalDecisionSerializer(PromoDecisionSerializer):
    cleared = serializers.ListField(
        child=serializers.IntegerField(min_value=0),
        required=False,
        default=list,
        help_text="Numbers of the findings cleared with this decision.",
    )


class PromoFindingSerializer(serializers.Serializer[Any]):
    """A wording found in the ad copy, at `[start, end)` of its characters."""

    number = serializers.IntegerField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    text = serializers.CharField()
    term = serializers.CharField()
    category = serializers.ChoiceField(choices=AdClaim.choices)
    reference = serializers.ChoiceField(choices=AdRule.choices)
    cleared = serializers.BooleanField()
    note = serializers.CharField(allow_blank=True, help_text="Why legal found it harmless.")


class PromoStepSerializer(serializers.Serializer[Any]):
    """A review step: who decides by when, how that was counted, and what was decided."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=StepKind.choices)
    authority = serializers.ChoiceField(choices=Authority.choices)
    started_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    late = serializers.BooleanField()
    deadline = serializers.JSONField(help_text="Working days counted, days skipped and why, calendar, provisional.")
    routing = serializers.JSONField(help_text="The amount the authority was chosen by, and what was added together.")
    decision = serializers.ChoiceField(choices=Decision.choices, allow_blank=True)
    reason = serializers.CharField(allow_blank=True)
    decided_at = serializers.DateTimeField(allow_null=True)


class PromoCheckSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    outcome = serializers.ChoiceField(choices=["ok", "warn", "fail"])
    detail = serializers.CharField()


class PromoRequestSerializer(serializers.Serializer[Any]):
    """A promotion request. `id` is its number."""

    id = serializers.CharField(source="code")
    applicant = serializers.CharField(source="applicant.code", allow_null=True, default=None)
    state = serializers.ChoiceField(choices=PromoState.choices)
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=PromoKind.choices)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    items = serializers.SerializerMethodField()
    regions = serializers.SerializerMethodField()
    dealers = serializers.SerializerMethodField()
    budget = serializers.DecimalField(max_digits=18, decimal_places=2)
    brand_share = serializers.DecimalField(max_digits=7, decimal_places=6)
    dealer_share = serializers.DecimalField(max_digits=7, decimal_places=6)
    other_share = serializers.DecimalField(max_digits=7, decimal_places=6)
    other_party = serializers.CharField()
    goals = PromoGoalSerializer(many=True, source="goals.all")
    goal = serializers.CharField()
    ad_copy = serializers.CharField()
    created_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    approved_at = serializers.DateTimeField(allow_null=True)
    withdrawn_at = serializers.DateTimeField(allow_null=True)
    step = serializers.SerializerMethodField()
    findings = serializers.SerializerMethodField()

    @extend_schema_field(PromoItemSerializer(many=True))
    def get_items(self, request: PromoRequest) -> list[dict[str, Any]]:
        lines = [{"sku": item.product.sku, "promo_price": item.promo_price} for item in request.items.all()]
        return list(PromoItemSerializer(lines, many=True).data)

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_regions(self, request: PromoRequest) -> list[str]:
        return [region.code for region in request.regions.all()]

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_dealers(self, request: PromoRequest) -> list[str]:
        return [dealer.code for dealer in request.dealers.all()]

    @extend_schema_field(PromoStepSerializer(allow_null=True))
    def get_step(self, request: PromoRequest) -> dict[str, Any] | None:
        step = last_step(request)
        return None if step is None else _step(step, self.context["at"])

    @extend_schema_field(PromoFindingSerializer(many=True))
    def get_findings(self, request: PromoRequest) -> list[dict[str, Any]]:
        step = last_step(request, StepKind.LEGAL)
        return [
            {
                **finding,
                "number": number,
                "cleared": finding["cleared"] is not None,
                "note": (finding["cleared"] or {}).get("note", ""),
            }
            for number, finding in enumerate(step.findings if step else [])
        ]


class PromoDetailSerializer(PromoRequestSerializer):
    """One request with the automatic checks its reviewer sees."""

    checks = serializers.SerializerMethodField()
    attachments = serializers.SerializerMethodField()
    steps = serializers.SerializerMethodField(help_text="Every review of every submission, the oldest first.")
    changes = serializers.SerializerMethodField(help_text="What the last submission changed.")
    lead = serializers.SerializerMethodField(help_text="How the days before the start were counted.")

    @extend_schema_field(PromoAttachmentSerializer(many=True))
    def get_attachments(self, request: PromoRequest) -> list[dict[str, Any]]:
        present = [one for one in request.attachments.all() if one.removed_at is None]
        return list(PromoAttachmentSerializer(present, many=True).data)

    @extend_schema_field(PromoStepHistorySerializer(many=True))
    def get_steps(self, request: PromoRequest) -> list[dict[str, Any]]:
        history = history_of(request, self.context["at"], named=self.context["named"])
        return list(PromoStepHistorySerializer(history, many=True).data)

    @extend_schema_field(PromoChangeSerializer(many=True))
    def get_changes(self, request: PromoRequest) -> list[dict[str, str]]:
        return changes_in(request)

    @extend_schema_field(PromoClockSerializer(allow_null=True))
    def get_lead(self, request: PromoRequest) -> dict[str, Any] | None:
        lead = lead_of(request)
        return None if lead is None else dict(PromoClockSerializer(lead).data)

    @extend_schema_field(PromoCheckSerializer(many=True))
    def get_checks(self, request: PromoRequest) -> list[dict[str, Any]]:
        review: Review = self.context["review"]
        sentences = self.context["sentences"]
        return [
            {"code": check.code, "outcome": check.outcome.value, "detail": sentences(check)} for check in review.checks
        ]


def _step(step: PromoStep, at: Any) -> dict[str, Any]:
    return dict(
        PromoStepSerializer(
            {
                "id": step.pk,
                "kind": step.kind,
                "authority": step.authority,
                "started_at": step.started_at,
                "due_at": step.due_at,
                "late": (step.decided_at or at) >= step.due_at,
                "deadline": step.deadline,
                "routing": step.routing,
                "decision": step.decision,
                "reason": step.reason,
                "decided_at": step.decided_at,
            }
        ).data
    )
