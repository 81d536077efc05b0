"""The remote-area subsidy of a quarter: rate × purchases into remote regions, once all purchases reach a minimum.

Reckoned afresh whenever facts of the quarter come in; what is due is the difference to what it has settled. So the
minimum reached late is paid late, and one that returns undo is taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rebates.rules.proof_shape import prove
from rebates.rules.quantities import cents_of_picos, cents_text, known_text, micros_text

RULE = "remote_subsidy"


class Reason(StrEnum):
    """Why a quarter earns nothing."""

    NOT_APPROVED = "not_approved"
    MINIMUM_MISSED = "minimum_missed"
    NOTHING_REMOTE = "nothing_remote"


@dataclass(frozen=True, slots=True)
class Terms:
    """What the policy says: the least purchases of a quarter (micros) and the rate (millionths)."""

    minimum: int
    rate: int


@dataclass(frozen=True, slots=True)
class Bought:
    """What a dealer bought in a half-month, of it into remote regions, in micros; from how many lines."""

    period: int
    amount: int
    remote: int
    lines: int


@dataclass(frozen=True, slots=True)
class Subsidy:
    """What a quarter has earned and what of it is due, in cents. ``missing`` is short of the minimum, in micros."""

    bought: Sequence[Bought]
    approved: bool
    purchases: int
    remote: int
    missing: int
    entitlement: int
    reason: Reason | None
    settled: Sequence[tuple[int, int]]

    @property
    def amount(self) -> int:
        return self.entitlement - sum(amount for _, amount in self.settled)


def subsidy(
    terms: Terms, bought: Sequence[Bought], *, approved: bool, settled: Sequence[tuple[int, int]] = ()
) -> Subsidy:
    """Reckon a quarter. Purchases of exactly the minimum reach it; returns count against both sums."""
    purchases = sum(part.amount for part in bought)
    remote = sum(part.remote for part in bought)
    missing = max(terms.minimum - purchases, 0)
    reason = None
    if not approved:
        reason = Reason.NOT_APPROVED
    elif missing:
        reason = Reason.MINIMUM_MISSED
    elif remote <= 0:
        reason = Reason.NOTHING_REMOTE
    entitlement = 0 if reason else cents_of_picos(remote * terms.rate)
    return Subsidy(bought, approved, purchases, remote, missing, entitlement, reason, settled)


def proof_of_subsidy(
    found: Subsidy,
    terms: Terms,
    *,
    policy: tuple[str, int],
    quarter: str,
    up_to: int,
    period: int,
    label: Callable[[int], str],
) -> dict[str, Any]:
    """What a quarter's subsidy follows from, settled in half-month ``period``."""
    inputs: list[dict[str, Any]] = [{"of": "approved", "amount": int(found.approved)}]
    for part in found.bought:
        inputs.append(
            {"of": "purchases", "period": label(part.period), "lines": part.lines, "amount": micros_text(part.amount)}
        )
    if not found.bought:
        inputs.append({"of": "purchases", "amount": "0.00"})
    remote = [part for part in found.bought if part.remote]
    inputs += [
        {"of": "remote_purchases", "period": label(part.period), "amount": micros_text(part.remote)} for part in remote
    ]
    if not remote:
        inputs.append({"of": "remote_purchases", "amount": "0.00"})
    return prove(
        rule=RULE,
        policy=policy,
        row="rebates.remote_subsidy",
        terms={"min_quarterly_purchases": known_text(terms.minimum), "rate": known_text(terms.rate)},
        period=label(period),
        window=quarter,
        up_to=label(up_to),
        reasons=[found.reason.value] if found.reason else [],
        inputs=inputs,
        steps=[
            ("missing", "max(min_quarterly_purchases - purchases, 0)"),
            ("reached", "at_least(purchases, min_quarterly_purchases)"),
            ("subsidised", "max(remote_purchases, 0)"),
            ("subsidy", "approved * reached * subsidised * rate"),
        ],
        settled=[(label(at), cents_text(amount)) for at, amount in found.settled],
    )
