"""What was done in a case, step by step, in the active language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dealers.choices import HoldKind
from settlement.choices import CaseOutcome, CasePriority, DeliveryProof
from settlement.models import CaseDelivery, CaseEntry
from settlement.proof_words.rows import money
from settlement.rules.case_life import CaseAct, CaseStep

#: What each act is called, and how it is marked: ``ok`` for the dealer's side, ``bad`` against it, ``warn`` delayed.
_TITLES: Mapping[str, tuple[Promise, str]] = {
    CaseStep.OPEN: (gettext_lazy("Case opened"), ""),
    CaseStep.JOIN: (gettext_lazy("More evidence joined"), "warn"),
    CaseStep.ASSIGN: (gettext_lazy("Given to another investigator"), ""),
    CaseStep.SET_PRIORITY: (gettext_lazy("Priority changed"), ""),
    CaseStep.NOTE: (gettext_lazy("Note made"), ""),
    CaseStep.EXTEND: (gettext_lazy("More time to reply"), ""),
    CaseStep.REPLY: (gettext_lazy("The dealer replied"), "ok"),
    CaseStep.HAND_IN: (gettext_lazy("The dealer handed in files"), "ok"),
    CaseStep.REPLY_TIME_OVER: (gettext_lazy("The time to reply is over"), "warn"),
    CaseStep.HOLD_BACK: (gettext_lazy("Held back: the facts changed since the decision"), "warn"),
    CaseStep.SEE_CHANGES: (gettext_lazy("A judge has seen the differences"), ""),
    CaseStep.LADDER_FELL: (gettext_lazy("An earlier case on the ladder was overturned"), "ok"),
    CaseStep.RECKON_AGAIN: (gettext_lazy("What follows was reckoned again"), ""),
    CaseStep.APPEAL_TIME_OVER: (gettext_lazy("The time to appeal is over"), ""),
    CaseAct.INVESTIGATE: (gettext_lazy("Investigation begun"), ""),
    CaseAct.PROPOSE_DISMISSAL: (gettext_lazy("Dismissal proposed"), ""),
    CaseAct.REFUSE_DISMISSAL: (gettext_lazy("Sent back to be investigated further"), ""),
    CaseAct.DISMISS: (gettext_lazy("Not confirmed"), "ok"),
    CaseAct.MERGE: (gettext_lazy("Joined to another case"), ""),
    CaseAct.HEAR_DEALER: (gettext_lazy("The dealer was asked to reply"), "warn"),
    CaseAct.DECIDE: (gettext_lazy("Decision made"), "bad"),
    CaseAct.APPLY: (gettext_lazy("The decision took effect"), "bad"),
    CaseAct.APPEAL: (gettext_lazy("The dealer appealed"), "warn"),
    CaseAct.UPHOLD: (gettext_lazy("The decision stands"), "bad"),
    CaseAct.OVERTURN: (gettext_lazy("The decision is overturned"), "ok"),
}


#: What an entry keeps for headquarters alone.
HQ_DETAILS = frozenset({"acknowledgement", "owner", "priority", "differences"})


@dataclass(frozen=True, slots=True)
class Told:
    """One step of a case: when, what, by whom, what belongs to it, and the words that came with it."""

    at: datetime
    title: str
    by: str
    notes: tuple[str, ...] = ()
    quote: str = ""
    tone: str = ""
    #: Where more of it is to be read: words and address.
    links: tuple[tuple[str, str], ...] = ()


def told(entry: CaseEntry, *, for_dealer: bool) -> Told:
    """An entry in words; a dealer reads that headquarters acted, not who."""
    title, tone = _TITLES.get(entry.act, (entry.act, ""))
    return Told(
        at=entry.made_at,
        title=str(title),
        by=actor_words(entry, for_dealer=for_dealer),
        notes=tuple(
            [*notes_of(_details_of(entry), for_dealer=for_dealer), *(each.file.name for each in entry.files.all())]
        ),
        quote=entry.text,
        tone=tone,
    )


def _details_of(entry: CaseEntry) -> Mapping[str, Any]:
    """Whoever took a case is its investigator; that needs no saying twice."""
    details: Mapping[str, Any] = entry.details
    repeated = details.get("owner") == entry.made_by
    return {name: value for name, value in details.items() if not (repeated and name == "owner")}


def actor_words(entry: CaseEntry, *, for_dealer: bool) -> str:
    """Who acted; the clock is nobody."""
    if entry.person_id is None and not entry.by_dealer:
        return _("The system")
    return _("Headquarters") if for_dealer and not entry.by_dealer else entry.made_by


def delivery_told(delivery: CaseDelivery) -> Told:
    """That a paper reached the dealer, or was opened by somebody."""
    said = _("Delivered: %(paper)s") if delivery.proof == DeliveryProof.NOTICE else _("Opened: %(paper)s")
    return Told(delivery.at, said % {"paper": delivery.get_paper_display()}, delivery.to)


def notes_of(details: Mapping[str, Any], *, for_dealer: bool) -> list[str]:
    """The figures of an act, each as words; what a judge noted for headquarters is left out for the dealer."""
    shown = {name: value for name, value in details.items() if not (for_dealer and name in HQ_DETAILS)}
    return [_NOTES[name](value) for name, value in shown.items() if name in _NOTES and value not in (None, "")]


def due_words(due: str) -> str:
    """A deadline as an entry keeps it; midnight is the end of the day before, as people say it."""
    day, _blank, time = due.partition(" ")
    return f"{date.fromisoformat(day) - timedelta(days=1)} 24:00" if time == "00:00" else due


def _days(days: Any) -> str:
    return ngettext("%(days)s working day more", "%(days)s working days more", int(days)) % {"days": days}


_NOTES: Mapping[str, Callable[[Any], str]] = {
    "due_at": lambda due: _("until %(instant)s") % {"instant": due_words(due)},
    "alleged_loss": lambda loss: _("alleged loss ¥%(amount)s") % {"amount": money(str(loss))},
    "days": _days,
    "final": lambda _final: _("this was its last word"),
    "owner": lambda owner: _("investigator: %(person)s") % {"person": owner},
    "priority": lambda priority: str(CasePriority(priority).label),
    "outcome": lambda outcome: str(CaseOutcome(outcome).label),
    "penalty": lambda penalty: _("penalty ¥%(amount)s") % {"amount": money(str(penalty))},
    "forfeit_year": lambda year: _("rebates of %(year)s forfeited") % {"year": year},
    "hold": lambda hold: _("supply hold: %(kind)s") % {"kind": HoldKind(hold).label},
    "override_reason": lambda why: _("less than in full: %(why)s") % {"why": why},
    "acknowledgement": lambda words: _("on the proportion: %(words)s") % {"words": words},
    "because_of": lambda number: _("because of %(case)s") % {"case": number},
    "standing": lambda standing: _("place %(place)s on the ladder") % {"place": standing},
    "into": lambda number: _("joined to %(case)s") % {"case": number},
    "joined": lambda number: _("%(case)s was joined to it") % {"case": number},
    "reference": lambda reference: _("evidence %(reference)s") % {"reference": reference},
    "differences": lambda count: (
        ngettext("%(count)s difference", "%(count)s differences", int(count)) % {"count": count}
    ),
    "kept": lambda kept: _("the judge's amount was kept") if kept else _("reckoned in full at the lower place"),
}
