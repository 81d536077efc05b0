"""Pieces of evidence of a signal as rows of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse

from dealers.choices import AdjustmentKind
from dealers.foundation.findings import Finding, Severity
from pricing.choices import StockCode
from pricing.rules.stock_roll import SENTENCES


def evidence_rows(
    pieces: Sequence[Mapping[str, Any]], revised: Mapping[tuple[str, str, int], Any]
) -> list[dict[str, Any]]:
    """Pieces of evidence with their addresses, and what their lines say now when that is something else."""
    return [_row(piece, revised) for piece in pieces]


def _row(piece: Mapping[str, Any], revised: Mapping[tuple[str, str, int], Any]) -> dict[str, Any]:
    row = dict(piece)
    match piece["kind"]:
        case "sale_line":
            key = str(piece["dealer"]), str(piece["doc_no"]), int(piece["line_no"])
            row["url"] = reverse("sale-line", args=[key[0], key[2], key[1]])
            row["sold_at"] = datetime.fromisoformat(piece["sold_at"])
            row["reported_at"] = datetime.fromisoformat(piece["reported_at"])
            row["amount"] = Decimal(piece["unit_price"]) * piece["quantity"]
            row["now"] = revised.get(key)
        case "shipment":
            row["at"] = datetime.fromisoformat(piece["shipped_at"])
            row["amount"] = Decimal(piece["unit_price"]) * piece["quantity"]
        case "stock_finding":
            row["url"] = reverse("stock-of", args=[piece["dealer"], piece["sku"]])
            row["said"] = (
                Finding(piece["code"], Severity.WARNING, SENTENCES[piece["code"]], piece["params"]).render()
                if piece["params"]
                else StockCode(piece["code"]).label
            )
        case "adjustment":
            row["at"] = datetime.fromisoformat(piece["occurred_at"])
            row["label"] = AdjustmentKind(piece["adjustment"]).label
    return row
