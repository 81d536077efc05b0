"""Promotion requests: dealers and HQ marketing ask, HQ's offices decide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from django.utils.translation import gettext
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
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
from pricing.api.promo_review_serializers import remarks_in
from pricing.api.promo_serializers import (
    PromoDecisionSerializer,
    PromoDetailSerializer,
    PromoDraftSerializer,
    PromoLegalDecisionSerializer,
    PromoReasonSerializer,
    PromoRequestSerializer,
)
from pricing.choices import PromoState
from pricing.errors import PromoInvalid
from pricing.models import PromoRequest
from pricing.permissions import CAPABILITIES
from pricing.rules.promo_checks import Check
from pricing.rules.promo_content import PromoContent
from pricing.selectors.promo_dealers import codes_with_chosen
from pricing.selectors.promo_review import review_promos
from pricing.selectors.promos import promo_by_code, visible_promos, with_parts
from pricing.services.promos.acting import Actor
from pricing.services.promos.budget import close_meeting, decide_budget
from pricing.services.promos.discarding import delete_draft
from pricing.services.promos.drafts import change_promo, create_promo
from pricing.services.promos.legal import decide_legal
from pricing.services.promos.submission import submit_promo
from pricing.services.promos.withdrawal import withdraw_promo

_READ = ("promos:read", "promos.view")
_WRITE = ("promos:write", "promos.request")


def caller(request: Request) -> Actor:
    """The person or the key's holder; strangers do not come this far."""
    return cast(Actor, request.user)


