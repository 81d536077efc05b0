"""The audit trail in words: what an action is called, what it was done to, and what it changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dealers.choices import Role
from dealers.models import AuditRecord
from dealers.selectors.people import people_called
from dealers.services.audit import APPLICANT, SYSTEM
from dealers.web.audit_actions import ACTIONS

_GOOD, _BAD = {"lift", "approve", "confirm", "publish"}, {"place", "reject", "revoke", "dispute"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a record: what it said and what it says."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Told:
    """An audit record as people read it; also an entry of the timeline component."""

    record: AuditRecord
    title: str
    at: Any
    actor: str
    role: str
    subject: str
    quote: str
    tone: str
    differences: tuple[Difference, ...]


def told(records: Iterable[AuditRecord]) -> list[Told]:
    """The records in words, in the order given; people as they are called, which costs one query for all."""
    kept = list(records)
    called = people_called(record.actor for record in kept)
    return [_tell(record, called) for record in kept]


def action_words(action: str) -> str:
    """What an action is called; its code when nobody has named it."""
    return str(ACTIONS.get(action, action))


def subject_words(subject_type: str) -> str:
    """What kind of thing a record is about, as the model calls itself."""
    try:
        return str(apps.get_model(subject_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return subject_type


def differences(before: Any, after: Any) -> tuple[Difference, ...]:
    """Field by field what changed; equal fields are left out. Anything but two mappings is one difference."""
    if not isinstance(before or {}, dict) or not isinstance(after or {}, dict):
        return (Difference("", _text(before), _text(after)),) if before != after else ()
    old, new = before or {}, after or {}
    names = [*old, *(name for name in new if name not in old)]
    return tuple(
        Difference(name, _text(old.get(name)), _text(new.get(name))) for name in names if old.get(name) != new.get(name)
    )


def _tell(record: AuditRecord, called: Mapping[str, str]) -> Told:
    verb = record.action.rpartition(".")[2]
    role = str(Role(record.actor_role).label) if record.actor_role in Role.values else ""
    return Told(
        record=record,
        title=action_words(record.action),
        at=record.at,
        actor=called.get(record.actor) or _who(record.actor),
        role=role,
        subject=subject_words(record.subject_type),
        quote=record.reason,
        tone="ok" if verb in _GOOD else "bad" if verb in _BAD else "",
        differences=differences(record.before, record.after),
    )


def _who(actor: str) -> str:
    """The name in the record; the system and strangers with a private link in words."""
    if actor == SYSTEM:
        return str(_("System"))
    if actor.startswith(APPLICANT):
        return gettext("Applicant %(number)s") % {"number": actor.removeprefix(APPLICANT)}
    return actor


def _text(value: Any) -> str:
    if value is None or value == "":
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
