"""The next version of the digit rule, on trial: Benford's law for the first two digits instead of the first one.

Invented amounts keep a plausible first digit more easily than a plausible pair. Run in shadow beside version 1; the
minutes are tested as before.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from math import log10

from dealers.foundation.refusals import msgid as _
from settlement.rules.signals import digits
from settlement.rules.signals.chi_square import fit
from settlement.rules.signals.digits import Facts, Limits
from settlement.rules.signals.signal import Signal

VERSION = 2

BENFORD_PAIRS = tuple(log10(1 + 1 / pair) for pair in range(10, 100))
#: Of pairs the limit of Nigrini is so much smaller than that of first digits.
_PAIR_PART = Decimal("0.0022") / Decimal("0.015")

_PAIRS = _(
    "The first two digits of the amounts of %(sample)s documents of %(window)s are not spread as amounts are "
    "(Benford): chi-square %(statistic)s, by chance once in %(odds)s; %(digit)s leads %(seen)s of them instead of "
    "%(expected)s. Stated level %(level)s over %(tests)s tests."
)


def find(facts: Facts, limits: Limits) -> Iterator[Signal]:
    """As version 1, but pairs of digits where that takes single ones."""
    if digits.spans(facts, limits):
        found = fit(facts.leading, BENFORD_PAIRS)
        if digits.stands_out(found, facts, limits.level, limits.amount_deviation * _PAIR_PART):
            shares = BENFORD_PAIRS[found.worst], facts.leading[found.worst]
            yield digits.signal(facts, digits.AMOUNTS, _PAIRS, found, found.worst + 10, *shares, limits.level)
    for one in digits.find(facts, limits):
        if one.subject == digits.MINUTES:
            yield one
