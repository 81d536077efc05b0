"""What every list page needs: one page of rows, filters read from the address, and paging without counting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise

from dealers.foundation.clock import BUSINESS_ZONE, parse_date
from dealers.foundation.refusals import Refused

ROWS_PER_PAGE = 50
_LONGEST_WORDS = 100

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Filter:
    """A select of a filter form: its name, what it is called, its options, and what is chosen."""

    name: str
    label: str | Promise
    options: Sequence[tuple[str, str | Promise]]
    value: str

    @property
    def chosen(self) -> bool:
        return self.value != ""


def choice_of(
    request: HttpRequest, name: str, label: str | Promise, options: Iterable[tuple[Any, Any]], default: str = ""
) -> Filter:
    """The filter ``name`` with the choice in the address; a value that is no option chooses nothing."""
    known = [(str(value), words) for value, words in options]
    given = request.GET.get(name, default)
    return Filter(name, label, known, given if any(value == given for value, _words in known) else "")


def words_of(request: HttpRequest, name: str = "q") -> str:
    """What was typed into a search box; characters no text column can hold are left out."""
    return request.GET.get(name, "").replace("\x00", "").strip()[:_LONGEST_WORDS]


def only_mine(request: HttpRequest) -> bool:
    """Whether a list is asked for only what this person can decide (``mine=1``), as start pages link to it."""
    return request.GET.get("mine") == "1"


def day_of(request: HttpRequest, name: str) -> date | None:
    """A day of the address; None when absent or not a day."""
    try:
        return parse_date(request.GET.get(name, ""))
    except Refused:
        return None


def moment_of(request: HttpRequest, name: str) -> datetime | None:
    """An instant from a ``datetime-local`` field, read in Shanghai time; None when absent or not one."""
    try:
        return datetime.fromisoformat(request.GET.get(name, "")).replace(tzinfo=BUSINESS_ZONE)
    except ValueError:
        return None


def page_of(request: HttpRequest, rows: QuerySet[M] | Sequence[Any], size: int = ROWS_PER_PAGE) -> Page[Any]:
    """The page the address asks for, or the nearest there is."""
    return Paginator(rows, size).get_page(request.GET.get("page"))


@dataclass(frozen=True, slots=True)
class Window:
    """Some rows of a list too long to count, and the address of the next ones."""

    rows: list[Any]
    next_url: str
    first_url: str


def window_of(request: HttpRequest, rows: QuerySet[M], *, size: int = ROWS_PER_PAGE) -> Window:
    """The newest rows by id, from before the one the address names; no count, however long the list is."""
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: size + 1])
    query = request.GET.copy()
    query.pop("before", None)
    first = f"?{query.urlencode()}" if before else ""
    if len(found) <= size:
        return Window(found, "", first)
    query["before"] = str(found[size - 1].pk)
    return Window(found[:size], f"?{query.urlencode()}", first)
