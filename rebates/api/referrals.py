"""Referral leads over the API: systems and partner dealers refer customers, dealers follow up and report deals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from dealers.api.access import ScopeOrCapability
from dealers.api.idempotency import IdempotentPosts
from dealers.api.problems import Problem
from dealers.api.serializers import StrictSerializer
from dealers.foundation import clock
from dealers.models import Region, User
from pricing.services.promos.acting import Actor
from rebates.choices import CallBack, LeadState, Referrer
from rebates.errors import LeadInvalid
from rebates.models import Lead
from rebates.permissions import CAPABILITIES
from rebates.selectors.leads import lead_by_number, visible_leads
from rebates.services.referrals.assigning import assign_lead
from rebates.services.referrals.deciding import confirm_deal, record_call_back, reject_deal
from rebates.services.referrals.following import follow_up, report_deal
from rebates.services.referrals.intake import NewLead, receive_lead, source_of

_TAG = ["referral leads"]
_READ = ("referrals:read", "referrals.read")
_FOLLOW = ("referrals:write", "referrals.follow")
_DECIDE = ("referrals:decide", "referrals.assign")


class LeadReferralSerializer(StrictSerializer):
    """A customer. A dealer refers as partner; a system of HQ says who referred, and passes device and address on."""

    contact = serializers.CharField(max_length=100)
    phone = serializers.CharField(max_length=40)
    company = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    region = serializers.SlugRelatedField(
        slug_field="code", queryset=Region.objects.all(), required=False, allow_null=True, default=None
    )
    wish = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)
    consent = serializers.BooleanField(help_text="The customer agreed to be called.")
    referrer = serializers.ChoiceField(
        choices=[Referrer.EMPLOYEE, Referrer.CUSTOMER], required=False, default=Referrer.CUSTOMER
    )
    referrer_name = serializers.CharField(max_length=100, required=False, default="", allow_blank=True)
    referrer_phone = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    employee = serializers.SlugRelatedField(
        slug_field="username",
        queryset=User.objects.filter(dealer=None, is_active=True),
        required=False,
        allow_null=True,
        default=None,
    )
    device = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    address = serializers.CharField(max_length=100, required=False, default="", allow_blank=True)
    external_id = serializers.CharField(max_length=64, required=False, default="", allow_blank=True)


class ReferralLeadSerializer(serializers.Serializer[Any]):
    """A lead. `phone` is whole for the assigned dealer while it has to call, and masked for everybody else."""

    number = serializers.CharField()
    state = serializers.ChoiceField(choices=LeadState.choices)
    refusal = serializers.CharField()
    received_at = serializers.DateTimeField()
    company = serializers.CharField()
    region = serializers.CharField(source="region.code", allow_null=True, default=None)
    wish = serializers.CharField()
    phone = serializers.SerializerMethodField()
    due_at = serializers.SerializerMethodField()
    document = serializers.CharField(source="doc_no")
    deal_amount = serializers.DecimalField(max_digits=18, decimal_places=2, allow_null=True)

    def get_phone(self, lead: Lead) -> str:
        calling = lead.state in (LeadState.ASSIGNED, LeadState.FOLLOWED_UP, LeadState.DEAL_REPORTED)
        return lead.phone if calling and self.context.get("dealer_id") == lead.dealer_id else lead.phone_hint

    def get_due_at(self, lead: Lead) -> str | None:
        running = next((one for one in lead.assignments.all() if one.ended_at is None), None)
        return running.due_at.isoformat() if running is not None else None


class LeadNoteSerializer(StrictSerializer):
    note = serializers.CharField(max_length=2000)


class LeadDealSerializer(StrictSerializer):
    """The sale line as it was reported."""

    doc_no = serializers.CharField(max_length=64)
    line_no = serializers.IntegerField(min_value=1, max_value=2_000_000_000)


class LeadAssignmentSerializer(StrictSerializer):
    dealer = serializers.CharField(max_length=32, source="dealer_code")
    reason = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)


class LeadReasonSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=500)


class LeadCallBackSerializer(StrictSerializer):
    """Whoever confirmed the deal, person or key, does not make the call."""

    outcome = serializers.ChoiceField(choices=CallBack.choices)
    note = serializers.CharField(max_length=2000)


class LeadFilters(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=LeadState.choices)
    external_id = django_filters.CharFilter(max_length=64)

    class Meta:
        model = Lead
        fields = ["state", "external_id"]


class ReferralLeads(IdempotentPosts, generics.ListAPIView[Lead]):
    permission_classes = [ScopeOrCapability]
    capabilities = CAPABILITIES
    access = {"GET": _READ, "POST": ("referrals:write", "referrals.refer")}
    serializer_class = ReferralLeadSerializer
    filterset_class = LeadFilters
    queryset = Lead.objects.none()

    def get_queryset(self) -> QuerySet[Lead]:
        return visible_leads(self.request.user).select_related("region").prefetch_related("assignments")

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "dealer_id": getattr(self.request.user, "dealer_id", None)}

    @extend_schema(operation_id="list_referral_leads", summary="Leads in sight, newest first", tags=_TAG)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="refer_customer",
        summary="Refer a customer (HQ system, or a dealer as partner)",
        description="Answered with the lead as it stands: assigned, waiting, or `turned_away` with the reason. The "
        "same `external_id` again gives the first one.",
        tags=_TAG,
        request=LeadReferralSerializer,
        responses={201: ReferralLeadSerializer},
    )
    def post(self, request: Request) -> Response:
        body = LeadReferralSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        given, caller = dict(body.validated_data), cast(Actor, request.user)
        given["referrer"] = Referrer.PARTNER if caller.dealer_id is not None else Referrer(given["referrer"])
        if caller.dealer_id is not None:
            given |= {"employee": None, "referrer_name": caller.dealer.name if caller.dealer else ""}
        try:
            lead = receive_lead(
                new=NewLead(**given, partner=caller.dealer, source=source_of(caller)), actor=caller, at=clock.now()
            )
        except LeadInvalid as refusal:
            errors = [{"field": refusal.field, "code": refusal.code, "detail": str(refusal)}]
            raise Problem(refusal.status, refusal.code, str(refusal), errors) from refusal
        context = {"dealer_id": caller.dealer_id}
        return Response(ReferralLeadSerializer(lead, context=context).data, status=status.HTTP_201_CREATED)


class ReferralLead(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    capabilities = CAPABILITIES
    access = {"GET": _READ}

    @extend_schema(
        operation_id="get_referral_lead", summary="Read a lead", tags=_TAG, responses={200: ReferralLeadSerializer}
    )
    def get(self, request: Request, number: str) -> Response:
        return _answer(request, number)


class LeadAct(IdempotentPosts):
    """Something done with a lead; answered with the lead as it stands then. ``act`` takes the body's fields."""

    permission_classes = [ScopeOrCapability]
    capabilities = CAPABILITIES
    body: type[StrictSerializer] = StrictSerializer
    act: Callable[..., Lead]

    def post(self, request: Request, number: str) -> Response:
        body = self.body(data=request.data)
        body.is_valid(raise_exception=True)
        type(self).act(number=number, **body.validated_data, actor=cast(Actor, request.user), at=clock.now())
        return _answer(request, number)


