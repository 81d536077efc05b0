"""Satisfaction reports over the API: what is asked, handing in, and reading by headquarters."""

from __future__ import annotations

from typing import Any, cast

import django_filters
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from aftersales.choices import ReportState
from aftersales.models import SatisfactionReport
from aftersales.permissions import CAPABILITIES
from aftersales.selectors.reports import report_by_key, visible_reports
from aftersales.services.reports import acknowledge_report, submit_report
from aftersales.services.tickets.acting import Actor
from dealers.api.access import ScopeOrCapability
from dealers.api.idempotency import IdempotentPosts
from dealers.api.serializers import StrictSerializer
from dealers.foundation import clock
from dealers.models import User

_TAG = ["satisfaction reports"]


class SatisfactionHandInSerializer(StrictSerializer):
    """The dealer's own part; the figures are the system's."""

    quarter = serializers.RegexField(r"^[0-9]{4}-Q[1-4]$", help_text="Like `2026-Q3`.")
    statement = serializers.CharField(max_length=8000)
    plan = serializers.CharField(max_length=8000)


class ServiceFiguresSerializer(serializers.Serializer[Any]):
    """Of the tickets received in the quarter; shares and means as text, null of nothing."""

    tickets = serializers.IntegerField()
    judged = serializers.IntegerField(help_text="First response given or missed.")
    in_time = serializers.IntegerField()
    in_time_share = serializers.CharField(allow_null=True)
    resolved = serializers.IntegerField()
    median_hours = serializers.CharField(allow_null=True, help_text="From receipt to resolution.")
    reopened = serializers.IntegerField()
    reopened_share = serializers.CharField(allow_null=True)
    complaints = serializers.IntegerField()
    rated = serializers.IntegerField()
    stars = serializers.IntegerField()
    rating = serializers.CharField(allow_null=True)


class SatisfactionReportSerializer(serializers.Serializer[Any]):
    """A report. `figures` are frozen when it is handed in, and null before."""

    id = serializers.IntegerField(source="pk")
    dealer = serializers.CharField(source="dealer.code")
    quarter = serializers.CharField()
    due_at = serializers.DateTimeField()
    state = serializers.ChoiceField(choices=ReportState.choices)
    late = serializers.BooleanField(source="is_late")
    statement = serializers.CharField()
    plan = serializers.CharField()
    figures = serializers.SerializerMethodField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    remark = serializers.CharField(help_text="Of headquarters.")

    @extend_schema_field(ServiceFiguresSerializer(allow_null=True))
    def get_figures(self, report: SatisfactionReport) -> Any:
        return report.figures


class SatisfactionRemarkSerializer(StrictSerializer):
    remark = serializers.CharField(max_length=4000, required=False, default="", allow_blank=True)


class ReportFilters(django_filters.FilterSet):
    quarter = django_filters.CharFilter(max_length=7)
    state = django_filters.ChoiceFilter(choices=ReportState.choices)
    dealer = django_filters.CharFilter(field_name="dealer__code", max_length=32)

    class Meta:
        model = SatisfactionReport
        fields = ["quarter", "state", "dealer"]


class SatisfactionReports(IdempotentPosts, generics.ListAPIView[SatisfactionReport]):
    permission_classes = [ScopeOrCapability]
    capabilities = CAPABILITIES
    access = {"GET": ("satisfaction:read", "reports.view"), "POST": ("satisfaction:write", "reports.write")}
    serializer_class = SatisfactionReportSerializer
    filterset_class = ReportFilters
    queryset = SatisfactionReport.objects.none()

    def get_queryset(self) -> QuerySet[SatisfactionReport]:
        return visible_reports(self.request.user).select_related("dealer")

    @extend_schema(
        operation_id="list_satisfaction_reports",
        summary="Reports in sight, asked for and handed in, newest first",
        tags=_TAG,
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="hand_in_satisfaction_report",
        summary="Hand in the report of a quarter (dealer)",
        description="Freezes the figures of this instant. After `due_at` it is still taken, and shown as late.",
        tags=_TAG,
        request=SatisfactionHandInSerializer,
        responses={201: SatisfactionReportSerializer},
    )
    def post(self, request: Request) -> Response:
        body = SatisfactionHandInSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        made = submit_report(**body.validated_data, actor=cast(Actor, request.user), at=clock.now())
        return Response(SatisfactionReportSerializer(made).data, status=status.HTTP_201_CREATED)


class ReadSatisfactionReport(IdempotentPosts):
    permission_classes = [ScopeOrCapability]
    capabilities = CAPABILITIES
    access = {"POST": (None, "reports.acknowledge")}

    @extend_schema(
        operation_id="acknowledge_satisfaction_report",
        summary="Note that a report was read, with a remark (HQ)",
        tags=_TAG,
        request=SatisfactionRemarkSerializer,
        responses={200: SatisfactionReportSerializer},
    )
    def post(self, request: Request, key: int) -> Response:
        if not isinstance(request.user, User):
            raise PermissionDenied
        body = SatisfactionRemarkSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        acknowledge_report(key=key, **body.validated_data, actor=request.user, at=clock.now())
        return Response(SatisfactionReportSerializer(report_by_key(request.user, key)).data)
