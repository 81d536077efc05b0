"""Disputes: a dealer contests lines of its statement, answers, attaches files, takes it back."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from dealers.api.access import ScopeOrCapability, actor_of, own_dealer
from dealers.api.idempotency import IdempotentPosts
from dealers.api.serializers import FileSerializer, StrictSerializer
from dealers.foundation import clock
from dealers.web.files import file_response
from settlement.choices import DisputeState, LineKind
from settlement.models import Dispute
from settlement.permissions import CAPABILITIES
from settlement.selectors.disputes import dispute_of, entries_in, file_in, lines_in, visible_disputes
from settlement.selectors.visible import statement_of
from settlement.services.disputes.acting import GivenFile
from settlement.services.disputes.opening import (
    ContestedLine,
    add_files,
    answer_dispute,
    open_dispute,
    withdraw_dispute,
)

_READ = ("statements:read", "disputes.view")
_WRITE = ("statements:dispute", "disputes.open")


class ContestedLineSerializer(StrictSerializer):
    line_no = serializers.IntegerField(min_value=1, max_value=1_000_000)
    claimed = serializers.DecimalField(
        max_digits=18, decimal_places=2, required=False, allow_null=True, default=None, help_text="What it should be."
    )
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=500)


class NewDisputeSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=2000)
    lines = ContestedLineSerializer(many=True, max_length=500)  # type: ignore[call-arg]


class DisputedLineSerializer(serializers.Serializer[Any]):
    line_no = serializers.IntegerField(source="line.line_no")
    kind = serializers.ChoiceField(source="line.kind", choices=LineKind.choices)
    amount = serializers.DecimalField(source="line.amount", max_digits=18, decimal_places=2)
    claimed = serializers.DecimalField(max_digits=18, decimal_places=2, allow_null=True)
    reason = serializers.CharField()
    granted = serializers.SerializerMethodField(help_text="In addition to the line; only once the dispute is accepted.")

    def get_granted(self, line: Any) -> str | None:
        accepted = line.dispute.state == DisputeState.ACCEPTED
        return f"{line.granted:.2f}" if accepted and line.granted is not None else None


class DisputeSerializer(serializers.Serializer[Any]):
    number = serializers.CharField()
    period = serializers.CharField(source="statement.run.period")
    dealer = serializers.CharField(source="dealer.code")
    state = serializers.ChoiceField(choices=DisputeState.choices)
    reason = serializers.CharField()
    opened_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True, help_text="By when whoever is to move has to.")
    due_provisional = serializers.BooleanField()
    decision_reason = serializers.CharField(help_text="Why it was decided so; or what the dealer is asked to do.")
    decided_at = serializers.DateTimeField(allow_null=True)


class DisputeEntrySerializer(serializers.Serializer[Any]):
    act = serializers.CharField()
    at = serializers.DateTimeField(source="made_at")
    by_dealer = serializers.BooleanField()
    text = serializers.CharField()


class DisputeFileSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField(source="file.name")
    size = serializers.IntegerField(source="file.size")
    sha256 = serializers.CharField(source="file.sha256")
    by_dealer = serializers.BooleanField()


class DisputeDetailSerializer(DisputeSerializer):
    lines = DisputedLineSerializer(many=True, source="in_order")
    entries = DisputeEntrySerializer(many=True, source="said")
    files = DisputeFileSerializer(many=True, source="attached")


class DisputeAnswerSerializer(StrictSerializer):
    text = serializers.CharField(max_length=2000)


class DisputeFilters(django_filters.FilterSet):
    period = django_filters.CharFilter(field_name="statement__run__period", max_length=10)
    dealer = django_filters.CharFilter(field_name="dealer__code", max_length=32)
    state = django_filters.ChoiceFilter(choices=DisputeState.choices)

    class Meta:
        model = Dispute
        fields = ["period", "dealer", "state"]


@extend_schema_view(
    get=extend_schema(operation_id="list_disputes", summary="Disputes, newest first", tags=["statements"])
)
class Disputes(generics.ListAPIView[Dispute]):
    permission_classes = [ScopeOrCapability]
    access = {"GET": _READ}
    capabilities = CAPABILITIES
    serializer_class = DisputeSerializer
    filterset_class = DisputeFilters

    def get_queryset(self) -> QuerySet[Dispute]:
        if getattr(self, "swagger_fake_view", False):
            return Dispute.objects.none()
        return visible_disputes(self.request.user)


class DisputeDetail(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    access = {"GET": _READ}
    capabilities = CAPABILITIES

    @extend_schema(
        operation_id="read_dispute",
        summary="One dispute with its lines and what was said",
        tags=["statements"],
        responses={200: DisputeDetailSerializer},
    )
    def get(self, request: Request, number: str) -> Response:
        return answer_with(request, number)


class OpenDispute(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    access = {"POST": _WRITE}
    capabilities = CAPABILITIES

    @extend_schema(
        operation_id="dispute_statement",
        summary="Dispute lines of a statement",
        description=(
            "Within the working days of its delivery. Only the named lines wait for the decision. Sent again, the same "
            "dispute is answered with the first one. Files follow by `POST disputes/{number}/files`."
        ),
        tags=["statements"],
        request=NewDisputeSerializer,
        responses={201: DisputeDetailSerializer},
    )
    def post(self, request: Request, period: str) -> Response:
        body = NewDisputeSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        dispute = open_dispute(
            statement=statement_of(request.user, period, own_dealer(request).code),
            lines=[ContestedLine(**line) for line in given["lines"]],
            reason=given["reason"],
            actor=actor_of(request),
            at=clock.now(),
        )
        return answer_with(request, dispute.number, status.HTTP_201_CREATED)


class AnswerDispute(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    access = {"POST": _WRITE}
    capabilities = CAPABILITIES

    @extend_schema(
        operation_id="answer_dispute",
        summary="Do what headquarters asked for",
        tags=["statements"],
        request=DisputeAnswerSerializer,
        responses={200: DisputeDetailSerializer},
    )
    def post(self, request: Request, number: str) -> Response:
        body = DisputeAnswerSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        answer_dispute(number=number, text=body.validated_data["text"], actor=actor_of(request), at=clock.now())
        return answer_with(request, number)


class NothingToSaySerializer(StrictSerializer):
    """Nothing to say: send ``{}``."""


class WithdrawDispute(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    access = {"POST": _WRITE}
    capabilities = CAPABILITIES

    @extend_schema(
        operation_id="withdraw_dispute",
        summary="Take a dispute back; the lines stand",
        tags=["statements"],
        request=NothingToSaySerializer,
        responses={200: DisputeDetailSerializer},
    )
    def post(self, request: Request, number: str) -> Response:
        NothingToSaySerializer(data=request.data).is_valid(raise_exception=True)
        withdraw_dispute(number=number, actor=actor_of(request), at=clock.now())
        return answer_with(request, number)


class DisputeFiles(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    access = {"POST": _WRITE}
    capabilities = CAPABILITIES
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="attach_to_dispute",
        summary="Attach a file to an undecided dispute",
        description="PDF, pictures, Word and Excel without macros, CSV or text, up to 10 MB; recognised by content.",
        tags=["statements"],
        request={"multipart/form-data": FileSerializer},
        responses={201: DisputeDetailSerializer},
    )
    def post(self, request: Request, number: str) -> Response:
        file = FileSerializer.read(request)
        given = [GivenFile(file.name or "file", file)]
        add_files(number=number, files=given, actor=actor_of(request), at=clock.now())
        return answer_with(request, number, status.HTTP_201_CREATED)


class DisputeFileContent(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    access = {"GET": _READ}
    capabilities = CAPABILITIES

    @extend_schema(
        operation_id="read_dispute_file",
        summary="Download a file of a dispute",
        tags=["statements"],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, number: str, pk: int) -> HttpResponse:
        return file_response(file_in(request.user, number, pk).file)


def answer_with(request: Request, number: str, code: int = status.HTTP_200_OK) -> Response:
    """The dispute as the caller may see it, in full."""
    dispute: Any = dispute_of(request.user, number)
    dispute.in_order = list(lines_in(dispute).select_related("dispute"))
    dispute.said = list(entries_in(dispute, for_dealer=getattr(request.user, "dealer_id", None) is not None))
    dispute.attached = list(dispute.files.select_related("file"))
    return Response(DisputeDetailSerializer(dispute).data, status=code)
