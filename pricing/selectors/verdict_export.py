"""Every verdict of a half-month in the words of other systems, streamed from the database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction

from dealers.foundation.half_months import HalfMonth
from pricing.choices import Flag, Verdict

VERDICT_COLUMNS = ("dealer", "doc_no", "line_no", "revision", "verdict", "flags", "band", "promo")
_ROWS_AT_ONCE = 20_000

# A band is named by its place and its first day: region:C0005@2026-01-01.
_LINES = """
    SELECT d.code, l.doc_no, l.line_no, l.revision, l.verdict, l.flags,
        b.scope || CASE b.scope WHEN 'region' THEN ':' || p.code WHEN 'city_tier' THEN ':' || b.city_tier ELSE '' END
            || '@' || coalesce(lower(b.valid)::text, ''),
        r.code
    FROM pricing_saleline l
    JOIN dealers_dealer d ON d.id = l.dealer_id
    LEFT JOIN pricing_priceband b ON b.id = l.band_id
    LEFT JOIN dealers_region p ON p.id = b.region_id
    LEFT JOIN pricing_promoitem i ON i.id = l.promo_item_id
    LEFT JOIN pricing_promorequest r ON r.id = i.request_id
    WHERE l.sold_on >= %s AND l.sold_on < %s
    ORDER BY d.code, l.doc_no, l.line_no
"""


def verdict_rows(period: HalfMonth) -> Iterator[tuple[Any, ...]]:
    """The lines sold in a half-month as rows of ``VERDICT_COLUMNS``, by dealer, document and line."""
    with transaction.atomic():
        connection.ensure_connection()
        assert connection.connection is not None
        with connection.connection.cursor(name="verdicts") as lines:
            lines.execute(_LINES, [period.start, period.end])
            while rows := lines.fetchmany(_ROWS_AT_ONCE):
                for dealer, doc_no, line_no, revision, verdict, flags, band, promo in rows:
                    found = Verdict(verdict).code
                    yield dealer, doc_no, line_no, revision, found, ";".join(Flag.codes(flags)), band, promo
