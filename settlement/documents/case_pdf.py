"""A complete case file as PDF, set by typst from this folder's template."""

from __future__ import annotations

import json
import threading
from datetime import UTC
from pathlib import Path
from typing import Any

import typst
from django.utils.translation import gettext, override

from settlement.choices import CaseKind
from settlement.documents.case_file import Dossier, digest_of
from settlement.documents.case_sections import cover_facts, sections_of
from settlement.documents.paper import half_month_or_nothing
from settlement.documents.pdf import FONTS

TEMPLATE = Path(__file__).with_name("case_file.typ")
_compilers = threading.local()


def case_pdf(dossier: Dossier, language: str) -> bytes:
    """The PDF; the same case, as far as it has come, gives the same bytes."""
    stamp = dossier.as_of.astimezone(UTC).replace(microsecond=0)
    made = _compiler().compile(
        format="pdf", sys_inputs={"paper": json.dumps(content_of(dossier, language))}, timestamp=stamp
    )
    assert isinstance(made, bytes)
    return made


def content_of(dossier: Dossier, language: str) -> dict[str, Any]:
    """Every text of the file in one language."""
    case, dealer = dossier.case, dossier.case.dealer
    with override(language):
        return {
            "language": language,
            "brand": gettext("Halfmoon"),
            "title": gettext("Case file"),
            "kind": str(CaseKind(case.kind).label),
            "number_label": gettext("Document number"),
            "number": dossier.number,
            "dealer_label": gettext("Dealer"),
            "dealer": dealer.name,
            "dealer_facts": [
                [gettext("Dealer code"), dealer.code],
                [gettext("Unified social credit code"), dealer.uscc],
                [gettext("Case"), case.number],
                [gettext("Half-month"), half_month_or_nothing(case.period)],
            ],
            "facts": cover_facts(dossier),
            "audience": gettext("The dealer's copy")
            if dossier.for_dealer
            else gettext("Headquarters' copy: contains internal notes. Not for the dealer."),
            "sections": sections_of(dossier),
            "footer": gettext("Digest of the record: %(digest)s") % {"digest": digest_of(dossier)[:32]},
            "page_label": gettext("Page"),
        }


def _compiler() -> typst.Compiler:
    """One compiler per thread: it keeps the fonts it has read."""
    if not hasattr(_compilers, "one"):
        _compilers.one = typst.Compiler(str(TEMPLATE), font_paths=FONTS, ignore_system_fonts=True)
    made: typst.Compiler = _compilers.one
    return made
