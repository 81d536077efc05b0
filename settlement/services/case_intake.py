"""How what was gathered and observed reaches the case path: with a copy of what was seen, and no consequence yet."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from dealers.foundation.digest import canonical_json
from dealers.foundation.half_months import HalfMonth
from dealers.foundation.money import round_money
from dealers.models import User
from pricing.choices import PRICE_VIOLATIONS, ObservationState, Verdict, ViolationState
from pricing.errors import NoBreachSeen, SellerUnknown, UnexplainedDecision, ViolationMoved
from pricing.models import GatheringDue, MarketObservation, Violation
from pricing.rules.observations import Comparison
from pricing.rules.violations import Consequence
from pricing.selectors.ladder import ladder
from pricing.selectors.standing_facts import standing_facts
from pricing.selectors.violation_lines import evidence_of, explained, lines_of
from pricing.selectors.violations import violation_of
from pricing.services.observations.deciding import locked_observation
from pricing.services.observations.deciding import record_hand_over as note_hand_over
from pricing.services.observations.matching import comparison_of
from pricing.services.violations.decisions import locked_violation, record_hand_over
from pricing.services.violations.gathering import gather_violations
from settlement import permissions
from settlement.choices import CaseKind, EvidenceKind
from settlement.models import Case
from settlement.rules.case_life import priority_of
from settlement.services.cases import Evidence, open_case

_MICRO = Decimal("0.000001")


def hand_over_violation(*, violation_id: int, version: int, reason: str, actor: User, at: datetime) -> Case:
    """Hand a violation, as it was looked at, to the case path; the case it is in now.

    The lines are copied into the case as they stand. Handing the same lines over again changes nothing. Raises
    :class:`ViolationMoved` when they are other than those looked at, and what
    :func:`~pricing.services.violations.decisions.locked_violation` raises.
    """
    permissions.require(actor, "cases.open")
    if not reason.strip():
        raise UnexplainedDecision
    _gather_first(violation_id, at)
    with transaction.atomic():
        violation = locked_violation(violation_id=violation_id, version=version, actor=actor, at=at)
        in_case = violation.state in (ViolationState.HANDED_OVER, ViolationState.CONFIRMED)
        if in_case and violation.decided_version == violation.version:
            return Case.objects.get(number=violation.case_number)
        period = str(HalfMonth.from_ordinal(violation.period))
        consequence = ladder().consequence_of(violation_of(actor, violation.pk))
        case = open_case(
            kind=CaseKind.PRICE if violation.kind in PRICE_VIOLATIONS else CaseKind.TERRITORY,
            dealer=violation.dealer,
            facts=f"{violation.kind}:{period}",
            period=period,
            priority=priority_of(supply_hold_ahead=consequence is not None and consequence.step.hold),
            evidence=_evidence(violation, period, consequence),
            reason=reason.strip(),
            actor=actor,
            at=at,
        )
        record_hand_over(violation=violation, case_number=case.number, reason=reason, actor=actor, at=at)
    return case


def hand_over_observation(*, observation_id: int, reason: str, actor: User, at: datetime) -> Case:
    """Hand a seen price to the case path, compared by the facts as they stand now; the case it is in.

    Raises :class:`SellerUnknown` while nobody knows whose it was, :class:`NoBreachSeen` when no enforced edge is
    broken, and what :func:`~pricing.services.observations.deciding.locked_observation` raises.
    """
    permissions.require(actor, "cases.open")
    if not reason.strip():
        raise UnexplainedDecision
    with transaction.atomic():
        observation = locked_observation(observation_id=observation_id, actor=actor, handed_over=True)
        if observation.state == ObservationState.HANDED_OVER:
            return Case.objects.get(number=observation.case_number)
        if observation.dealer is None:
            raise SellerUnknown
        found = comparison_of(observation, standing_facts())
        if found is None or not found.holds:
            raise NoBreachSeen
        period = str(HalfMonth.containing(observation.seen_on))
        case = open_case(
            kind=CaseKind.PRICE,
            dealer=observation.dealer,
            facts=f"{Verdict(found.verdict).code}:{period}",
            period=period,
            priority=priority_of(supply_hold_ahead=False),
            evidence=_sighting(observation, found, period),
            reason=reason.strip(),
            actor=actor,
            at=at,
        )
        note_hand_over(observation=observation, case_number=case.number, reason=reason, actor=actor, at=at)
    return case


def _sighting(observation: MarketObservation, found: Comparison, period: str) -> Evidence:
    gap = found.gap * _MICRO
    summary = {
        "observation": observation.pk,
        "kind": Verdict(found.verdict).code,
        "period": period,
        "seller": observation.seller,
        "platform": observation.platform,
        "price": observation.price,
        "gap": gap,
        "seen_at": observation.seen_at,
    }
    picture = observation.picture
    snapshot = {
        **summary,
        "dealer": observation.dealer.code if observation.dealer else "",
        "matched_by": observation.matched_by,
        "sku": observation.product.sku if observation.product else "",
        "region": observation.region.code if observation.region else "",
        "shop": observation.shop,
        "shop_link": observation.shop_link,
        "link": observation.link,
        "note": observation.note,
        "band": found.band_id,
        "recorded_at": observation.recorded_at,
        "recorded_by": observation.recorded_by.get_username() if observation.recorded_by else observation.source,
        "picture": None if picture is None else {"id": picture.pk, "name": picture.name, "sha256": picture.sha256},
    }
    reference = f"observation:{observation.pk}"
    return Evidence(EvidenceKind.OBSERVATION, reference, _json(summary), _json(snapshot))


def _gather_first(violation_id: int, at: datetime) -> None:
    """What is copied has to be what the figures say: gather what changed a moment ago."""
    key = Violation.objects.filter(pk=violation_id).values("dealer", "period").first()
    if key is not None and GatheringDue.objects.filter(dealer=key["dealer"], period=key["period"]).exists():
        gather_violations(at=at)


def _evidence(violation: Violation, period: str, consequence: Consequence | None) -> Evidence:
    lines = evidence_of(violation, explained(violation, lines_of(violation), for_dealer=False, with_promos=False))
    exact = sum((line["shortfall"] for line in lines), Decimal(0))
    # Asked after the lines were read: whatever changed them has left word with the same commit.
    due = GatheringDue.objects.filter(dealer=violation.dealer_id, period=violation.period)
    if due.exists() or (len(lines), round_money(exact)) != (violation.lines, violation.shortfall):
        raise ViolationMoved
    summary = {
        "violation": violation.pk,
        "kind": violation.kind,
        "period": period,
        "lines": violation.lines,
        "quantity": violation.quantity,
        "shortfall": violation.shortfall,
        "amount": round_money(violation.amount),
    }
    snapshot = {
        **summary,
        "dealer": violation.dealer.code,
        "version": violation.version,
        "gathered_at": violation.gathered_at,
        "exact_shortfall": exact,
        "standing": None if consequence is None else consequence.standing,
        "exact_lines": lines,
    }
    reference = f"violation:{violation.pk}@{violation.version}"
    return Evidence(EvidenceKind.VIOLATION, reference, _json(summary), _json(snapshot))


def _json(value: dict[str, Any]) -> dict[str, Any]:
    """The value in the form in which it is stored and fingerprinted."""
    found: dict[str, Any] = json.loads(canonical_json(value))
    return found
