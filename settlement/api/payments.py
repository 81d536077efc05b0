"""Payments: what is open, what is paid by what, plans and their release, and a dealer's consent to bills."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import generics, serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dealers.api.access import ScopeOrCapability, actor_of, own_dealer
from dealers.api.idempotency import IdempotentPosts
from dealers.api.serializers import StrictSerializer
from dealers.foundation import clock
from dealers.foundation.half_months import HalfMonth
from dealers.models import Dealer
from settlement.choices import BillKind, PaymentMethod, PaymentState, PlanState
from settlement.models import Payable, Payment, PaymentPlan
from settlement.permissions import CAPABILITIES
from settlement.rules.bills import BillGiven
from settlement.rules.payment_life import BillAct, TransferAct
from settlement.selectors.consents import latest_consent
from settlement.selectors.payments import (
    allocations_of,
    payment_of,
    plan_of,
    visible_payables,
    visible_payments,
    visible_plans,
)
from settlement.services.bills import draw_bill
from settlement.services.consents import say_about_bills
from settlement.services.payment_steps import move_payment
from settlement.services.plans import PlanWish, draw_up_plan, end_plan, refuse_plan, release_plan, withdraw_plan
from settlement.services.transfers import order_transfers

READ = ("payments:read", "payments.view_own")
_ACTS = sorted({act.value for life in (BillAct, TransferAct) for act in life} - {TransferAct.SEND.value})


class SeesPayments(ScopeOrCapability):
    """Keys with the scope, dealers' people for their own, finance for all."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if super().has_permission(request, view):
            return True
        role = getattr(request.user, "role", None)
        return request.method in ("GET", "HEAD", "OPTIONS") and role in CAPABILITIES["payments.view"]


def _amount(**kwargs: Any) -> serializers.DecimalField:
    return serializers.DecimalField(max_digits=18, decimal_places=2, **kwargs)


class BillSerializer(serializers.Serializer[Any]):
    number = serializers.CharField(help_text="30 digits.")
    range = serializers.SerializerMethodField(help_text="`start-end` in notes of 0.01 yuan; null is the whole bill.")
    kind = serializers.ChoiceField(choices=BillKind.choices)
    drawer = serializers.CharField()
    acceptor = serializers.CharField()
    issued_on = serializers.DateField()
    due_on = serializers.DateField()

    @extend_schema_field(OpenApiTypes.STR)
    def get_range(self, bill: Any) -> str | None:
        return str(bill.range) if bill.range else None


class PaymentSerializer(serializers.Serializer[Any]):
    number = serializers.CharField()
    dealer = serializers.CharField(source="dealer.code")
    method = serializers.ChoiceField(choices=PaymentMethod.choices)
    state = serializers.ChoiceField(choices=PaymentState.choices)
    amount = _amount()
    made_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField(help_text="Since when it is in this state.")
    bill = serializers.SerializerMethodField(help_text="Null for a transfer.")

    @extend_schema_field(BillSerializer(allow_null=True))
    def get_bill(self, payment: Payment) -> Any:
        return BillSerializer(payment.bill).data if payment.method == PaymentMethod.BILL else None


class AllocationSerializer(serializers.Serializer[Any]):
    period = serializers.SerializerMethodField()
    amount = _amount(help_text="Negative when the payment failed and the half-month is owed again.")
    at = serializers.DateTimeField()

    def get_period(self, allocation: Any) -> str:
        return str(HalfMonth.from_ordinal(allocation.payable.ordinal))


class PaymentDetailSerializer(PaymentSerializer):
    allocations = serializers.SerializerMethodField(help_text="Which half-months it pays.")

    @extend_schema_field(AllocationSerializer(many=True))
    def get_allocations(self, payment: Payment) -> Any:
        return AllocationSerializer(allocations_of([payment.pk]), many=True).data


class PayableSerializer(serializers.Serializer[Any]):
    """What one statement adds to (or takes from) what the dealer is owed, and what is left of it."""

    dealer = serializers.CharField(source="dealer.code")
    period = serializers.SerializerMethodField()
    amount = _amount()
    paid = _amount()
    set_off = _amount(help_text="Set off against statements that took something away.")
    open = serializers.SerializerMethodField(help_text="Left of it; negative is carried to the next statements.")
    since = serializers.DateTimeField()

    def get_period(self, payable: Payable) -> str:
        return str(HalfMonth.from_ordinal(payable.ordinal))

    @extend_schema_field(OpenApiTypes.STR)
    def get_open(self, payable: Payable) -> str:
        return f"{payable.left if payable.amount > 0 else -payable.left:.2f}"


class PlanSerializer(serializers.Serializer[Any]):
    number = serializers.CharField()
    state = serializers.ChoiceField(choices=PlanState.choices)
    note = serializers.CharField()
    dealers = serializers.IntegerField()
    amount = _amount()
    executed = _amount()
    drawn_up_by = serializers.CharField(source="drawn_up_by.username")
    drawn_up_at = serializers.DateTimeField()
    decided_by = serializers.CharField(source="decided_by.username", allow_null=True, default=None)
    decided_at = serializers.DateTimeField(allow_null=True)


