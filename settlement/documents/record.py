"""A statement as JSON: everything it says, with the full proof of every line. Read it with docs/verify_statement.py."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from settlement.documents.paper import Paper
from settlement.resources import plain

AMOUNTS = ("purchases", "sales", "opening", "total", "closing", "payable")


def record_of(paper: Paper, language: str = "") -> bytes:
    """The record; names and numbers only, so that it is the same in every language."""
    return json.dumps(as_object(paper), ensure_ascii=False, indent=1, default=_plain).encode() + b"\n"


def as_object(paper: Paper) -> dict[str, Any]:
    """Everything the files say, as plain values."""
    statement, run, said = paper.statement, paper.statement.run, paper.said
    return {
        "document": paper.number or "DRAFT",
        "state": "draft" if paper.is_draft else "issued",
        "period": run.period,
        "dealer": statement.dealer.code,
        "name": said["name"],
        "tier": statement.tier,
        **({"role": statement.role} if statement.role else {}),
        "policy": said["policy"],
        "cutoff": run.cutoff,
        "delivered_at": statement.delivered_at,
        "confirm_due_at": said["confirm_by"],
        "minimum_payout": said["minimum_payout"],
        "previous_closing": said["previous_closing"],
        "paid_since": said["paid_since"],
        **{name: getattr(statement, name) for name in AMOUNTS},
        "digest": statement.digest,
        "lines": [
            {
                "line_no": line.line_no,
                "kind": line.kind,
                "program": line.program,
                "for_period": line.for_period,
                "base": plain(line.base),
                "rate": plain(line.rate),
                "amount": line.amount,
                "proof": line.proof,
            }
            for line in paper.lines
        ],
    }


def _plain(value: Any) -> str:
    return format(value, "f") if isinstance(value, Decimal) else _instant(value)


def _instant(value: datetime) -> str:
    return value.isoformat()
