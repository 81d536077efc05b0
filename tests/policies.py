"""Policies for tests: the example document, variations of it, and published versions."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from config.policy import import_policy, publish_policy
from dealers.choices import Role
from dealers.foundation.clock import parse_instant
from dealers.models import PolicyVersion, User

EXAMPLE = Path(__file__).parents[1] / "docs" / "examples" / "policy.yaml"
AT = parse_instant("2025-12-20T10:00:00+08:00")


@cache
def example_source() -> str:
    return EXAMPLE.read_text(encoding="utf-8")


def variation(*edits: tuple[str, str], code: str = "2026") -> str:
    """The example with pieces of text replaced; each must be there, so that no test checks nothing."""
    source = example_source().replace('code: "2026"', f'code: "{code}"', 1)
    for old, new in edits:
        assert old in source, f"the example does not say {old!r}"
        source = source.replace(old, new, 1)
    return source


def starting(first: str, end: str | None = None, code: str = "2026") -> str:
    """The example in force over other days."""
    return variation(
        ("effective_from: 2026-01-01", f"effective_from: {first}"),
        ("effective_to: 2027-01-01 ", f"effective_to: {end} " if end else "# "),
        code=code,
    )


def policy_manager(username: str = "policy-manager", language: str = "zh-hans") -> User:
    facts = {"role": Role.POLICY_MANAGER, "language": language}
    return User.objects.get_or_create(username=username, defaults=facts)[0]


def published_policy(source: str | None = None, *, at: datetime = AT) -> PolicyVersion:
    """A policy in force: the example for all of 2026, unless told otherwise."""
    version = import_policy(source=source or example_source(), actor=None, at=at)
    return publish_policy(version=version, actor=policy_manager(), at=at)


def document_of(source: str) -> dict[str, Any]:
    """The plain values of a YAML text, read by the library itself."""
    document: dict[str, Any] = yaml.load(source, Loader=yaml.CSafeLoader)
    return document
