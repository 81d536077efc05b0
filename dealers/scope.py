"""Whose rows a database session may see: the second wall behind the ``visible_*`` selectors.

The setting ``halfmoon.dealer`` is ``*`` for HQ, workers and commands, a dealer's id for its people and keys, and
empty for anyone else. Row-level security policies read it (see :func:`dealers.models.guards.row_scope_sql`).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

WHOLE_COMPANY = "*"
NOTHING = ""

#: The scope this thread has set last; connections belong to threads.
_opened = threading.local()


def set_row_scope(scope: str) -> None:
    """Make this session see the rows of ``scope`` until it is set again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('halfmoon.dealer', %s, false)", [scope])
    _opened.scope = scope


def note_row_scope(scope: str) -> None:
    """Say that a statement of the caller's own has set this scope."""
    _opened.scope = scope


def reset_row_scope(default: str) -> None:
    """Return to ``default`` if this thread has set another scope; costs nothing when it has not."""
    if getattr(_opened, "scope", default) != default:
        set_row_scope(default)


def current_row_scope() -> str:
    """The scope in force in this session; empty when none was set."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('halfmoon.dealer', true), '')")
        return str(cursor.fetchone()[0])


@contextmanager
def row_scope(scope: str) -> Iterator[None]:
    """Work within ``scope`` and return to the one before, also after an error."""
    before = current_row_scope()
    set_row_scope(scope)
    try:
        yield
    finally:
        if not connection.closed_in_transaction and not connection.needs_rollback:
            set_row_scope(before)


def scope_of(user: object) -> str:
    """The scope of a person: their dealer's id, everything for HQ, nothing for strangers."""
    if not getattr(user, "is_authenticated", False):
        return NOTHING
    dealer_id = getattr(user, "dealer_id", None)
    return WHOLE_COMPANY if dealer_id is None else str(dealer_id)
