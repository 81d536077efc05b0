"""What a check found: where, what, and how serious, put into words only when somebody reads it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from dealers.foundation.refusals import Refused
from dealers.foundation.wording import in_english, in_readers_language

_LONGEST_VALUE = 500


class Severity(StrEnum):
    """How much a finding weighs. Only an error refuses."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark of a rule or a check.

    `code` is stable and meant for machines. `message` is the English source sentence of the catalogue, filled
    in by `params`, so a stored finding reads in either language. `field` is a column or the path in a document;
    `value` what stood there; `line` where in a file.
    """

    code: str
    severity: Severity
    message: str
    params: Mapping[str, Any] = dataclasses.field(default_factory=dict, hash=False)
    field: str = ""
    value: str = ""
    line: int | None = None

    @classmethod
    def from_refusal(cls, refusal: Refused, *, field: str = "", value: str = "", line: int | None = None) -> Self:
        """The finding that says what a refused value was refused for."""
        return cls(
            refusal.code,
            Severity.ERROR,
            refusal.message,
            refusal.params,
            field=field,
            value=value[:_LONGEST_VALUE],
            line=line,
        )

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Read back what `as_record` gave."""
        return cls(**{**record, "severity": Severity(record["severity"])})

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR

    def __str__(self) -> str:
        """Say it in English, for logs and for code that runs without a language."""
        return in_english(self.message, self.params)

    def render(self) -> str:
        """Say it in the reader's language."""
        return in_readers_language(self.message, self.params)

    def at(self, *, line: int | None = None, field: str | None = None) -> Self:
        """The same finding, placed."""
        return dataclasses.replace(
            self, line=self.line if line is None else line, field=self.field if field is None else field
        )

    def as_record(self) -> dict[str, Any]:
        """A plain form for JSON columns, from which `from_record` reads it back."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "message": self.message,
            "params": {
                name: param if isinstance(param, (int, str)) else str(param) for name, param in self.params.items()
            },
            "field": self.field,
            "value": self.value,
            "line": self.line,
        }


class Findings:
    """Gathers findings in the order they were made."""

    def __init__(self, findings: Iterable[Finding] = ()) -> None:
        self._findings = list(findings)

    def add(self, finding: Finding) -> None:
        self._findings.append(finding)

    def extend(self, findings: Iterable[Finding]) -> None:
        self._findings.extend(findings)

    def error(
        self, code: str, message: str, *, field: str = "", value: str = "", line: int | None = None, **params: Any
    ) -> None:
        """Note something that refuses."""
        self.add(Finding(code, Severity.ERROR, message, params, field, value[:_LONGEST_VALUE], line))

    def warning(
        self, code: str, message: str, *, field: str = "", value: str = "", line: int | None = None, **params: Any
    ) -> None:
        """Note something to look at."""
        self.add(Finding(code, Severity.WARNING, message, params, field, value[:_LONGEST_VALUE], line))

    def info(
        self, code: str, message: str, *, field: str = "", value: str = "", line: int | None = None, **params: Any
    ) -> None:
        """Note something to know."""
        self.add(Finding(code, Severity.INFO, message, params, field, value[:_LONGEST_VALUE], line))

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self._findings if finding.is_error)

    @property
    def has_errors(self) -> bool:
        return any(finding.is_error for finding in self._findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._findings)

    def __len__(self) -> int:
        return len(self._findings)