def _described(operation: str, summary: str, body: type[StrictSerializer] | None) -> Callable[[Any], Any]:
    said = extend_schema(
        operation_id=operation, summary=summary, tags=_TAG, request=body, responses={200: ReferralLeadSerializer}
    )
    return extend_schema_view(post=said)


@_described("follow_up_referral_lead", "Record that the customer was called (dealer)", LeadNoteSerializer)
class FollowUpLead(LeadAct):
    access = {"POST": _FOLLOW}
    body = LeadNoteSerializer
    act = staticmethod(follow_up)


@_described("report_referral_deal", "Name the sale line a lead became (dealer)", LeadDealSerializer)
class ReportLeadDeal(LeadAct):
    access = {"POST": _FOLLOW}
    body = LeadDealSerializer
    act = staticmethod(report_deal)


@_described("assign_referral_lead", "Give a lead to a dealer, or to another one (HQ)", LeadAssignmentSerializer)
class AssignLead(LeadAct):
    access = {"POST": _DECIDE}
    body = LeadAssignmentSerializer
    act = staticmethod(assign_lead)


@_described("confirm_referral_deal", "Confirm the deal; unless drawn for a call-back, the reward follows (HQ)", None)
class ConfirmLeadDeal(LeadAct):
    access = {"POST": _DECIDE}
    act = staticmethod(confirm_deal)


@_described("reject_referral_deal", "Say that the line is not this customer's deal (HQ)", LeadReasonSerializer)
class RejectLeadDeal(LeadAct):
    access = {"POST": _DECIDE}
    body = LeadReasonSerializer
    act = staticmethod(reject_deal)


@_described("record_referral_call_back", "Record what the called customer said (HQ)", LeadCallBackSerializer)
class RecordCallBack(LeadAct):
    access = {"POST": ("referrals:call_back", "referrals.call_back")}
    body = LeadCallBackSerializer
    act = staticmethod(record_call_back)


def _answer(request: Request, number: str) -> Response:
    caller = cast(Actor, request.user)
    context = {"dealer_id": caller.dealer_id}
    return Response(ReferralLeadSerializer(lead_by_number(caller, number), context=context).data)
