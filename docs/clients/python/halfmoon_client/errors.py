"""What goes wrong, and whether asking again can help."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class HalfmoonError(Exception):
    """Every error of this package."""


class Unreachable(HalfmoonError):
    """No usable answer after all retries. Nothing is known about the request; sending it again does no harm."""


class Refused(HalfmoonError):
    """The server understood and refused. ``code`` is stable, ``detail`` is for people, ``errors`` names fields."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        self.status = status
        self.code: str = str(body.get("code", "unknown"))
        self.detail: str = str(body.get("detail", ""))
        self.errors: tuple[Mapping[str, Any], ...] = tuple(body.get("errors", ()))
        super().__init__(f"{status} {self.code}: {self.detail}")

    def about(self, field: str) -> str | None:
        """What is wrong with one field, if anything."""
        return next((str(error.get("detail")) for error in self.errors if error.get("field") == field), None)
