"""What a dealer does about a hold: in a sentence for its kind, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from dealers.choices import HoldKind


@dataclass(frozen=True, slots=True)
class WayToLift:
    """How holds of a kind are lifted, with the page where that begins; empty where it is not the dealer's to do."""

    kind: HoldKind
    words: str
    url: str = ""

    @property
    def label(self) -> str:
        return str(self.kind.label)


def ways_to_lift(kinds: Iterable[str], *, lifts_by_itself: bool) -> list[WayToLift]:
    """One way for each kind among the open holds. ``lifts_by_itself``: whether the policy lifts `sync` holds so."""
    return [_way(HoldKind(kind), lifts_by_itself) for kind in dict.fromkeys(kinds)]


def _way(kind: HoldKind, lifts_by_itself: bool) -> WayToLift:
    match kind:
        case HoldKind.SYNC:
            words = _("Report your stock and every missing day of sales, or declare the days without any.")
            ends = _("The hold then lifts by itself.") if lifts_by_itself else _("Your channel manager then lifts it.")
            return WayToLift(kind, f"{words} {ends}", reverse("upload"))
        case HoldKind.DOCUMENT:
            words = _("Hand in the renewed document; the hold lifts once headquarters has confirmed it.")
            return WayToLift(kind, words, reverse("certificates"))
        case HoldKind.CONTRACT:
            return WayToLift(kind, _("A contract in force is missing. Settle it with your channel manager."))
        case HoldKind.PRICE | HoldKind.FRAUD | HoldKind.AFTERSALES:
            words = _("It follows from a case. Appeal in time, or put things right and ask your channel manager.")
            return WayToLift(kind, words, reverse("cases"))
    return WayToLift(kind, _("Speak with your channel manager, who placed it and lifts it."))
