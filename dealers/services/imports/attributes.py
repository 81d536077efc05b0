"""Rows whose content has no range: identical, changed with before and after, or new."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import Model

from dealers.services.imports.taking import Taking

M = TypeVar("M", bound=Model)


def changed_attributes(standing: Model, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What of ``wanted`` differs from ``standing``; empty when it says the same."""
    return {name: value for name, value in wanted.items() if getattr(standing, name) != value}


def change(
    taking: Taking,
    standing: Model,
    changes: Mapping[str, Any],
    *,
    action: str,
    key: str,
    dealer_id: int | None = None,
) -> None:
    """Put ``changes`` on ``standing`` (not saved yet) and record what they replace."""
    before = {name: getattr(standing, name) for name in changes}
    for name, value in changes.items():
        setattr(standing, name, value)
    taking.audit(action, (standing._meta.label_lower, key), before=before, after=dict(changes), dealer_id=dealer_id)


def save_all(model: type[M], new: list[M], changed: list[M], fields: tuple[str, ...]) -> None:
    """Write new and changed rows with a few statements."""
    if new:
        model._default_manager.bulk_create(new, batch_size=2_000)
    if changed:
        model._default_manager.bulk_update(changed, fields, batch_size=1_000)
