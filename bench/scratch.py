"""A scratch database for a benchmark: made, migrated, used and dropped, whatever servers are in use."""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def scratch_database(name: str) -> Iterator[None]:
    """Set Django up on a fresh database of its own beside the configured one and drop it afterwards."""
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config.embedded import ensure_services

    ensure_services()
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    scratch = f"bench_{name}_{uuid.uuid4().hex[:8]}"
    configured = connection.settings_dict["NAME"]
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{scratch}"')
    try:
        connection.close()
        connection.settings_dict["NAME"] = scratch
        call_command("migrate", verbosity=0, skip_checks=True)
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = configured
        with connection.cursor() as cursor:
            # Not WITH (FORCE): that may not end an autovacuum worker, whereas plain DROP waits for it to give way.
            cursor.execute(f'DROP DATABASE "{scratch}"')


def settled_tables() -> None:
    """Statistics and visibility as they are on a server that has run for a while; in a transaction statistics alone."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.in_atomic_block:
            cursor.execute("ANALYZE")
            return
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone()[0]:
            cursor.execute("CHECKPOINT")