class NewPlanSerializer(StrictSerializer):
    dealers = serializers.ListField(
        child=serializers.CharField(max_length=32), required=False, max_length=20_000, help_text="Codes; absent: all."
    )
    periods = serializers.ListField(
        child=serializers.RegexField(r"^[0-9]{4}-(0[1-9]|1[0-2])-H[12]$"), required=False, max_length=480
    )
    dealer_cap = _amount(required=False, min_value=0)
    plan_cap = _amount(required=False, min_value=0)
    note = serializers.CharField(required=False, default="", allow_blank=True, max_length=500)


class NoteSerializer(StrictSerializer):
    note = serializers.CharField(required=False, default="", allow_blank=True, max_length=500)


class NewBillSerializer(StrictSerializer):
    number = serializers.CharField(max_length=60)
    range = serializers.CharField(required=False, default="", allow_blank=True, max_length=40)
    kind = serializers.ChoiceField(choices=BillKind.choices, required=False)
    amount = _amount(required=False)
    drawer = serializers.CharField(max_length=200)
    acceptor = serializers.CharField(max_length=200)
    issued_on = serializers.DateField()
    due_on = serializers.DateField()


class NewPaymentSerializer(StrictSerializer):
    """A bill when `bill` is given, else a transfer to the dealer's confirmed account."""

    plan = serializers.CharField(max_length=32)
    dealer = serializers.CharField(max_length=32)
    amount = _amount(required=False, help_text="Of a transfer; absent: all the plan has left for the dealer.")
    bill = NewBillSerializer(required=False)
    shares = serializers.DictField(
        child=serializers.DecimalField(max_digits=18, decimal_places=2),
        required=False,
        help_text="How much of which half-month a bill pays; absent: the oldest first.",
    )


class StepSerializer(StrictSerializer):
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=500)


class ConsentSerializer(StrictSerializer):
    consents = serializers.BooleanField(help_text="Whether you take electronic commercial bills.")


class ConsentStateSerializer(serializers.Serializer[Any]):
    consents = serializers.BooleanField()
    since = serializers.DateTimeField(allow_null=True)


class PaymentFilters(django_filters.FilterSet):
    dealer = django_filters.CharFilter(field_name="dealer__code", max_length=32)
    method = django_filters.ChoiceFilter(choices=PaymentMethod.choices)
    state = django_filters.ChoiceFilter(choices=PaymentState.choices)

    class Meta:
        model = Payment
        fields = ["dealer", "method", "state"]


@extend_schema_view(
    get=extend_schema(operation_id="list_payments", summary="Payments, newest first", tags=["payments"])
)
class Payments(generics.ListAPIView[Payment], IdempotentPosts):
    permission_classes = [SeesPayments]
    access = {"GET": READ, "POST": (None, "payments.execute")}
    capabilities = CAPABILITIES
    serializer_class = PaymentSerializer
    filterset_class = PaymentFilters

    def get_queryset(self) -> QuerySet[Payment]:
        if getattr(self, "swagger_fake_view", False):
            return Payment.objects.none()
        return visible_payments(self.request.user)

    @extend_schema(
        operation_id="make_payment",
        summary="Pay a dealer out of a released plan",
        tags=["payments"],
        request=NewPaymentSerializer,
        responses={201: PaymentDetailSerializer},
    )
    def post(self, request: Request) -> Response:
        asked = NewPaymentSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        plan = plan_of(request.user, given["plan"])
        dealer = generics.get_object_or_404(Dealer, code=given["dealer"])
        actor: Any = actor_of(request)
        at = clock.now()
        if "bill" in given:
            bill = BillGiven(**given["bill"])
            made = draw_bill(plan=plan, dealer=dealer, given=bill, shares=given.get("shares"), actor=actor, at=at)
        else:
            made = order_transfers(plan=plan, dealers=[dealer], amount=given.get("amount"), actor=actor, at=at)[0]
        found = payment_of(request.user, made.number)
        return Response(PaymentDetailSerializer(found).data, status=status.HTTP_201_CREATED)


class PaymentDetail(APIView):
    permission_classes = [SeesPayments]
    access = {"GET": READ}
    capabilities = CAPABILITIES

    @extend_schema(
        operation_id="read_payment",
        summary="One payment and what it pays",
        tags=["payments"],
        responses={200: PaymentDetailSerializer},
    )
    def get(self, request: Request, number: str) -> Response:
        return Response(PaymentDetailSerializer(payment_of(request.user, number)).data)


