"""What followed from a case, each with the rows it made in the books: statement lines, holds, forfeitures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q

from dealers.models import SupplyHold
from rebates.models import Credit
from settlement.choices import ConsequenceKind, LineKind, StatementState
from settlement.models import Case, CaseConsequence, CaseDecision, StatementLine

_CANCELLING = (LineKind.FORFEITURE, LineKind.CLAWBACK)


@dataclass(frozen=True, slots=True)
class Followed:
    """A consequence, or its reversal, and where it is to be found: lines of closed statements, a hold, or neither yet.

    ``undone`` tells that a later row takes it back.
    """

    row: CaseConsequence
    undone: bool
    lines: Sequence[StatementLine] = ()
    hold: SupplyHold | None = None
    year: int | None = None

    @property
    def amount(self) -> Decimal | None:
        """CNY, positive in the dealer's favour; of a forfeiture what its lines come to so far; None without any."""
        if self.row.amount is not None:
            return self.row.amount
        return sum((line.amount for line in self.lines), Decimal(0)) if self.lines else None


def followed_from(case: Case, decision: CaseDecision | None) -> list[Followed]:
    """The consequences of a case in their order. The queries are the same however many there are."""
    rows = list(case.consequences.select_related("dealer", "reverses").order_by("pk"))
    if not rows:
        return []
    undone = {row.reverses_id for row in rows}
    holds = SupplyHold.objects.in_bulk(_keys(rows, ConsequenceKind.HOLD))
    credits = Credit.objects.in_bulk(_keys(rows, ConsequenceKind.PENALTY))
    year = decision.forfeit_year if decision is not None else None
    lines = _lines(case, year)
    found = []
    for row in rows:
        key = _key(row)
        mine: Sequence[StatementLine] = ()
        if row.kind == ConsequenceKind.PENALTY and key in credits:
            reference = credits[key].reference
            mine = [line for line in lines if line.proof.get("credit") == reference]
        elif row.kind == ConsequenceKind.FORFEITURE:
            because = "forfeited" if row.reverses_id is None else "lifted"
            mine = [line for line in lines if line.kind in _CANCELLING and because in line.proof.get("reasons", ())]
        hold = holds.get(key) if row.kind == ConsequenceKind.HOLD else None
        is_year = row.kind == ConsequenceKind.FORFEITURE
        found.append(Followed(row, row.pk in undone, mine, hold, year if is_year else None))
    return found


def _lines(case: Case, year: int | None) -> list[StatementLine]:
    """The lines of the dealer's closed statements that carry out the case."""
    wanted = Q(kind=LineKind.PENALTY, program=case.number)
    if year is not None:
        wanted |= Q(kind__in=_CANCELLING, for_period__startswith=f"{year}-")
    lines = StatementLine.objects.filter(wanted, statement__dealer=case.dealer_id)
    lines = lines.exclude(statement__state=StatementState.DRAFT).select_related("statement__run")
    return [
        line
        for line in lines.order_by("statement__run__ordinal", "statement_id", "line_no")
        if line.kind == LineKind.PENALTY or case.number in line.proof["subject"]["decision"].split(", ")
    ]


def _keys(rows: Sequence[CaseConsequence], kind: ConsequenceKind) -> set[int]:
    return {key for row in rows if row.kind == kind and (key := _key(row)) is not None}


def _key(row: CaseConsequence) -> int | None:
    """The key of the row it made; None for a warning, which is a notice."""
    _what, _colon, key = row.reference.partition(":")
    return int(key) if key.isdigit() else None
