"""A statement as a file: the issued document, made when it is asked for the first time and the same ever after."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.views import APIView

from dealers.api.access import ScopeOrCapability, actor_of
from dealers.foundation import clock
from dealers.web.files import attachment_response
from settlement.api.statements import VIEW, StatementQuerySerializer, asked_statement
from settlement.choices import DocumentFormat
from settlement.permissions import CAPABILITIES
from settlement.services.documents import hand_out

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_NOTE = (
    "The issued document: made once, the same bytes ever after. Its number and SHA-256 are in the headers "
    "`X-Document-Number` and `ETag`; a draft has neither and says that it is one."
)


class StatementFileQuerySerializer(StatementQuerySerializer):
    lang = serializers.ChoiceField(
        choices=[("zh", "中文"), ("en", "English")],
        required=False,
        help_text="The language of the document; that of the request if absent.",
    )


class AddressDecides(DefaultContentNegotiation):
    """The ending of the address says which form is asked for, whatever Accept says; errors are JSON."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class StatementFile(APIView):
    permission_classes = [ScopeOrCapability]
    content_negotiation_class = AddressDecides
    access = {"GET": VIEW}
    capabilities = CAPABILITIES
    written = DocumentFormat.CSV

    def get(self, request: Request, period: str) -> HttpResponse:
        wanted = StatementFileQuerySerializer.read(request).get("lang") or get_language() or ""
        statement = asked_statement(request, period)
        file = hand_out(
            statement=statement, written=self.written, wanted=wanted, actor=actor_of(request), at=clock.now()
        )
        response = attachment_response(file.name, file.media_type, file.content)
        if file.number:
            response["X-Document-Number"] = file.number
            response["ETag"] = f'"{file.sha256}"'
        return response


def _described(written: str, summary: str, media_type: str, kind: Any) -> Any:
    return extend_schema(
        operation_id=f"read_statement_{written}",
        summary=summary,
        description=_NOTE,
        tags=["statements"],
        parameters=[StatementFileQuerySerializer],
        responses={(200, media_type): kind},
    )


class StatementPdf(StatementFile):
    written = DocumentFormat.PDF

    @_described("pdf", "One statement as PDF", "application/pdf", OpenApiTypes.BINARY)
    def get(self, request: Request, period: str) -> HttpResponse:
        return super().get(request, period)


class StatementXlsx(StatementFile):
    written = DocumentFormat.XLSX

    @_described("xlsx", "One statement as a workbook", XLSX, OpenApiTypes.BINARY)
    def get(self, request: Request, period: str) -> HttpResponse:
        return super().get(request, period)


class StatementCsv(StatementFile):
    written = DocumentFormat.CSV

    @_described("csv", "One statement as CSV", "text/csv", OpenApiTypes.STR)
    def get(self, request: Request, period: str) -> HttpResponse:
        return super().get(request, period)


class StatementJson(StatementFile):
    written = DocumentFormat.JSON

    @_described("json", "One statement as JSON with full proof", "application/json", OpenApiTypes.OBJECT)
    def get(self, request: Request, period: str) -> HttpResponse:
        return super().get(request, period)
