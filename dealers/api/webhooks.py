"""Webhooks by API: endpoints, what was sent to them, sending once more."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from dealers.api.access import ScopeOrCapability, actor_of, dealer_of
from dealers.api.idempotency import IdempotentPosts
from dealers.api.pagination import NewestFirst
from dealers.api.serializers import StrictSerializer
from dealers.choices import WebhookState
from dealers.errors import NotFound
from dealers.foundation import clock
from dealers.models import WebhookDelivery, WebhookEndpoint
from dealers.principals import MachineClient
from dealers.selectors.webhooks import visible_endpoints, visible_webhook_deliveries
from dealers.services.webhook_endpoints import (
    LISTENABLE,
    create_endpoint,
    redeliver,
    rotate_secret,
    send_test,
    switch_endpoint,
)

_EVENTS = [str(event) for event in LISTENABLE]


class NewEndpointSerializer(StrictSerializer):
    url = serializers.CharField(max_length=500, help_text="https, on a public address.")
    events = serializers.ListField(child=serializers.ChoiceField(choices=_EVENTS), min_length=1)


class EndpointSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    url = serializers.CharField()
    events = serializers.ListField(child=serializers.CharField())
    enabled = serializers.BooleanField()
    failing_since = serializers.DateTimeField(allow_null=True)
    disabled_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class MadeEndpointSerializer(EndpointSerializer):
    """An endpoint with its secret, which is not shown again."""

    secret = serializers.CharField(help_text="Keep it; it signs every event, and is shown this once.")


class SwitchSerializer(StrictSerializer):
    enabled = serializers.BooleanField()


class AttemptSerializer(serializers.Serializer[Any]):
    number = serializers.IntegerField()
    started_at = serializers.DateTimeField()
    milliseconds = serializers.IntegerField()
    status = serializers.IntegerField(allow_null=True)
    error = serializers.CharField()


class WebhookDeliverySerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    event_id = serializers.UUIDField(source="event.number")
    event = serializers.CharField(source="event.kind")
    occurred_at = serializers.DateTimeField(source="event.occurred_at")
    endpoint = serializers.UUIDField(source="endpoint_id")
    state = serializers.ChoiceField(choices=WebhookState.choices)
    attempts = serializers.IntegerField()
    next_attempt_at = serializers.SerializerMethodField(help_text="Null when there is none.")
    delivered_at = serializers.DateTimeField(allow_null=True)
    log = AttemptSerializer(many=True)

    def get_next_attempt_at(self, delivery: WebhookDelivery) -> str | None:
        if delivery.state != WebhookState.WAITING:
            return None
        return delivery.next_attempt_at.astimezone(clock.BUSINESS_ZONE).isoformat()


class EndpointPages(NewestFirst):
    ordering = "-created_at"

    @staticmethod
    def is_position(position: str) -> bool:
        return "\0" not in position


class WebhookEndpoints(IdempotentPosts, generics.ListAPIView[WebhookEndpoint]):
    """Where events go. A dealer manages its own, an HQ system those of its name."""

    permission_classes = [ScopeOrCapability]
    access = {"GET": ("webhooks:manage", "webhooks.manage_own"), "POST": ("webhooks:manage", "webhooks.manage_own")}
    serializer_class = EndpointSerializer
    pagination_class = EndpointPages
    filter_backends = ()

    def get_queryset(self) -> QuerySet[WebhookEndpoint]:
        if getattr(self, "swagger_fake_view", False):
            return WebhookEndpoint.objects.none()
        return visible_endpoints(self.request.user)

    @extend_schema(operation_id="list_webhook_endpoints", summary="My webhook endpoints", tags=["webhooks"])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="create_webhook_endpoint",
        summary="Listen to events",
        description="The answer shows the secret, once. See docs/webhooks.md for how to verify a signature.",
        tags=["webhooks"],
        request=NewEndpointSerializer,
        responses={201: MadeEndpointSerializer},
        examples=[
            OpenApiExample(
                "Supply answers",
                request_only=True,
                value={"url": "https://erp.example.cn/halfmoon", "events": ["supply.changed"]},
            )
        ],
    )
    def post(self, request: Request) -> Response:
        given = NewEndpointSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        caller: Any = request.user
        endpoint, secret = create_endpoint(
            url=given.validated_data["url"],
            events=given.validated_data["events"],
            actor=actor_of(request),
            at=clock.now(),
            dealer=dealer_of(request),
            system=caller.key.system if isinstance(caller, MachineClient) and caller.is_hq_system else "",
        )
        return Response(_made(endpoint, secret), status=201)


class _OneEndpoint(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    access = {"POST": ("webhooks:manage", "webhooks.manage_own")}
    may_not_find = True

    def endpoint(self, request: Request, pk: Any) -> WebhookEndpoint:
        found = visible_endpoints(request.user).filter(pk=pk).first()
        if found is None:
            raise NotFound(what=_("webhook endpoint"), key=pk)
        return found


class WebhookEndpointRotate(_OneEndpoint):
    @extend_schema(
        operation_id="rotate_webhook_secret",
        summary="Replace the secret",
        description="For a day both secrets sign, so that nothing is refused meanwhile.",
        tags=["webhooks"],
        request=None,
        responses={200: MadeEndpointSerializer},
    )
    def post(self, request: Request, pk: Any) -> Response:
        found = self.endpoint(request, pk)
        return Response(_made(*rotate_secret(endpoint=found, actor=actor_of(request), at=clock.now())))


class WebhookEndpointSwitch(_OneEndpoint):
    @extend_schema(
        operation_id="switch_webhook_endpoint",
        summary="Switch an endpoint off or on",
        tags=["webhooks"],
        request=SwitchSerializer,
        responses={200: EndpointSerializer},
    )
    def post(self, request: Request, pk: Any) -> Response:
        found = self.endpoint(request, pk)
        given = SwitchSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        enabled = given.validated_data["enabled"]
        switched = switch_endpoint(endpoint=found, enabled=enabled, actor=actor_of(request), at=clock.now())
        return Response(EndpointSerializer(switched).data)


class WebhookEndpointTest(_OneEndpoint):
    @extend_schema(
        operation_id="test_webhook_endpoint",
        summary="Send a ping",
        tags=["webhooks"],
        request=None,
        responses={202: WebhookDeliverySerializer},
    )
    def post(self, request: Request, pk: Any) -> Response:
        found = self.endpoint(request, pk)
        delivery = send_test(endpoint=found, actor=actor_of(request), at=clock.now())
        return Response(WebhookDeliverySerializer(delivery).data, status=202)


class WebhookDeliveryFilters(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=WebhookState.choices)
    endpoint = django_filters.UUIDFilter(field_name="endpoint_id")

    class Meta:
        model = WebhookDelivery
        fields = ["state", "endpoint"]


@extend_schema_view(
    get=extend_schema(operation_id="list_webhook_deliveries", summary="What was sent, newest first", tags=["webhooks"])
)
class WebhookDeliveries(generics.ListAPIView[WebhookDelivery]):
    """Every event of my endpoints with every attempt."""

    permission_classes = [ScopeOrCapability]
    access = {"GET": ("webhooks:manage", "webhooks.manage_own")}
    serializer_class = WebhookDeliverySerializer
    filterset_class = WebhookDeliveryFilters

    def get_queryset(self) -> QuerySet[WebhookDelivery]:
        if getattr(self, "swagger_fake_view", False):
            return WebhookDelivery.objects.none()
        return visible_webhook_deliveries(self.request.user).prefetch_related("log")


class WebhookDeliveryRedeliver(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    access = {"POST": ("webhooks:manage", "webhooks.manage_own")}
    may_not_find = True

    @extend_schema(
        operation_id="redeliver_webhook",
        summary="Send an event once more",
        description="With the same event number, in a new round of attempts.",
        tags=["webhooks"],
        request=None,
        responses={202: WebhookDeliverySerializer},
    )
    def post(self, request: Request, pk: int) -> Response:
        found = visible_webhook_deliveries(request.user).filter(pk=pk).first()
        if found is None:
            raise NotFound(what=_("webhook delivery"), key=pk)
        again = redeliver(delivery=found, actor=actor_of(request), at=clock.now())
        return Response(WebhookDeliverySerializer(again).data, status=202)


def _made(endpoint: WebhookEndpoint, secret: str) -> dict[str, Any]:
    return {**EndpointSerializer(endpoint).data, "secret": secret}
