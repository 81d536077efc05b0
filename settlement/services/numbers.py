"""Numbers people say on the telephone: a prefix, the year, and a count that is never given twice."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from dealers.foundation.clock import business_day

PLAN, PAYMENT, BANK_FILE = "PLAN", "PAY", "BANK"

_SEQUENCES = {
    PLAN: "settlement_plan_number",
    PAYMENT: "settlement_payment_number",
    BANK_FILE: "settlement_bank_file_number",
}


def next_numbers(prefix: str, count: int, at: datetime) -> list[str]:
    """``PAY-2026-000012`` and those after it; a number may stay unused."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [_SEQUENCES[prefix], count])
        year = business_day(at).year
        return [f"{prefix}-{year}-{number:06d}" for (number,) in cursor.fetchall()]
