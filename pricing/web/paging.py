"""Pages by number over lists the database pages itself."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from dealers.web.listing import ROWS_PER_PAGE


@dataclass(frozen=True, slots=True)
class NumberedPage:
    """Which page the address asks for, and the addresses beside it."""

    request: HttpRequest
    number: int
    size: int

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.size

    @property
    def previous_url(self) -> str:
        return self.url(self.number - 1) if self.number > 1 else ""

    def url(self, number: int) -> str:
        """The same question on another page."""
        query = self.request.GET.copy()
        query["page"] = str(number)
        return f"?{query.urlencode()}"


def numbered_page(request: HttpRequest, total: int | None, *, size: int = ROWS_PER_PAGE) -> NumberedPage:
    """The page the address names, within ``total`` rows when they are counted."""
    given = request.GET.get("page", "")
    number = max(1, int(given)) if given.isdecimal() and given.isascii() and len(given) < 6 else 1
    if total is not None:
        number = min(number, -(-total // size) or 1)
    return NumberedPage(request, number, size)
