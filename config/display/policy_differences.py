"""What two versions of the policy say differently, term by term."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from config.display.figures import NOTHING, percent_text
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

    Programs are matched by their code, so that one put in between does not make all the others look changed; one
    that only one version has is a single difference.
    """
    one, other = dict(_terms(before, ())), dict(_terms(after, ()))
    locations = [*other, *(location for location in one if location not in other)]
    found: dict[Location, Difference] = {}
    for location in locations:
        if one.get(location) == other.get(location):
            continue
        member = _member_of(location)
        if member is not None and not (_has(one, member) and _has(other, member)):
            found[member] = Difference(member, _summary(one, member), _summary(other, member))
        else:
            found[location] = Difference(location, one.get(location), other.get(location))
    return list(found.values())


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


def _member_of(location: Location) -> Location | None:
    """The program a term belongs to."""
    return location[:3] if location[:2] == ("rebates", "programs") else None


def _has(terms: Mapping[Location, Any], member: Location) -> bool:
    return (*member, "code") in terms


def _summary(terms: Mapping[Location, Any], member: Location) -> str | None:
    """A whole program in a few words."""
    if not _has(terms, member):
        return None
    said = [terms[*member, "tier"], *(word(terms[*member, key]) for key in ("base", "window", "method"))]
    rates = [value for location, value in terms.items() if location[:3] == member and location[-1] == "rate"]
    return " · ".join([*said, *(percent_text(Decimal(rate)) for rate in rates)])


def _text(value: Any) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, list):
        return " · ".join(word(member) for member in value)
    return word(value)
