"""The worked examples of the guides in ``docs/``, read from their tables: a number stands in one place only."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"


def table(guide: str, heading: str) -> list[dict[str, str]]:
    """The first table below a heading of a guide, a dictionary per row; there must be one."""
    text = (DOCS / guide).read_text(encoding="utf-8")
    section = text.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip().strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    names = [name.strip() for name in rows[0]]
    return [dict(zip(names, (cell.strip() for cell in row), strict=True)) for row in rows[2:]]


def number(cell: str) -> Decimal:
    """``−7,000.00`` as a number, emphasized or not; an empty cell is zero."""
    return Decimal(cell.replace("*", "").replace(",", "").replace("−", "-") or "0")
