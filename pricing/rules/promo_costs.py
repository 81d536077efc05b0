"""Who bears the budget of a promotion: the brand, the dealers taking part, another party; together the whole of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from dealers.foundation.findings import Finding, Severity
from dealers.foundation.refusals import msgid as _

WHOLE = Decimal(1)


@dataclass(frozen=True, slots=True)
class CostShares:
    """Fractions of the budget. `other_party` names who bears `other`: a mall, a platform, a supplier."""

    brand: Decimal
    dealers: Decimal
    other: Decimal = Decimal(0)
    other_party: str = ""


def shares_of(brand: Decimal, dealers: Decimal | None, other: Decimal, other_party: str) -> CostShares:
    """The shares as they were written; what is left of the whole falls to the dealers when they are not named."""
    left = WHOLE - brand - other if brand.is_finite() and other.is_finite() else Decimal(0)
    return CostShares(brand, left if dealers is None else dealers, other, other_party.strip())


def faults_in_shares(shares: CostShares, *, dealers_given: bool) -> Iterator[Finding]:
    """Why finite shares of at most one each cannot stand together."""
    total = shares.brand + shares.dealers + shares.other
    if dealers_given and total != WHOLE:
        yield _fault(
            "shares_not_whole",
            _("The shares of brand, dealers and other party make %(total)s %%; together they must bear 100 %%."),
            "dealer_share",
            total=format((total * 100).normalize(), "f"),
        )
    elif shares.dealers < 0:
        yield _fault("shares_above_whole", _("Brand and other party bear more than the whole budget."), "other_share")
    if shares.other > 0 and not shares.other_party:
        yield _fault("other_party_missing", _("Name the other party that bears a share."), "other_party")


def _fault(code: str, message: str, field: str, **params: object) -> Finding:
    return Finding(code, Severity.ERROR, message, params, field=field)
