"""The timeline of a case from what is on record: evidence, acts, deliveries and what followed, the oldest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from settlement.case_words.consequences import followed_amount, followed_title, followed_where
from settlement.case_words.evidence import evidence_title
from settlement.case_words.history import Told, delivery_told, told
from settlement.models import Case, CaseDelivery, CaseEntry, CaseEvidence
from settlement.rules.case_phases import Step, Stretch, phases_of
from settlement.selectors.case_consequences import Followed

Links = tuple[tuple[str, str], ...]


def timeline(
    case: Case,
    *,
    evidence: Iterable[CaseEvidence],
    entries: Iterable[CaseEntry],
    deliveries: Iterable[CaseDelivery],
    followed: Iterable[Followed],
    for_dealer: bool,
    links_of: Callable[[Followed], Links] = lambda _each: (),
) -> list[Told]:
    """Every step; ``links_of`` names where a consequence is to be read.

    What headquarters did before it asked the dealer is not the dealer's to know.
    """
    steps = [] if for_dealer else [_opened(case)]
    steps += [_added(piece, for_dealer=for_dealer) for piece in evidence]
    steps += [told(entry, for_dealer=for_dealer) for entry in entries]
    steps += [delivery_told(each) for each in deliveries]
    steps += [_followed(each, links_of(each)) for each in followed]
    since = case.heard_at
    if for_dealer and since is not None:
        steps = [step for step in steps if step.at >= since]
    return sorted(steps, key=lambda step: step.at)  # stable: at one instant evidence, act, delivery, consequence


def stretches(case: Case, entries: Sequence[CaseEntry]) -> list[Stretch]:
    """The phases the case went through, with their deadlines."""
    return phases_of(case.opened_at, [_step(entry) for entry in entries], due_now=case.due_at)


def _step(entry: CaseEntry) -> Step:
    due = entry.details.get("deadline")
    final = bool(entry.details.get("final"))
    return Step(entry.act, entry.made_at, datetime.fromisoformat(due) if due else None, final)


def _opened(case: Case) -> Told:
    return Told(case.opened_at, _("Case opened"), str(case.brought_by), quote=str(case.opened_because))


def _added(piece: CaseEvidence, *, for_dealer: bool) -> Told:
    by = _("Headquarters") if for_dealer else str(piece.brought_by)
    return Told(piece.added_at, _("Evidence: %(what)s") % {"what": evidence_title(piece)}, by)


def _followed(each: Followed, links: Links) -> Told:
    notes = [] if links else [followed_where(each)]
    if each.amount is not None:
        notes.insert(0, followed_amount(each))
    tone = "ok" if each.row.reverses_id is not None else "bad"
    return Told(each.row.applied_at, followed_title(each), _("The system"), tuple(notes), tone=tone, links=links)
