"""Declaring a day without sales."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from dealers.api.access import ScopeOrCapability, actor_of, own_dealer
from dealers.api.idempotency import IdempotentPosts
from dealers.api.receipts import ReceiptSerializer, receipt_answer
from dealers.api.serializers import StrictSerializer
from dealers.choices import Door
from dealers.foundation import clock
from dealers.services.audit import name_of
from dealers.services.zero_sales import declare_zero_sales


class ZeroSalesSerializer(StrictSerializer):
    date = serializers.DateField(help_text="The business day (Beijing time) on which nothing was sold.")


class ZeroSalesDeclarations(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    access = {"POST": ("sales:write", "reports.submit")}

    @extend_schema(
        operation_id="declare_zero_sales",
        summary="Declare a day without sales",
        description="Declaring the same day again returns the receipt of the first declaration.",
        tags=["reports"],
        request=ZeroSalesSerializer,
        responses={201: ReceiptSerializer},
        examples=[OpenApiExample("A day", request_only=True, value={"date": "2026-11-05"})],
    )
    def post(self, request: Request) -> Response:
        declaration = ZeroSalesSerializer(data=request.data)
        declaration.is_valid(raise_exception=True)
        actor = actor_of(request)
        delivery = declare_zero_sales(
            dealer=own_dealer(request),
            day=declaration.validated_data["date"],
            actor_label=name_of(actor),
            at=clock.now(),
            door=Door.API,
            actor=actor,
        )
        return receipt_answer(delivery)
