"""What a dealer's archive means, in words: the README and the table of columns, in Chinese and English."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext, override

from dealers.foundation.clock import BUSINESS_ZONE
from dealers.foundation.tabular.exports import CsvWriter
from dealers.principals import DealerReader
from dealers.resources.archive_tables import ArchiveTable, described
from settlement.documents.paper import CHINESE, ENGLISH

_COLUMNS = ("table", "column", "meaning_zh", "meaning_en", "codes_zh", "codes_en")
_LINE = "\r\n"


def column_table(tables: Sequence[ArchiveTable], reader: DealerReader) -> bytes:
    """Every column of every table with its meaning in both languages, as CSV."""
    buffer = io.BytesIO()
    with CsvWriter(buffer, _COLUMNS) as writer:
        for table in tables:
            with override(CHINESE):
                chinese = described(table, reader)
            with override(ENGLISH):
                english = described(table, reader)
            for zh, en in zip(chinese, english, strict=True):
                codes = ("; ".join(f"{code} = {label}" for code, label in one.codes) for one in (zh, en))
                writer.write([table.name, zh.name, zh.words, en.words, *codes])
    return buffer.getvalue()


def readme(tables: Sequence[ArchiveTable], reader: DealerReader, *, empty: Iterable[str], at: datetime) -> bytes:
    """What lies where and what each column means: Chinese first, then English. Opens rightly in any editor."""
    parts = []
    for language in (CHINESE, ENGLISH):
        with override(language):
            parts.append(_LINE.join(_said(tables, reader, frozenset(empty), at)))
    return (_LINE * 3).join(parts).encode("utf-8-sig")


def _said(tables: Sequence[ArchiveTable], reader: DealerReader, empty: frozenset[str], at: datetime) -> list[str]:
    dealer = reader.dealer
    day = at.astimezone(BUSINESS_ZONE).strftime("%Y-%m-%d %H:%M")
    found = [
        gettext("Archive of %(name)s (%(code)s), made %(at)s Beijing time")
        % {"name": dealer.name, "code": dealer.code, "at": day},
        "=" * 72,
        gettext(
            "Everything the system keeps about you and may show you, in open formats; no program of ours is needed."
        ),
        "",
        *(f"- {line}" for line in _about()),
        "",
    ]
    for table in tables:
        mark = f" ({gettext('no rows')})" if table.name in empty else ""
        found += [f"{table.name} · {table.heading(reader)}{mark}"]
        for column in described(table, reader):
            codes = ", ".join(f"{code} = {label}" for code, label in column.codes)
            found.append(f"    {column.name}: {column.words}{f' [{codes}]' if codes else ''}")
        found.append("")
    return found


def _about() -> list[str]:
    return [
        gettext("Each table is there twice: as CSV (UTF-8 with a mark Excel knows) and as JSON with the same rows."),
        gettext("Amounts in yuan, decimals in full; days and times in ISO 8601, times of Beijing."),
        gettext("A range begins with its first day and ends before the day named as its end; an empty end is open."),
        gettext("In CSV a text that would start a formula has an apostrophe in front; JSON has it as it is."),
        gettext(
            "files/ holds every attached file once; the column “file” of a table says which. Cases name theirs too."
        ),
        gettext(
            "statements/ holds each statement with the proof of every line; docs/verify_statement.py reckons it again."
        ),
        gettext("cases/ holds each case as you may see it; policies/ the channel policies as published."),
        gettext("manifest.json names every file with its size and SHA-256; columns.csv is this list as a table."),
        gettext(
            "Of customers it holds masked phones: their names, words and files are erased in time, this copy is not."
        ),
    ]
