"""Secrets that are made once per installation and never shipped."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def load_or_create_secret(home: Path, name: str) -> str:
    """The secret called ``name`` of this installation, made on first use and readable by its owner only.

    Two processes that start together agree: the first to create the file wins and the other reads it.
    """
    path = home / "secrets" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f"{name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
