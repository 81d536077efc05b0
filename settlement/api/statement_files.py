"""A statement as a file: its lines with the explanation of each amount."""

from __future__ import annotations

import io
from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.views import APIView

from dealers.api.access import ScopeOrCapability
from dealers.foundation.tabular import CsvWriter, XlsxWriter
from settlement.api.statements import VIEW, StatementQuerySerializer, asked_statement
from settlement.permissions import CAPABILITIES
from settlement.resources import LINE_COLUMNS, line_rows

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class AddressDecides(DefaultContentNegotiation):
    """The ending of the address says which form is asked for, whatever Accept says; errors are JSON."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class StatementFile(APIView):
    permission_classes = [ScopeOrCapability]
    content_negotiation_class = AddressDecides
    access = {"GET": VIEW}
    capabilities = CAPABILITIES
    written = CSV

    def get(self, request: Request, period: str) -> HttpResponse:
        statement = asked_statement(request, period)
        file = io.BytesIO()
        writer = (
            CsvWriter(file, LINE_COLUMNS, for_machines=True) if self.written == CSV else XlsxWriter(file, LINE_COLUMNS)
        )
        with writer:
            for row in line_rows(statement.lines.all()):
                writer.write(row)
        ending = "csv" if self.written == CSV else "xlsx"
        name = f"statement-{statement.run.period}-{statement.dealer.code}.{ending}"
        content_type = f"{CSV}; charset=utf-8" if self.written == CSV else XLSX
        return HttpResponse(
            file.getvalue(),
            content_type=content_type,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )


class StatementCsv(StatementFile):
    @extend_schema(
        operation_id="read_statement_csv",
        summary="One statement as CSV",
        tags=["statements"],
        parameters=[StatementQuerySerializer],
        responses={(200, CSV): OpenApiTypes.STR},
    )
    def get(self, request: Request, period: str) -> HttpResponse:
        return super().get(request, period)


class StatementXlsx(StatementFile):
    written = XLSX

    @extend_schema(
        operation_id="read_statement_xlsx",
        summary="One statement as a workbook",
        tags=["statements"],
        parameters=[StatementQuerySerializer],
        responses={(200, XLSX): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, period: str) -> HttpResponse:
        return super().get(request, period)
