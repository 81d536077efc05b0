"""What a confirmed deal earns whoever referred it, and which deals are called back first."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from dealers.foundation.money import ZERO
from rebates.rules.proof_shape import cent_text, prove

_WHOLE = 2**64


@dataclass(frozen=True, slots=True)
class PartnerTerms:
    """``rate`` of a quarter's deals up to ``above``, ``rate_above`` of what exceeds it."""

    rate: Decimal
    above: Decimal
    rate_above: Decimal


@dataclass(frozen=True, slots=True)
class VoucherStep:
    """From this deal amount on, a customer's voucher."""

    start: Decimal
    voucher: Decimal


def is_sampled(number: str, share: Decimal, key: str) -> bool:
    """Whether the deal of this lead is called back: decided by a keyed hash, so that nobody can foresee it."""
    digest = hmac.new(key.encode(), f"referral call-back {number}".encode(), hashlib.sha256).digest()
    return Fraction(int.from_bytes(digest[:8]), _WHOLE) < Fraction(share)


def partner_entitlement(cumulated: Decimal, terms: PartnerTerms) -> Decimal:
    """What a partner has earned on a quarter's deals together, to the cent."""
    low, high = min(cumulated, terms.above), max(cumulated - terms.above, ZERO)
    return Decimal(cent_text(Fraction(low) * Fraction(terms.rate) + Fraction(high) * Fraction(terms.rate_above)))


def voucher_of(amount: Decimal, ladder: Sequence[VoucherStep]) -> Decimal:
    """The voucher of the highest step the deal reaches; none below the first."""
    reached = [step for step in ladder if step.start <= amount]
    return max(reached, key=lambda step: step.start).voucher if reached else ZERO


def partner_proof(
    *, amount: Decimal, before: Decimal, paid: Decimal, terms: PartnerTerms, **shown: Any
) -> dict[str, Any]:
    """The reward of one more deal: what the quarter has earned with it, less what its earlier deals were paid.

    Taken together the rewards of a quarter are what its whole amount earns, in whatever order its deals come.
    """
    return prove(
        rule="referral_partner",
        row="rebates.referrals.partner",
        terms={"rate": terms.rate, "above": terms.above, "rate_above": terms.rate_above},
        inputs=[
            {"of": "before", "amount": before},
            {"of": "deal", "amount": amount},
        ],
        steps=[
            ("cumulated", "before + deal"),
            ("up_to", "min(cumulated, above)"),
            ("exceeding", "max(cumulated - above, 0)"),
            ("earned", "up_to * rate + exceeding * rate_above"),
        ],
        settled=[(str(shown["window"]), paid)] if paid else [],
        **shown,
    )


def employee_proof(*, amount: Decimal, rate: Decimal, **shown: Any) -> dict[str, Any]:
    """Rate × the deal."""
    return prove(
        rule="referral_employee",
        row="rebates.referrals.employee_rate",
        terms={"rate": rate},
        inputs=[{"of": "deal", "amount": amount}],
        steps=[("reward", "deal * rate")],
        **shown,
    )


def voucher_proof(*, amount: Decimal, voucher: Decimal, **shown: Any) -> dict[str, Any]:
    """The voucher of the step the deal reaches."""
    return prove(
        rule="referral_voucher",
        row="rebates.referrals.customer_vouchers",
        terms={"voucher": voucher},
        inputs=[{"of": "deal", "amount": amount}],
        steps=[("reward", "voucher")],
        **shown,
    )
