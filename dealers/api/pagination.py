"""Lists by cursor, newest first: stable while rows are added, and no counting."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request

from dealers.api.problems import Problem


class NewestFirst(CursorPagination):
    ordering: Any = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 500
    cursor_query_description = "Where the page begins; take it from `next` or `previous` of another page."
    page_size_query_description = "Rows on a page, at most 500."

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Raises a problem 400 for a cursor that did not come from here."""
        try:
            cursor: Cursor | None = super().decode_cursor(request)
        except Exception as error:
            raise _bad_cursor() from error
        if cursor is not None and cursor.position is not None and not self.is_position(str(cursor.position)):
            raise _bad_cursor()
        return cursor

    @staticmethod
    def is_position(position: str) -> bool:
        """Whether a cursor's position is one of this ordering."""
        return position.isascii() and position.isdigit() and len(position) < 19


class ByCode(NewestFirst):
    """Master data in the order of its code."""

    ordering = "code"

    @staticmethod
    def is_position(position: str) -> bool:
        return "\0" not in position


def _bad_cursor() -> Problem:
    return Problem(400, "bad_cursor", gettext("This cursor is not one of ours; take it from next or previous."))
