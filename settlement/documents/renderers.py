"""Which program writes which format, and the fingerprint of everything that decides how a file looks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path

from django.conf import settings

import rebates.resources
import rebates.rules.arithmetic
import settlement.choices
import settlement.proof_words
import settlement.resources
from settlement.choices import DocumentFormat
from settlement.documents.paper import CHINESE, ENGLISH, Paper
from settlement.documents.pdf import pdf_of
from settlement.documents.record import record_of
from settlement.documents.table import excel_table_of, table_of
from settlement.documents.workbook import workbook_of

#: Raised by whoever changes what documents look like; part of the fingerprint for people to read.
TEMPLATE_VERSION = 1
NO_LANGUAGE = ""
_PROGRAMS = ("typst", "pylopdf-fonts-zh-cn", "xlsxwriter")

RENDERERS: Mapping[DocumentFormat, Callable[[Paper, str], bytes]] = {
    DocumentFormat.PDF: pdf_of,
    DocumentFormat.XLSX: workbook_of,
    DocumentFormat.CSV: table_of,
    DocumentFormat.EXCEL_CSV: excel_table_of,
    DocumentFormat.JSON: record_of,
}
MEDIA_TYPES: Mapping[DocumentFormat, str] = {
    DocumentFormat.PDF: "application/pdf",
    DocumentFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    DocumentFormat.CSV: "text/csv; charset=utf-8",
    DocumentFormat.EXCEL_CSV: "text/csv; charset=utf-8",
    DocumentFormat.JSON: "application/json",
}


def render(paper: Paper, written: DocumentFormat, language: str) -> bytes:
    """The file. Same paper, same programs: same bytes."""
    return RENDERERS[written](paper, language)


def file_name(paper: Paper, written: DocumentFormat, language: str) -> str:
    """``HM-2026-11-H1-HZ01-zh.pdf``; a draft is called one."""
    stem = paper.number or paper.name
    variant = "-excel" if written is DocumentFormat.EXCEL_CSV else ""
    return f"{stem}{'-' + language[:2] if language else ''}{variant}.{written.partition('-')[0]}"


def language_for(written: DocumentFormat, wanted: str) -> str:
    """The language a file is made in: English when asked for, else Chinese; JSON has none."""
    if written is DocumentFormat.JSON:
        return NO_LANGUAGE
    return ENGLISH if wanted.lower().startswith(ENGLISH) else CHINESE


@cache
def made_by() -> str:
    """``v1-`` and a fingerprint of templates, words and programs: where it is the same, a file can be made again."""
    mark = hashlib.sha256(" ".join(version(name) for name in _PROGRAMS).encode())
    for path in _sources():
        mark.update(path.read_bytes())
    return f"v{TEMPLATE_VERSION}-{mark.hexdigest()[:32]}"


def _sources() -> list[Path]:
    """Every file that decides a word or a place: this folder, the words of proofs, the catalogues."""
    packages = (settlement.proof_words, rebates.resources)
    folders = [Path(__file__).parent, *(Path(folder) for package in packages for folder in package.__path__)]
    modules = (rebates.rules.arithmetic, settlement.choices, settlement.resources)
    files = [file for folder in folders for file in sorted(folder.iterdir()) if file.suffix in (".py", ".typ")]
    files += [Path(str(module.__file__)) for module in modules]
    for folder in settings.LOCALE_PATHS:
        files += sorted(Path(folder).rglob("*.mo"))
    return files
