"""A rebate program as plain facts, and a program as it is reckoned in one window."""

from __future__ import annotations

from dataclasses import dataclass, field

PURCHASES = "purchases"
COMPLIANT_SALES = "compliant_sales"
INCREMENTAL = "incremental"
RETROACTIVE = "retroactive"


@dataclass(frozen=True, slots=True)
class Bracket:
    """From this base on (micros) this rate (millionths) holds, until the next bracket begins."""

    start: int
    rate: int


@dataclass(frozen=True, slots=True)
class Program:
    """What a tier earns on some categories. ``categories`` None is all of them; ``cap`` in cents, None is none.

    The brackets begin at 0 and rise; the policy is refused at publication otherwise.
    """

    code: str
    tier: str
    base: str
    window: str
    method: str
    brackets: tuple[Bracket, ...]
    categories: frozenset[str] | None = None
    cap: int | None = None
    #: Members of an alliance reach brackets and cap together.
    pooled: bool = False

    def covers(self, category: str) -> bool:
        return self.categories is None or category in self.categories


@dataclass(frozen=True, slots=True)
class WindowProgram:
    """A program in one window, by the terms of the policy that decides there.

    ``periods`` are the half-months that count, ``up_to`` the last one reckoned, all as continuous numbers.
    ``current`` tells the window of the settled period from an earlier one that is opened again by late facts;
    ``offered`` whether the policy still offers the program when ``up_to`` begins.
    """

    program: Program
    policy: str
    version: int
    window: str
    periods: tuple[int, ...]
    up_to: int
    current: bool
    offered: bool
    order: int = 0
    #: The program and its policy as the proof shows them; made once, shared by every dealer's proof.
    shown: dict[str, object] = field(default_factory=dict, compare=False, hash=False)

    @property
    def key(self) -> tuple[str, str]:
        return self.program.code, self.window
