"""Catalogues without `msgfmt`: join the parts, compile them, and find what is not translated yet.

The source text is English; the Chinese of each piece of the product lies in `locale/zh_Hans/parts/*.po`.
`python -m config.translations` joins them into `LC_MESSAGES/django.po` and compiles `django.mo`.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale" / "zh_Hans"
SOURCES = ("config", "dealers", "pricing", "aftersales", "rebates", "settlement")

_PYTHON_CALLS: dict[str, Any] = dict.fromkeys(
    ("_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy")
)
_STRING = r"""u?("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')"""
_TEMPLATE_CALL = re.compile(rf"\b(gettext|ngettext|pgettext|npgettext|_)\(\s*{_STRING}(?:\s*,\s*{_STRING})?")


@dataclass(frozen=True, order=True, slots=True)
class Text:
    """A translatable sentence and where it stands."""

    msgid: str
    context: str | None
    place: str


def joined_catalogue(parts: Path | None = None) -> Catalog:
    """All parts in one catalogue, in a stable order; the first part to translate a sentence keeps it."""
    joined = Catalog(locale="zh_Hans", charset="utf-8", fuzzy=False)
    for part in sorted((parts or LOCALE / "parts").glob("*.po")):
        for message in _read(part):
            known = joined.get(message.id, message.context) if message.id else None
            if message.id and (known is None or not _is_translated(known)):
                joined.delete(message.id, message.context)
                joined.add(message.id, message.string, context=message.context, flags=message.flags)
    return joined


def conflicting_translations(parts: Path | None = None) -> list[str]:
    """Sentences that two parts put into different Chinese, naming both."""
    seen: dict[tuple[Any, str | None], tuple[Any, str]] = {}
    conflicts = []
    for part in sorted((parts or LOCALE / "parts").glob("*.po")):
        for message in _read(part):
            if not message.id or not _is_translated(message):
                continue
            first, where = seen.setdefault((message.id, message.context), (message.string, part.name))
            if first != message.string:
                conflicts.append(f"{message.id!r}: {first!r} in {where}, {message.string!r} in {part.name}")
    return conflicts


def missing_translations(root: Path = ROOT, catalogue: Catalog | None = None) -> list[str]:
    """Every sentence of the product's code and templates that the catalogue lacks, with its place."""
    known = catalogue if catalogue is not None else joined_catalogue(root / "locale" / "zh_Hans" / "parts")
    missing: dict[tuple[str, str | None], str] = {}
    for text in translatable_texts(root):
        message = known.get(text.msgid, text.context)
        if message is None or not _is_translated(message):
            missing.setdefault((text.msgid, text.context), text.place)
    return [f"{place}: {msgid}" for (msgid, _context), place in missing.items()]


def translatable_texts(root: Path = ROOT) -> Iterator[Text]:
    """Every sentence marked for translation in the apps and the templates."""
    for source in SOURCES:
        for path in sorted((root / source).rglob("*.py")):
            if "migrations" not in path.parts:
                yield from _python_texts(path, str(path.relative_to(root)))
        for path in sorted((root / source).rglob("templates/**/*")):
            if path.is_file():
                yield from _template_texts(path, str(path.relative_to(root)))
    for path in sorted((root / "templates").rglob("*")):
        if path.suffix in {".html", ".txt"}:
            yield from _template_texts(path, str(path.relative_to(root)))


def compile_catalogue() -> Path:
    """Write the joined catalogue and its compiled form; returns the compiled file."""
    target = LOCALE / "LC_MESSAGES"
    target.mkdir(parents=True, exist_ok=True)
    catalogue = joined_catalogue()
    with (target / "django.po").open("wb") as file:
        write_po(file, catalogue, omit_header=False, sort_output=True, width=110)
    compiled = target / "django.mo"
    with compiled.open("wb") as file:
        write_mo(file, catalogue)
    return compiled


def _python_texts(path: Path, place: str) -> Iterator[Text]:
    with path.open("rb") as file:
        for found in extract_python(file, _PYTHON_CALLS, (), {"encoding": "utf-8"}):
            line, call, messages = int(found[0]), str(found[1]), found[2]
            strings: list[Any] = list(messages) if isinstance(messages, (tuple, list)) else [messages]
            in_context = call.startswith("pgettext")
            msgid = strings[1] if in_context else strings[0]
            if msgid:
                yield Text(msgid, strings[0] if in_context else None, f"{place}:{line}")


def _template_texts(path: Path, place: str) -> Iterator[Text]:
    code = templatize(path.read_text(encoding="utf-8"), origin=place)
    for match in _TEMPLATE_CALL.finditer(code):
        call, *literals = match.groups()
        strings = [ast.literal_eval(literal) for literal in literals if literal]
        in_context = call in {"pgettext", "npgettext"}
        line = code.count("\n", 0, match.start()) + 1
        yield Text(strings[1] if in_context else strings[0], strings[0] if in_context else None, f"{place}:{line}")


def _read(part: Path) -> Catalog:
    with part.open("rb") as file:
        return read_po(file, locale="zh_Hans", abort_invalid=True)


def _is_translated(message: Any) -> bool:
    strings = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    return all(strings) and "fuzzy" not in message.flags


def main() -> int:
    """Compile, then tell what clashes and what is missing; neither stops the pages from working."""
    sys.stdout.write(f"{compile_catalogue()}\n")
    for line in conflicting_translations():
        sys.stderr.write(f"two translations: {line}\n")
    for line in missing_translations():
        sys.stderr.write(f"not translated: {line}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
