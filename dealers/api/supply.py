"""May this dealer be supplied? HQ's order system asks before each shipment."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dealers.api.access import ScopeOrCapability
from dealers.api.serializers import QuerySerializer
from dealers.choices import Role
from dealers.errors import NotFound
from dealers.foundation import clock
from dealers.permissions import CAPABILITIES, READERS
from dealers.selectors.supply import eligibility
from dealers.selectors.visibility import visible_dealers


class SupplyQuerySerializer(QuerySerializer):
    dealer = serializers.CharField(max_length=32)


class ReasonSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField(help_text="A kind of hold, `contract`, or `state` when the dealer is not active.")
    since = serializers.DateTimeField(allow_null=True)
    detail = serializers.CharField()


class EligibilitySerializer(serializers.Serializer[Any]):
    dealer = serializers.CharField()
    eligible = serializers.BooleanField()
    as_of = serializers.DateTimeField()
    reasons = ReasonSerializer(many=True)


class SupplyEligibility(APIView):
    """For HQ alone: a dealer finds its own answer under ``me``."""

    permission_classes = [ScopeOrCapability]
    access = {"GET": ("supply:read", "supply.ask")}
    capabilities = {**CAPABILITIES, "supply.ask": READERS - {Role.ADMINISTRATOR}}
    may_not_find = True

    @extend_schema(
        operation_id="supply_eligibility",
        summary="May this dealer be supplied now? (HQ)",
        description="A dealer may be supplied if it is active, its contract is in force and no hold is open.",
        tags=["HQ systems"],
        parameters=[SupplyQuerySerializer],
        responses={200: EligibilitySerializer},
        examples=[
            OpenApiExample(
                "Held",
                response_only=True,
                value={
                    "dealer": "D0001",
                    "eligible": False,
                    "as_of": "2026-11-05T09:30:00+08:00",
                    "reasons": [
                        {
                            "kind": "sync",
                            "since": "2026-11-04T00:00:00+08:00",
                            "detail": "No stock count since 2026-11-02 18:00.",
                        }
                    ],
                },
            )
        ],
    )
    def get(self, request: Request) -> Response:
        code = SupplyQuerySerializer.read(request)["dealer"]
        hidden = not getattr(request.user, "is_hq_system", False) and (
            not visible_dealers(request.user).filter(code=code).exists()
        )
        answer = None if hidden else eligibility(dealer=code, at=clock.now())
        if answer is None:
            raise NotFound(what=_("dealer"), key=code)
        return Response(EligibilitySerializer(answer).data)
