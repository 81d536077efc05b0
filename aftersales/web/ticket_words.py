"""How tickets are spoken of: what was done, by whom, for which reader."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aftersales.choices import Side
from aftersales.models import TicketEvent
from aftersales.selectors.tickets_given import Served
from dealers.selectors.people import with_people_called

_ACTS = {
    "receive": gettext_lazy("Request received"),
    "assign": gettext_lazy("Given to a dealer"),
    "respond": gettext_lazy("Answered"),
    "resolve": gettext_lazy("Resolved"),
    "reopen": gettext_lazy("Reopened"),
    "close": gettext_lazy("Closed"),
    "complain": gettext_lazy("Complaint"),
    "note": gettext_lazy("Internal note"),
    "write": gettext_lazy("Message of the customer"),
    "attach": gettext_lazy("File added"),
    "rate": gettext_lazy("Rated"),
}
#: What a list of the tickets behind a figure is called.
SERVED = {
    Served.ALL: gettext_lazy("Tickets received"),
    Served.JUDGED: gettext_lazy("Tickets whose first response is judged"),
    Served.IN_TIME: gettext_lazy("Tickets answered in time"),
    Served.MISSED: gettext_lazy("Tickets answered late or never"),
    Served.RATED: gettext_lazy("Tickets rated"),
}
_TONES = {"resolve": "ok", "close": "ok", "rate": "ok", "complain": "bad", "reopen": "warn", "note": "wait"}


def act_words(event: TicketEvent) -> str:
    """What was done, with the stars of a rating."""
    words = str(_ACTS[event.act])
    return f"{words}: {stars(event.after.get('rating'))}" if event.act == "rate" else words


def stars(rating: int | None) -> str:
    """A rating as stars."""
    return "★" * rating + "☆" * (5 - rating) if rating else ""


def history_for_staff(events: Iterable[TicketEvent], *, own: bool) -> list[dict[str, Any]]:
    """The whole history; a dealer sees that headquarters acted, and not who."""
    return with_people_called(
        {
            "title": act_words(event),
            "at": event.at,
            "actor": _who(event, own=own),
            "quote": event.text,
            "tone": _TONES.get(event.act, ""),
        }
        for event in events
    )


def history_for_customer(events: Iterable[TicketEvent]) -> list[dict[str, Any]]:
    """What the customer may read: no names, no internal notes, and not who serves whom."""
    return [
        {
            "title": act_words(event),
            "at": event.at,
            "actor": _("You") if event.side == Side.CUSTOMER else _("Service"),
            "quote": event.text,
            "tone": _TONES.get(event.act, ""),
        }
        for event in events
        if event.public and event.act != "assign"
    ]


def _who(event: TicketEvent, *, own: bool) -> str:
    match event.side:
        case Side.CUSTOMER:
            return _("Customer")
        case Side.SYSTEM:
            return _("System")
        case Side.HEADQUARTERS if own:
            return _("Headquarters")
        case _:
            return event.by
