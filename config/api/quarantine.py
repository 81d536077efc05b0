"""Correcting a refused line: whatever feed it came by, it goes through the same way in again."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.imports import resubmit
from dealers.api.access import ScopeOrCapability, actor_of, own_dealer
from dealers.api.idempotency import IdempotentPosts
from dealers.api.receipts import ReceiptSerializer, receipt_answer
from dealers.api.serializers import StrictSerializer
from dealers.choices import OWN_FEEDS
from dealers.errors import NotFound
from dealers.foundation import clock
from dealers.selectors.quarantine import visible_quarantine

_NAME = re.compile("[a-z_]{1,40}")


class LineField(serializers.DictField):
    """The fields of one line by name; values are text or numbers."""

    child = serializers.CharField(allow_blank=True, allow_null=True, max_length=2_000)

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := [name for name in data if not _NAME.fullmatch(name)]):
            sentence = _("A line has no such field.")
            raise serializers.ValidationError({repr(name[:40]): [sentence] for name in unknown}, code="unknown_field")
        return super().to_internal_value(data)


class ResubmissionSerializer(StrictSerializer):
    line = LineField(allow_empty=False, help_text="The corrected line with all its fields.")


class QuarantineResubmission(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    access = {"POST": ("quarantine:write", "quarantine.correct")}

    @extend_schema(
        operation_id="resubmit_quarantined_line",
        summary="Send a corrected line",
        description="The correction is a delivery of its own with one line; should it be refused again, that is a new "
        "line in the quarantine.",
        tags=["reports"],
        request=ResubmissionSerializer,
        responses={201: ReceiptSerializer},
        examples=[
            OpenApiExample(
                "A sale line with its SKU put right",
                request_only=True,
                value={
                    "line": {
                        "doc_no": "SO-20261105-17",
                        "line_no": 2,
                        "sold_at": "2026-11-05T09:12:00+08:00",
                        "sku": "SKU-2",
                        "quantity": 1,
                        "unit_price": "999.00",
                        "region": "C001",
                    }
                },
            )
        ],
    )
    def post(self, request: Request, line: int) -> Response:
        form = ResubmissionSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        content: dict[str, Any] = form.validated_data["line"]
        if not visible_quarantine(request.user).filter(pk=line, feed__in=OWN_FEEDS).exists():
            raise NotFound(what=_("refused line"), key=line)
        delivery = resubmit(
            line_id=line, content=content, dealer=own_dealer(request), actor=actor_of(request), at=clock.now()
        )
        return receipt_answer(delivery)
