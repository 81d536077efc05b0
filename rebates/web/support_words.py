"""How the pots and the way of market support are shown."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dealers.selectors.people import with_people_called
from rebates.models import SupportActivity
from rebates.rules.support_quota import Pots

_ACTS = {
    "edit": gettext_lazy("Plan changed"),
    "ask": gettext_lazy("Asked for"),
    "withdraw": gettext_lazy("Withdrawn"),
    "reserve": gettext_lazy("Reserved"),
    "reject": gettext_lazy("Rejected"),
    "commit": gettext_lazy("Committed"),
    "hand_in": gettext_lazy("Proof handed in"),
    "send_back": gettext_lazy("Proof sent back"),
    "accept": gettext_lazy("Proof accepted"),
    "refuse": gettext_lazy("Proof refused"),
    "reverse": gettext_lazy("Paid and taken back"),
    "lapse": gettext_lazy("Lapsed"),
}
_TONES = {"reject": "bad", "refuse": "bad", "reverse": "bad", "lapse": "warn", "send_back": "warn", "withdraw": "warn"}


def pot_segments(pots: Pots) -> list[dict[str, Any]]:
    """The pots as parts of one bar, what is spent first and what is free last."""
    return [
        {"name": "spent", "label": _("Spent"), "value": pots.spent},
        {"name": "committed", "label": _("Committed"), "value": pots.committed},
        {"name": "reserved", "label": _("Reserved"), "value": pots.reserved},
        {"name": "planned", "label": _("Asked for"), "value": pots.planned},
        {"name": "free", "label": _("Free"), "value": pots.free},
    ]


def steps_shown(activity: SupportActivity, *, own: bool) -> list[dict[str, Any]]:
    """The way so far for the timeline. A dealer sees that headquarters acted, and not who."""
    shown = []
    for step in activity.steps.all():
        by = step.by if step.by else _("the clock")
        shown.append(
            {
                "title": f"{_ACTS[step.act]} · ¥{step.amount:,.2f}" if step.amount else str(_ACTS[step.act]),
                "at": step.at,
                "actor": _("Headquarters") if own and step.by_hq else by,
                "quote": step.reason,
                "tone": _TONES.get(step.act, "ok"),
            }
        )
    return with_people_called(shown)
