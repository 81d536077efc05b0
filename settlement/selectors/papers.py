"""What the files of statements say, gathered for many statements with a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from dealers.foundation.clock import BUSINESS_ZONE
from dealers.foundation.money import ZERO
from settlement.choices import RunState, StatementState
from settlement.documents.paper import CHINESE, ENGLISH, Paper
from settlement.models import IssuedDocument, SettlementRun, Statement, StatementLine
from settlement.rules.document_numbers import number_of
from settlement.terms import settlement_terms

#: What has to be loaded with a statement before it can be written down.
RELATED = ("run__policy", "dealer__home_region__parent")


def papers_of(statements: Sequence[Statement]) -> list[Paper]:
    """The papers of statements (with :data:`RELATED` loaded), in their order.

    What is said beside a statement is what its first file said: all its files agree, whenever they are made.
    """
    lines: dict[int, list[StatementLine]] = {statement.pk: [] for statement in statements}
    by_key = {statement.pk: statement for statement in statements}
    for line in StatementLine.objects.filter(statement__in=lines).order_by("line_no"):
        line.statement = by_key[line.statement_id]
        line.dealer = line.statement.dealer
        lines[line.statement_id].append(line)
    said = _said_before(lines)
    said |= _said_now([one for one in statements if one.pk not in said])
    return [Paper(one, lines[one.pk], said[one.pk], _number(one)) for one in statements]


def _number(statement: Statement) -> str:
    if statement.state == StatementState.DRAFT:
        return ""
    return number_of(statement.run.period, statement.dealer.code)


def _said_before(statements: Mapping[int, Any]) -> dict[int, Mapping[str, Any]]:
    documents = IssuedDocument.objects.filter(statement__in=statements).order_by("-pk")
    return dict(documents.values_list("statement_id", "said"))


def _said_now(statements: Sequence[Statement]) -> dict[int, Mapping[str, Any]]:
    before = _closings_before(statements)
    return {statement.pk: _said(statement, before.get(statement.pk, ZERO)) for statement in statements}


def _said(statement: Statement, previous_closing: Decimal) -> dict[str, Any]:
    dealer, policy = statement.dealer, statement.run.policy
    terms = settlement_terms(policy) if policy is not None else None
    region = dealer.home_region
    confirm_by = statement.confirm_due_at
    return {
        "name": dealer.name,
        "uscc": dealer.uscc,
        "region": {CHINESE: region.name_zh, ENGLISH: region.name_en} if region else {},
        "policy": str(policy or ""),
        "minimum_payout": f"{terms.minimum_payout:f}" if terms else "0.00",
        "confirm_days": terms.confirm_working_days if terms else "",
        "confirm_by": confirm_by.astimezone(BUSINESS_ZONE).isoformat() if confirm_by else None,
        "confirm_provisional": statement.confirm_due_provisional,
        "previous_closing": f"{previous_closing:f}",
        "paid_since": f"{previous_closing - statement.opening:f}",
    }


def _closings_before(statements: Sequence[Statement]) -> dict[int, Decimal]:
    """What each dealer's statement before ended with, if it had one."""
    found: dict[int, Decimal] = {}
    for run in {statement.run for statement in statements}:
        earlier = SettlementRun.objects.filter(state=RunState.CLOSED, ordinal__lt=run.ordinal).order_by("-ordinal")
        previous = earlier.first()
        if previous is None:
            continue
        dealers = {statement.dealer_id: statement.pk for statement in statements if statement.run_id == run.pk}
        closings = Statement.objects.filter(run=previous, draft=previous.draft, dealer__in=dealers)
        for dealer_id, closing in closings.values_list("dealer_id", "closing"):
            found[dealers[dealer_id]] = closing
    return found
