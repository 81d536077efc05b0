"""How people are called whose sign-in names are kept beside what they did."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dealers.models import User


def people_called(names: Iterable[str]) -> dict[str, str]:
    """Sign-in names and what these people are called, in one query; names of keys and strangers are not in it."""
    wanted = {name for name in names if name}
    return {person.username: str(person) for person in User.objects.filter(username__in=wanted)} if wanted else {}


def with_people_called(entries: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Entries of a timeline whose ``actor`` reads as people are called, where it is a sign-in name."""
    kept = [dict(entry) for entry in entries]
    called = people_called(str(entry.get("actor") or "") for entry in kept)
    for entry in kept:
        entry["actor"] = called.get(str(entry.get("actor") or ""), entry.get("actor"))
    return kept
