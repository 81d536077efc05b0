"""The tables of a dealer's archive: each app lists its own, and every one reads through the dealer's own eyes.

A table is a query made for a :class:`~dealers.principals.DealerReader`, by the selectors that also serve the
dealer's pages: nothing comes into an archive that a page would not show. Columns are field paths; what a column means
and which codes it may hold is taken from the field, in the reader's language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Field, Model, OuterRef, QuerySet, Subquery, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Concat, Left
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dealers.foundation.half_months import HalfMonth
from dealers.models import StoredFile
from dealers.principals import DealerReader

_ROWS_AT_ONCE = 2000
#: Words for what the ends of a half-open range mean; ``until`` is the first day that no longer belongs to it.
_ENDS: dict[str, str | Promise] = {"startswith": _("from"), "endswith": _("up to, not including")}
#: Words for columns whose field has none, or words that say little when they stand alone.
_SAID: dict[str, str | Promise] = {
    "band": _("number of the price band"),
    "created": _("created at"),
    "decision_note": _("remark of the decision"),
    "doc_no": _("document number"),
    "edition": _("edition of the list"),
    "expiry_date": _("expires at"),
    "key_name": _("name of the key"),
    "fix_note": _("remark of headquarters"),
    "prefix": _("first characters of the key"),
    "remark": _("remark of headquarters"),
    "revoked": _("revoked"),
    "transaction": _("number of the journal entry"),
}
FILES = "files/"

Words = str | Promise
Rows = Callable[[DealerReader], QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in the file, the field path or expression it shows, its words where no field has them."""

    name: str
    source: str | Combinable
    words: Words = ""
    shown: Callable[[Any], Any] | None = None
    codes: tuple[tuple[str, Words], ...] = ()


@dataclass(frozen=True, slots=True)
class ArchiveTable:
    """One table of the archive. ``name`` is its path there without ending; ``file`` the path to a kept file.

    ``made`` gives the rows where no query can; its columns then need words.
    """

    name: str
    columns: tuple[Column, ...]
    rows: Rows | None = None
    order: tuple[str, ...] = ("pk",)
    title: Words = ""
    file: str = ""
    made: Callable[[DealerReader], Iterator[tuple[Any, ...]]] | None = None

    def lines(self, reader: DealerReader) -> Iterator[tuple[Any, ...]]:
        """The rows, bounded in memory."""
        if self.made is not None:
            yield from self.made(reader)
            return
        found = self._query(reader).order_by(*self.order).values_list(*(column.source for column in self.columns))
        shown = [(place, column.shown) for place, column in enumerate(self.columns) if column.shown is not None]
        for row in found.iterator(chunk_size=_ROWS_AT_ONCE):
            values = list(row)
            for place, show in shown:
                values[place] = show(values[place])
            yield tuple(values)

    def files(self, reader: DealerReader) -> QuerySet[Any]:
        """The ids of the kept files that the rows name; none for a table without files."""
        return self._query(reader).filter(**{f"{self.file}__isnull": False}).order_by().values_list(self.file)

    def _query(self, reader: DealerReader) -> QuerySet[Any]:
        assert self.rows is not None, f"{self.name} is made row by row"
        return self.rows(reader)

    def model(self, reader: DealerReader) -> type[Model] | None:
        return None if self.rows is None else self.rows(reader).model

    def heading(self, reader: DealerReader) -> str:
        """What the table holds, in the active language."""
        model = self.model(reader)
        return str(self.title or (model._meta.verbose_name_plural if model else self.name))


def columns(*given: str | Column, file: str = "") -> tuple[Column, ...]:
    """Columns from field paths, written one after another: ``"doc_no sku=product__sku valid.."``.

    A path may be given a name before ``=``; two dots stand for both ends of a range. ``file`` adds the path, within
    the archive, of the kept file each row points to.
    """
    found: list[Column] = []
    for one in given:
        if isinstance(one, Column):
            found.append(one)
        else:
            found += (column for written in one.split() for column in _written(written))
    if file:
        found.append(file_column(file))
    return tuple(found)


def _written(text: str) -> list[Column]:
    if text.endswith(".."):
        path = text.removesuffix("..")
        return [Column(f"{path}_from", f"{path}__startswith"), Column(f"{path}_until", f"{path}__endswith")]
    name, _equals, path = text.partition("=")
    return [Column(name, path or name)]


def half_month_column(model: type[Model], name: str) -> Column:
    """A continuous number of a half-month, written as people write it: ``2026-11-H1``."""
    return Column(name, name, _field(model, name).verbose_name, lambda ordinal: str(HalfMonth.from_ordinal(ordinal)))


def looked_up(name: str, model: type[Model], key: str, wanted: str) -> Column:
    """A column of the row that ``key`` points to, empty when the dealer may not see that row.

    A plain path would join it and leave the whole line out: of what headquarters delivered for many dealers, say.
    """
    found = model._default_manager.filter(pk=OuterRef(key)).values(wanted)[:1]
    return Column(name, Subquery(found), _field(model, wanted).verbose_name)


def file_column(path: str, name: str = "file") -> Column:
    """Where in the archive the file of a row lies; empty for a row without one."""
    where = Concat(Value(FILES), Left("sha256", 12), Value("-"), "name")
    found = StoredFile.objects.filter(pk=OuterRef(path)).values_list(where)[:1]
    return Column(name, Subquery(found), _("path of the file in this archive"), lambda value: value or "")


def own(model: type[Model], path: str = "dealer") -> Rows:
    """Every row of a model whose ``path`` leads to the dealer."""
    return lambda reader: model._default_manager.filter(**{path: reader.dealer_id})


def of(model: type[Model], path: str, seen: Rows) -> Rows:
    """Every row of a model whose ``path`` leads to something in sight."""
    return lambda reader: model._default_manager.filter(**{f"{path}__in": seen(reader).order_by().values("pk")})


@dataclass(frozen=True, slots=True)
class Described:
    """A column in the active language: what it means, and the codes it may hold with their words."""

    name: str
    words: str
    codes: tuple[tuple[str, str], ...] = ()


def described(table: ArchiveTable, reader: DealerReader) -> list[Described]:
    """Every column of a table, put into words."""
    model = table.model(reader)
    return [_described(column, model) for column in table.columns]


def _described(column: Column, model: type[Model] | None) -> Described:
    codes = tuple((code, str(label)) for code, label in column.codes)
    if column.words or model is None or not isinstance(column.source, str):
        return Described(column.name, str(column.words or column.name), codes)
    *ways, last = column.source.split("__")
    end = _ENDS.get(last) if ways else None
    if end is not None:
        *ways, last = ways
    said: list[str] = []
    for way in ways:
        model = cast(type[Model], _field(model, way).related_model)
        said = [str(model._meta.verbose_name)]
    found = _field(model, last)
    said.append(str(_SAID.get(column.name) or getattr(found, "verbose_name", last)))
    if end is not None:
        said.append(str(end))
    chosen = tuple((str(code), str(label)) for code, label in getattr(found, "flatchoices", ()) or ())
    return Described(column.name, " · ".join(said), codes or chosen)


def _field(model: type[Model], name: str) -> Field[Any, Any]:
    return model._meta.get_field(name)  # type: ignore[return-value]
