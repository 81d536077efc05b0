"""May this dealer be supplied, and if not, why (rulebook section 2, Supply status)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.aggregates import JSONBAgg
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from dealers.choices import DealerState, DocumentKind, HoldKind
from dealers.foundation import clock
from dealers.models import Contract, Dealer, SupplyHold
from dealers.selectors.visibility import visible_dealers


@dataclass(frozen=True)
class Reason:
    """One thing that stands in the way: its kind, since when, and a sentence in the reader's language."""

    kind: str
    since: datetime | None
    detail: str


@dataclass(frozen=True)
class Eligibility:
    """The answer HQ's order system asks for before each shipment."""

    dealer: str
    eligible: bool
    as_of: datetime
    reasons: tuple[Reason, ...]


#: What a hold's ``reason`` code says, filled from its evidence.
HOLD_REASONS: dict[str, Any] = {
    "inventory_overdue": _("No stock count since %(since)s."),
    "sales_overdue": _("Sales not reported for %(days)s day(s) from %(from_day)s on."),
    "both_overdue": _("No stock count since %(since)s; sales not reported for %(days)s day(s) from %(from_day)s on."),
    "case_decided": _("Decided in case %(case)s."),
    "manual": _("Held by hand: %(note)s"),
    "suspended": _("The contract is suspended: %(note)s"),
    "certificate_expired": _(
        "%(paper)s ran out on %(last_day)s. Hand in a renewed one; supply goes on once confirmed."
    ),
}


def eligibility(*, dealer: str, at: datetime) -> Eligibility | None:
    """Whether the dealer with this code may be supplied at ``at``; None when there is no such dealer. One query."""
    row = _obstacles(Dealer.objects.filter(code=dealer), at).first()
    return None if row is None else _answer(row, at)


def eligibilities(dealers: QuerySet[Dealer], *, at: datetime) -> list[Eligibility]:
    """The same answer for many dealers at once, still in one query."""
    return [_answer(row, at) for row in _obstacles(dealers, at)]


def _obstacles(dealers: QuerySet[Dealer], at: datetime) -> QuerySet[Dealer, Any]:
    in_force = Contract.objects.filter(dealer=OuterRef("pk"), valid__contains=clock.business_day(at))
    still_open = Q(holds__opened_at__lte=at) & (Q(holds__lifted_at__isnull=True) | Q(holds__lifted_at__gt=at))
    hold = JSONObject(
        kind="holds__kind",
        since="holds__opened_at",
        reason="holds__reason",
        evidence="holds__evidence",
        note="holds__note",
    )
    obstacles = {"contracted": Exists(in_force), "open": JSONBAgg(hold, filter=still_open, default=None)}
    return dealers.values("code", "state").annotate(**obstacles).order_by("code")


def _answer(row: dict[str, Any], at: datetime) -> Eligibility:
    reasons = (
        [] if row["state"] == DealerState.ACTIVE else [Reason("state", None, str(DealerState(row["state"]).label))]
    )
    if not row["contracted"]:
        reasons.append(Reason(HoldKind.CONTRACT, None, str(_("No contract is in force."))))
    for hold in sorted(row["open"] or [], key=lambda hold: hold["since"]):
        detail = hold_detail(hold["reason"], hold["evidence"], hold["note"])
        reasons.append(Reason(hold["kind"], datetime.fromisoformat(hold["since"]), detail))
    return Eligibility(dealer=row["code"], eligible=not reasons, as_of=at, reasons=tuple(reasons))


def hold_detail(reason: str, evidence: dict[str, Any], note: str) -> str:
    """The sentence of a hold in the active language; a hold placed by hand says what its opener wrote."""
    sentence = HOLD_REASONS.get(reason)
    if sentence is None:
        return note or reason
    return str(sentence) % {**evidence, "note": note, "paper": _paper_of(evidence)}


def _paper_of(evidence: dict[str, Any]) -> str:
    """The kind and name of the paper a hold is about, in the active language; nothing for other holds."""
    if "document" not in evidence:
        return ""
    return paper_words(evidence["document"], evidence.get("name", ""))


def paper_words(kind: str, name: str) -> str:
    """What a paper is called, in the active language: its kind, and its own name beside it."""
    label = str(DocumentKind(kind).label)
    return f"{label} · {name}" if name else label


def visible_holds(user: Any) -> QuerySet[SupplyHold]:
    """The holds on dealers ``user`` may see, newest first."""
    holds = SupplyHold.objects.select_related("dealer", "opened_by", "lifted_by").order_by("-opened_at", "-pk")
    return holds.filter(dealer__in=visible_dealers(user))
