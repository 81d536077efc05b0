"""What promotions brought, taken together: by kind and channel, then promotion by promotion, found by their lessons."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dealers.foundation import clock
from dealers.foundation.tabular.exports import CsvWriter, XlsxWriter
from dealers.selectors.policies import policy_in_force, published_policies
from dealers.web.access import capability_required
from dealers.web.listing import choice_of, day_of, window_of, words_of
from pricing.choices import Channel, PromoKind, Recommendation
from pricing.models import PromoEvaluation
from pricing.permissions import can
from pricing.rules.promo_return import Marks
from pricing.selectors.promo_brought import (
    Brought,
    ResultsWish,
    brought_altogether,
    brought_by_kind,
    narrowed_evaluations,
    spends_of,
    waiting_for_evaluation,
)
from pricing.terms import pricing_terms
from pricing.web.promo_result_words import ADVICE_TONES

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_GET
@capability_required("promos.results", can=can)
def overview(request: HttpRequest) -> HttpResponse:
    """The figures of what is found, by kind and channel, and the list; or the promotions nobody has judged yet."""
    filters = _filters(request)
    wish = _wish(request, filters)
    waiting = waiting_for_evaluation(request.user)
    tab = "waiting" if request.GET.get("tab") == "waiting" else "judged"
    found = narrowed_evaluations(request.user, wish)
    marks = _marks()
    context: dict[str, Any] = {
        "filters": filters,
        "wish": wish,
        "given": {"from": request.GET.get("from", ""), "to": request.GET.get("to", "")},
        "tab": tab,
        "narrowed": wish != ResultsWish(),
        "export_query": urlencode({key: value for key, value in request.GET.items() if key not in ("before", "tab")}),
        "tabs": [
            {"label": _("Judged"), "url": reverse("promos-results"), "current": tab == "judged", "count": None},
            {
                "label": _("To be judged"),
                "url": f"{reverse('promos-results')}?tab=waiting",
                "current": tab == "waiting",
                "count": waiting.count(),
            },
        ],
    }
    if tab == "waiting":
        window = window_of(request, waiting)
        spends = spends_of(window.rows)
        context["rows"] = [_waiting_row(promo, spends) for promo in window.rows]
    else:
        window = window_of(request, found.defer("words", "days", "products"))
        whole = brought_altogether(found, marks)
        context |= {
            "whole": whole,
            "whole_advice": Recommendation(whole.returned.recommendation).label,
            "kinds": [_kind_row(row) for row in brought_by_kind(found, marks)],
            "rows": [_judged_row(evaluation) for evaluation in window.rows],
        }
    context |= {"next_url": window.next_url, "first_url": window.first_url}
    return render(request, "promos/overview.html", context)


@require_GET
@capability_required("promos.results", can=can)
def export(request: HttpRequest, ending: str) -> HttpResponse:
    """Everything found, one row per promotion, as CSV or a workbook."""
    if ending not in _TYPES:
        raise Http404(ending)
    found = narrowed_evaluations(request.user, _wish(request, _filters(request)))
    file = io.BytesIO()
    columns = _columns()
    writer = (
        CsvWriter(file, columns) if ending == "csv" else XlsxWriter(file, columns, sheet=_("What promotions brought"))
    )
    with writer:
        for row in _export_rows(found.defer("words", "days", "products")):
            writer.write(row)
    response = HttpResponse(file.getvalue(), content_type=_TYPES[ending])
    response["Content-Disposition"] = f'attachment; filename="promo-results.{ending}"'
    return response


def _filters(request: HttpRequest) -> list[Any]:
    goals = [("met", _("Goals met")), ("missed", _("Goals missed"))]
    return [
        choice_of(request, "kind", _("All kinds"), PromoKind.choices),
        choice_of(request, "channel", _("All channels"), Channel.choices),
        choice_of(request, "advice", _("All recommendations"), Recommendation.choices),
        choice_of(request, "goals", _("With any goals"), goals),
    ]


def _wish(request: HttpRequest, filters: list[Any]) -> ResultsWish:
    kind, channel, advice, goals = (chosen.value for chosen in filters)
    return ResultsWish(
        words=words_of(request),
        kind=kind,
        channel=int(channel) if channel else None,
        advice=advice,
        goals=goals,
        dealer=words_of(request, "dealer"),
        ended_from=day_of(request, "from"),
        ended_to=day_of(request, "to"),
    )


def _marks() -> Marks:
    """The marks of the policy in force today, or of the latest; what is added up is weighed by what holds now."""
    policy = policy_in_force(clock.business_day(clock.now())) or published_policies().last()
    if policy is None:  # then nothing was ever judged, and there is nothing to weigh
        return Marks(Decimal(0), Decimal(0))
    terms = pricing_terms(policy).promo.evaluation
    return Marks(terms.retire_below, terms.expand_above)


def _kind_row(row: Brought) -> dict[str, Any]:
    return {
        "kind": PromoKind(row.kind).label,
        "channel": Channel(row.channel).label if row.channel else "",
        "row": row,
        "advice": Recommendation(row.returned.recommendation).label,
        "url": f"?{urlencode({'kind': row.kind, 'channel': row.channel})}",
    }


def _judged_row(evaluation: PromoEvaluation) -> dict[str, Any]:
    promo = evaluation.request
    return {
        "evaluation": evaluation,
        "promo": promo,
        "kind": PromoKind(promo.kind).label,
        "advice": Recommendation(evaluation.recommendation).label,
        "tone": ADVICE_TONES.get(evaluation.recommendation, ""),
        "last_day": promo.ends_on - timedelta(days=1),
    }


def _waiting_row(promo: Any, spends: dict[int, Any]) -> dict[str, Any]:
    return {
        "promo": promo,
        "kind": PromoKind(promo.kind).label,
        "account": getattr(promo, "account", None),
        "spend": spends.get(promo.pk, 0),
    }


def _columns() -> list[str]:
    return [
        _("Number"),
        _("Title"),
        _("Applicant"),
        _("Kind"),
        _("First day"),
        _("Ends before"),
        _("Version"),
        _("Evaluated at"),
        _("Sales"),
        _("Quantity"),
        _("Sales of the weeks before"),
        _("Expected sales"),
        _("Uplift"),
        _("Uplift rate"),
        _("Budget"),
        _("Spend"),
        _("of which the brand bears"),
        _("Return on spend"),
        _("Recommendation"),
        _("Goals met"),
        _("Lessons"),
    ]


def _export_rows(found: Any) -> Iterator[list[Any]]:
    for evaluation in found.iterator(chunk_size=500):
        promo = evaluation.request
        met = evaluation.goals_met
        yield [
            promo.code,
            promo.title,
            promo.applicant.name if promo.applicant else "HQ",
            str(PromoKind(promo.kind).label),
            promo.starts_on,
            promo.ends_on,
            evaluation.version,
            evaluation.evaluated_at,
            evaluation.sales,
            evaluation.quantity,
            evaluation.baseline,
            evaluation.expected,
            evaluation.uplift,
            evaluation.uplift_rate,
            promo.budget,
            evaluation.spend,
            evaluation.brand_spend,
            evaluation.return_rate,
            str(Recommendation(evaluation.recommendation).label),
            None if met is None else (_("yes") if met else _("no")),
            evaluation.lessons,
        ]
