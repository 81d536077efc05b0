"""The number of a statement as a document.

``HM-2026-11-H1-HZ01`` is the statement of dealer HZ01 for that half-month. The scheme needs no counter, so it has no
gaps by construction: every statement of a closed half-month has exactly this one number, and a number tells a dealer
nothing about how many others there are.
"""

from __future__ import annotations

PREFIX = "HM"


def number_of(period: str, dealer: str) -> str:
    """The number of the statement of ``dealer`` (by code) for half-month ``period``."""
    return f"{PREFIX}-{period}-{dealer}"
