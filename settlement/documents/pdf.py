"""A statement as PDF, set by typst from this folder's template with fonts that come with the program."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import typst
from django.utils.translation import gettext, override

from settlement.choices import LineKind
from settlement.documents.paper import (
    Paper,
    balance_rows,
    deadline_words,
    draft_mark,
    instant_words,
    payable_note,
    period_words,
    title_of,
    to_do,
)
from settlement.models import StatementLine
from settlement.proof_words.reading import read_proof
from settlement.proof_words.rows import half_month_words, money
from settlement.resources import explanation, plain

TEMPLATE = Path(__file__).with_name("statement.typ")
FONTS = [str(Path(pylopdf_fonts_zh_cn.__file__).parent)]
_compilers = threading.local()


def pdf_of(paper: Paper, language: str) -> bytes:
    """The PDF; the same paper gives the same bytes, whenever and wherever."""
    made = _compiler().compile(
        format="pdf", sys_inputs={"paper": json.dumps(content_of(paper, language))}, timestamp=_stamp(paper)
    )
    assert isinstance(made, bytes)
    return made


def pages_of(paper: Paper, language: str) -> list[bytes]:
    """The pages as pictures, for looking at them."""
    made = _compiler().compile(
        format="png", ppi=96.0, sys_inputs={"paper": json.dumps(content_of(paper, language))}, timestamp=_stamp(paper)
    )
    return made if isinstance(made, list) else [made] if made else []


def content_of(paper: Paper, language: str) -> dict[str, Any]:
    """Every text of the document in one language; the template only places them."""
    statement, run, said = paper.statement, paper.statement.run, paper.said
    with override(language):
        return {
            "language": language,
            "draft": draft_mark(language) if paper.is_draft else "",
            "brand": gettext("Halfmoon"),
            "title": title_of(paper),
            "period": period_words(paper),
            "number_label": gettext("Document number"),
            "number": paper.number or draft_mark(language),
            "dealer_label": gettext("Dealer"),
            "dealer": said["name"],
            "dealer_facts": [
                [gettext("Dealer code"), statement.dealer.code],
                [gettext("Unified social credit code"), said["uscc"]],
                [gettext("Region"), said["region"].get(language, "") or "—"],
                [gettext("Authorization tier"), statement.tier or "—"],
            ],
            "facts": [
                [gettext("Issued"), instant_words(statement.delivered_at)],
                [gettext("Confirm by"), deadline_words(paper.confirm_by)],
                [gettext("Facts received up to"), instant_words(run.cutoff)],
                [gettext("Policy"), said["policy"] or "—"],
            ],
            "headline": [
                [gettext("Closing balance"), _yuan(statement.closing), ""],
                [gettext("Payable"), _yuan(statement.payable), payable_note(paper)],
            ],
            "balance_label": gettext("From opening to closing balance"),
            "balance": [[label, money(str(amount)), role] for label, amount, role in balance_rows(paper)],
            "figures_label": gettext("Figures of the half-month"),
            "figures": [
                [gettext("Purchases"), money(str(statement.purchases))],
                [gettext("Sales reported"), money(str(statement.sales))],
            ],
            "to_do_label": gettext("What to do"),
            "to_do": to_do(paper),
            "lines_label": gettext("Statement lines"),
            "currency": gettext("All amounts in CNY; positive in the dealer's favour."),
            "columns": [
                gettext("No."),
                gettext("Item"),
                gettext("For"),
                gettext("Base"),
                gettext("Rate"),
                gettext("Amount"),
            ],
            "lines": [_line(line) for line in paper.lines],
            "no_lines": gettext("No line: nothing was earned or owed in this half-month."),
            "total_label": gettext("Lines of this half-month together"),
            "total": money(str(statement.total)),
            "appendix_label": gettext("Appendix: how each amount was reckoned"),
            "appendix_note": gettext(
                "Every calculation adds up from the facts above it. The same proof is in the system, with the "
                "sale lines and shipments behind it, and as JSON."
            ),
            "rule_label": gettext("Rule"),
            "proofs": [_proof(line) for line in paper.lines],
            "footer": _footer(paper),
            "page_label": gettext("Page"),
        }


def _yuan(amount: Decimal) -> str:
    return f"{'−' if amount < 0 else ''}¥{money(str(abs(amount)))}"


def _line(line: StatementLine) -> dict[str, str]:
    return {
        "no": str(line.line_no),
        "kind": str(LineKind(line.kind).label),
        "program": line.program,
        "for": half_month_words(line.for_period),
        "base": money(str(plain(line.base))) if line.base else "",
        "rate": _rate(line),
        "amount": money(str(line.amount)),
        "explanation": explanation(line),
    }


def _rate(line: StatementLine) -> str:
    percent = format((line.rate * 100).normalize(), "f")
    return f"{percent}%" if line.rate else ""


def _proof(line: StatementLine) -> dict[str, Any]:
    reading = read_proof(line.proof)
    return {
        "title": f"{line.line_no}  {LineKind(line.kind).label}{' · ' + line.program if line.program else ''}",
        "for": half_month_words(line.for_period),
        "amount": money(str(line.amount)),
        "about": [list(pair) for pair in reading.about],
        "reasons": list(reading.reasons),
        "source": reading.source,
        "rows": [
            {
                "label": row.label,
                "note": row.note,
                "formula": row.formula,
                "value": row.value,
                "role": "head" if row.head else "total" if row.total else "",
            }
            for row in reading.rows
        ],
    }


def _footer(paper: Paper) -> str:
    if paper.is_draft:
        return gettext("Draft: not a document. It has no number and is not kept.")
    return gettext("Digest of the statement: %(digest)s") % {"digest": paper.statement.digest[:32]}


def _stamp(paper: Paper) -> datetime:
    """What the file says of its own making: when the statement was handed out, not when the file was asked for."""
    return (paper.statement.delivered_at or paper.period.ends_at).astimezone(UTC).replace(microsecond=0)


def _compiler() -> typst.Compiler:
    """One compiler per thread: it keeps the fonts it has read."""
    if not hasattr(_compilers, "one"):
        _compilers.one = typst.Compiler(str(TEMPLATE), font_paths=FONTS, ignore_system_fonts=True)
    made: typst.Compiler = _compilers.one
    return made
