"""Reckoning the statements of a half-month without writing anything.

A calculation writes what this gives; verification compares it with what was written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from dealers.choices import DealerState
from dealers.foundation.half_months import HalfMonth
from dealers.models import Dealer
from rebates.rules.quantities import cents, cents_of_micros
from rebates.selectors.facts import RebateQuestion, rebate_facts
from settlement.choices import RunState
from settlement.models import SettlementRun
from settlement.rules.statements import DraftStatement, draw_up
from settlement.selectors.exits import Leavers, leavers
from settlement.selectors.line_sources import LINE_SOURCES, in_order
from settlement.selectors.questions import Books, RunQuestion
from settlement.terms import settlement_terms


def latest_closed() -> HalfMonth | None:
    """The latest half-month that is closed; None when none is."""
    run = SettlementRun.objects.filter(state=RunState.CLOSED).order_by("-ordinal").first()
    return None if run is None else HalfMonth.from_ordinal(run.ordinal)


def books_before(period: HalfMonth) -> Books:
    """What was closed before ``period``."""
    closed = SettlementRun.objects.filter(state=RunState.CLOSED, ordinal__lt=period.ordinal).order_by("ordinal")
    first, latest = closed.first(), closed.last()
    if first is None or latest is None:
        return Books()
    return Books(first.ordinal, latest.ordinal, latest.cutoff)


def reckoned_statements(question: RunQuestion) -> Iterator[DraftStatement]:
    """The statements of a shard in the order of the dealers' keys; the number of queries is fixed."""
    gone = leavers(question)
    books = question.books
    facts = rebate_facts(
        RebateQuestion(question.period, question.cutoff, books.since, books.first, question.shard, gone.cleared)
    )
    sources = [source(question, facts) for source in LINE_SOURCES]
    with_facts = {dealer_id for source in sources for dealer_id in source.dealers()} | question.openings.keys()
    minimum = cents(settlement_terms(question.policy).minimum_payout)
    for dealer_id, code in _dealers(question, with_facts, gone):
        yield draw_up(
            dealer_id=dealer_id,
            dealer=code,
            tier=facts.tier_of(dealer_id),
            purchases=cents_of_micros(facts.purchases.get(dealer_id, 0)),
            sales=cents_of_micros(facts.sales.get(dealer_id, 0)),
            opening=question.openings.get(dealer_id, 0),
            lines=in_order([line for source in sources for line in source.lines_of(dealer_id)]),
            minimum_payout=minimum,
            role=gone.role_of(dealer_id),
        )


def _dealers(question: RunQuestion, with_facts: Collection[int], gone: Leavers) -> Iterator[tuple[int, str]]:
    """Every dealer with facts or a balance, and those expected anyway."""
    dealers = Dealer.objects.order_by("id")
    if narrowed := question.shard.condition("id").removeprefix(" AND "):
        dealers = dealers.extra(where=[narrowed])
    rows = dealers.values_list("id", "code", "state", "activated_on")
    end = question.period.end
    for dealer_id, code, state, activated_on in rows.iterator(chunk_size=20_000):
        if question.expected is None:
            expected = (state != DealerState.TERMINATED or gone.is_expected(dealer_id)) and activated_on < end
        else:
            expected = dealer_id in question.expected
        if expected or dealer_id in with_facts:
            yield dealer_id, code