class PromoRequests(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    capabilities = CAPABILITIES
    access = {"GET": _READ, "POST": _WRITE}
    pagination_class = NewestFirst

    @extend_schema(
        operation_id="list_promo_requests",
        summary="List promotion requests",
        tags=["promotions"],
        parameters=[OpenApiParameter("state", str, enum=PromoState.values, description="Only those in this state.")],
        responses={200: PromoRequestSerializer(many=True)},
    )
    def get(self, request: Request) -> Response:
        found = with_parts(visible_promos(request.user))
        if state := request.query_params.get("state"):
            if state not in PromoState.values:
                errors = [{"field": "state", "code": "invalid_choice", "detail": ", ".join(PromoState.values)}]
                raise Problem(400, "invalid", gettext("Some fields are not valid."), errors)
            found = found.filter(state=state)
        pages: BasePagination = NewestFirst()
        page = pages.paginate_queryset(found, request, view=self)
        answer = PromoRequestSerializer(page or [], many=True, context={"at": clock.now()})
        return pages.get_paginated_response(answer.data)

    @extend_schema(
        operation_id="create_promo_request",
        summary="Draft a promotion request",
        description="The request is a draft until it is submitted.",
        tags=["promotions"],
        request=PromoDraftSerializer,
        responses={201: PromoDetailSerializer},
    )
    def post(self, request: Request) -> Response:
        body = PromoDraftSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        promo = _with_fields(create_promo, content=_content(request, body), actor=caller(request), at=clock.now())
        return answer_promo(request, promo.code, status.HTTP_201_CREATED)


class PromoRequestDetail(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    capabilities = CAPABILITIES
    access = {"GET": _READ, "PUT": _WRITE, "DELETE": _WRITE}

    @extend_schema(
        operation_id="get_promo_request",
        summary="Read a promotion request",
        tags=["promotions"],
        responses={200: PromoDetailSerializer},
    )
    def get(self, request: Request, code: str) -> Response:
        return answer_promo(request, code)

    @extend_schema(
        operation_id="change_promo_request",
        summary="Replace a draft or a returned request",
        tags=["promotions"],
        request=PromoDraftSerializer,
        responses={200: PromoDetailSerializer},
    )
    def put(self, request: Request, code: str) -> Response:
        body = PromoDraftSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        _with_fields(change_promo, code=code, content=_content(request, body), actor=caller(request), at=clock.now())
        return answer_promo(request, code)

    @extend_schema(
        operation_id="delete_promo_request",
        summary="Delete a draft",
        description="Only what was never submitted; everything else is withdrawn.",
        tags=["promotions"],
        responses={204: OpenApiResponse(description="Deleted.")},
    )
    def delete(self, request: Request, code: str) -> Response:
        delete_draft(code=code, actor=caller(request), at=clock.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class PromoAct(IdempotentPosts):
    """One thing to do with a request; subclasses name the body, the service and who may."""

    permission_classes = [ScopeOrCapability]
    capabilities = CAPABILITIES


class SubmitPromo(PromoAct):
    access = {"POST": _WRITE}

    @extend_schema(
        operation_id="submit_promo_request",
        summary="Submit for review",
        description="Refused with `lead_too_short` when the start is nearer than the policy's lead; the detail names "
        "the earliest start.",
        tags=["promotions"],
        request=None,
        responses={200: PromoDetailSerializer},
    )
    def post(self, request: Request, code: str) -> Response:
        _with_fields(submit_promo, code=code, actor=caller(request), at=clock.now())
        return answer_promo(request, code)


class WithdrawPromo(PromoAct):
    access = {"POST": _WRITE}

    @extend_schema(
        operation_id="withdraw_promo_request",
        summary="Withdraw before the start",
        tags=["promotions"],
        request=PromoReasonSerializer,
        responses={200: PromoDetailSerializer},
    )
    def post(self, request: Request, code: str) -> Response:
        body = PromoReasonSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        withdraw_promo(code=code, actor=caller(request), at=clock.now(), reason=body.validated_data["reason"])
        return answer_promo(request, code)


class DecidePromoLegally(PromoAct):
    access = {"POST": (None, "promos.decide_legal")}

    @extend_schema(
        operation_id="decide_promo_legal_review",
        summary="Decide the legal review",
        description="Approving passes the request on to its budget review and needs every finding cleared.",
        tags=["promotions"],
        request=PromoLegalDecisionSerializer,
        responses={200: PromoDetailSerializer},
    )
    def post(self, request: Request, code: str) -> Response:
        body = PromoLegalDecisionSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        _with_fields(
            decide_legal,
            code=code,
            decision=body.validated_data["decision"],
            reason=body.validated_data["reason"],
            cleared=body.validated_data["cleared"],
            step_id=body.validated_data["step"],
            remarks=remarks_in(body.validated_data["remarks"]),
            actor=person(request),
            at=clock.now(),
        )
        return answer_promo(request, code)


class DecidePromoBudget(PromoAct):
    access = {"POST": (None, "promos.decide_budget")}

    @extend_schema(
        operation_id="decide_promo_budget_review",
        summary="Decide the budget review, or vote",
        description="Before the general manager's office meeting, approve and reject are the caller's vote.",
        tags=["promotions"],
        request=PromoDecisionSerializer,
        responses={200: PromoDetailSerializer},
    )
    def post(self, request: Request, code: str) -> Response:
        body = PromoDecisionSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        _with_fields(
            decide_budget,
            code=code,
            decision=body.validated_data["decision"],
            reason=body.validated_data["reason"],
            step_id=body.validated_data["step"],
            remarks=remarks_in(body.validated_data["remarks"]),
            actor=person(request),
            at=clock.now(),
        )
        return answer_promo(request, code)


class ClosePromoMeeting(PromoAct):
    access = {"POST": (None, "promos.close_meeting")}

    @extend_schema(
        operation_id="close_promo_meeting",
        summary="Close the office meeting's vote",
        description="Once the quorum is reached; the majority of the votes cast decides.",
        tags=["promotions"],
        request=PromoReasonSerializer,
        responses={200: PromoDetailSerializer},
    )
    def post(self, request: Request, code: str) -> Response:
        body = PromoReasonSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        close_meeting(code=code, reason=body.validated_data["reason"], actor=person(request), at=clock.now())
        return answer_promo(request, code)


def _content(request: Request, body: PromoDraftSerializer) -> PromoContent:
    """The content asked for, with the dealers chosen by region and tier."""
    content = body.content()
    if caller(request).dealer_id is not None:
        return content
    given = body.validated_data
    codes = codes_with_chosen(
        request.user,
        content.dealers,
        regions=given["dealer_regions"],
        tiers=given["dealer_tiers"],
        on=content.starts_on,
    )
    return replace(content, dealers=codes)


def answer_promo(request: Request, code: str, status_code: int = status.HTTP_200_OK) -> Response:
    at = clock.now()
    promo = promo_by_code(request.user, code)
    context = {
        "at": at,
        "named": caller(request).dealer_id is None,
        "review": review_promos([promo], at=at, for_dealer=caller(request).dealer_id is not None)[0],
        "sentences": _sentence,
    }
    return Response(PromoDetailSerializer(promo, context=context).data, status=status_code)


def _sentence(check: Check) -> str:
    return gettext(check.message) % check.params


def person(request: Request) -> User:
    """Decisions are made by people; no key has a scope for them."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _with_fields(service: Callable[..., PromoRequest], **given: Any) -> PromoRequest:
    """Call the service; faults of the content become the problem's per-field errors."""
    try:
        return service(**given)
    except PromoInvalid as refusal:
        errors = [
            {"field": finding.field, "code": finding.code, "detail": finding.render()} for finding in refusal.findings
        ]
        raise Problem(refusal.status, refusal.code, str(refusal), errors) from refusal
