"""The figures of a promotion in the words and shapes of its page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from dealers.models import Product
from pricing.choices import Channel, GoalMeasure, PromoKind, Recommendation
from pricing.models import PromoEvaluation, PromoRequest
from pricing.rules.promo_goals import Goal
from pricing.rules.promo_reached import reached
from pricing.selectors.promo_figures import Standing
from pricing.web.promo_chart import picture_of

#: The tone a recommendation is shown in.
ADVICE_TONES: Mapping[str, str] = {Recommendation.RETIRE: "bad", Recommendation.EXPAND: "ok", Recommendation.KEEP: ""}


def figures_context(
    promo: PromoRequest, standing: Standing, shown: PromoEvaluation | None, *, own_part: bool
) -> dict[str, Any]:
    """What the page says about the figures; ``shown`` is the version they are kept in, if they are."""
    figures = standing.figures
    baseline, window = figures.baseline, figures.window
    last_day = promo.ends_on - timedelta(days=1)
    return {
        "figures": figures,
        "result": figures.result,
        "returned": figures.returned,
        "terms": standing.terms,
        "policy": standing.policy,
        "advice": Recommendation(figures.returned.recommendation).label,
        "advice_tone": ADVICE_TONES.get(figures.returned.recommendation, ""),
        "picture": picture_of(standing.days, window, baseline, figures.result.baseline) if standing.days else None,
        "channels": [{"label": Channel(part.key).label, "part": part} for part in figures.channels],
        "products": _products(standing),
        "goals": [] if own_part else _goals(promo, standing, shown),
        "kind_label": PromoKind(promo.kind).label,
        "last_day": last_day,
        "baseline_last": baseline.end - timedelta(days=1),
        "over_budget": figures.spend - promo.budget if figures.spend > promo.budget else None,
        "left_of_budget": promo.budget - figures.spend,
        "so_far": window.end < promo.ends_on,
    }


def goal_rows(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Goals as kept, for the page: label, target, what was reached, and whether that is a fraction or an amount."""
    return [
        {
            "label": GoalMeasure(record["measure"]).label,
            "measure": record["measure"],
            "target": Decimal(record["target"]),
            "actual": None if record["actual"] is None else Decimal(record["actual"]),
            "met": record["met"],
        }
        for record in records
    ]


def _goals(promo: PromoRequest, standing: Standing, shown: PromoEvaluation | None) -> list[dict[str, Any]]:
    if shown is not None:
        return goal_rows(shown.goals)
    goals = [Goal(goal.measure, goal.target) for goal in promo.goals.all()]
    return goal_rows([goal.as_record() for goal in reached(goals, standing.figures)])


def _products(standing: Standing) -> list[dict[str, Any]]:
    known = Product.objects.in_bulk([part.key for part in standing.figures.products])
    parts = sorted(standing.figures.products, key=lambda part: (-part.sales, part.key))
    return [{"product": known[part.key], "part": part} for part in parts]
