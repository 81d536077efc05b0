"""A violation put into words: what it is, where it stands, what a confirmed case would lead to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dealers.foundation.half_months import HalfMonth
from pricing.choices import PRICE_VIOLATIONS, ViolationKind, ViolationState
from pricing.models import LegalBasis, Violation
from pricing.rules.violations import Consequence
from pricing.selectors.ladder import Ladder
from pricing.selectors.violation_lines import BreachLine
from pricing.web.bands import place_words
from pricing.web.line_words import REASONS, plain

#: What the dealer did, in a sentence the dealer understands.
MEANINGS: Mapping[str, str | Promise] = {
    ViolationKind.BELOW_FLOOR: gettext_lazy("Sold below the enforced floor of the price band, without a promotion."),
    ViolationKind.ABOVE_CEILING: gettext_lazy("Sold above the enforced ceiling of the price band."),
    ViolationKind.OUT_OF_TERRITORY: gettext_lazy("Sold in regions that were not in the dealer's territory that day."),
    ViolationKind.B2B_WITHOUT_ADDENDUM: gettext_lazy("Bulk sales without a signed addendum in force that day."),
}


def consequence_words(found: Consequence | None) -> dict[str, str] | None:
    """The step of the ladder with its numbers; None where the ladder says nothing."""
    if found is None:
        return None
    if found.penalty is None:
        words = _("A written warning")
    else:
        words = _("A penalty of ¥%(penalty)s") % {"penalty": f"{found.penalty:,.2f}"}
    if found.step.hold:
        words = _("%(step)s, and supply held until a channel manager lifts it") % {"step": words}
    return {"standing": standing_words(found.standing), "words": words}


def standing_words(standing: int) -> str:
    """Which half-month of the rolling window it is."""
    return _("Half-month no. %(number)s in the window") % {"number": standing}


def formula_of(violation: Violation, found: Consequence) -> list[dict[str, Any]]:
    """The step reckoned out, for the proof component."""
    steps: list[dict[str, Any]] = [
        {
            "label": _("Shortfall: the sum of |band edge − price| × quantity over all lines, rounded once"),
            "value": f"{violation.shortfall:,.2f}",
        },
        {"label": _("Half-months with this kind of violation in the window"), "value": str(found.standing)},
    ]
    if found.penalty is not None:
        least, multiple = found.step.minimum or Decimal(0), found.step.multiple or Decimal(1)
        steps.append(
            {
                "label": _("Penalty of this step"),
                "value": f"{found.penalty:,.2f}",
                "formula": f"max({violation.shortfall:,.2f}, {least:,.2f}) × {multiple.normalize():f}",
                "total": True,
            }
        )
    else:
        steps.append({"label": _("This step"), "value": _("A written warning"), "total": True})
    return steps


def violation_row(violation: Violation, terms: Ladder) -> dict[str, Any]:
    """A violation as a row of a table."""
    found = terms.consequence_of(violation)
    return {
        "violation": violation,
        "period": str(HalfMonth.from_ordinal(violation.period)),
        "kind": violation.kind,
        "kind_label": ViolationKind(violation.kind).label,
        "state": state_of(violation),
        "state_label": state_label(violation),
        "changed": changed_since(violation),
        "priced": violation.kind in PRICE_VIOLATIONS,
        "consequence": consequence_words(found),
        "meaning": MEANINGS[violation.kind],
    }


def state_of(violation: Violation) -> str:
    """The state shown: without lines there is nothing left, whatever was decided."""
    return violation.state if violation.lines else "cleared"


def state_label(violation: Violation) -> str:
    return str(ViolationState(violation.state).label) if violation.lines else _("No longer in breach")


def changed_since(violation: Violation) -> bool:
    """Whether its lines are other than those somebody decided about."""
    return violation.state != ViolationState.GATHERED and violation.decided_version != violation.version


def line_rows(lines: Iterable[BreachLine]) -> list[dict[str, Any]]:
    """The lines with band, gap and the promotion that came nearest, for the page."""
    return [
        {
            "line": found.line,
            "edge": found.edge,
            "gap": abs(found.edge - found.line.unit_price) if found.edge is not None else None,
            "shortfall": found.shortfall,
            "amount": found.line.quantity * found.line.unit_price,
            "place": place_words(found.band) if found.band else "",
            "basis": found.band.legal_basis if found.band else None,
            "promo": found.promo.request.code if found.promo else "",
            "promo_price": plain(found.promo.promo_price) if found.promo else "",
            "promo_gaps": ", ".join(str(REASONS.get(gap, gap)) for gap in found.promo_gaps),
        }
        for found in lines
    ]


def bases_of(lines: Iterable[BreachLine]) -> list[LegalBasis]:
    """The legal bases by which the floors of these lines are enforced, each once."""
    short = [line.band for line in lines if line.band and line.edge == line.band.floor]
    found = {band.legal_basis for band in short if band.legal_basis}
    return sorted(found, key=lambda basis: basis.reference)
