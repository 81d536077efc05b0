"""What promotions cost and brought, as the API reads and writes it."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from dealers.api.serializers import StrictSerializer
from dealers.foundation.findings import Finding
from dealers.foundation.money import round_money
from pricing.choices import Bearer, Channel, GoalMeasure, PromoKind, Recommendation
from pricing.models import PromoEvaluation, PromoRequest, PromoSpend
from pricing.rules.promo_figures import Part
from pricing.rules.promo_goals import Goal
from pricing.rules.promo_reached import reached
from pricing.rules.promo_spend import SpendEntry
from pricing.selectors.promo_figures import Standing
from pricing.services.promos.spend import Proof

_CHANNELS = {channel.name.lower(): channel.value for channel in Channel}
_NAMES = {value: name for name, value in _CHANNELS.items()}


class Money(serializers.DecimalField):
    """Yuan with two places, as text."""

    def __init__(self, **given: Any) -> None:
        super().__init__(max_digits=18, decimal_places=2, **given)


class Rate(serializers.DecimalField):
    """A fraction with six places, as text."""

    def __init__(self, **given: Any) -> None:
        super().__init__(max_digits=18, decimal_places=6, **given)


class ProofSerializer(StrictSerializer):
    name = serializers.CharField(max_length=200)
    content = serializers.CharField(help_text="The bytes of the file in base64.", trim_whitespace=False)

    def validate_content(self, text: str) -> bytes:
        try:
            return base64.b64decode(text, validate=True)
        except ValueError:  # binascii.Error among them; letters beyond ASCII are a plain one
            raise serializers.ValidationError("Not base64.", code="not_base64") from None


class SpendSerializer(StrictSerializer):
    """One payment. Amounts are above zero; to take an entry back, reverse it."""

    spent_on = serializers.DateField()
    payee = serializers.CharField(max_length=200)
    purpose = serializers.CharField(max_length=200)
    amount = Money()
    borne_by = serializers.ChoiceField(choices=Bearer.choices)
    channel = serializers.ChoiceField(
        choices=list(_CHANNELS), required=False, allow_null=True, default=None, help_text="None: it served all."
    )
    dealer = serializers.CharField(
        max_length=64, required=False, default="", allow_blank=True, help_text="For HQ: the dealer it was spent for."
    )
    proofs = ProofSerializer(many=True, help_text="At least one file.")

    def entry(self) -> SpendEntry:
        """The entry of a body found valid."""
        given = self.validated_data
        return SpendEntry(
            spent_on=given["spent_on"],
            payee=given["payee"],
            purpose=given["purpose"],
            amount=given["amount"],
            borne_by=given["borne_by"],
            channel=_CHANNELS.get(given["channel"] or ""),
            dealer=given["dealer"],
        )

    def given_proofs(self) -> list[Proof]:
        return [Proof(proof["name"], proof["content"]) for proof in self.validated_data["proofs"]]


class SpendReasonSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=2000)


class LessonsSerializer(StrictSerializer):
    lessons = serializers.CharField(
        max_length=10000, allow_blank=True, required=False, default="", help_text="Blank keeps the earlier ones."
    )


class SpendEntrySerializer(serializers.Serializer[PromoSpend]):
    """An entry as recorded; a reversal has a negative amount and names what it takes back."""

    number = serializers.IntegerField()
    spent_on = serializers.DateField()
    payee = serializers.CharField()
    purpose = serializers.CharField()
    amount = Money()
    borne_by = serializers.ChoiceField(choices=Bearer.choices)
    channel = serializers.SerializerMethodField()
    reverses = serializers.SerializerMethodField()
    reason = serializers.CharField()
    proofs = serializers.SerializerMethodField()
    recorded_at = serializers.DateTimeField()

    @extend_schema_field(serializers.ChoiceField(choices=list(_CHANNELS), allow_null=True))
    def get_channel(self, entry: PromoSpend) -> str | None:
        return None if entry.channel is None else _NAMES[entry.channel]

    def get_reverses(self, entry: PromoSpend) -> int | None:
        return entry.reverses.number if entry.reverses else None

    def get_proofs(self, entry: PromoSpend) -> list[str]:
        return [proof.file.name for proof in entry.proofs.all()]


class SpendAccountSerializer(serializers.Serializer[Any]):
    """The entries, what they add up to, and by when they must be complete (None before the end)."""

    entries = SpendEntrySerializer(many=True)
    total = Money()
    budget = Money(allow_null=True)
    due_at = serializers.DateTimeField(allow_null=True)
    completed_at = serializers.DateTimeField(allow_null=True)


class PartSerializer(serializers.Serializer[Any]):
    sales = Money()
    quantity = serializers.IntegerField()
    expected = Money()
    uplift = Money()
    uplift_rate = Rate(allow_null=True)


class ChannelPartSerializer(PartSerializer):
    channel = serializers.ChoiceField(choices=list(_CHANNELS))
    spend = Money(allow_null=True)
    return_rate = Rate(allow_null=True)


class GoalReachedSerializer(serializers.Serializer[Any]):
    measure = serializers.ChoiceField(choices=GoalMeasure.choices)
    target = serializers.DecimalField(max_digits=18, decimal_places=4)
    actual = serializers.DecimalField(max_digits=18, decimal_places=6, allow_null=True)
    met = serializers.BooleanField(allow_null=True)


class DaySerializer(serializers.Serializer[Any]):
    day = serializers.DateField()
    sales = Money()


class ResultsSerializer(serializers.Serializer[Any]):
    """What a promotion brought. `version` is None for figures nobody has judged; rates that cannot be computed are
    None and `remarks` say why. A dealer taking part in one of headquarters' promotions gets its own part, without
    budget, return and lessons."""

    code = serializers.CharField()
    version = serializers.IntegerField(allow_null=True)
    evaluated_at = serializers.DateTimeField(allow_null=True)
    policy = serializers.CharField()
    baseline_from = serializers.DateField()
    starts_on = serializers.DateField()
    counted_up_to = serializers.DateField(help_text="First day no longer counted.")
    baseline = Money()
    expected = Money()
    sales = Money()
    quantity = serializers.IntegerField()
    lines = serializers.IntegerField()
    breach_sales = Money()
    uplift = Money()
    uplift_rate = Rate(allow_null=True)
    spend = Money()
    return_rate = Rate(allow_null=True)
    recommendation = serializers.ChoiceField(choices=Recommendation.choices, allow_null=True)
    goals = GoalReachedSerializer(many=True)
    channels = ChannelPartSerializer(many=True)
    days = DaySerializer(many=True)
    remarks = serializers.ListField(child=serializers.CharField())
    lessons = serializers.CharField()


class ResultRowSerializer(serializers.Serializer[Any]):
    """A judged promotion in the list."""

    code = serializers.CharField(source="request.code")
    title = serializers.CharField(source="request.title")
    kind = serializers.ChoiceField(choices=PromoKind.choices, source="request.kind")
    applicant = serializers.SerializerMethodField()
    starts_on = serializers.DateField(source="request.starts_on")
    ends_on = serializers.DateField(source="request.ends_on")
    version = serializers.IntegerField()
    sales = Money()
    expected = Money()
    uplift = Money()
    uplift_rate = Rate(allow_null=True)
    spend = Money()
    return_rate = Rate(allow_null=True)
    recommendation = serializers.ChoiceField(choices=Recommendation.choices)
    goals_met = serializers.BooleanField(allow_null=True)
    lessons = serializers.CharField()

    def get_applicant(self, evaluation: PromoEvaluation) -> str | None:
        return evaluation.request.applicant.code if evaluation.request.applicant else None


def results_body(
    promo: PromoRequest, standing: Standing, kept: PromoEvaluation | None, *, own_part: bool
) -> dict[str, Any]:
    """The figures as :class:`ResultsSerializer` writes them."""
    figures = standing.figures
    return {
        "code": promo.code,
        "version": kept.version if kept else None,
        "evaluated_at": kept.evaluated_at if kept else None,
        "policy": str(standing.policy),
        "baseline_from": figures.baseline.first,
        "starts_on": promo.starts_on,
        "counted_up_to": figures.window.end,
        "baseline": figures.result.baseline,
        "expected": figures.result.expected,
        "sales": figures.result.sales,
        "quantity": figures.quantity,
        "lines": figures.lines,
        "breach_sales": figures.breach_sales,
        "uplift": figures.result.uplift,
        "uplift_rate": figures.result.rate,
        "spend": figures.spend,
        "return_rate": None if own_part else figures.returned.rate,
        "recommendation": None if own_part else figures.returned.recommendation,
        "goals": [] if own_part else _goals(promo, standing, kept),
        "channels": [_channel(part, own_part) for part in figures.channels],
        "days": [{"day": day, "sales": round_money(amount)} for day, amount in standing.days],
        "remarks": [finding.render() for finding in _findings(standing, own_part)],
        "lessons": kept.lessons if kept else "",
    }


def _channel(part: Part, own_part: bool) -> dict[str, Any]:
    return {
        "channel": _NAMES[part.key],
        "sales": part.sales,
        "quantity": part.quantity,
        "expected": part.expected,
        "uplift": part.uplift,
        "uplift_rate": part.uplift_rate,
        "spend": None if own_part else part.spend,
        "return_rate": None if own_part else part.return_rate,
    }


def _goals(promo: PromoRequest, standing: Standing, kept: PromoEvaluation | None) -> list[dict[str, Any]]:
    if kept is not None:
        return list(kept.goals)
    goals = [Goal(goal.measure, goal.target) for goal in promo.goals.all()]
    return [goal.as_record() for goal in reached(goals, standing.figures)]


def _findings(standing: Standing, own_part: bool) -> Iterable[Finding]:
    found = standing.figures.findings
    return [finding for finding in found if finding is standing.figures.result.finding] if own_part else found
