"""What promotions cost and brought: recording spend, reading figures, judging."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.exceptions import PermissionDenied
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from dealers.api.access import ScopeOrCapability
from dealers.api.idempotency import IdempotentPosts
from dealers.api.pagination import NewestFirst
from dealers.api.problems import Problem
from dealers.foundation import clock
from dealers.models import User
from pricing.api.promo_result_serializers import (
    LessonsSerializer,
    ResultRowSerializer,
    ResultsSerializer,
    SpendAccountSerializer,
    SpendReasonSerializer,
    SpendSerializer,
    results_body,
)
from pricing.choices import PromoKind, Recommendation
from pricing.errors import SpendInvalid
from pricing.permissions import CAPABILITIES
from pricing.selectors.promo_brought import ResultsWish, narrowed_evaluations
from pricing.selectors.promo_figures import standing_of
from pricing.selectors.promo_results import ResultsOf, kept_standing, promo_in_results, spend_account
from pricing.services.promos.acting import Actor
from pricing.services.promos.evaluation import evaluate_promo
from pricing.services.promos.spend import declare_spend_complete, record_spend, reverse_spend

_READ = ("promos:read", "promos.view")
_BOOKS = ("promos:write", "promos.record_spend")


class PromoResults(IdempotentPosts):
    """Judged promotions, the latest first."""

    permission_classes = [ScopeOrCapability]
    capabilities = CAPABILITIES
    access = {"GET": _READ}
    pagination_class = NewestFirst

    @extend_schema(
        operation_id="list_promo_results",
        summary="List what promotions brought",
        tags=["promotions"],
        parameters=[
            OpenApiParameter("q", str, description="Words of the lessons, the title or the number."),
            OpenApiParameter("kind", str, enum=PromoKind.values),
            OpenApiParameter("recommendation", str, enum=Recommendation.values),
        ],
        responses={200: ResultRowSerializer(many=True)},
    )
    def get(self, request: Request) -> Response:
        given = request.query_params
        wish = ResultsWish(
            words=given.get("q", "")[:100],
            kind=_choice(given.get("kind", ""), PromoKind.values, "kind"),
            advice=_choice(given.get("recommendation", ""), Recommendation.values, "recommendation"),
        )
        found = narrowed_evaluations(request.user, wish).defer("words", "days", "products")
        pages: BasePagination = NewestFirst()
        page = pages.paginate_queryset(found, request, view=self)
        return pages.get_paginated_response(ResultRowSerializer(page or [], many=True).data)


class PromoResultsOf(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    capabilities = CAPABILITIES
    access = {"GET": _READ}

    @extend_schema(
        operation_id="get_promo_results",
        summary="Read what a promotion brought",
        description="The judgement that stands, or the figures as they stand while nobody has judged it.",
        tags=["promotions"],
        parameters=[OpenApiParameter("now", bool, description="`true`: the figures of today in any case.")],
        responses={200: ResultsSerializer},
    )
    def get(self, request: Request, code: str) -> Response:
        return _results(request, promo_in_results(request.user, code), now=request.query_params.get("now") == "true")


class PromoSpending(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    capabilities = CAPABILITIES
    access = {"GET": _READ, "POST": _BOOKS}

    @extend_schema(
        operation_id="list_promo_spend",
        summary="Read what a promotion cost",
        tags=["promotions"],
        responses={200: SpendAccountSerializer},
    )
    def get(self, request: Request, code: str) -> Response:
        return _account(request, code)

    @extend_schema(
        operation_id="record_promo_spend",
        summary="Record a payment for a promotion",
        tags=["promotions"],
        request=SpendSerializer,
        responses={201: SpendAccountSerializer},
    )
    def post(self, request: Request, code: str) -> Response:
        body = SpendSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        _with_fields(
            record_spend,
            code=code,
            entry=body.entry(),
            proofs=body.given_proofs(),
            actor=_caller(request),
            at=clock.now(),
        )
        return _account(request, code, status.HTTP_201_CREATED)


class ReversePromoSpend(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    capabilities = CAPABILITIES
    access = {"POST": _BOOKS}

    @extend_schema(
        operation_id="reverse_promo_spend",
        summary="Take an entry of spend back",
        tags=["promotions"],
        request=SpendReasonSerializer,
        responses={200: SpendAccountSerializer},
    )
    def post(self, request: Request, code: str, number: int) -> Response:
        body = SpendReasonSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        reason = body.validated_data["reason"]
        reverse_spend(code=code, number=number, reason=reason, actor=_caller(request), at=clock.now())
        return _account(request, code)


class CompletePromoSpend(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    capabilities = CAPABILITIES
    access = {"POST": _BOOKS}

    @extend_schema(
        operation_id="complete_promo_spend",
        summary="Declare the spend of an ended promotion complete",
        tags=["promotions"],
        request=None,
        responses={200: SpendAccountSerializer},
    )
    def post(self, request: Request, code: str) -> Response:
        declare_spend_complete(code=code, actor=_caller(request), at=clock.now())
        return _account(request, code)


class EvaluatePromo(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    capabilities = CAPABILITIES
    access = {"POST": (None, "promos.evaluate")}

    @extend_schema(
        operation_id="evaluate_promo",
        summary="Judge what an ended promotion brought",
        description="By the facts known now; judged again, it becomes a new version and the earlier one stays.",
        tags=["promotions"],
        request=LessonsSerializer,
        responses={200: ResultsSerializer},
    )
    def post(self, request: Request, code: str) -> Response:
        if not isinstance(request.user, User):
            raise PermissionDenied
        body = LessonsSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        evaluate_promo(code=code, lessons=body.validated_data["lessons"], actor=request.user, at=clock.now())
        return _results(request, promo_in_results(request.user, code))


def _caller(request: Request) -> Actor:
    """The person or the key's holder; strangers do not come this far."""
    return cast(Actor, request.user)


def _results(request: Request, of: ResultsOf, *, now: bool = False) -> Response:
    own_part = of.dealer_id is not None
    standing_versions = of.request.evaluations.filter(superseded_at__isnull=True)
    loaded = standing_versions.select_related("request", "policy").prefetch_related("channels")
    kept = None if own_part or now else loaded.first()
    standing = standing_of(of.request, at=clock.now(), dealer_id=of.dealer_id) if kept is None else kept_standing(kept)
    return Response(ResultsSerializer(results_body(of.request, standing, kept, own_part=own_part)).data)


def _account(request: Request, code: str, status_code: int = status.HTTP_200_OK) -> Response:
    account = spend_account(request.user, code)
    return Response(SpendAccountSerializer(account).data, status=status_code)


def _choice(value: str, known: list[str], field: str) -> str:
    if value and value not in known:
        raise Problem(
            400,
            "invalid",
            f"{field}: {', '.join(known)}",
            [{"field": field, "code": "invalid_choice", "detail": ", ".join(known)}],
        )
    return value


def _with_fields(service: Callable[..., Any], **given: Any) -> None:
    """Call the service; faults of the entry become the problem's per-field errors."""
    try:
        service(**given)
    except SpendInvalid as refusal:
        errors = [
            {"field": finding.field, "code": finding.code, "detail": finding.render()} for finding in refusal.findings
        ]
        raise Problem(refusal.status, refusal.code, str(refusal), errors) from refusal
