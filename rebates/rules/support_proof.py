"""The proof of accepted market support: what was asked for, what became of it, and the files it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rebates.rules.proof_shape import prove

RULE = "market_support"


@dataclass(frozen=True, slots=True)
class AcceptedSupport:
    """What a person accepted, as facts. ``states`` and ``files`` are as they are shown, oldest first."""

    number: str
    purpose: str
    quarter: str
    tier: str
    policy: tuple[str, int]
    quota: Decimal
    asked: Decimal
    reserved: Decimal
    committed: Decimal
    claimed: Decimal
    accepted: Decimal
    states: Sequence[Mapping[str, str]]
    files: Sequence[Mapping[str, str]]


def proof_of(support: AcceptedSupport, period: str) -> dict[str, Any]:
    """Claimed less what was not accepted, within the quota; every amount on the way stands beside it."""
    inputs = [
        ("asked", support.asked),
        ("reserved", support.reserved),
        ("committed", support.committed),
        ("claimed", support.claimed),
        ("not_accepted", support.claimed - support.accepted),
    ]
    return prove(
        rule=RULE,
        period=period,
        policy=support.policy,
        row=f"rebates.market_support.quota_per_quarter.{support.tier}",
        terms={"quota": support.quota},
        window=support.quarter,
        subject={"activity": support.number, "purpose": support.purpose},
        inputs=[{"of": name, "amount": amount} for name, amount in inputs],
        steps=[("accepted", "claimed - not_accepted")],
        states=[dict(state) for state in support.states],
        files=[dict(file) for file in support.files],
    )
