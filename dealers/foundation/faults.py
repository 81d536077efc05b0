"""What is wrong with a document: where, what, and in which words.

A fault is a finding that knows its place as a location (keys and list numbers), so that sections can be checked
alone and the faults placed in the whole document afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dealers.foundation.findings import Severity
from dealers.foundation.wording import in_english, in_readers_language

Location = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong at one place. `message` is an English msgid that `params` fill in; `code` is stable."""

    location: Location
    code: str
    message: str
    params: Mapping[str, Any] = field(default_factory=dict)
    line: int | None = None
    severity: Severity = Severity.ERROR

    @property
    def path(self) -> str:
        """Where it is, as a person writes it: `rebates.programs[0].brackets[1].from`."""
        return path_of(self.location)

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR

    def __str__(self) -> str:
        """Say it in English, with its place."""
        return f"{self.path or 'document'}: {in_english(self.message, self.params)}"

    def render(self) -> str:
        """Say it in the reader's language."""
        return in_readers_language(self.message, self.params)

    def under(self, *prefix: str | int) -> Fault:
        """The same fault seen from further out."""
        return replace(self, location=(*prefix, *self.location))

    def as_json(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "line": self.line,
            "code": self.code,
            "severity": str(self.severity),
            "detail": self.render(),
        }


def warning(location: Location, code: str, message: str, **params: Any) -> Fault:
    """A remark that does not keep the document from being published."""
    return Fault(location, code, message, params, severity=Severity.WARNING)


def path_of(location: Location) -> str:
    path = ""
    for step in location:
        if isinstance(step, int):
            path += f"[{step}]"
        else:
            path += f".{step}" if path else step
    return path


def with_lines(faults: Iterable[Fault], lines: Mapping[Location, int]) -> list[Fault]:
    """The faults with the line each begins on (that of the nearest enclosing key), in order of appearance."""
    placed = [fault if fault.line else replace(fault, line=_line_of(fault.location, lines)) for fault in faults]
    return sorted(placed, key=lambda fault: (fault.line or 0, fault.path))


def _line_of(location: Location, lines: Mapping[Location, int]) -> int | None:
    for length in range(len(location), -1, -1):
        if location[:length] in lines:
            return lines[location[:length]]
    return None
