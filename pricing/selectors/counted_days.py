"""How a deadline or a lead was counted, day by day, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dealers.foundation.state_council import names_of_days
from dealers.foundation.working_days import DayOff

DAY_OFF_WORDS = {
    DayOff.WEEKEND: _("weekend"),
    DayOff.HOLIDAY: _("holiday"),
    DayOff.PROVISIONAL_HOLIDAY: _("expected holiday"),
}


def clock_days(record: Mapping[str, Any]) -> dict[str, Any]:
    """The context of `promos/clock.html`: every day looked at, the calendar's version, and whether it may change."""
    counted = list(record.get("counted", []))
    skipped = dict(record.get("skipped", []))
    return {
        "days": [_day(text, counted, skipped.get(text)) for text in sorted({*counted, *skipped})],
        "calendar": record.get("calendar", ""),
        "provisional": bool(record.get("provisional")),
        "latest": date.fromisoformat(record["latest"]) if record.get("latest") else None,
        "working_days": record.get("working_days"),
    }


def _day(text: str, counted: list[str], why: str | None) -> dict[str, Any]:
    day = date.fromisoformat(text)
    festival = gettext(names_of_days().get(day, ""))
    if why is None:
        make_up = day.weekday() >= 5
        return {"day": day, "number": counted.index(text) + 1, "make_up": make_up, "why": festival if make_up else ""}
    words = str(DAY_OFF_WORDS[DayOff(why)])
    if festival and why != DayOff.WEEKEND:
        words = f"{festival} · {words}" if why == DayOff.PROVISIONAL_HOLIDAY else festival
    return {"day": day, "number": None, "make_up": False, "why": words}
