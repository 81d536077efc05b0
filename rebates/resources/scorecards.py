"""A scorecard as it is stored and read back, and its parts in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dealers.foundation.digest import canonical_json, sha256_hex
from rebates.resources.figures import amount_text, rate_text
from rebates.rules.scorecard.card import Mark
from rebates.rules.scorecard.facts import CardFacts
from rebates.rules.scorecard.measured import Lacking, Measured
from rebates.rules.scorecard.running import Elapsed

PARTS = {
    "attainment": _("Sales attainment"),
    "price": _("Price compliance"),
    "sync": _("Reporting punctuality"),
    "response": _("24-hour response"),
    "satisfaction": _("Satisfaction"),
    "growth": _("Growth"),
}
LACKING = {
    Lacking.NO_TARGET: _("HQ has set no sales target for this quarter."),
    Lacking.NO_JUDGED_LINES: _("No sale of the quarter was judged on its price."),
    Lacking.NO_DUE_DAYS: _("On no day of the quarter a report was due."),
    Lacking.NO_TICKETS: _("Nobody asked for service in the quarter."),
    Lacking.NO_RATINGS: _("No customer rated the service in the quarter."),
    Lacking.NO_YEAR_BEFORE: _("There are no sales of the same quarter a year before to compare with."),
}


def facts_record(facts: CardFacts, elapsed: Elapsed) -> dict[str, Any]:
    """The inputs of a card as JSON keeps them: amounts as text, counts as numbers."""
    record = {
        name: asdict(getattr(facts, name)) for name in ("sales", "price", "sync", "response", "ratings", "growth")
    }
    record["elapsed"] = asdict(elapsed)
    for part in record.values():
        part.update({key: f"{value:f}" for key, value in part.items() if isinstance(value, Decimal)})
    return record


def marks_record(marks: Iterable[Mark]) -> list[dict[str, Any]]:
    """The parts of a card as JSON keeps them."""
    return [
        {
            "name": mark.name,
            "value": None if mark.value is None else f"{mark.value:f}",
            "zero": f"{mark.zero:f}",
            "full": f"{mark.full:f}",
            "weight": f"{mark.weight:f}",
            "possible": f"{mark.possible:f}",
            "points": f"{mark.points:f}",
            "lacking": mark.lacking,
        }
        for mark in marks
    ]


def marks_of(record: Iterable[Mapping[str, Any]]) -> tuple[Mark, ...]:
    """The parts as :func:`marks_record` wrote them."""
    return tuple(
        Mark(
            name=part["name"],
            value=None if part["value"] is None else Decimal(part["value"]),
            zero=Decimal(part["zero"]),
            full=Decimal(part["full"]),
            weight=Decimal(part["weight"]),
            possible=Decimal(part["possible"]),
            points=Decimal(part["points"]),
            lacking=Lacking(part["lacking"]) if part["lacking"] else None,
        )
        for part in record
    )


def parts_of(record: Iterable[Mapping[str, Any]]) -> tuple[Measured, ...]:
    """What was measured, to be scored by other terms."""
    return tuple(Measured(mark.name, mark.value, mark.lacking) for mark in marks_of(record))


def digest_of(record: Mapping[str, Any], marks: list[dict[str, Any]], policy: str, tier: str) -> str:
    """The fingerprint by which two editions are known to be the same."""
    return sha256_hex(canonical_json({"facts": record, "marks": marks, "policy": policy, "tier": tier}))


def value_text(mark: Mark) -> str:
    """A part's value as people say it: a share in percent, a rating from 1 to 5."""
    if mark.value is None:
        return "–"
    return f"{mark.value:.2f}" if mark.name == "satisfaction" else _percent(mark.value)


def scale_text(mark: Mark) -> str:
    """From where to where a part earns its points."""
    words = {"zero": _bound(mark.name, mark.zero), "full": _bound(mark.name, mark.full)}
    return gettext("nothing up to %(zero)s, all from %(full)s") % words


def facts_text(name: str, facts: Mapping[str, Any]) -> str:
    """The numbers behind a part, in a sentence."""
    sales, price, sync = facts["sales"], facts["price"], facts["sync"]
    match name:
        case "attainment":
            if sales["target"] is None:
                return gettext("¥%(sold)s sold, no target set.") % {"sold": amount_text(sales["sold"])}
            words = {"sold": amount_text(sales["sold"]), "target": amount_text(sales["target"])}
            return gettext("¥%(sold)s sold of a target of ¥%(target)s.") % words
        case "price":
            words = {"good": f"{price['judged'] - price['breaches']:,}", "judged": f"{price['judged']:,}"}
            return gettext("%(good)s of %(judged)s judged lines keep to their price.") % words
        case "sync":
            return gettext(
                "Sales in time on %(sales)s of %(sales_due)s due days, stock on %(stock)s of %(stock_due)s."
            ) % {
                "sales": sync["sales_in_time"],
                "sales_due": sync["sales_due"],
                "stock": sync["stock_in_time"],
                "stock_due": sync["stock_due"],
            }
        case "response":
            return str(gettext("%(in_time)s of %(due)s tickets were answered in time.") % facts["response"])
        case "satisfaction":
            return str(gettext("%(ratings)s ratings that add up to %(total)s.") % facts["ratings"])
        case _:
            growth = facts["growth"]
            words = {"sold": amount_text(growth["sold"]), "before": amount_text(growth["sold_before"])}
            return gettext("%(sold)s sold, %(before)s in the same quarter a year before.") % words


def points_text(mark: Mark) -> str:
    """How the points of a part came about, as a formula with its numbers."""
    if mark.value is None:
        return str(LACKING[mark.lacking]) if mark.lacking else ""
    return gettext("%(possible)s × (%(value)s − %(zero)s) ÷ (%(full)s − %(zero)s) = %(points)s") % {
        "possible": f"{mark.possible:f}",
        "value": _bound(mark.name, min(max(mark.value, mark.zero), mark.full)),
        "zero": _bound(mark.name, mark.zero),
        "full": _bound(mark.name, mark.full),
        "points": f"{mark.points:f}",
    }


def _bound(name: str, value: Decimal) -> str:
    return f"{value.normalize():f}" if name == "satisfaction" else rate_text(str(value))


def _percent(value: Decimal) -> str:
    return f"{value * 100:.2f}%"
