"""A lifecycle as one table that can be seen whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dealers.foundation.refusals import Refused
from dealers.foundation.refusals import msgid as _


class TransitionRefused(Refused):
    """The event cannot happen in this state; `state`, `event` and `allowed` say what could."""

    def __init__(self, lifecycle: str, state: str, event: str, allowed: tuple[str, ...]) -> None:
        params = {"lifecycle": lifecycle, "state": state, "event": event, "allowed": ", ".join(allowed)}
        if allowed:
            super().__init__(
                "transition_refused",
                _("%(event)s is not possible in state %(state)s; possible are: %(allowed)s"),
                **params,
            )
        else:
            super().__init__("transition_refused", _("%(event)s is not possible: state %(state)s is final"), **params)
        self.state = state
        self.event = event
        self.allowed = allowed


@dataclass(frozen=True, slots=True)
class To:
    """Where an event leads, and the names of the guards that must agree first."""

    state: str
    guards: tuple[str, ...] = ()


class TransitionTable:
    """Which event leads from which state to which; anything not in the table is refused.

    The rows are literal: `{("draft", "submit"): To("submitted", ("lead_time",)), ("draft", "drop"): "dropped"}`.
    Guards are only named here; whoever acts asks the rules of those names. A table with a state that cannot be
    reached from `initial` is a mistake and raises ValueError.
    """

    def __init__(self, name: str, rows: Mapping[tuple[str, str], To | str], *, initial: str) -> None:
        self.name = name
        self.initial = initial
        self._rows: dict[tuple[str, str], To] = {
            (str(state), str(event)): to if isinstance(to, To) else To(str(to)) for (state, event), to in rows.items()
        }
        unreachable = {state for state, _event in self._rows} - self._reachable()
        if unreachable:
            raise ValueError(f"{name}: nothing leads from {initial} to {', '.join(sorted(unreachable))}")

    def next(self, state: str, event: str) -> str:
        """The state after `event`. Raises `TransitionRefused`."""
        return self._row(state, event).state

    def guards(self, state: str, event: str) -> tuple[str, ...]:
        """The names of the guards of `event`. Raises `TransitionRefused`."""
        return self._row(state, event).guards

    def allows(self, state: str, event: str) -> bool:
        return (str(state), str(event)) in self._rows

    def events_from(self, state: str) -> tuple[str, ...]:
        """What can happen in `state`, in the order of the table."""
        return tuple(event for source, event in self._rows if source == state)

    def is_final(self, state: str) -> bool:
        return not self.events_from(state)

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, in the order in which the table first names it."""
        named = [self.initial]
        for (source, _event), to in self._rows.items():
            named += [source, to.state]
        return tuple(dict.fromkeys(named))

    @property
    def rows(self) -> tuple[tuple[str, str, To], ...]:
        """The whole table, for documentation and tests."""
        return tuple((state, event, to) for (state, event), to in self._rows.items())

    def _row(self, state: str, event: str) -> To:
        try:
            return self._rows[str(state), str(event)]
        except KeyError:
            raise TransitionRefused(self.name, str(state), str(event), self.events_from(state)) from None

    def _reachable(self) -> set[str]:
        reached = {str(self.initial)}
        while True:
            further = reached | {to.state for (source, _event), to in self._rows.items() if source in reached}
            if further == reached:
                return reached
            reached = further
