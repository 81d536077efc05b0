"""What the database itself refuses: building blocks shared by every app's models."""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db.models import Q


def no_overlap(name: str, *keys: str, condition: Q | None = None, ranges: str = "valid") -> ExclusionConstraint:
    """Two rows with equal ``keys`` never have overlapping ``ranges`` (rulebook section 0, effective dating)."""
    expressions: list[tuple[Any, str]] = [(key, RangeOperators.EQUAL) for key in keys]
    expressions.append((ranges, RangeOperators.OVERLAPS))
    return ExclusionConstraint(name=name, expressions=expressions, condition=condition)


def append_only(name: str) -> pgtrigger.Protect:
    """Rows are inserted and never changed or removed."""
    return pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete)


def row_scope_sql(table: str, column: str = "dealer_id") -> tuple[str, str]:
    """SQL that makes ``table`` show only the rows of the dealer in ``halfmoon.dealer``; and its undoing.

    ``*`` shows everything, an empty or missing setting nothing. The setting is read once per statement in a
    scalar sub-select, and the policy is forced so that the table's owner obeys it too.
    """
    setting = "(SELECT current_setting('halfmoon.dealer', true))"
    number = "(SELECT NULLIF(NULLIF(current_setting('halfmoon.dealer', true), '*'), '')::bigint)"
    forward = f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY row_scope ON {table} USING ({setting} = '*' OR {column} = {number});
    """
    backward = f"""
        DROP POLICY row_scope ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
    """
    return forward, backward
