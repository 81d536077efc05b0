"""Which sale lines earn, as SQL over their verdict and flags; the rule is that of the tallies kept at intake."""

from __future__ import annotations

from pricing.choices import EXCLUDING_FLAGS, Flag, Verdict

BREACHES = f"verdict IN ({Verdict.BELOW_FLOOR:d}, {Verdict.ABOVE_CEILING:d})"
EARNS = f"(NOT {BREACHES} OR flags & {Flag.NOT_ENFORCED:d} <> 0) AND flags & {EXCLUDING_FLAGS:d} = 0"
