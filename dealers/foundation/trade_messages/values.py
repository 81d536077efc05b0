"""Small readings that every message needs: numbers, units, totals by quantity, names of documents."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from decimal import Decimal

_WHOLE = re.compile(r"(-?[0-9]+)\.0*")
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?")
_LONGEST_DOC_NO = 64
#: Units that count single pieces, in X12 (355), EDIFACT (6411) and UN/ECE recommendation 20. No unit is pieces, too.
PIECES = frozenset({"", "EA", "PC", "PCE", "PCS", "UN", "ST", "C62", "H87", "NAR", "NMP", "XUN"})
_REVISIONS_BEGIN = datetime(2000, 1, 1)


def plain_number(text: str, decimal: str = ".") -> str:
    """A number of a message as a report writes it: a point, and no decimals that are all zero. Else as it came."""
    if decimal == "," or ("," in text and "." not in text):
        text = text.replace(",", ".", 1) if text.count(",") == 1 else text
    if text.startswith(".") or text.startswith("-."):
        text = text.replace(".", "0.", 1)
    whole = _WHOLE.fullmatch(text)
    return whole[1] if whole and text.isascii() else text


def negated(text: str) -> str:
    """The quantity as one that came back; a sender that wrote the minus itself meant the same."""
    return text if text.startswith("-") or not text else f"-{text}"


def unit_price_of(total: str, quantity: str) -> str:
    """A total parted by its quantity, when that comes out even to six places; empty when it would be rounded."""
    if not _NUMBER.fullmatch(total) or not _NUMBER.fullmatch(quantity) or not Decimal(quantity):
        return ""
    price = abs(Decimal(total)) / abs(Decimal(quantity))
    return f"{price.normalize():f}" if price == round(price, 6) else ""


def document_name(*parts: str) -> str:
    """A document number made of parts, the same for the same parts; a long one keeps its beginning and a digest."""
    name = "-".join(part.replace(" ", "_") for part in parts if part)
    if len(name) <= _LONGEST_DOC_NO:
        return name
    digest = hashlib.blake2b("\0".join(parts).encode(), digest_size=8).hexdigest()
    return f"{name[: _LONGEST_DOC_NO - 17]}-{digest}"


def replacing_revision(prepared_at: datetime | None) -> str:
    """The revision of a message that replaces an earlier one: the minutes from 2000 to when it was made."""
    if prepared_at is None:
        return ""
    minutes = int((prepared_at.replace(tzinfo=None) - _REVISIONS_BEGIN).total_seconds() // 60)
    return str(max(minutes, 2))
