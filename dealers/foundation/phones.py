"""Chinese phone numbers as people write them, and how much of one may be shown."""

from __future__ import annotations

import re
import unicodedata

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0[0-9]{9,11}")


def plain_phone(text: str) -> str:
    """A Chinese phone number as bare digits, whatever way it was written; empty when it is none."""
    digits = re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", text))
    digits = re.sub(r"^(0086|86)(?=1[3-9][0-9]{9}$|0[0-9]{9,11}$)", "", digits)
    return digits if _MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits) else ""


def masked_phone(digits: str) -> str:
    """What may be shown to those who need not call: ``138****5678``."""
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 8 else ""
