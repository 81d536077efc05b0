"""What two versions of the policy say differently, term by term."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from config.display.figures import NOTHING
from config.display.policy_words import readable_path, word
from dealers.foundation.faults import Location, path_of


@dataclass(frozen=True, slots=True)
class Difference:
    """One term: where it stands, what one version says and what the other. None: the version has no such term."""

    location: Location
    before: Any
    after: Any

    @property
    def path(self) -> str:
        return path_of(self.location)

    @property
    def place(self) -> str:
        """Where it stands, in the reader's words."""
        return readable_path(self.location)

    @property
    def before_text(self) -> str:
        return _text(self.before)

    @property
    def after_text(self) -> str:
        return _text(self.after)


def policy_differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Every term the two documents disagree about, in the order of the document.

    Programs are matched by their code, so that one put in between does not make all the others look changed.
    """
    one, other = dict(_terms(before, ())), dict(_terms(after, ()))
    locations = [*other, *(location for location in one if location not in other)]
    return [
        Difference(location, one.get(location), other.get(location))
        for location in locations
        if one.get(location) != other.get(location)
    ]


def _terms(value: Any, location: Location) -> Iterator[tuple[Location, Any]]:
    if isinstance(value, Mapping):
        for key, member in value.items():
            yield from _terms(member, (*location, key))
    elif isinstance(value, list) and any(isinstance(member, Mapping) for member in value):
        for number, member in enumerate(value):
            name = member.get("code", number) if isinstance(member, Mapping) else number
            yield from _terms(member, (*location, name))
    else:
        yield location, value


def _text(value: Any) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, list):
        return " · ".join(word(member) for member in value)
    return word(value)
