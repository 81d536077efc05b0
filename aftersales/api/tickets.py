"""Tickets over the API: dealers' and headquarters' systems bring them in, answer, resolve and reopen them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import django_filters
from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from aftersales.choices import Side, TicketSource, TicketState, TicketTopic
from aftersales.errors import TicketInvalid, TicketNotFound
from aftersales.models import Ticket
from aftersales.permissions import CAPABILITIES
from aftersales.selectors.tickets import (
    TicketWish,
    events_for,
    file_of,
    files_for,
    narrowed_tickets,
    phone_for,
    ticket_by_number,
)
from aftersales.services.tickets.acting import Actor
from aftersales.services.tickets.answering import attach, reopen, resolve, respond
from aftersales.services.tickets.intake import NewTicket, receive_ticket
from dealers.api.access import ScopeOrCapability
from dealers.api.idempotency import IdempotentPosts
from dealers.api.problems import Problem
from dealers.api.serializers import FileSerializer, StrictSerializer
from dealers.foundation import clock
from dealers.models import Product, Region
from dealers.principals import MachineClient
from dealers.selectors.visibility import visible_dealers
from dealers.web.files import file_response

_READ = ("tickets:read", "tickets.view")
_ENTER = ("tickets:write", "tickets.enter")
_ANSWER = ("tickets:write", "tickets.answer")
_TAG = ["tickets"]


class NewTicketSerializer(StrictSerializer):
    """A customer's request. `dealer` is for systems of HQ; without it whoever covers the place and goods gets it."""

    topic = serializers.ChoiceField(choices=TicketTopic.choices)
    description = serializers.CharField(max_length=4000)
    contact = serializers.CharField(max_length=100)
    phone = serializers.CharField(max_length=40)
    consent = serializers.BooleanField(help_text="The customer agreed that the number is kept to call back.")
    dealer = serializers.CharField(max_length=32, required=False, default="", allow_blank=True)
    region = serializers.SlugRelatedField(
        slug_field="code", queryset=Region.objects.all(), required=False, allow_null=True, default=None
    )
    sku = serializers.SlugRelatedField(
        slug_field="sku", queryset=Product.objects.all(), required=False, allow_null=True, default=None
    )
    serial = serializers.CharField(max_length=64, required=False, default="", allow_blank=True)
    purchase_doc = serializers.CharField(max_length=64, required=False, default="", allow_blank=True)
    external_id = serializers.CharField(max_length=64, required=False, default="", allow_blank=True)


class TicketRowSerializer(serializers.Serializer[Any]):
    """A ticket. `due_at` is when the first response of whoever has it is, or was, due; `missed` that it is too late."""

    number = serializers.CharField()
    dealer = serializers.CharField(source="dealer.code", allow_null=True, default=None)
    source = serializers.ChoiceField(choices=TicketSource.choices)  # type: ignore[assignment]
    state = serializers.ChoiceField(choices=TicketState.choices)
    topic = serializers.ChoiceField(choices=TicketTopic.choices)
    region = serializers.CharField(source="region.code", allow_null=True, default=None)
    sku = serializers.CharField(source="product.sku", allow_null=True, default=None)
    serial = serializers.CharField()
    purchase_doc = serializers.CharField()
    external_id = serializers.CharField()
    received_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    responded_at = serializers.DateTimeField(allow_null=True)
    missed = serializers.BooleanField()
    resolved_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    reopened = serializers.IntegerField()
    complaint_at = serializers.DateTimeField(allow_null=True)
    rating = serializers.IntegerField(allow_null=True)


class TicketEventSerializer(serializers.Serializer[Any]):
    act = serializers.CharField()
    side = serializers.ChoiceField(choices=Side.choices)
    text = serializers.CharField()
    public = serializers.BooleanField(help_text="Whether the customer may read it.")
    at = serializers.DateTimeField()


class TicketFileSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    side = serializers.ChoiceField(choices=Side.choices)
    added_at = serializers.DateTimeField()


class TicketSerializer(TicketRowSerializer):
    """One ticket. `phone` is whole for whoever serves the customer, and masked for everybody else."""

    description = serializers.CharField()
    contact = serializers.CharField()
    phone = serializers.SerializerMethodField()
    events = serializers.SerializerMethodField()
    files = serializers.SerializerMethodField()

    def get_phone(self, ticket: Ticket) -> str:
        return phone_for(self.context["caller"], ticket)

    def get_events(self, ticket: Ticket) -> list[dict[str, Any]]:
        return list(TicketEventSerializer(events_for(self.context["caller"], ticket), many=True).data)

    def get_files(self, ticket: Ticket) -> list[dict[str, Any]]:
        return list(TicketFileSerializer(files_for(self.context["caller"], ticket), many=True).data)


class TicketMadeSerializer(TicketSerializer):
    """A ticket just taken in, with the address at which its customer follows it; it is told only now."""

    tracking_path = serializers.CharField(source="token")


class TicketTextSerializer(StrictSerializer):
    text = serializers.CharField(max_length=4000)


class TicketFilters(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=TicketState.choices)
    source = django_filters.ChoiceFilter(choices=TicketSource.choices)
    dealer = django_filters.CharFilter(field_name="dealer__code", max_length=32)
    external_id = django_filters.CharFilter(max_length=64)

    class Meta:
        model = Ticket
        fields = ["state", "source", "dealer", "external_id"]


class TicketCall(IdempotentPosts):
    """A call about tickets."""

    permission_classes = [ScopeOrCapability]
    capabilities = CAPABILITIES


