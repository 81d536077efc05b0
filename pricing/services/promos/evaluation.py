"""Judging what a promotion brought. Every judgement is a version of its own; the one before stays as it was."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from dealers.errors import NotPermitted
from dealers.models import Product, User
from dealers.services.audit import record_audit
from pricing.errors import LessonsMissing, NotEnded, Objected, SpendOutstanding
from pricing.models import (
    PromoAccount,
    PromoChannelResult,
    PromoDealerResult,
    PromoEvaluation,
    PromoPieces,
    PromoRequest,
)
from pricing.permissions import can
from pricing.rules.evaluation_duties import objection_to_evaluator
from pricing.rules.promo_figures import Part, PromoFigures
from pricing.rules.promo_flow import PROMO_LIFE, PromoAct
from pricing.rules.promo_goals import Goal
from pricing.rules.promo_reached import all_met, reached
from pricing.rules.word_pieces import pieces_of, plain_words
from pricing.selectors.promo_figures import Standing, standing_of
from pricing.services.promos.acting import locked_promo, move
from pricing.services.promos.aftermath import tell_evaluated
from pricing.services.promos.judges import parts_of
from pricing.services.promos.steps import day_text

_INSERTS = 2_000


@transaction.atomic
def evaluate_promo(*, code: str, lessons: str, actor: User, at: datetime) -> PromoEvaluation:
    """Judge an ended promotion by the facts known now and keep the lessons.

    Judged again, it becomes a new version; blank ``lessons`` then keep the earlier ones, and where neither facts nor
    lessons have changed the version that stands is given back. Raises what speaks against
    the actor, or :class:`~pricing.errors.SpendOutstanding` while spend may still be recorded in time.
    """
    request = locked_promo(actor, code)
    require_evaluator(actor, request)
    if not PROMO_LIFE.allows(request.state, PromoAct.EVALUATE):
        raise NotEnded(code=request.code)
    account = PromoAccount.objects.filter(request=request).first()
    if account is not None and account.completed_at is None and at < account.due_at:
        raise SpendOutstanding(due_at=day_text(account.due_at))
    earlier = request.evaluations.filter(superseded_at__isnull=True).first()
    lessons = lessons.strip() or (earlier.lessons if earlier else "")
    if not lessons:
        raise LessonsMissing
    complete = account is None or account.completed_at is not None
    standing = standing_of(request, at=at)
    if earlier is not None:
        if _says_the_same(earlier, standing.figures, lessons, complete):
            return earlier
        earlier.superseded_at = at
        earlier.save(update_fields=["superseded_at"])
    before = request.state
    move(request, PromoAct.EVALUATE)
    request.save(update_fields=["state"])
    evaluation = _keep(request, standing, earlier, lessons, complete, actor, at)
    record_audit(
        actor=actor,
        action="promo.evaluate",
        subject=request,
        at=at,
        before={"state": before, "version": earlier.version if earlier else None},
        after={"state": request.state, **_essence(evaluation)},
        dealer_id=request.applicant_id,
    )
    tell_evaluated(request, evaluation.version, at=at)
    return evaluation


def require_evaluator(actor: User, request: PromoRequest) -> None:
    """The actor may judge promotions, and has no part in this one. Raises otherwise."""
    if not can(actor, "promos.evaluate"):
        raise NotPermitted
    objection = objection_to_evaluator(actor.pk, parts_of(request))
    if objection is not None:
        raise Objected(objection, status=403)


def _says_the_same(earlier: PromoEvaluation, figures: PromoFigures, lessons: str, spend_complete: bool) -> bool:
    """Whether judging now would repeat the judgement that stands, as when a form is sent twice."""
    result = figures.result
    kept = (earlier.sales, earlier.quantity, earlier.lines, earlier.baseline, earlier.breach_sales)
    found = (result.sales, figures.quantity, figures.lines, result.baseline, figures.breach_sales)
    paid = (earlier.spend, earlier.brand_spend) == (figures.spend, figures.brand_spend)
    return kept == found and paid and earlier.lessons == lessons and earlier.spend_complete == spend_complete


def _keep(
    request: PromoRequest,
    standing: Standing,
    earlier: PromoEvaluation | None,
    lessons: str,
    spend_complete: bool,
    actor: User,
    at: datetime,
) -> PromoEvaluation:
    figures = standing.figures
    goals = reached([Goal(goal.measure, goal.target) for goal in request.goals.all()], figures)
    words = plain_words(request.code, request.title, lessons)
    evaluation = PromoEvaluation.objects.create(
        request=request,
        version=earlier.version + 1 if earlier else 1,
        dealer=request.applicant,
        policy=standing.policy,
        baseline_from=figures.baseline.first,
        sales=figures.result.sales,
        quantity=figures.quantity,
        baseline=figures.result.baseline,
        expected=figures.result.expected,
        spend=figures.spend,
        lines=figures.lines,
        breach_sales=figures.breach_sales,
        brand_spend=figures.brand_spend,
        spend_complete=spend_complete,
        uplift=figures.result.uplift,
        uplift_rate=figures.result.rate,
        return_rate=figures.returned.rate,
        recommendation=figures.returned.recommendation,
        goals=[goal.as_record() for goal in goals],
        goals_met=all_met(goals),
        products=_product_records(figures),
        days=[[day.isoformat(), format(amount, "f")] for day, amount in standing.days],
        findings=[finding.as_record() for finding in figures.findings],
        lessons=lessons,
        words=words,
        evaluated_by=actor,
        evaluated_at=at,
    )
    PromoPieces.objects.create(evaluation=evaluation, pieces=pieces_of(words))
    PromoChannelResult.objects.bulk_create(
        PromoChannelResult(evaluation=evaluation, channel=part.key, **_columns(part)) for part in figures.channels
    )
    PromoDealerResult.objects.bulk_create(
        (PromoDealerResult(evaluation=evaluation, dealer_id=part.key, **_columns(part)) for part in figures.dealers),
        batch_size=_INSERTS,
    )
    return evaluation


def _columns(part: Part) -> dict[str, Any]:
    return {
        "sales": part.sales,
        "quantity": part.quantity,
        "baseline": part.baseline,
        "expected": part.expected,
        "spend": part.spend,
    }


def _product_records(figures: PromoFigures) -> list[dict[str, Any]]:
    skus = dict(Product.objects.filter(pk__in=[part.key for part in figures.products]).values_list("pk", "sku"))
    return [
        {
            "product": part.key,
            "sku": skus[part.key],
            "sales": format(part.sales, "f"),
            "quantity": part.quantity,
            "baseline": format(part.baseline, "f"),
            "expected": format(part.expected, "f"),
        }
        for part in figures.products
    ]


def _essence(evaluation: PromoEvaluation) -> dict[str, Any]:
    """What the audit trail keeps of a judgement."""
    rates = {name: getattr(evaluation, name) for name in ("uplift_rate", "return_rate")}
    return {
        "version": evaluation.version,
        "sales": format(evaluation.sales, "f"),
        "expected": format(evaluation.expected, "f"),
        "spend": format(evaluation.spend, "f"),
        **{name: None if rate is None else format(rate, "f") for name, rate in rates.items()},
        "recommendation": evaluation.recommendation,
        "lessons": evaluation.lessons,
    }
