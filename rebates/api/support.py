"""Market support over the API: a dealer's quota, its plans, and every act of their way."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, cast

import django_filters
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import generics, serializers, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from dealers.api.access import ScopeOrCapability, own_dealer
from dealers.api.idempotency import IdempotentPosts
from dealers.api.problems import Problem
from dealers.api.serializers import StrictSerializer
from dealers.choices import Tier
from dealers.foundation import clock
from dealers.foundation.periods import Quarter
from dealers.foundation.refusals import Refused as Unreadable
from dealers.models import User
from dealers.web.files import file_response
from pricing.services.promos.acting import Actor
from rebates.choices import SupportKind, SupportPaper, SupportState
from rebates.errors import QuotaMissing, SupportInvalid, SupportNotFound
from rebates.models import SupportActivity, SupportFile
from rebates.permissions import CAPABILITIES
from rebates.rules.support_plan import SupportPlan
from rebates.selectors.support import support_by_number, support_file, visible_support
from rebates.selectors.support_quotas import own_quota
from rebates.services.support.deciding import (
    accept_proof,
    refuse_proof,
    reject_support,
    reserve_support,
    reverse_support,
    send_proof_back,
)
from rebates.services.support.executing import commit_support, hand_in_proof
from rebates.services.support.papers import attach_paper, remove_paper
from rebates.services.support.plans import ask_for_support, change_plan, plan_activity, withdraw_support

_READ = ("support:read", "support.view")
_WRITE = ("support:write", "support.ask")
_TAG = ["market support"]


def _amount(**options: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=18, decimal_places=2, **options)


class SupportPlanSerializer(StrictSerializer):
    """What is to be done. `ends_on` is the first day after it; no `regions` means everywhere the dealer sells."""

    kind = serializers.ChoiceField(choices=SupportKind.choices)
    purpose = serializers.CharField(max_length=200)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    budget = _amount(min_value=Decimal("0.01"))
    description = serializers.CharField(max_length=4000, required=False, default="", allow_blank=True)
    regions = serializers.ListField(child=serializers.CharField(max_length=32), required=False, default=list)
    promo = serializers.CharField(
        max_length=64, required=False, default="", allow_blank=True, help_text="Number of an approved promotion."
    )

    def plan(self) -> SupportPlan:
        given = dict(self.validated_data)
        return SupportPlan(**{**given, "regions": tuple(given["regions"])})


class SupportFileSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    paper = serializers.ChoiceField(choices=SupportPaper.choices)
    name = serializers.CharField(source="file.name")
    sha256 = serializers.CharField(source="file.sha256")
    added_at = serializers.DateTimeField()


class SupportRowSerializer(serializers.Serializer[Any]):
    """An activity. Each amount is at most the one before: `budget`, `reserved`, `committed`, `claimed`, `accepted`."""

    number = serializers.CharField()
    dealer = serializers.CharField(source="dealer.code")
    kind = serializers.ChoiceField(choices=SupportKind.choices)
    purpose = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    quarter = serializers.CharField()
    state = serializers.ChoiceField(choices=SupportState.choices)
    budget = _amount()
    reserved = _amount(allow_null=True)
    committed = _amount(allow_null=True)
    claimed = _amount(allow_null=True)
    accepted = _amount(allow_null=True)
    reserved_until = serializers.DateTimeField(allow_null=True)
    proof_due_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(help_text="Of the last decision.")


class SupportSerializer(SupportRowSerializer):
    description = serializers.CharField()
    regions = serializers.SerializerMethodField()
    promo = serializers.CharField(source="promo.code", allow_null=True, default=None)
    supplier = serializers.CharField()
    files = SupportFileSerializer(many=True)

    def get_regions(self, activity: SupportActivity) -> list[str]:
        return sorted(region.code for region in activity.regions.all())


class SupportQuotaSerializer(serializers.Serializer[Any]):
    """Where the quota of a quarter lies: `granted` is the sum of the other five."""

    quarter = serializers.CharField()
    tier = serializers.ChoiceField(choices=Tier.choices)
    granted = _amount()
    planned = _amount()
    reserved = _amount()
    committed = _amount()
    spent = _amount()
    free = _amount()


class SupportReasonSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)


class SupportAmountSerializer(SupportReasonSerializer):
    amount = _amount(min_value=Decimal("0.01"))


class SupportCommitSerializer(StrictSerializer):
    amount = _amount(min_value=Decimal("0.01"))
    supplier = serializers.CharField(max_length=200)


class SupportClaimSerializer(StrictSerializer):
    amount = _amount(min_value=Decimal("0.01"))
    repeat_reason = serializers.CharField(
        max_length=2000,
        required=False,
        default="",
        allow_blank=True,
        help_text="Why a file is used that has proved something before.",
    )


class SupportFilters(django_filters.FilterSet):
    dealer = django_filters.CharFilter(field_name="dealer__code", max_length=32)
    quarter = django_filters.CharFilter(max_length=7)
    state = django_filters.ChoiceFilter(choices=SupportState.choices)

    class Meta:
        model = SupportActivity
        fields = ["dealer", "quarter", "state"]


class MarketSupport(IdempotentPosts, generics.ListAPIView[SupportActivity]):
    permission_classes = [ScopeOrCapability]
    capabilities = CAPABILITIES
    access = {"GET": _READ, "POST": _WRITE}
    serializer_class = SupportRowSerializer
    filterset_class = SupportFilters
    queryset = SupportActivity.objects.none()

    def get_queryset(self) -> QuerySet[SupportActivity]:
        return visible_support(self.request.user).select_related("dealer")

    @extend_schema(operation_id="list_market_support", summary="Supported activities, newest first", tags=_TAG)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="plan_market_support",
        summary="Plan an activity (dealer)",
        description="A draft; `POST …/ask` asks for its budget.",
        tags=_TAG,
        request=SupportPlanSerializer,
        responses={201: SupportSerializer},
    )
    def post(self, request: Request) -> Response:
        body = SupportPlanSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        made = _with_fields(plan_activity, plan=body.plan(), actor=_caller(request), at=clock.now())
        return _answer(request, made.number, status.HTTP_201_CREATED)


class MarketSupportQuota(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    capabilities = CAPABILITIES
    access = {"GET": ("support:read", "support.ask")}

    @extend_schema(
        operation_id="get_market_support_quota",
        summary="The own quota of a quarter, and where it lies (dealer)",
        tags=_TAG,
        parameters=[OpenApiParameter("quarter", str, description="Like `2026-Q4`; the present one when absent.")],
        responses={200: SupportQuotaSerializer},
    )
    def get(self, request: Request) -> Response:
        dealer, present = own_dealer(request), Quarter.containing(clock.now())
        given = request.query_params.get("quarter", "")
        try:
            quarter = Quarter.parse(given) if given else present
        except Unreadable as error:
            errors = [{"field": "quarter", "code": error.code, "detail": error.render()}]
            raise Problem(400, "invalid", gettext("Some fields are not valid."), errors) from error
        quota = own_quota(dealer, quarter, over=quarter < present)
        if quota is None:
            raise QuotaMissing(quarter=str(quarter))
        pots = quota.pots
        body = {"quarter": str(quarter), "tier": quota.tier} | {
            name: getattr(pots, name) for name in ("granted", "planned", "reserved", "committed", "spent", "free")
        }
        return Response(SupportQuotaSerializer(body).data)


class SupportCall(IdempotentPosts):
    """A call about one activity."""

    permission_classes = [ScopeOrCapability]
    capabilities = CAPABILITIES


class MarketSupportActivity(SupportCall):
    access = {"GET": _READ, "PUT": _WRITE}

    @extend_schema(
        operation_id="get_market_support", summary="Read an activity", tags=_TAG, responses={200: SupportSerializer}
    )
    def get(self, request: Request, number: str) -> Response:
        return _answer(request, number)

    @extend_schema(
        operation_id="change_market_support",
        summary="Change a draft or a rejected plan (dealer)",
        tags=_TAG,
        request=SupportPlanSerializer,
        responses={200: SupportSerializer},
    )
    def put(self, request: Request, number: str) -> Response:
        body = SupportPlanSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        _with_fields(change_plan, number=number, plan=body.plan(), actor=_caller(request), at=clock.now())
        return _answer(request, number)


class AskForSupport(SupportCall):
    access = {"POST": _WRITE}

    @extend_schema(
        operation_id="ask_for_market_support",
        summary="Ask for the budget of a draft (dealer)",
        tags=_TAG,
        request=None,
        responses={200: SupportSerializer},
    )
    def post(self, request: Request, number: str) -> Response:
        _with_fields(ask_for_support, number=number, actor=_caller(request), at=clock.now())
        return _answer(request, number)


class WithdrawSupport(SupportCall):
    access = {"POST": _WRITE}

    @extend_schema(
        operation_id="withdraw_market_support",
        summary="Give an activity up before its proof is handed in (dealer)",
        tags=_TAG,
        request=SupportReasonSerializer,
        responses={200: SupportSerializer},
    )
    def post(self, request: Request, number: str) -> Response:
        body = SupportReasonSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        withdraw_support(number=number, **body.validated_data, actor=_caller(request), at=clock.now())
        return _answer(request, number)


class CommitSupport(SupportCall):
    access = {"POST": _WRITE}

    @extend_schema(
        operation_id="commit_market_support",
        summary="Bind reserved money to an attached contract or quote (dealer)",
        tags=_TAG,
        request=SupportCommitSerializer,
        responses={200: SupportSerializer},
    )
    def post(self, request: Request, number: str) -> Response:
        body = SupportCommitSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        commit_support(number=number, **body.validated_data, actor=_caller(request), at=clock.now())
        return _answer(request, number)


class HandInSupportProof(SupportCall):
    access = {"POST": _WRITE}

    @extend_schema(
        operation_id="hand_in_market_support_proof",
        summary="Say what was spent, with the attached proof (dealer)",
        tags=_TAG,
        request=SupportClaimSerializer,
        responses={200: SupportSerializer},
    )
    def post(self, request: Request, number: str) -> Response:
        body = SupportClaimSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        given = body.validated_data
        hand_in_proof(
            number=number,
            claimed=given["amount"],
            repeat_reason=given["repeat_reason"],
            actor=_caller(request),
            at=clock.now(),
        )
        return _answer(request, number)


class SupportPaperSerializer(serializers.Serializer[Any]):
    paper = serializers.ChoiceField(choices=SupportPaper.choices)
    file = serializers.FileField()


class SupportFiles(SupportCall):
    access = {"POST": _WRITE}
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="attach_to_market_support",
        summary="Attach a plan, a contract or a proof (dealer)",
        description="A plan to a draft, a contract to what is reserved, a proof to what is committed; up to 10 MB.",
        tags=_TAG,
        request={"multipart/form-data": SupportPaperSerializer},
        responses={201: SupportFileSerializer},
    )
    def post(self, request: Request, number: str) -> Response:
        body = SupportPaperSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        file = body.validated_data["file"]
        made = attach_paper(
            number=number,
            paper=SupportPaper(body.validated_data["paper"]),
            name=file.name,
            content=file,
            actor=_caller(request),
            at=clock.now(),
        )
        return Response(SupportFileSerializer(made).data, status=status.HTTP_201_CREATED)


class SupportFileDetail(SupportCall):
    access = {"GET": _READ, "DELETE": _WRITE}

    @extend_schema(
        operation_id="get_market_support_file",
        summary="Download a file of an activity",
        tags=_TAG,
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, number: str, key: int) -> HttpResponse:
        try:
            return file_response(support_file(request.user, number, key).file)
        except SupportFile.DoesNotExist as missing:
            raise SupportNotFound(key=key) from missing

    @extend_schema(
        operation_id="remove_market_support_file",
        summary="Take a file out while its time is (dealer)",
        tags=_TAG,
        responses={204: OpenApiResponse(description="Taken out.")},
    )
    def delete(self, request: Request, number: str, key: int) -> Response:
        remove_paper(number=number, key=key, actor=_caller(request), at=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class ReserveSupport(SupportCall):
    access = {"POST": (None, "support.reserve")}

    @extend_schema(
        operation_id="reserve_market_support",
        summary="Grant all or part of what was asked for (HQ)",
        tags=_TAG,
        request=SupportAmountSerializer,
        responses={200: SupportSerializer},
    )
    def post(self, request: Request, number: str) -> Response:
        return _decided(request, number, SupportAmountSerializer, reserve_support)


class RejectSupport(SupportCall):
    access = {"POST": (None, "support.reserve")}

    @extend_schema(
        operation_id="reject_market_support",
        summary="Refuse a plan (HQ)",
        tags=_TAG,
        request=SupportReasonSerializer,
        responses={200: SupportSerializer},
    )
    def post(self, request: Request, number: str) -> Response:
        return _decided(request, number, SupportReasonSerializer, reject_support)


class AcceptSupport(SupportCall):
    access = {"POST": (None, "support.verify")}

    @extend_schema(
        operation_id="accept_market_support",
        summary="Accept all or part of what was claimed; it is credited (HQ)",
        tags=_TAG,
        request=SupportAmountSerializer,
        responses={200: SupportSerializer},
    )
    def post(self, request: Request, number: str) -> Response:
        return _decided(request, number, SupportAmountSerializer, accept_proof)


class SendSupportBack(SupportCall):
    access = {"POST": (None, "support.verify")}

    @extend_schema(
        operation_id="send_market_support_back",
        summary="Ask for better proof (HQ)",
        tags=_TAG,
        request=SupportReasonSerializer,
        responses={200: SupportSerializer},
    )
    def post(self, request: Request, number: str) -> Response:
        return _decided(request, number, SupportReasonSerializer, send_proof_back)


class RefuseSupport(SupportCall):
    access = {"POST": (None, "support.verify")}

    @extend_schema(
        operation_id="refuse_market_support",
        summary="Refuse the proof as a whole (HQ)",
        tags=_TAG,
        request=SupportReasonSerializer,
        responses={200: SupportSerializer},
    )
    def post(self, request: Request, number: str) -> Response:
        return _decided(request, number, SupportReasonSerializer, refuse_proof)


class ReverseSupport(SupportCall):
    access = {"POST": (None, "support.reverse")}

    @extend_schema(
        operation_id="reverse_market_support",
        summary="Take accepted support back by another credit (HQ)",
        tags=_TAG,
        request=SupportReasonSerializer,
        responses={200: SupportSerializer},
    )
    def post(self, request: Request, number: str) -> Response:
        return _decided(request, number, SupportReasonSerializer, reverse_support)


def _caller(request: Request) -> Actor:
    return cast(Actor, request.user)


def _answer(request: Request, number: str, code: int = status.HTTP_200_OK) -> Response:
    return Response(SupportSerializer(support_by_number(request.user, number)).data, status=code)


def _decided(
    request: Request, number: str, form: type[StrictSerializer], service: Callable[..., SupportActivity]
) -> Response:
    if not isinstance(request.user, User):
        raise PermissionDenied
    body = form(data=request.data)
    body.is_valid(raise_exception=True)
    service(number=number, **body.validated_data, actor=request.user, at=clock.now())
    return _answer(request, number)


def _with_fields(service: Callable[..., SupportActivity], **given: Any) -> SupportActivity:
    """Call the service; faults of the plan become the problem's per-field errors."""
    try:
        return service(**given)
    except SupportInvalid as refusal:
        errors = [
            {"field": finding.field, "code": finding.code, "detail": finding.render()} for finding in refusal.findings
        ]
        raise Problem(refusal.status, refusal.code, str(refusal), errors) from refusal