class Tickets(IdempotentPosts, generics.ListAPIView[Ticket]):
    permission_classes = [ScopeOrCapability]
    capabilities = CAPABILITIES
    access = {"GET": _READ, "POST": _ENTER}
    serializer_class = TicketRowSerializer
    filterset_class = TicketFilters
    queryset = Ticket.objects.none()

    def get_queryset(self) -> QuerySet[Ticket]:
        return narrowed_tickets(self.request.user, TicketWish())

    @extend_schema(operation_id="list_tickets", summary="Tickets in sight, newest first", tags=_TAG)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="enter_ticket",
        summary="Bring a customer's request in",
        description="A dealer's is its own; a system of HQ names the dealer, or leaves it to the place and goods. "
        "`tracking_path` is the address of the customer's page below the product's own; keep it or hand it on, for it "
        "is not told again. The same `external_id` of a system again gives the first ticket, without it.",
        tags=_TAG,
        request=NewTicketSerializer,
        responses={201: TicketMadeSerializer},
    )
    def post(self, request: Request) -> Response:
        body = NewTicketSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        given, caller = dict(body.validated_data), cast(Actor, request.user)
        code, product = given.pop("dealer"), given.pop("sku")
        dealer = caller.dealer
        if dealer is None and code:
            dealer = visible_dealers(caller).filter(code=code, pk__gt=0).first()
            if dealer is None:
                raise _field_problem("dealer", "There is no such dealer.")
        source = TicketSource.API if isinstance(caller, MachineClient) else _source_of_person(caller)
        try:
            made = receive_ticket(
                new=NewTicket(**given, dealer=dealer, product=product, source=source), actor=caller, at=clock.now()
            )
        except TicketInvalid as refusal:
            raise _field_problem(refusal.field, str(refusal)) from refusal
        ticket = ticket_by_number(caller, made.ticket.number)
        answer: Any = TicketSerializer(ticket, context={"caller": caller}).data
        path = f"/service/{made.token}/" if made.token else ""
        return Response({**answer, "tracking_path": path}, status=status.HTTP_201_CREATED)


class OneTicket(TicketCall):
    access = {"GET": _READ}

    @extend_schema(operation_id="get_ticket", summary="Read a ticket", tags=_TAG, responses={200: TicketSerializer})
    def get(self, request: Request, number: str) -> Response:
        return _answer(request, number)


class RespondToTicket(TicketCall):
    access = {"POST": _ANSWER}

    @extend_schema(
        operation_id="respond_to_ticket",
        summary="Answer the customer",
        description="The first answer stops the clock. The customer reads it on the tracking page.",
        tags=_TAG,
        request=TicketTextSerializer,
        responses={200: TicketSerializer},
    )
    def post(self, request: Request, number: str) -> Response:
        return _done(request, number, respond)


class ResolveTicket(TicketCall):
    access = {"POST": _ANSWER}

    @extend_schema(
        operation_id="resolve_ticket",
        summary="Say what was done",
        description="The customer may rate it or reopen it; without a word it closes by itself.",
        tags=_TAG,
        request=TicketTextSerializer,
        responses={200: TicketSerializer},
    )
    def post(self, request: Request, number: str) -> Response:
        return _done(request, number, resolve)


class ReopenTicket(TicketCall):
    access = {"POST": _ANSWER}

    @extend_schema(
        operation_id="reopen_ticket",
        summary="Take a ticket up again",
        tags=_TAG,
        request=TicketTextSerializer,
        responses={200: TicketSerializer},
    )
    def post(self, request: Request, number: str) -> Response:
        return _done(request, number, reopen)


class TicketFiles(TicketCall):
    access = {"POST": _ANSWER}
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="attach_to_ticket",
        summary="Attach a file, such as the report of a repair",
        description="Up to 10 MB, recognised by its content.",
        tags=_TAG,
        request={"multipart/form-data": FileSerializer},
        responses={201: TicketFileSerializer},
    )
    def post(self, request: Request, number: str) -> Response:
        file = FileSerializer.read(request)
        made = attach(
            number=number, name=file.name or "file", content=file, actor=cast(Actor, request.user), at=clock.now()
        )
        return Response(TicketFileSerializer(made).data, status=status.HTTP_201_CREATED)


class OneTicketFile(TicketCall):
    access = {"GET": _READ}

    @extend_schema(
        operation_id="get_ticket_file",
        summary="Download a file of a ticket",
        tags=_TAG,
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, number: str, key: int) -> HttpResponse:
        found = file_of(request.user, ticket_by_number(request.user, number), key)
        if found is None:
            raise TicketNotFound(key=f"{number}/{key}")
        return file_response(found.file)


def _source_of_person(person: Any) -> TicketSource:
    return TicketSource.HOTLINE if person.dealer_id is None else TicketSource.DEALER


def _field_problem(field: str, detail: str) -> Problem:
    return Problem(422, TicketInvalid.code, detail, [{"field": field, "code": TicketInvalid.code, "detail": detail}])


def _done(request: Request, number: str, service: Callable[..., Ticket]) -> Response:
    body = TicketTextSerializer(data=request.data)
    body.is_valid(raise_exception=True)
    service(number=number, **body.validated_data, actor=cast(Actor, request.user), at=clock.now())
    return _answer(request, number)


def _answer(request: Request, number: str) -> Response:
    ticket = ticket_by_number(request.user, number)
    return Response(TicketSerializer(ticket, context={"caller": request.user}).data)
