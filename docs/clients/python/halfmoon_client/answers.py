"""What comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Problem:
    """Why one line was refused: decide by ``code``, show ``detail``."""

    line: int
    field: str
    code: str
    detail: str


@dataclass(frozen=True)
class Receipt:
    """The answer to a delivery: ``lines = accepted + duplicates + revised + quarantined``.

    Good lines are kept whatever happened to the others; refused ones wait in the quarantine. ``problems`` has the
    first 1,000 of them, ``problems_left_out`` says how many more there are.
    """

    id: str
    feed: str
    received_at: datetime
    lines: int
    accepted: int
    duplicates: int
    revised: int
    quarantined: int
    problems: tuple[Problem, ...]
    problems_left_out: int
    sandbox: bool

    @property
    def everything_taken(self) -> bool:
        """Whether no line was refused."""
        return self.quarantined == 0

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Receipt:
        return cls(
            id=str(body["id"]),
            feed=str(body["feed"]),
            received_at=datetime.fromisoformat(body["received_at"]),
            lines=int(body["lines"]),
            accepted=int(body["accepted"]),
            duplicates=int(body["duplicates"]),
            revised=int(body["revised"]),
            quarantined=int(body["quarantined"]),
            problems=tuple(
                Problem(int(found["line"]), found["field"], found["code"], found["detail"])
                for found in body.get("problems", ())
            ),
            problems_left_out=int(body.get("problems_left_out", 0)),
            sandbox=bool(body.get("sandbox", False)),
        )


@dataclass(frozen=True)
class Page:
    """One page of a list and where the next begins; ``next`` is None at the end."""

    results: tuple[Mapping[str, Any], ...]
    next: str | None
