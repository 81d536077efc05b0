"""What a closed half-month may no longer do: gain, lose or change statements and lines.

The triggers look at all rows of a statement at once, so writing thousands costs one join. They also keep the
references of these rows, which as foreign keys would be checked row by row and double the time of a settlement.
"""

from __future__ import annotations

from typing import Any

import pgtrigger
from django.db import models


def checked_in_bulk(to: Any, **kwargs: Any) -> models.ForeignKey:
    """A reference kept by triggers per statement: its rows are written by the thousand, its targets never removed."""
    return models.ForeignKey(to, on_delete=models.PROTECT, db_constraint=False, **{"db_index": False, **kwargs})


_REFUSE = "RAISE EXCEPTION 'a closed half-month is frozen' USING ERRCODE = 'check_violation', CONSTRAINT = '{name}';"
_ORPHAN = "RAISE EXCEPTION 'a row would be left without the one it belongs to' USING ERRCODE = 'foreign_key_violation';"
_CLOSED = "JOIN settlement_settlementrun r ON r.id = {run} AND r.state = 'closed'"
_VIA_STATEMENT = "JOIN settlement_statement s ON s.id = {row}.statement_id " + _CLOSED.format(run="s.run_id")
_VIA_RUN = _CLOSED.format(run="{row}.run_id")


def frozen_statements(name: str, *free: str) -> list[pgtrigger.Trigger]:
    """Statements of a closed run keep every column but the ``free`` ones."""
    return _frozen(name, _VIA_RUN, free, "settlement_settlementrun p ON p.id = a.run_id", "settlement_statementline")


def frozen_lines(name: str) -> list[pgtrigger.Trigger]:
    """Lines of the statements of a closed run keep every column."""
    return _frozen(name, _VIA_STATEMENT, (), "settlement_statement p ON p.id = a.statement_id", None)


def _frozen(name: str, join: str, free: tuple[str, ...], parent: str, children: str | None) -> list[pgtrigger.Trigger]:
    refuse = _REFUSE.format(name=name)
    orphan = f"IF EXISTS (SELECT 1 FROM added a LEFT JOIN {parent} WHERE p.id IS NULL) THEN {_ORPHAN} END IF;"
    orphaned = ""
    if children:
        left = f"SELECT 1 FROM removed b JOIN {children} c ON c.statement_id = b.id"
        orphaned = f"IF EXISTS ({left}) THEN {_ORPHAN} END IF;"
    before, after = join.format(row="b"), join.format(row="a")
    kept = f"to_jsonb({{row}}) - '{{{{{','.join(free)}}}}}'::text[]" if free else "to_jsonb({row})"
    kept_before, kept_after = kept.format(row="b"), kept.format(row="a")
    return [
        _trigger(
            f"{name}_not_added",
            pgtrigger.Insert,
            pgtrigger.Referencing(new="added"),
            f"{orphan} IF EXISTS (SELECT 1 FROM added a {after}) THEN {refuse} END IF; RETURN NULL;",
        ),
        _trigger(
            f"{name}_not_removed",
            pgtrigger.Delete,
            pgtrigger.Referencing(old="removed"),
            f"{orphaned} IF EXISTS (SELECT 1 FROM removed b {before}) THEN {refuse} END IF; RETURN NULL;",
        ),
        _trigger(
            f"{name}_not_changed",
            pgtrigger.Update,
            pgtrigger.Referencing(old="earlier", new="later"),
            f"""
                IF EXISTS (SELECT 1 FROM earlier b {before}) OR EXISTS (SELECT 1 FROM later a {after}) THEN
                    IF EXISTS (SELECT {kept_before} FROM earlier b {before} EXCEPT SELECT {kept_after} FROM later a)
                    OR EXISTS (SELECT {kept_after} FROM later a {after} EXCEPT SELECT {kept_before} FROM earlier b)
                    THEN {refuse} END IF;
                END IF;
                RETURN NULL;
            """,
        ),
    ]


def _trigger(name: str, operation: Any, referencing: pgtrigger.Referencing, body: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=referencing,
        func=body,
    )
