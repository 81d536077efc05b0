"""Parts join into one catalogue, and nothing said to a person is left untranslated."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from config.translations import (
    conflicting_translations,
    joined_catalogue,
    missing_translations,
    translatable_texts,
)

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n\n'


def part(folder: Path, name: str, *pairs: tuple[str, str]) -> None:
    entries = "\n".join(f'msgid "{english}"\nmsgstr "{chinese}"\n' for english, chinese in pairs)
    (folder / f"{name}.po").write_text(HEADER + entries, encoding="utf-8")


def product(root: Path, python: str = "", template: str = "") -> Path:
    """A product of one module and one page."""
    (root / "pricing").mkdir()
    (root / "templates").mkdir()
    (root / "pricing" / "words.py").write_text(python, encoding="utf-8")
    (root / "templates" / "page.html").write_text(template, encoding="utf-8")
    return root


def found(root: Path) -> list[tuple[str, str | None]]:
    return [(text.msgid, text.context) for text in translatable_texts(root)]


def test_parts_are_joined(tmp_path: Path) -> None:
    part(tmp_path, "bands", ("Floor", "下限"))
    part(tmp_path, "promos", ("Window", "活动期"))
    catalogue = joined_catalogue(tmp_path)
    assert catalogue.get("Floor").string == "下限"
    assert catalogue.get("Window").string == "活动期"


def test_a_part_that_translates_wins_over_one_that_does_not(tmp_path: Path) -> None:
    part(tmp_path, "a", ("Floor", ""))
    part(tmp_path, "b", ("Floor", "下限"))
    assert joined_catalogue(tmp_path).get("Floor").string == "下限"


def test_two_different_translations_are_reported_with_both_places(tmp_path: Path) -> None:
    part(tmp_path, "a", ("Floor", "下限"), ("Window", "活动期"))
    part(tmp_path, "b", ("Floor", "地板"), ("Window", "活动期"))
    (conflict,) = conflicting_translations(tmp_path)
    assert "a.po" in conflict
    assert "b.po" in conflict


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ('x = _("Floor")', ("Floor", None)),
        ('x = gettext_lazy("Floor")', ("Floor", None)),
        ('x = ngettext("%(n)d day", "%(n)d days", n)', ("%(n)d day", None)),
        ('x = pgettext("a price", "Floor")', ("Floor", "a price")),
        ('x = _(\n    "two "\n    "halves"\n)', ("two halves", None)),
    ],
)
def test_sentences_in_code_are_found(tmp_path: Path, line: str, text: tuple[str, str | None]) -> None:
    assert found(product(tmp_path, python=line)) == [text]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ('{% translate "Floor" %}', ("Floor", None)),
        ("""{% translate "It's late" %}""", ("It's late", None)),
        ('{% translate "Floor" context "a price" %}', ("Floor", "a price")),
        ('{% kpi _("Floor") value %}', ("Floor", None)),
        ("{% blocktranslate %}{{ n }} of all{% endblocktranslate %}", ("%(n)s of all", None)),
        (
            "{% blocktranslate count n=days %}{{ n }} day{% plural %}{{ n }} days{% endblocktranslate %}",
            ("%(n)s day", None),
        ),
    ],
)
def test_sentences_in_templates_are_found(tmp_path: Path, line: str, text: tuple[str, str | None]) -> None:
    assert found(product(tmp_path, template=line)) == [text]


def test_what_lacks_a_translation_is_named_with_its_place(tmp_path: Path) -> None:
    root = product(tmp_path, python='a = _("Floor")\nb = _("Window")\n')
    known = Catalog(locale="zh_Hans")
    known.add("Floor", "下限")
    assert missing_translations(root, known) == ["pricing/words.py:2: Window"]


def test_an_uncertain_translation_does_not_count(tmp_path: Path) -> None:
    known = Catalog(locale="zh_Hans")
    known.add("Floor", "地板", flags=["fuzzy"])
    assert missing_translations(product(tmp_path, python='_("Floor")'), known) == ["pricing/words.py:1: Floor"]


def test_no_two_parts_disagree() -> None:
    assert conflicting_translations() == []


def test_every_sentence_of_the_product_is_chinese_too() -> None:
    assert missing_translations() == []
