"""What closed half-months have settled, as sums."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from dealers.models import Dealer
from settlement.models import SettlementRun
from settlement.rules.backtests import Place


def settled_amounts(runs: Iterable[SettlementRun]) -> dict[Place, int]:
    """By half-month, dealer and kind of line, in cents; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.ordinal, l.dealer_id, l.kind, (sum(l.amount) * 100)::bigint"
            " FROM settlement_settlementrun r"
            " JOIN settlement_statement s ON s.run_id = r.id AND s.draft = r.draft"
            " JOIN settlement_statementline l ON l.statement_id = s.id"
            " WHERE r.id = ANY(%s) GROUP BY 1, 2, 3",
            [[run.pk for run in runs]],
        )
        return {(period, dealer_id, kind): amount for period, dealer_id, kind, amount in cursor.fetchall()}


def dealers_of_company() -> int:
    """How many dealers there are or ever were."""
    return Dealer.objects.count()
