"""A migrated database in a fraction of the time, and once for all processes of a test run.

Nearly all of the time of migrating an empty database goes into copies of model fields that Django makes anew after each
operation: it takes every field apart and builds it again. A plain copy of the field does as well.
"""

from __future__ import annotations

import copy
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from django.core.management import call_command
from django.db import connection
from django.db.models import Field


@contextmanager
def quick_copies() -> Iterator[None]:
    """While migrations run, copy a field as it is."""
    with patch.object(Field, "clone", lambda field: copy.deepcopy(field)):
        yield


def migrated_template(home: Path) -> str:
    """The name of a migrated database to make copies of; who comes first makes it, the others wait."""
    name = f"{connection.settings_dict['NAME']}_migrated"
    with (home / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = home / "template.made"
        if not made.exists():
            _make(name)
            made.write_text(name)
    return name


def drop_template(home: Path) -> None:
    """Remove the template, if one was made, from servers that outlive the run."""
    made = home / "template.made"
    if made.exists():
        _on_server(f'DROP DATABASE IF EXISTS "{made.read_text()}"')


def _make(name: str) -> None:
    _on_server(f'DROP DATABASE IF EXISTS "{name}"')
    _on_server(f'CREATE DATABASE "{name}"')
    configured = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        with quick_copies():
            call_command("migrate", verbosity=0, skip_checks=True)
    finally:
        connection.close()  # nobody may be connected to what is copied
        connection.settings_dict["NAME"] = configured


def _on_server(statement: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)