class PaymentStepView(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    access = {"POST": (None, "payments.track")}
    capabilities = CAPABILITIES

    @extend_schema(
        operation_id="move_payment",
        summary="Record what has become of a payment",
        description=f"`act` is one of {', '.join(_ACTS)}. Failing needs a reason and reopens what was paid.",
        tags=["payments"],
        request=StepSerializer,
        responses={200: PaymentDetailSerializer},
    )
    def post(self, request: Request, number: str, act: str) -> Response:
        asked = StepSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        actor: Any = actor_of(request)
        found = payment_of(request.user, number)
        move_payment(payment=found, act=act, reason=asked.validated_data["reason"], actor=actor, at=clock.now())
        return Response(PaymentDetailSerializer(payment_of(request.user, number)).data)


@extend_schema_view(
    get=extend_schema(
        operation_id="list_payables", summary="What statements opened, and what is left of it", tags=["payments"]
    )
)
class Payables(generics.ListAPIView[Payable]):
    permission_classes = [SeesPayments]
    access = {"GET": READ}
    capabilities = CAPABILITIES
    serializer_class = PayableSerializer

    def get_queryset(self) -> QuerySet[Payable]:
        if getattr(self, "swagger_fake_view", False):
            return Payable.objects.none()
        return visible_payables(self.request.user)


@extend_schema_view(
    get=extend_schema(operation_id="list_payment_plans", summary="Payment plans, newest first", tags=["payments"])
)
class Plans(generics.ListAPIView[PaymentPlan], IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    access = {"GET": (None, "payments.view"), "POST": (None, "payments.plan")}
    capabilities = CAPABILITIES
    serializer_class = PlanSerializer

    def get_queryset(self) -> QuerySet[PaymentPlan]:
        if getattr(self, "swagger_fake_view", False):
            return PaymentPlan.objects.none()
        return visible_plans(self.request.user)

    @extend_schema(
        operation_id="draw_up_payment_plan",
        summary="Draw up a payment plan",
        tags=["payments"],
        request=NewPlanSerializer,
        responses={201: PlanSerializer},
    )
    def post(self, request: Request) -> Response:
        asked = NewPlanSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        codes, periods = given.get("dealers"), given.get("periods")
        wish = PlanWish(
            dealers=None if codes is None else list(Dealer.objects.filter(code__in=codes).values_list("pk", flat=True)),
            periods=None if periods is None else [HalfMonth.parse(name).ordinal for name in periods],
            dealer_cap=given.get("dealer_cap"),
            plan_cap=given.get("plan_cap"),
        )
        actor: Any = actor_of(request)
        made = draw_up_plan(wish=wish, note=given["note"], actor=actor, at=clock.now())
        return Response(PlanSerializer(plan_of(request.user, made.number)).data, status=status.HTTP_201_CREATED)


class PlanAct(IdempotentPosts):
    """Release and refuse (approver), withdraw and end (clerk)."""

    permission_classes = [ScopeOrCapability]
    access = {"POST": (None, "payments.track")}
    capabilities = CAPABILITIES

    @extend_schema(
        operation_id="decide_payment_plan",
        summary="Release, refuse, withdraw or end a payment plan",
        description="`act` is release, refuse, withdraw or end. Whoever drew a plan up does not release it.",
        tags=["payments"],
        request=NoteSerializer,
        responses={200: PlanSerializer},
    )
    def post(self, request: Request, number: str, act: str) -> Response:
        asked = NoteSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        note, actor, at = asked.validated_data["note"], actor_of(request), clock.now()
        who: Any = actor
        plan = plan_of(request.user, number)
        match act:
            case "release":
                release_plan(plan=plan, note=note, actor=who, at=at)
            case "refuse":
                refuse_plan(plan=plan, note=note, actor=who, at=at)
            case "withdraw":
                withdraw_plan(plan=plan, actor=who, at=at)
            case _:
                end_plan(plan=plan, note=note, actor=who, at=at)
        return Response(PlanSerializer(plan_of(request.user, number)).data)


class Consent(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    access = {"GET": READ, "POST": ("payments:consent", "payments.consent")}
    capabilities = CAPABILITIES

    @extend_schema(
        operation_id="read_bill_consent",
        summary="Whether you take bills",
        tags=["payments"],
        responses={200: ConsentStateSerializer},
    )
    def get(self, request: Request) -> Response:
        return Response(_consent(own_dealer(request)))

    @extend_schema(
        operation_id="say_bill_consent",
        summary="Take bills, or take no more",
        tags=["payments"],
        request=ConsentSerializer,
        responses={200: ConsentStateSerializer},
    )
    def post(self, request: Request) -> Response:
        asked = ConsentSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        dealer = own_dealer(request)
        say_about_bills(
            dealer=dealer, consents=asked.validated_data["consents"], actor=actor_of(request), at=clock.now()
        )
        return Response(_consent(dealer))


def _consent(dealer: Dealer) -> dict[str, Any]:
    word = latest_consent(dealer.pk, at=clock.now())
    return {"consents": bool(word and word.consents), "since": word and word.at}
