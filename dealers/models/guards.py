"""What the database itself refuses: building blocks shared by every app's models."""

from __future__ import annotations

from collections.abc import Iterable
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


def sandbox_apart_sql(table: str, column: str = "dealer_id") -> tuple[str, str]:
    """SQL that hides the rows of sandboxes (negative dealer ids) from every session but the sandbox's own.

    A restrictive policy: it narrows whatever other policies of ``table`` allow, also for HQ and the workers.
    """
    number = "(SELECT NULLIF(NULLIF(current_setting('halfmoon.dealer', true), '*'), '')::bigint)"
    forward = f"""
        CREATE POLICY sandbox_apart ON {table} AS RESTRICTIVE
            USING (({column} < 0) IS NOT TRUE OR {column} = {number});
    """
    return forward, f"DROP POLICY sandbox_apart ON {table};"


def row_scope_sql(table: str, column: str = "dealer_id") -> tuple[str, str]:
    """SQL that makes ``table`` show only the rows of the dealer in ``halfmoon.dealer``; and its undoing.

    ``*`` shows everything, an empty or missing setting nothing. The setting is read once per statement in a
    scalar sub-select, and the policy is forced so that the table's owner obeys it too. Sandboxes are kept apart.
    """
    apart, together = sandbox_apart_sql(table, column)
    setting = "(SELECT current_setting('halfmoon.dealer', true))"
    number = "(SELECT NULLIF(NULLIF(current_setting('halfmoon.dealer', true), '*'), '')::bigint)"
    forward = f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY row_scope ON {table} USING ({setting} = '*' OR {column} = {number});
        {apart}
    """
    backward = f"""
        {together}
        DROP POLICY row_scope ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
    """
    return forward, backward


def hq_scope_sql(table: str) -> tuple[str, str]:
    """SQL that hides ``table`` from every dealer's session, though its rows name the dealer they are about."""
    forward = f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY row_scope ON {table} USING ((SELECT current_setting('halfmoon.dealer', true)) = '*');
    """
    backward = f"""
        DROP POLICY row_scope ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
    """
    return forward, backward


def triggers_of(operations: Iterable[Any]) -> list[str]:
    """The SQL of the triggers that models created by these migration operations say they have.

    Added one by one they would each have Django render the whole state of the project anew.
    """
    declared = (
        trigger for operation in operations for trigger in getattr(operation, "options", {}).get("triggers", ())
    )
    return [trigger.install_sql for trigger in declared]
