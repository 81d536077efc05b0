"""How leads are spoken of: why one does not count, and what happened to it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dealers.selectors.people import with_people_called
from rebates.models import Lead
from rebates.rules.referral_checks import Refusal

_REFUSALS = {
    Refusal.DUPLICATE: gettext_lazy("The same customer was referred a short while ago."),
    Refusal.SELF_REFERRAL: gettext_lazy("Whoever referred gave their own number."),
    Refusal.OWN_CUSTOMER: gettext_lazy("The customer has bought from the referring dealer before."),
    Refusal.TOO_MANY_FROM_REFERRER: gettext_lazy("Too many were referred by the same person on that day."),
}
_ACTS = {
    "receive": gettext_lazy("Received"),
    "assign": gettext_lazy("Assigned"),
    "follow_up": gettext_lazy("Customer called"),
    "lose": gettext_lazy("No deal"),
    "report_deal": gettext_lazy("Deal reported"),
    "reject_deal": gettext_lazy("Deal not confirmed"),
    "confirm_deal": gettext_lazy("Deal confirmed"),
    "call_back": gettext_lazy("Called back"),
    "reward": gettext_lazy("Reward granted"),
    "deny": gettext_lazy("No reward"),
    "take_back": gettext_lazy("Reward taken back"),
}
_TONES = {"lose": "warn", "reject_deal": "warn", "deny": "bad", "take_back": "bad"}


def refusal_words(code: str) -> str:
    """Why a lead does not count."""
    return str(_REFUSALS.get(Refusal(code), code))


def lead_history(lead: Lead, *, own: bool) -> list[dict[str, Any]]:
    """The way so far for the timeline; a dealer sees that headquarters acted, and not who, and no reward."""
    hidden = ("reward", "deny", "take_back", "call_back") if own else ()
    return with_people_called(
        {
            "title": str(_ACTS[step.act]),
            "at": step.at,
            "actor": _("Headquarters") if own and (step.by_hq or not step.by) else step.by or _("System"),
            "quote": _(step.note) if step.note else "",
            "tone": _TONES.get(step.act, "ok"),
        }
        for step in lead.steps.all()
        if step.act not in hidden
    )
