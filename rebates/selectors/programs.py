"""The rebate programs of a settlement, each in its window, by the policy that decides there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dealers.choices import PolicyState
from dealers.foundation.periods import HalfMonth, Window, WindowKind, window_of
from dealers.models import PolicyVersion
from rebates.rules.programs import Bracket, Program, WindowProgram
from rebates.rules.proof import shown_program
from rebates.rules.quantities import cents, micros
from rebates.terms import Program as ProgramTerms
from rebates.terms import rebates_terms


@dataclass(frozen=True, slots=True)
class PolicyPrograms:
    """The programs a policy version offers, in its order."""

    code: str
    version: int
    programs: Mapping[str, Program]


def program_of(terms: ProgramTerms) -> Program:
    """The rule's own facts of a program row of the policy."""
    return Program(
        code=terms.code,
        tier=str(terms.tier),
        base=str(terms.base),
        window=str(terms.window),
        method=str(terms.method),
        brackets=tuple(Bracket(micros(bracket.start), micros(bracket.rate)) for bracket in terms.brackets),
        categories=None if terms.categories == "all" else frozenset(terms.categories),
        cap=None if terms.cap is None else cents(terms.cap),
        pooled=terms.pooling == "alliance",
    )


def policies_by_half_month(first: int, last: int) -> dict[int, PolicyPrograms]:
    """What is offered at the start of each half-month from ``first`` to ``last``; none where no policy is in force."""
    start, end = HalfMonth.from_ordinal(first).start, HalfMonth.from_ordinal(last).end
    versions = PolicyVersion.objects.filter(state=PolicyState.PUBLISHED, valid__overlap=(start, end))
    found: dict[int, PolicyPrograms] = {}
    for version in versions:
        offered = PolicyPrograms(
            version.code,
            version.version,
            {terms.code: program_of(terms) for terms in rebates_terms(version).programs},
        )
        for ordinal in range(first, last + 1):
            if HalfMonth.from_ordinal(ordinal).start in version.valid:
                found[ordinal] = offered
    return found


def windows_to_settle(period: HalfMonth, late: Iterable[int], books_from: int | None) -> list[tuple[Window, int]]:
    """The current windows and those earlier ones that late half-months open again, each with its last half-month.

    An earlier window counts when it ended before the current one of its kind began and holds a settled
    half-month; windows wholly before ``books_from`` are never paid.
    """
    current = [window_of(kind, period) for kind in WindowKind]
    found = [(window, period.ordinal) for window in current]
    if books_from is None:
        return found
    earlier: dict[str, Window] = {}
    for ordinal in late:
        for now in current:
            window = window_of(now.kind, HalfMonth.from_ordinal(ordinal))
            if window.last < now.first and window.last.ordinal >= books_from:
                earlier[window.key] = window
    return found + [(earlier[key], earlier[key].last.ordinal) for key in sorted(earlier)]


def window_programs(
    windows: Sequence[tuple[Window, int]], policies: Mapping[int, PolicyPrograms], period: HalfMonth
) -> list[WindowProgram]:
    """Every program of the windows' kind, defined by the policy in force when its last half-month begins.

    A half-month counts when the policy in force at its start offers the program for that kind of window. A program
    offered only earlier in the window keeps the last terms it had, so that late facts still settle.
    """
    found: list[WindowProgram] = []
    for window, up_to in windows:
        ordinals = [ordinal for ordinal in range(window.first.ordinal, up_to + 1) if ordinal in policies]
        offering: dict[str, list[int]] = {}
        for ordinal in ordinals:
            for code, program in policies[ordinal].programs.items():
                if program.window == window.kind:
                    offering.setdefault(code, []).append(ordinal)
        for code, periods in offering.items():
            policy = policies[periods[-1]]
            program = policy.programs[code]
            found.append(
                WindowProgram(
                    program=program,
                    policy=policy.code,
                    version=policy.version,
                    window=window.key,
                    periods=tuple(periods),
                    up_to=up_to,
                    current=up_to == period.ordinal,
                    offered=periods[-1] == up_to,
                    order=list(policy.programs).index(code),
                    shown=shown_program(program, policy.code, policy.version),
                )
            )
    return found


def category_classes(
    programs: Iterable[WindowProgram],
) -> tuple[dict[str, int], dict[int, frozenset[tuple[str, str]]]]:
    """Categories grouped by the programs that name them: category → class, and class → keys of those programs.

    Categories no program names are class 0, which only programs of all categories cover.
    """
    naming: dict[str, set[tuple[str, str]]] = {}
    for reckoned in programs:
        for category in reckoned.program.categories or ():
            naming.setdefault(category, set()).add(reckoned.key)
    groups = sorted({frozenset(keys) for keys in naming.values()}, key=sorted)
    numbers = {keys: number for number, keys in enumerate(groups, start=1)}
    classes = {category: numbers[frozenset(keys)] for category, keys in sorted(naming.items())}
    return classes, {0: frozenset(), **{number: keys for keys, number in numbers.items()}}
