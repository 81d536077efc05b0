"""One canonical JSON form for whatever is proved, sealed or compared, and its fingerprint."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from dealers.foundation.periods import HalfMonth, Quarter, Window, Year


def canonical_json(value: object) -> bytes:
    """The one JSON text of a value, in UTF-8: sorted keys, no spaces, decimals as plain strings.

    A decimal keeps its places, so 12.5 and 12.50 differ: round first what is to be compared. Instants are
    written in UTC, periods and windows by their name, ranges by their two ends, dataclasses as objects.
    Loading the result and writing it again gives the same bytes. Raises TypeError for floats, instants without
    an offset and whatever has no agreed form.
    """
    text = json.dumps(_plain(value), ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def sha256_hex(data: bytes | object) -> str:
    """The fingerprint of bytes, or of the canonical form of anything else."""
    return hashlib.sha256(data if isinstance(data, bytes) else canonical_json(data)).hexdigest()


def _plain(value: Any) -> Any:
    match value:
        case None | bool():
            return value
        case Enum():
            return _plain(value.value)
        case str():
            return str(value)
        case int():
            return int(value)
        case Decimal():
            if not value.is_finite():
                raise TypeError(f"{value} is no amount")
            return format(value, "f") if value else format(abs(value), "f")
        case datetime():
            if value.tzinfo is None:
                raise TypeError(f"{value} has no offset, so it is no instant")
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case date() | time():
            return value.isoformat()
        case UUID() | HalfMonth() | Quarter() | Year() | Window():
            return str(value)
        case Mapping():
            return _plain_object(value)
        case AbstractSet():
            return sorted((_plain(member) for member in value), key=lambda member: json.dumps(member, sort_keys=True))
        case Sequence() if not isinstance(value, (bytes, bytearray, memoryview)):
            return [_plain(member) for member in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if hasattr(value, "lower") and hasattr(value, "upper") and hasattr(value, "isempty"):
        return None if value.isempty else {"from": _plain(value.lower), "to": _plain(value.upper)}
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _plain_object(mapping: Mapping[Any, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for key, member in mapping.items():
        name = str(_plain(key))
        if name in plain:
            raise TypeError(f"two keys are both written {name}")
        plain[name] = _plain(member)
    return plain
