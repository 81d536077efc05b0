"""Hostile text made fit to keep: what PostgreSQL cannot store is shown by a sign, what is endless is cut."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_LONGEST_TEXT = 2_000
_MOST_MEMBERS = 100
_DEEPEST = 4
#: After an even number of backslashes, so that the text \\u0000 itself stays.
_ESCAPED_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
_NUL_SIGN = "\N{SYMBOL FOR NULL}"


def clean_text(text: object, longest: int) -> str:
    """Text that a column of ``longest`` characters can hold: no NUL, no half of a surrogate pair."""
    shown = str(text).replace("\0", _NUL_SIGN).encode("utf-8", "replace").decode()
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def as_stored(content: Any) -> str:
    """The JSON under which a refused line is kept."""
    return json.dumps(_kept(content, 0), ensure_ascii=False, allow_nan=False)


def without_nul(text: str) -> str:
    """JSON text whose strings PostgreSQL can keep: an escaped NUL becomes the sign for one."""
    return _ESCAPED_NUL.sub(lambda found: found[1] + _NUL_SIGN, text)


def _kept(value: Any, depth: int) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < 10**30 else clean_text(value % 10**30, 40) + "…"
    if isinstance(value, Mapping) and depth < _DEEPEST:
        members = list(value.items())[:_MOST_MEMBERS]
        return {clean_text(key, 200): _kept(member, depth + 1) for key, member in members}
    if isinstance(value, (list, tuple)) and depth < _DEEPEST:
        return [_kept(member, depth + 1) for member in value[:_MOST_MEMBERS]]
    if isinstance(value, (Mapping, list, tuple)):
        return "…"
    return clean_text(value, _LONGEST_TEXT)
