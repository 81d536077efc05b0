"""Duplicated documents: the same goods, quantities, prices and customer under another number, day or dealer.

A customer with a standing order repeats one document many times; who invents sales copies many documents. So copies of
a dealer's own documents count when they copy several different ones and are a share of all. Copies of a document
another dealer reported first count by themselves. A document that was taken back in full is no original of a copy.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from dealers.foundation.refusals import msgid as _
from dealers.foundation.term_values import Amount, Share
from dealers.foundation.terms import Terms
from settlement.choices import SignalRule
from settlement.rules.signals.signal import Count, Signal, percent, sentence, yuan

VERSION = 1


class Limits(Terms):
    """Which documents are telling enough to be compared, and from how many copies on they are a signal.

    A document is compared when it names a customer and has ``least_lines``, names none and has
    ``least_lines_unnamed``, or names one and is worth ``large_amount``; and is worth ``least_amount`` at all.
    """

    least_amount: Amount = Decimal(500)
    large_amount: Amount = Decimal(20_000)
    least_lines: Count = 2
    least_lines_unnamed: Count = 5
    least_originals: Count = 5
    least_share: Share = Decimal("0.05")
    least_across: Count = 3


@dataclass(frozen=True, slots=True)
class Facts:
    """The documents of a dealer in a window. ``own_originals`` are the different documents its own copies repeat;
    ``others`` the codes of the dealers whose documents it repeats."""

    dealer_id: int
    window: str
    documents: int
    own_copies: int = 0
    own_originals: int = 0
    own_amount: Decimal = Decimal(0)
    across_copies: int = 0
    across_amount: Decimal = Decimal(0)
    others: tuple[str, ...] = ()


_OWN = _(
    "%(copies)s of %(documents)s documents of %(window)s (%(amount)s, %(share)s of the documents) repeat the goods, "
    "quantities, prices and customer of %(originals)s documents the dealer had reported before."
)
_ACROSS = _(
    "%(copies)s of %(documents)s documents of %(window)s (%(amount)s) repeat the goods, quantities, prices and "
    "customer of documents reported before by %(others)s."
)
_BOTH = _(
    "%(copies)s of %(documents)s documents of %(window)s (%(amount)s) repeat the goods, quantities, prices and "
    "customer of earlier ones: %(own)s of the dealer's own, %(across)s of documents reported before by %(others)s."
)
_TOLD = _(
    "%(copies)s of %(documents)s documents of %(window)s (%(amount)s) repeat the goods, quantities, prices and "
    "customer of documents that had been reported before."
)


def find(facts: Facts, limits: Limits) -> Iterator[Signal]:
    """One signal about the copies that count."""
    own = facts.own_originals >= limits.least_originals
    own = own and facts.own_copies >= limits.least_share * facts.documents
    across = facts.across_copies >= limits.least_across
    if not (own or across):
        return
    copies = facts.own_copies * own + facts.across_copies * across
    amount = facts.own_amount * own + facts.across_amount * across
    numbers: dict[str, object] = {
        "copies": copies,
        "documents": facts.documents,
        "window": facts.window,
        "amount": yuan(amount),
    }
    told = None
    if own and not across:
        numbers |= {"originals": facts.own_originals, "share": percent(copies, facts.documents)}
        said = sentence(SignalRule.DUPLICATES, _OWN, **numbers)
    else:
        told = sentence(SignalRule.DUPLICATES, _TOLD, **numbers)
        others = {"others": ", ".join(facts.others)}
        if own:
            split = {"own": facts.own_copies, "across": facts.across_copies}
            said = sentence(SignalRule.DUPLICATES, _BOTH, **numbers, **split, **others)
        else:
            said = sentence(SignalRule.DUPLICATES, _ACROSS, **numbers, **others)
    yield Signal(SignalRule.DUPLICATES, facts.dealer_id, facts.window, said, amount, told=told)
