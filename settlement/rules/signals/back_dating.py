"""Back-dating: sales of the last days of a half-month that were reported long after it, unlike the other days.

Late by our own outage, or in an agreed exemption, is not late. Where a dealer's document numbers rise with the days,
numbers above those of later days tell the same: such documents were written afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from dealers.foundation.refusals import msgid as _
from dealers.foundation.term_values import Days, Factor, Share
from dealers.foundation.terms import Terms
from settlement.choices import SignalRule
from settlement.rules.signals.signal import Count, Signal, percent, sentence, yuan

VERSION = 1


class Limits(Terms):
    """The last ``edge_days`` of a half-month are looked at: at least ``least_lines`` late lines that are
    ``least_share`` of their amount, and late ``late_times`` as often as on the other days, and as on as many days after
    it: a breakdown of the dealer's own does not stop where a half-month ends.

    Numbers tell when ``least_documents`` late ones and as many others can be compared, at least ``orderly`` of the
    others are in order, and ``out_of_order`` of the late ones are not; then a third of the late lines is enough.
    """

    edge_days: Days = 3
    least_lines: Count = 10
    least_share: Share = Decimal("0.30")
    late_times: Factor = Decimal(4)
    least_documents: Count = 5
    orderly: Share = Decimal("0.90")
    out_of_order: Share = Decimal("0.60")


@dataclass(frozen=True, slots=True)
class Facts:
    """The sales of a dealer in a half-month: of its last days, of the others, and of the days ``after`` it. Excused
    lines are not late.

    ``late_documents`` are late ones whose numbers can be compared, ``late_above`` those of them above the number of a
    later day's; ``documents`` and ``above`` the same of those reported in time.
    """

    dealer_id: int
    window: str
    lines: int
    amount: Decimal
    late_lines: int
    late_amount: Decimal
    mean_days_late: int
    other_lines: int
    other_late_lines: int
    after_lines: int = 0
    after_late_lines: int = 0
    late_documents: int = 0
    late_above: int = 0
    documents: int = 0
    above: int = 0


_LATE = _(
    "Of the sales of the last %(days)s days of %(window)s, %(late)s lines of %(lines)s (%(amount)s, %(share)s of "
    "their amount) were first reported %(delay)s days later on average; of the other days %(others)s of the lines "
    "were late."
)
_NUMBERED = _(
    "Of the sales of the last %(days)s days of %(window)s, %(late)s lines of %(lines)s (%(amount)s, %(share)s of "
    "their amount) were first reported %(delay)s days later on average, and %(above)s of their %(documents)s document "
    "numbers are above those of later days; of the documents reported in time %(orderly)s are in order."
)


def find(facts: Facts, limits: Limits) -> Iterator[Signal]:
    """One signal; the sentence with the numbers of the documents when those tell."""
    numbered = (
        min(facts.late_documents, facts.documents) >= limits.least_documents
        and facts.documents - facts.above >= limits.orderly * facts.documents
        and facts.late_above >= limits.out_of_order * facts.late_documents
    )
    share = limits.least_share / 3 if numbered else limits.least_share
    if facts.late_lines < limits.least_lines or facts.late_amount < share * facts.amount:
        return
    for late, lines in (
        (facts.other_late_lines, facts.other_lines),
        (facts.after_late_lines, facts.after_lines),
    ):
        # late lines / lines >= times × late / lines of the other days, without dividing
        if facts.late_lines * lines < limits.late_times * late * facts.lines:
            return
    numbers: dict[str, object] = {
        "days": limits.edge_days,
        "window": facts.window,
        "late": facts.late_lines,
        "lines": facts.lines,
        "amount": yuan(facts.late_amount),
        "share": percent(facts.late_amount, facts.amount),
        "delay": facts.mean_days_late,
    }
    if numbered:
        numbers |= {
            "above": facts.late_above,
            "documents": facts.late_documents,
            "orderly": percent(facts.documents - facts.above, facts.documents),
        }
        said = sentence(SignalRule.BACK_DATING, _NUMBERED, **numbers)
    else:
        others = percent(facts.other_late_lines, facts.other_lines)
        said = sentence(SignalRule.BACK_DATING, _LATE, others=others, **numbers)
    yield Signal(SignalRule.BACK_DATING, facts.dealer_id, facts.window, said, facts.late_amount)
