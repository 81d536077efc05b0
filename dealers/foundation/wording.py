"""The one place where a stored sentence meets the translation catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext


def in_english(message: str, params: Mapping[str, Any]) -> str:
    """The sentence as written in the source, filled in."""
    return message % params if params else message


def in_readers_language(message: str, params: Mapping[str, Any]) -> str:
    """The sentence in the language of the person it is shown to, filled in."""
    return in_english(gettext(message), params)
