"""Columns that our own sheets carry beside the data: read by people, passed over on the way back in.

A sheet handed out by the portal names the product beside each SKU; a report of refused lines names the refused line and
why. Such a sheet is filled in, or put right, and uploaded again as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dealers.foundation.findings import Finding, Severity
from dealers.foundation.refusals import msgid as _

#: Headings as they stand in the sheets, in both languages at once so that a sheet may change hands.
PRODUCT_NAME = "product_name 品名"
REFUSED_LINE = "refused_line 拒收行号"
WHY_REFUSED = "why_refused 拒收原因"

_PRODUCT_NAME = "product_name_品名"
_REFUSED_LINE = "refused_line_拒收行号"
_NOTES = frozenset({_PRODUCT_NAME, _REFUSED_LINE, "why_refused_拒收原因"})
#: What our sheets fill in themselves; a row with nothing else in it was not filled in.
_PREFILLED = frozenset({"sku", "as_of", "warehouse", "region"})
_MOST_LINES = 100_000
_LONGEST_NUMBER = 18


class SheetNotes:
    """What the note columns of a table say; without such columns everything is read as it is."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._figures = [place for place, name in enumerate(columns) if name not in _NOTES | _PREFILLED]
        self._named = columns.index(_REFUSED_LINE) if _REFUSED_LINE in columns else None
        self._is_ours = _PRODUCT_NAME in columns
        #: How many prefilled rows nobody filled in.
        self.passed_over = 0
        #: The refused lines that rows of the table put right.
        self.corrects: list[int] = []

    @property
    def names_refused_lines(self) -> bool:
        return self._named is not None

    @property
    def reads_all(self) -> bool:
        """Whether the table has no note columns, so that no row needs a look."""
        return not self._is_ours and self._named is None

    def keeps(self, cells: Sequence[str]) -> bool:
        """Whether a row is to be taken: it was filled in. Notes which refused line it puts right."""
        if self._is_ours and not any(cells[place].strip() for place in self._figures):
            self.passed_over += 1
            return False
        if self._named is not None and len(self.corrects) < _MOST_LINES:
            number = cells[self._named].strip()
            if number.isascii() and number.isdecimal() and len(number) <= _LONGEST_NUMBER:
                self.corrects.append(int(number))
        return True

    def remarks(self) -> list[Finding]:
        """That rows were passed over, for the receipt."""
        if not self.passed_over:
            return []
        message = _("%(count)s rows of the sheet were not filled in and were passed over")
        return [Finding("rows_passed_over", Severity.INFO, message, {"count": self.passed_over})]


def without_notes(columns: Iterable[str]) -> tuple[str, ...]:
    """The columns that are no notes of ours."""
    return tuple(column for column in columns if column not in _NOTES)
