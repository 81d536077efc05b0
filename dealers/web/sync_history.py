"""The history of a dealer's sync clock as a timeline: warned, held, released, excused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from dealers.foundation.clock import BUSINESS_ZONE
from dealers.models import SupplyHold, SyncExemption, SyncWarning
from dealers.selectors.supply import hold_detail
from dealers.selectors.sync_history import SyncHistory
from dealers.web.holds import LIFT_NOTES

_MOST = 30


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of the timeline component."""

    title: str
    at: datetime
    note: str = ""
    quote: str = ""
    actor: str = ""
    tone: str = ""


def timeline_of(history: SyncHistory) -> list[Event]:
    """Everything that happened, the newest first."""
    events = [
        *(event for warning in history.warnings for event in _warned(warning)),
        *(event for hold in history.holds for event in _held(hold)),
        *(event for exemption in history.exemptions for event in _excused(exemption)),
    ]
    return sorted(events, key=lambda event: event.at, reverse=True)[:_MOST]


def _warned(warning: SyncWarning) -> Iterator[Event]:
    feeds = [name for late, name in ((warning.inventory, _("stock")), (warning.sales, _("sales"))) if late]
    note = _("%(feeds)s reported up to %(anchor)s; supply would be held from %(hold_at)s.") % {
        "feeds": _(" and ").join(feeds),
        "anchor": _moment(warning.anchor),
        "hold_at": _moment(warning.hold_at),
    }
    yield Event(_("Warned"), warning.warned_at, note, tone="warn")


def _held(hold: SupplyHold) -> Iterator[Event]:
    by = str(hold.opened_by) if hold.opened_by else _("automatic")
    yield Event(_("Supply held"), hold.opened_at, hold_detail(hold.reason, hold.evidence, hold.note), "", by, "bad")
    if hold.lifted_at is not None:
        by = str(hold.lifted_by) if hold.lifted_by else _("automatic")
        note = str(LIFT_NOTES.get(hold.lift_note, hold.lift_note))
        yield Event(_("Supply released"), hold.lifted_at, f"{note} {_filled(hold)}".strip(), "", by, "ok")


def _filled(hold: SupplyHold) -> str:
    """What an automatic lift saw."""
    parts = []
    if counted := hold.lift_evidence.get("counted_at"):
        parts.append(_("Newest stock count %(at)s.") % {"at": counted})
    if until := hold.lift_evidence.get("sales_until"):
        parts.append(_("Sales reported up to %(day)s.") % {"day": until})
    return " ".join(parts)


def _excused(exemption: SyncExemption) -> Iterator[Event]:
    first, end = exemption.valid.lower, exemption.valid.upper
    note = f"{first} – {end - timedelta(days=1)}" if end else f"{first} –"
    by = str(exemption.agreed_by) if exemption.agreed_by else ""
    yield Event(_("Exemption agreed"), exemption.agreed_at, note, exemption.reason, by)
    if exemption.revoked_at is not None:
        yield Event(_("Exemption revoked"), exemption.revoked_at, note)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(BUSINESS_ZONE):%Y-%m-%d %H:%M}"
