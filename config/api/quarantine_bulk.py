"""Correcting many refused lines by one call."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.quarantine import LineField
from config.imports import resubmit_many
from dealers.api.access import ScopeOrCapability, actor_of, own_dealer
from dealers.api.idempotency import IdempotentPosts
from dealers.api.receipts import ReceiptSerializer, receipt_answer
from dealers.api.serializers import StrictSerializer
from dealers.foundation import clock
from dealers.services.quarantine import MOST_AT_ONCE


class CorrectionSerializer(StrictSerializer):
    id = serializers.IntegerField(min_value=1, max_value=2**63 - 1, help_text="Of the refused line.")
    line = LineField(
        required=False, allow_empty=False, help_text="The corrected line with all its fields; left out: as it came."
    )


class ResubmissionsSerializer(StrictSerializer):
    lines = CorrectionSerializer(many=True, allow_empty=False)

    def validate_lines(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len(lines) > MOST_AT_ONCE:
            sentence = _("At most %(most)s lines can be corrected at once.") % {"most": MOST_AT_ONCE}
            raise serializers.ValidationError(sentence, code="too_many_lines")
        if len({line["id"] for line in lines}) < len(lines):
            raise serializers.ValidationError(_("A line is named more than once."), code="repeated_line")
        return lines


class ResubmittedSerializer(serializers.Serializer[Any]):
    receipts = ReceiptSerializer(many=True, help_text="One for each feed; its lines are numbered in your order.")
    resubmitted = serializers.ListField(child=serializers.IntegerField(), help_text="In the order of their ids.")
    not_open = serializers.ListField(
        child=serializers.IntegerField(), help_text="Dealt with before; nothing was done about them."
    )


class QuarantineResubmissions(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    access = {"POST": ("quarantine:write", "quarantine.correct")}

    @extend_schema(
        operation_id="resubmit_quarantined_lines",
        summary="Send many corrected lines",
        description="Up to 1,000 lines. Each feed becomes one delivery; its lines stand in the order of the ids. A "
        "line without `line` is sent again as it came, which helps once a missing product is in the catalogue. A line "
        "that is not yours refuses the whole call.",
        tags=["reports"],
        request=ResubmissionsSerializer,
        responses={201: ResubmittedSerializer},
        examples=[OpenApiExample("Again as they came", request_only=True, value={"lines": [{"id": 17}, {"id": 18}]})],
    )
    def post(self, request: Request) -> Response:
        form = ResubmissionsSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        contents = {line["id"]: line.get("line") for line in form.validated_data["lines"]}
        done = resubmit_many(contents=contents, dealer=own_dealer(request), actor=actor_of(request), at=clock.now())
        receipts = [receipt_answer(delivery).data for delivery in done.deliveries]
        answer = {"receipts": receipts, "resubmitted": list(done.lines), "not_open": list(done.not_open)}
        return Response(answer, status=201)
