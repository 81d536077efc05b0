"""Cases in which a dealer is heard: read them, reply, hand in files, appeal."""

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
from settlement.case_words.evidence import evidence_sentence
from settlement.choices import AppealOutcome, CaseKind, CaseOutcome, CaseState, ConsequenceKind, EvidenceKind
from settlement.models import Case, CaseAppeal, CaseDecision
from settlement.permissions import CAPABILITIES
from settlement.selectors.cases import case_of, entries_in, evidence_in, file_in, files_in, visible_cases
from settlement.services.case_path.acting import GivenFile
from settlement.services.case_path.appealing import appeal
from settlement.services.case_path.hearing import hand_in, mark_opened, reply

_READ = ("cases:read", "cases.own")
_WRITE = ("cases:reply", "cases.reply")


class CaseSerializer(serializers.Serializer[Any]):
    number = serializers.CharField()
    kind = serializers.ChoiceField(choices=CaseKind.choices)
    period = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=CaseState.choices)
    charge = serializers.CharField()
    alleged_loss = serializers.DecimalField(max_digits=18, decimal_places=2, allow_null=True)
    heard_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(
        allow_null=True, help_text="By when to reply or, once decided, to appeal; else by when headquarters moves."
    )
    due_provisional = serializers.BooleanField()
    outcome = serializers.ChoiceField(choices=CaseOutcome.choices, allow_blank=True)


class CaseEvidenceSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    kind = serializers.ChoiceField(choices=EvidenceKind.choices)
    reference = serializers.CharField()
    figures = serializers.SerializerMethodField(help_text="What it says about you; the lines where there are any.")
    digest = serializers.CharField(help_text="SHA-256 of the copy that was kept.")
    added_at = serializers.DateTimeField()
    file = serializers.CharField(source="file_id", allow_null=True, help_text="To be read as a file of the case.")

    def get_figures(self, piece: Any) -> dict[str, Any]:
        if piece.kind == EvidenceKind.SIGNAL:
            return {"text": evidence_sentence(piece, for_dealer=True)}
        lines = {"lines": piece.snapshot["exact_lines"]} if piece.kind == EvidenceKind.VIOLATION else {}
        return {**piece.summary, **lines}


