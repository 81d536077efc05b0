"""The content of a line that knows where in its message each field stands, so that a refusal can name the place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class PlacedLine(dict[str, str]):
    """A line by column name. ``places`` gives the number of the segment and the element of a field."""

    __slots__ = ("message", "places", "segment")

    def __init__(
        self, values: Mapping[str, str], *, message: str, segment: int, places: Mapping[str, tuple[int, str]]
    ) -> None:
        super().__init__(values)
        self.message = message
        self.segment = segment
        self.places = places

    def place_of(self, field: str) -> dict[str, Any]:
        """Where a field came from, as details of a refusal."""
        segment, element = self.places.get(field, (self.segment, ""))
        return {"in_message": self.message, "segment": segment, "element": element}


def place_in_message(content: Any, field: str) -> dict[str, Any]:
    """The place of a field of a line that came in a message; nothing for other lines."""
    return content.place_of(field) if isinstance(content, PlacedLine) else {}
