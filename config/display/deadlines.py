"""How near a deadline is, in words and urgency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from config.display.figures import duration_text

#: From here on a deadline is shown as pressing.
PRESSING = timedelta(hours=8)


@dataclass(frozen=True, slots=True)
class Deadline:
    """What a chip shows: ``tone`` is bad when missed, warn when pressing, plain otherwise."""

    text: str
    tone: str
    due: datetime


def deadline_chip(due: datetime, now: datetime) -> Deadline:
    """The wording of ``due`` seen at ``now``."""
    left = due - now
    if left <= timedelta(0):
        return Deadline(_("%(length)s late") % {"length": duration_text(left)}, "bad", due)
    tone = "warn" if left <= PRESSING else ""
    return Deadline(_("%(length)s left") % {"length": duration_text(left)}, tone, due)
