"""Applications for the remote-area subsidy."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from dealers.api.access import ScopeOrCapability, actor_of, own_dealer
from dealers.api.idempotency import IdempotentPosts
from dealers.api.serializers import StrictSerializer
from dealers.choices import RequestState
from dealers.foundation import clock
from dealers.foundation.periods import Quarter
from dealers.foundation.refusals import Refused as Unreadable
from rebates.models import RemoteSubsidyApplication
from rebates.permissions import CAPABILITIES
from rebates.selectors.subsidy_applications import visible_applications
from rebates.services.remote_subsidies import apply_for_subsidy


class RemoteRegionSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    since = serializers.CharField(help_text="First day of the territory, empty when it has always been one.")


class SubsidyApplicationSerializer(serializers.Serializer[Any]):
    """An application and what became of it. `ends_on` is the first day of the quarter from which it has ended."""

    id = serializers.IntegerField()
    dealer = serializers.CharField(source="dealer.code")
    quarter = serializers.CharField(help_text="The quarter from which it applies, for example 2026-Q4.")
    reason = serializers.CharField()
    evidence = RemoteRegionSerializer(many=True, help_text="The remote regions of the territory when it was written.")
    state = serializers.ChoiceField(choices=RequestState.choices)
    requested_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    decision_note = serializers.CharField()
    ends_on = serializers.DateField(allow_null=True)


class NewSubsidyApplicationSerializer(StrictSerializer):
    quarter = serializers.CharField(max_length=7, help_text="The present quarter or a later one, for example 2026-Q4.")
    reason = serializers.CharField(max_length=500)

    def validate_quarter(self, text: str) -> Quarter:
        try:
            return Quarter.parse(text)
        except Unreadable as refusal:
            raise serializers.ValidationError(refusal.render(), code=refusal.code) from refusal


@extend_schema_view(
    get=extend_schema(
        operation_id="list_remote_subsidy_applications",
        summary="Applications for the remote-area subsidy, newest first",
        description="A dealer sees its own.",
        tags=["subsidies"],
    )
)
class SubsidyApplications(IdempotentPosts, generics.ListAPIView[RemoteSubsidyApplication]):
    permission_classes = [ScopeOrCapability]
    access = {
        "GET": ("subsidies:read", "remote_subsidy.view"),
        "POST": ("subsidies:write", "remote_subsidy.apply"),
    }
    capabilities = CAPABILITIES
    serializer_class = SubsidyApplicationSerializer

    def get_queryset(self) -> QuerySet[RemoteSubsidyApplication]:
        if getattr(self, "swagger_fake_view", False):
            return RemoteSubsidyApplication.objects.none()
        return visible_applications(self.request.user).order_by("-requested_at", "-pk")

    @extend_schema(
        operation_id="apply_for_remote_subsidy",
        summary="Apply for the remote-area subsidy",
        description="Your channel manager decides. The same application again returns the one that waits.",
        tags=["subsidies"],
        request=NewSubsidyApplicationSerializer,
        responses={201: SubsidyApplicationSerializer},
        examples=[
            OpenApiExample("From this quarter on", request_only=True, value={"quarter": "2026-Q4", "reason": "…"})
        ],
    )
    def post(self, request: Request) -> Response:
        asked = NewSubsidyApplicationSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        application = apply_for_subsidy(
            dealer=own_dealer(request),
            quarter=asked.validated_data["quarter"],
            reason=asked.validated_data["reason"],
            actor=actor_of(request),
            at=clock.now(),
        )
        shown = visible_applications(request.user).get(pk=application.pk)
        return Response(SubsidyApplicationSerializer(shown).data, status=201)
