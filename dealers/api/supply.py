"""May this dealer be supplied? HQ's order system asks before each shipment."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from dealers.api.access import ScopeOrCapability
from dealers.api.idempotency import IdempotentPosts
from dealers.api.serializers import QuerySerializer, StrictSerializer
from dealers.choices import Role
from dealers.errors import NotFound
from dealers.foundation import clock
from dealers.models import Dealer
from dealers.permissions import CAPABILITIES, READERS
from dealers.selectors.supply import eligibilities
from dealers.selectors.visibility import visible_dealers

#: How many dealers one question may name.
MOST_DEALERS = 1_000


class SupplyQuerySerializer(QuerySerializer):
    dealer = serializers.CharField(
        max_length=32, help_text="A dealer's code. Named more than once, the answer is that of the POST."
    )


class ManySerializer(StrictSerializer):
    dealers = serializers.ListField(
        child=serializers.CharField(max_length=32), min_length=1, max_length=MOST_DEALERS, help_text="Codes."
    )


class ReasonSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField(help_text="A kind of hold, `contract`, or `state` when the dealer is not active.")
    since = serializers.DateTimeField(allow_null=True)
    detail = serializers.CharField()


class EligibilitySerializer(serializers.Serializer[Any]):
    dealer = serializers.CharField()
    eligible = serializers.BooleanField()
    as_of = serializers.DateTimeField()
    reasons = ReasonSerializer(many=True)


class EligibilitiesSerializer(serializers.Serializer[Any]):
    """The answers in the order of the codes; what there is no dealer for is listed apart."""

    as_of = serializers.DateTimeField()
    answers = EligibilitySerializer(many=True)
    unknown = serializers.ListField(child=serializers.CharField())


class SupplyEligibility(IdempotentPosts):
    """For HQ alone: a dealer finds its own answer under ``me``."""

    permission_classes = [ScopeOrCapability]
    access = {"GET": ("supply:read", "supply.ask"), "POST": ("supply:read", "supply.ask")}
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
        codes = request.query_params.getlist("dealer")
        if len(codes) > 1:
            return _answers(request, ManySerializer(data={"dealers": codes}))
        code = SupplyQuerySerializer.read(request)["dealer"]
        found = eligibilities(_in_sight(request).filter(code=code), at=clock.now())
        if not found:
            raise NotFound(what=_("dealer"), key=code)
        return Response(EligibilitySerializer(found[0]).data)

    @extend_schema(
        operation_id="supply_eligibilities",
        summary="May these dealers be supplied now? (HQ)",
        description="Up to 1,000 dealers in one call; it changes nothing and may be repeated freely.",
        tags=["HQ systems"],
        request=ManySerializer,
        responses={200: EligibilitiesSerializer},
        examples=[OpenApiExample("Two", request_only=True, value={"dealers": ["D0001", "D0002"]})],
    )
    def post(self, request: Request) -> Response:
        return _answers(request, ManySerializer(data=request.data))


def _answers(request: Request, given: ManySerializer) -> Response:
    given.is_valid(raise_exception=True)
    codes = list(dict.fromkeys(given.validated_data["dealers"]))
    at = clock.now()
    found = eligibilities(_in_sight(request).filter(code__in=codes), at=at)
    known = {answer.dealer for answer in found}
    unknown = [code for code in codes if code not in known]
    return Response(EligibilitiesSerializer({"as_of": at, "answers": found, "unknown": unknown}).data)


def _in_sight(request: Request) -> QuerySet[Dealer]:
    """The dealers the caller may ask about; a channel manager those of its regions."""
    return visible_dealers(request.user)
