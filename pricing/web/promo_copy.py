"""The ad copy with the wordings found in it, and what legal said about each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pricing.choices import AdClaim, AdRule
from pricing.models import PromoStep


@dataclass(frozen=True)
class Piece:
    """A stretch of the ad copy; `tone` marks it, `number` names the finding."""

    text: str
    tone: str = ""
    number: int | None = None


def copy_pieces(copy: str, findings: Sequence[Mapping[str, Any]]) -> Iterator[Piece]:
    """The ad copy cut at the wordings found in it; the page escapes every piece."""
    at = 0
    for number, finding in enumerate(findings):
        if finding["start"] < at or copy[finding["start"] : finding["end"]] != finding["text"]:
            continue  # the copy was changed after the scan; the next submission scans it anew
        yield Piece(copy[at : finding["start"]])
        yield Piece(finding["text"], "ok" if finding["cleared"] else "bad", number)
        at = finding["end"]
    yield Piece(copy[at:])


def finding_lines(legal: PromoStep | None) -> list[dict[str, Any]]:
    """The findings of a legal review in words, each with its number."""
    if legal is None:
        return []
    return [finding_line(number, finding) for number, finding in enumerate(legal.findings)]


def finding_line(number: int, finding: Mapping[str, Any]) -> dict[str, Any]:
    """One finding in words."""
    return {
        **finding,
        "number": number,
        "category_label": AdClaim(finding["category"]).label,
        "reference_label": AdRule(finding["reference"]).label,
    }