class CaseDecisionSerializer(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(choices=CaseOutcome.choices)
    reasons = serializers.CharField()
    proven_loss = serializers.DecimalField(max_digits=18, decimal_places=2)
    penalty = serializers.DecimalField(max_digits=18, decimal_places=2)
    forfeit_year = serializers.IntegerField(allow_null=True)
    hold = serializers.CharField(allow_blank=True)
    warning = serializers.BooleanField()
    decided_at = serializers.DateTimeField()


class CaseConsequenceSerializer(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=ConsequenceKind.choices)
    amount = serializers.DecimalField(max_digits=18, decimal_places=2, allow_null=True)
    applied_at = serializers.DateTimeField()
    reverses = serializers.BooleanField(source="is_reversal", help_text="It takes an earlier one back.")


class CaseAppealSerializer(serializers.Serializer[Any]):
    grounds = serializers.CharField()
    filed_at = serializers.DateTimeField()
    outcome = serializers.ChoiceField(choices=AppealOutcome.choices, allow_blank=True)
    reasons = serializers.CharField(allow_blank=True)
    decided_at = serializers.DateTimeField(allow_null=True)


class CaseEntrySerializer(serializers.Serializer[Any]):
    act = serializers.CharField()
    at = serializers.DateTimeField(source="made_at")
    by_dealer = serializers.BooleanField()
    text = serializers.CharField()


class CaseFileSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(source="file_id")
    name = serializers.CharField(source="file.name")
    size = serializers.IntegerField(source="file.size")
    sha256 = serializers.CharField(source="file.sha256")


class CaseDetailSerializer(CaseSerializer):
    evidence = CaseEvidenceSerializer(many=True, source="pieces")
    entries = CaseEntrySerializer(many=True, source="said")
    files = CaseFileSerializer(many=True, source="handed_in")
    decision = CaseDecisionSerializer(source="decided", allow_null=True)
    consequences = CaseConsequenceSerializer(many=True, source="followed")
    appeal = CaseAppealSerializer(source="appealed", allow_null=True)


class CaseFilters(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=CaseState.choices)
    kind = django_filters.ChoiceFilter(choices=CaseKind.choices)

    class Meta:
        model = Case
        fields = ["state", "kind"]


@extend_schema_view(get=extend_schema(operation_id="list_cases", summary="Cases, newest first", tags=["cases"]))
class Cases(generics.ListAPIView[Case]):
    permission_classes = [ScopeOrCapability]
    access = {"GET": _READ}
    capabilities = CAPABILITIES
    serializer_class = CaseSerializer
    filterset_class = CaseFilters

    def get_queryset(self) -> QuerySet[Case]:
        if getattr(self, "swagger_fake_view", False):
            return Case.objects.none()
        own_dealer(self.request)
        return visible_cases(self.request.user)


class CaseDetail(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    access = {"GET": _READ}
    capabilities = CAPABILITIES

    @extend_schema(
        operation_id="read_case",
        summary="One case with charge, evidence, decision and what followed",
        description="Reading it is recorded as proof that it was opened.",
        tags=["cases"],
        responses={200: CaseDetailSerializer},
    )
    def get(self, request: Request, number: str) -> Response:
        own_dealer(request)
        mark_opened(case=case_of(request.user, number), actor=actor_of(request), at=clock.now())
        return answer_with(request, number)


class CaseReplySerializer(StrictSerializer):
    text = serializers.CharField(max_length=10_000)
    final = serializers.BooleanField(
        required=False, default=False, help_text="This is all you have to say; it may be decided from now on."
    )


class CaseReply(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    access = {"POST": _WRITE}
    capabilities = CAPABILITIES

    @extend_schema(
        operation_id="reply_in_case",
        summary="Reply to the charge",
        description=(
            "As often as you like until the deadline; the same words sent again are one reply. Hand in files first, by "
            "`POST cases/{number}/files`: with `final` it may be decided at once."
        ),
        tags=["cases"],
        request=CaseReplySerializer,
        responses={201: CaseDetailSerializer},
    )
    def post(self, request: Request, number: str) -> Response:
        body = CaseReplySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        reply(number=number, actor=actor_of(request), at=clock.now(), **body.validated_data)
        return answer_with(request, number, status.HTTP_201_CREATED)


class CaseGroundsSerializer(StrictSerializer):
    grounds = serializers.CharField(max_length=10_000)


class CaseAppealView(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    access = {"POST": _WRITE}
    capabilities = CAPABILITIES

    @extend_schema(
        operation_id="appeal_case",
        summary="Appeal against the decision, once",
        description="A third person hears it; what has not been applied yet waits. Files follow while it is undecided.",
        tags=["cases"],
        request=CaseGroundsSerializer,
        responses={201: CaseDetailSerializer},
    )
    def post(self, request: Request, number: str) -> Response:
        body = CaseGroundsSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        appeal(number=number, actor=actor_of(request), at=clock.now(), **body.validated_data)
        return answer_with(request, number, status.HTTP_201_CREATED)


class CaseFiles(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    access = {"POST": _WRITE}
    capabilities = CAPABILITIES
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="hand_in_to_case",
        summary="Hand in a file while you may reply, or while your appeal is undecided",
        description="PDF, pictures, Word and Excel without macros, CSV or text, up to 10 MB; recognised by content.",
        tags=["cases"],
        request={"multipart/form-data": FileSerializer},
        responses={201: CaseDetailSerializer},
    )
    def post(self, request: Request, number: str) -> Response:
        file = FileSerializer.read(request)
        given = [GivenFile(file.name or "file", file)]
        hand_in(number=number, files=given, actor=actor_of(request), at=clock.now())
        return answer_with(request, number, status.HTTP_201_CREATED)


class CaseFileContent(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    access = {"GET": _READ}
    capabilities = CAPABILITIES

    @extend_schema(
        operation_id="read_case_file",
        summary="Download a file of a case",
        tags=["cases"],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, number: str, key: str) -> HttpResponse:
        own_dealer(request)
        return file_response(file_in(request.user, number, key))


def answer_with(request: Request, number: str, code: int = status.HTTP_200_OK) -> Response:
    """The case as the dealer may see it, in full."""
    case: Any = case_of(request.user, number)
    case.pieces = list(evidence_in(case).defer(None))
    case.said = list(entries_in(case, for_dealer=True))
    case.handed_in = list(files_in(case))
    case.decided = CaseDecision.objects.filter(case=case).first()
    case.appealed = CaseAppeal.objects.filter(case=case).first()
    case.followed = list(case.consequences.order_by("pk"))
    return Response(CaseDetailSerializer(case).data, status=code)
