"""What one promotion cost and brought, as its readers may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from dealers.foundation.findings import Finding
from dealers.models import Dealer
from pricing.choices import STANDING_PROMO_STATES, PromoState
from pricing.errors import PromoNotFound
from pricing.models import (
    PromoChannelResult,
    PromoDealerResult,
    PromoEvaluation,
    PromoRequest,
    PromoSpend,
    SaleLine,
)
from pricing.permissions import can
from pricing.rules.promo_figures import Part, PromoFigures
from pricing.rules.promo_return import PromoReturn
from pricing.rules.uplift import Stretch, Uplift
from pricing.selectors.promo_figures import Standing
from pricing.selectors.promos import promos_open_to, visible_promos
from pricing.terms import pricing_terms

#: States in which there is something to see.
BEGUN = (PromoState.RUNNING, PromoState.ENDED, PromoState.EVALUATED)


@dataclass(frozen=True, slots=True)
class ResultsOf:
    """A promotion whose results somebody may see; with ``dealer_id`` only that dealer's part of them."""

    request: PromoRequest
    dealer_id: int | None = None


def promo_in_results(user: Any, code: str) -> ResultsOf:
    """The promotion with that number, if ``user`` may see what it brought.

    HQ and the dealer that asked see all of it; a dealer taking part in one of HQ's sees its own part. Raises
    :class:`~pricing.errors.PromoNotFound`.
    """
    if not (user.dealer_id is not None or getattr(user, "is_hq_system", False) or can(user, "promos.results")):
        raise PromoNotFound(key=code)
    request = _loaded(visible_promos(user)).filter(code=code).first()
    if request is not None:
        return ResultsOf(request)
    if user.dealer_id is not None:
        request = _loaded(promos_open_to(user.dealer_id)).filter(code=code).first()
        if request is not None:
            return ResultsOf(request, user.dealer_id)
    raise PromoNotFound(key=code)


def kept_standing(evaluation: PromoEvaluation) -> Standing:
    """The figures an evaluation keeps, as they were reckoned; those by dealer are read by :func:`dealer_parts`."""
    request = evaluation.request
    findings = [Finding.from_record(record) for record in evaluation.findings]
    terms = pricing_terms(evaluation.policy).promo.evaluation
    figures = PromoFigures(
        window=Stretch(request.starts_on, request.ends_on),
        baseline=Stretch(evaluation.baseline_from, request.starts_on),
        result=Uplift(
            evaluation.sales,
            evaluation.baseline,
            evaluation.expected,
            evaluation.uplift,
            evaluation.uplift_rate,
            findings[0] if len(findings) > 1 else None,
        ),
        returned=PromoReturn(
            evaluation.sales, evaluation.spend, evaluation.return_rate, evaluation.recommendation, findings[-1]
        ),
        quantity=evaluation.quantity,
        lines=evaluation.lines,
        breach_sales=evaluation.breach_sales,
        spend=evaluation.spend,
        brand_spend=evaluation.brand_spend,
        channels=tuple(_part(row.channel, row) for row in evaluation.channels.all()),
        dealers=(),
        products=tuple(
            Part(
                row["product"],
                Decimal(row["sales"]),
                row["quantity"],
                Decimal(row["baseline"]),
                Decimal(row["expected"]),
                Decimal(0),
            )
            for row in evaluation.products
        ),
    )
    days = tuple((date.fromisoformat(day), Decimal(amount)) for day, amount in evaluation.days)
    return Standing(figures, days, evaluation.policy, terms)


def dealer_parts(evaluation: PromoEvaluation, seen: QuerySet[Dealer]) -> QuerySet[PromoDealerResult]:
    """What each dealer in sight contributed to an evaluation, the largest sales first."""
    return (
        PromoDealerResult.objects.filter(evaluation=evaluation, dealer__in=seen.values("pk"))
        .select_related("dealer")
        .order_by("-sales", "dealer_id")
    )


def facts_since(evaluation: PromoEvaluation, request: PromoRequest) -> bool:
    """Whether anything it was judged by became known later: spend, or a line of its products and days.

    Asked only of the lines of a dealer's own promotion; HQ's large ones are compared on demand.
    """
    at = evaluation.evaluated_at
    if PromoSpend.objects.filter(request=request, recorded_at__gt=at).exists():
        return True
    if request.applicant_id is None:
        return False
    return SaleLine.objects.filter(
        dealer=request.applicant_id,
        sold_on__gte=evaluation.baseline_from,
        sold_on__lt=request.ends_on,
        product__in=[item.product_id for item in request.items.all()],
        known_from__gt=at,
    ).exists()


def _part(key: int, row: PromoChannelResult) -> Part:
    return Part(key, row.sales, row.quantity, row.baseline, row.expected, row.spend)


def _loaded(requests: QuerySet[PromoRequest]) -> QuerySet[PromoRequest]:
    return (
        requests.filter(state__in=BEGUN)
        .select_related("applicant", "account", "created_by", "submitted_by")
        .prefetch_related("items__product", "regions", "dealers", "goals")
    )


@dataclass(frozen=True, slots=True)
class SpendAccount:
    """The entries of a promotion in somebody's sight, their sum, and when they are or were due."""

    entries: list[PromoSpend]
    total: Decimal
    budget: Decimal | None
    due_at: datetime | None
    completed_at: datetime | None


def spend_account(user: Any, code: str) -> SpendAccount:
    """What a promotion cost, as far as ``user`` may see it. Raises :class:`~pricing.errors.PromoNotFound`."""
    own = visible_promos(user).filter(code=code, state__in=STANDING_PROMO_STATES).select_related("account").first()
    of = ResultsOf(own) if own is not None else promo_in_results(user, code)
    entries = list(entries_of(of))
    account = getattr(of.request, "account", None) if of.dealer_id is None else None
    return SpendAccount(
        entries=entries,
        total=sum((entry.amount for entry in entries), Decimal(0)),
        budget=of.request.budget if of.dealer_id is None else None,
        due_at=account.due_at if account else None,
        completed_at=account.completed_at if account else None,
    )


def entries_of(of: ResultsOf) -> QuerySet[PromoSpend]:
    """The entries of spend with their proofs; for a dealer taking part only its own."""
    entries = of.request.spends.select_related("recorded_by", "dealer", "reverses", "reversal").prefetch_related(
        "proofs__file"
    )
    return entries if of.dealer_id is None else entries.filter(dealer=of.dealer_id)
