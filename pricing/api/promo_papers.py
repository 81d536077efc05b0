"""Files, wordings, minutes, absences and approvals of many requests at a time."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from dealers.api.access import ScopeOrCapability
from dealers.api.bodies import StrictJSONParser
from dealers.api.idempotency import IdempotentPosts
from dealers.api.serializers import FileSerializer, StrictSerializer
from dealers.foundation import clock
from dealers.models import User
from dealers.web.files import file_response
from pricing.api.promo_review_serializers import PromoAttachmentSerializer
from pricing.api.promo_serializers import PromoDetailSerializer
from pricing.api.promos import PromoAct, answer_promo, caller, person
from pricing.errors import AttachmentUnknown
from pricing.models import PromoAttachment, PromoDelegation
from pricing.models import PromoMinutes as WrittenMinutes
from pricing.permissions import CAPABILITIES
from pricing.selectors.promo_delegations import visible_delegations
from pricing.selectors.promo_files import attachment_for, minutes_file_for, minutes_for
from pricing.services.promos.attachments import attach_file, remove_attachment
from pricing.services.promos.bulk import MOST_AT_ONCE, BulkAnswer, approve_many
from pricing.services.promos.delegations import end_delegation, record_delegation
from pricing.services.promos.legal import clear_hit
from pricing.services.promos.minutes import LONGEST_MINUTES, write_minutes

_READ = ("promos:read", "promos.view")
_WRITE = ("promos:write", "promos.request")


class WrittenMinutesSerializer(serializers.Serializer[Any]):
    """One version of the minutes; ``file`` is the name of the sheet kept with it."""

    id = serializers.IntegerField(source="pk")
    version = serializers.IntegerField(source="number")
    text = serializers.CharField()
    file = serializers.CharField(source="file.name", allow_null=True, default=None)
    written_by = serializers.CharField(source="written_by.username")
    written_at = serializers.DateTimeField()


class PromoAttachments(PromoAct):
    access = {"POST": _WRITE}
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="attach_to_promo_request",
        summary="Attach a file to a draft or a returned request",
        description="PDF, pictures, Word and Excel without macros, CSV or text, up to 10 MB; recognised by content.",
        tags=["promotions"],
        request={"multipart/form-data": FileSerializer},
        responses={201: PromoAttachmentSerializer},
    )
    def post(self, request: Request, code: str) -> Response:
        file = FileSerializer.read(request)
        attachment = attach_file(
            code=code, name=file.name or "file", content=file, actor=caller(request), at=clock.now()
        )
        return Response(PromoAttachmentSerializer(attachment).data, status=status.HTTP_201_CREATED)


class PromoAttachmentDetail(PromoAct):
    access = {"GET": _READ, "DELETE": _WRITE}

    @extend_schema(
        operation_id="get_promo_attachment",
        summary="Download an attachment",
        tags=["promotions"],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, code: str, attachment: int) -> HttpResponse:
        try:
            return file_response(attachment_for(request.user, code, attachment).file)
        except PromoAttachment.DoesNotExist as missing:
            raise AttachmentUnknown(key=attachment) from missing

    @extend_schema(
        operation_id="remove_promo_attachment",
        summary="Take an attachment out; what was submitted with it keeps it",
        tags=["promotions"],
        responses={204: OpenApiResponse(description="Taken out.")},
    )
    def delete(self, request: Request, code: str, attachment: int) -> Response:
        remove_attachment(code=code, attachment=attachment, actor=caller(request), at=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class PromoNoteSerializer(StrictSerializer):
    note = serializers.CharField(max_length=500)
    step = serializers.IntegerField(required=False, allow_null=True, default=None)


class ClearPromoFinding(PromoAct):
    access = {"POST": (None, "promos.decide_legal")}

    @extend_schema(
        operation_id="clear_promo_finding",
        summary="Clear one wording, saying why it is harmless",
        tags=["promotions"],
        request=PromoNoteSerializer,
        responses={200: PromoDetailSerializer},
    )
    def post(self, request: Request, code: str, finding: int) -> Response:
        body = PromoNoteSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        clear_hit(
            code=code, hit=finding, note=given["note"], step_id=given["step"], actor=person(request), at=clock.now()
        )
        return answer_promo(request, code)


class PromoMinutesSerializer(StrictSerializer):
    text = serializers.CharField(max_length=LONGEST_MINUTES)


class PromoMinutesWithFileSerializer(PromoMinutesSerializer):
    file = serializers.FileField(required=False, help_text="The signed sheet: PDF, picture, Word; up to 10 MB.")


class PromoMinutes(PromoAct):
    access = {"GET": _READ, "POST": (None, "promos.decide_budget")}
    parser_classes = [StrictJSONParser, MultiPartParser]

    @extend_schema(
        operation_id="list_promo_minutes",
        summary="The minutes of the office meeting in all their versions, the latest first; for headquarters",
        tags=["promotions"],
        responses={200: WrittenMinutesSerializer(many=True)},
    )
    def get(self, request: Request, code: str) -> Response:
        return Response(WrittenMinutesSerializer(minutes_for(request.user, code), many=True).data)

    @extend_schema(
        operation_id="write_promo_minutes",
        summary="Write the minutes of the office meeting, or a corrected version of them",
        description="As JSON, or as a form with the signed sheet as its file.",
        tags=["promotions"],
        request={"application/json": PromoMinutesSerializer, "multipart/form-data": PromoMinutesWithFileSerializer},
        responses={200: PromoDetailSerializer},
    )
    def post(self, request: Request, code: str) -> Response:
        body = PromoMinutesWithFileSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        file = body.validated_data.get("file")
        write_minutes(
            code=code,
            text=body.validated_data["text"],
            file=file,
            file_name=file.name if file else "",
            actor=person(request),
            at=clock.now(),
        )
        return answer_promo(request, code)


class PromoMinutesFile(PromoAct):
    access = {"GET": _READ}

    @extend_schema(
        operation_id="get_promo_minutes_file",
        summary="Download the sheet kept with a version of the minutes; for headquarters",
        tags=["promotions"],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, code: str, minutes: int) -> HttpResponse:
        try:
            return file_response(minutes_file_for(request.user, code, minutes))
        except WrittenMinutes.DoesNotExist as missing:
            raise AttachmentUnknown(key=minutes) from missing


class PromoChosenSerializer(StrictSerializer):
    id = serializers.CharField(max_length=64, help_text="Number of the request.")
    step = serializers.IntegerField(required=False, allow_null=True, default=None, help_text="`id` of the step read.")


class PromoBulkSerializer(StrictSerializer):
    requests = PromoChosenSerializer(many=True, max_length=MOST_AT_ONCE)  # type: ignore[call-arg]
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=500)


class PromoBulkAnswerSerializer(serializers.Serializer[Any]):
    """What became of one request: approved, or the code and the words of why not."""

    id = serializers.CharField()
    approved = serializers.BooleanField()
    code = serializers.CharField(allow_blank=True)
    detail = serializers.CharField(allow_blank=True)


class ApprovePromos(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    capabilities = CAPABILITIES
    access = {"POST": (None, "promos.decide")}

    @extend_schema(
        operation_id="approve_promo_requests",
        summary="Approve many harmless requests at a time",
        description="Each is decided by itself and has its line of answer; one with a wording or a warning is refused.",
        tags=["promotions"],
        request=PromoBulkSerializer,
        responses={200: PromoBulkAnswerSerializer(many=True)},
    )
    def post(self, request: Request) -> Response:
        body = PromoBulkSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        chosen = [(one["id"], one["step"]) for one in body.validated_data["requests"]]
        answers = approve_many(
            chosen=chosen, reason=body.validated_data["reason"], actor=person(request), at=clock.now()
        )
        return Response([_answer(one) for one in answers])


class PromoDelegationSerializer(serializers.Serializer[Any]):
    """An absence: from the first through the last day `delegate` decides in the place of `delegator`."""

    id = serializers.IntegerField(source="pk")
    delegator = serializers.CharField(source="delegator.username")
    delegate = serializers.CharField(source="delegate.username")
    starts_on = serializers.DateField(source="days.lower")
    ends_on = serializers.DateField(source="days.upper", help_text="The first day on which it no longer holds.")
    reason = serializers.CharField()
    recorded_by = serializers.CharField(source="recorded_by.username")
    recorded_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class PromoAbsenceSerializer(StrictSerializer):
    delegator = serializers.SlugRelatedField(
        slug_field="username",
        queryset=User.objects.filter(is_active=True),
        required=False,
        allow_null=True,
        default=None,
    )
    delegate = serializers.SlugRelatedField(
        slug_field="username", queryset=User.objects.filter(is_active=True, dealer=None)
    )
    first_day = serializers.DateField()
    last_day = serializers.DateField()
    reason = serializers.CharField(max_length=500)


class PromoDelegations(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    capabilities = CAPABILITIES
    access = {"GET": (None, "promos.see_delegations"), "POST": (None, "promos.delegate")}

    @extend_schema(
        operation_id="list_promo_delegations",
        summary="Who stands in for whom, the newest first",
        tags=["promotions"],
        responses={200: PromoDelegationSerializer(many=True)},
    )
    def get(self, request: Request) -> Response:
        found: list[PromoDelegation] = list(visible_delegations(request.user)[:500])
        return Response(PromoDelegationSerializer(found, many=True).data)

    @extend_schema(
        operation_id="record_promo_delegation",
        summary="Name who decides in one's place",
        tags=["promotions"],
        request=PromoAbsenceSerializer,
        responses={201: PromoDelegationSerializer},
    )
    def post(self, request: Request) -> Response:
        body = PromoAbsenceSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        actor, given = person(request), dict(body.validated_data)
        given["delegator"] = given["delegator"] or actor
        delegation = record_delegation(**given, actor=actor, at=clock.now())
        delegation.refresh_from_db()
        return Response(PromoDelegationSerializer(delegation).data, status=status.HTTP_201_CREATED)


class EndPromoDelegation(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    capabilities = CAPABILITIES
    access = {"POST": (None, "promos.delegate")}

    @extend_schema(
        operation_id="end_promo_delegation",
        summary="End a delegation now",
        tags=["promotions"],
        request=None,
        responses={200: PromoDelegationSerializer},
    )
    def post(self, request: Request, delegation: int) -> Response:
        ended = end_delegation(delegation=delegation, actor=person(request), at=clock.now())
        return Response(PromoDelegationSerializer(ended).data)


def _answer(answer: BulkAnswer) -> dict[str, Any]:
    refusal = answer.refusal
    return {
        "id": answer.code,
        "approved": answer.approved,
        "code": refusal.code if refusal else "",
        "detail": str(refusal) if refusal else "",
    }
