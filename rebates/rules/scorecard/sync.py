"""Reporting punctuality: the share of due days whose report came in time."""

from __future__ import annotations

from dataclasses import dataclass

from rebates.rules.scorecard.measured import Lacking, Measured, ratio


@dataclass(frozen=True, slots=True)
class SyncFacts:
    """Days on which a report was due, and those in time, by feed; exempt days and our outages are not due."""

    sales_due: int
    sales_in_time: int
    stock_due: int
    stock_in_time: int


def sync(facts: SyncFacts) -> Measured:
    """In time ÷ due, over both feeds."""
    in_time, due = facts.sales_in_time + facts.stock_in_time, facts.sales_due + facts.stock_due
    return ratio("sync", in_time, due, Lacking.NO_DUE_DAYS)
