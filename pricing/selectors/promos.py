"""Promotion requests: which a person may see, and which wait for whom."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from dealers.choices import Role
from dealers.foundation import clock
from dealers.selectors.visibility import dealers_in_regions, regions_of
from pricing.choices import STANDING_PROMO_STATES, Authority, PromoState
from pricing.errors import PromoNotFound
from pricing.models import PromoAttachment, PromoItem, PromoMinutes, PromoRequest, PromoStep, PromoSubmission, PromoVote
from pricing.permissions import can
from pricing.rules.promo_duties import holds
from pricing.selectors.promo_delegations import person_on

IN_REVIEW_STATES = (PromoState.LEGAL_REVIEW, PromoState.BUDGET_REVIEW)


def visible_promos(user: Any) -> QuerySet[PromoRequest]:
    """The requests ``user`` may see; the only way to one for a person or a key.

    A dealer sees its own. HQ sees every request that has left its dealer's desk; a channel manager those of dealers
    in, or for products sold in, its own regions, and those it drafted.
    """
    requests = PromoRequest.objects.filter(deleted_at=None)
    if not getattr(user, "is_authenticated", False):
        return requests.none()
    if user.dealer_id is not None:
        return requests.filter(applicant=user.dealer_id)
    handed_in = Q(applicant=None) | ~Q(state=PromoState.DRAFT)
    if getattr(user, "is_hq_system", False):
        return requests.filter(handed_in)
    if not can(user, "promos.view"):
        return requests.none()
    if user.role != Role.CHANNEL_MANAGER:
        return requests.filter(handed_in)
    return requests.filter(handed_in & (_in_regions_of(user) | Q(created_by=user)))


def promos_open_to(dealer_id: int) -> QuerySet[PromoRequest]:
    """HQ's approved promotions in which the dealer takes part: what it may sell at, not how it was decided."""
    named = PromoRequest.dealers.through.objects.filter(promorequest=OuterRef("pk"))
    return PromoRequest.objects.filter(
        Q(applicant=None), Q(state__in=STANDING_PROMO_STATES), ~Exists(named) | Q(dealers=dealer_id)
    )


def promo_by_code(user: Any, code: str) -> PromoRequest:
    """The request with that number. Raises :class:`~pricing.errors.PromoNotFound` also for one not to be seen."""
    request = with_parts(visible_promos(user)).filter(code=code).first()
    if request is None:
        raise PromoNotFound(key=code)
    return request


def with_parts(requests: QuerySet[PromoRequest]) -> QuerySet[PromoRequest]:
    """With everything a page shows, in a number of queries that does not depend on the number of requests."""
    steps = PromoStep.objects.select_related("decided_by", "on_behalf_of").prefetch_related(
        Prefetch("votes", PromoVote.objects.select_related("voter").order_by("pk")),
        Prefetch("minutes", PromoMinutes.objects.select_related("written_by", "file").order_by("number")),
        "remarks",
        "escalations",
    )
    return requests.select_related("applicant", "created_by", "submitted_by").prefetch_related(
        Prefetch("items", PromoItem.objects.select_related("product").order_by("product__sku")),
        "regions",
        "dealers",
        "goals",
        Prefetch("attachments", PromoAttachment.objects.select_related("file").order_by("pk")),
        Prefetch("submissions", PromoSubmission.objects.order_by("number").prefetch_related(Prefetch("steps", steps))),
    )


def with_row_parts(requests: QuerySet[PromoRequest]) -> QuerySet[PromoRequest]:
    """With what a line of a list and its checks need, and no more: a page of them is read at every look at a list."""
    items = PromoItem.objects.select_related("product").only(
        "request_id", "promo_price", "product__sku", "product__name_zh", "product__name_en"
    )
    steps = PromoStep.objects.defer("routing", "reason")
    submissions = PromoSubmission.objects.only("request_id", "number").order_by("number")
    return (
        requests.select_related("applicant")
        .defer("goal", "other_party")
        .prefetch_related(
            Prefetch("items", items.order_by("product__sku")),
            "regions",
            Prefetch("submissions", submissions.prefetch_related(Prefetch("steps", steps))),
        )
    )


def waiting_for(user: Any, *, on: date | None = None) -> Q:
    """The requests whose present step ``user`` can decide or vote on, today unless another day is named.

    Those of somebody it stands in for are among them, unless that person has a part in them.
    """
    if not can(user, "promos.decide"):
        return Q(pk=None)
    person = person_on(user, on or clock.business_day(clock.now()))
    waiting = _steps_of(person.role, user.pk)
    for absent in person.stands_in_for:
        lent = Q(_steps_of(absent.role, absent.id, lent=True), _without_part_of(absent.id))
        waiting = Q(waiting, lent, _connector=Q.OR)
    return Q(waiting, _without_part_of(user.pk), state__in=IN_REVIEW_STATES)


def _steps_of(role: str, person: int, *, lent: bool = False) -> Q:
    """Requests whose open step an office decides, and on which that person has not voted."""
    authorities = [
        authority
        for authority in Authority
        if holds(role, authority) and not (lent and authority == Authority.GM_OFFICE_MEETING)
    ]
    if not authorities:
        return Q(pk=None)
    steps = PromoStep.objects.filter(decision="", authority__in=authorities)
    if Authority.GM_OFFICE_MEETING in authorities:
        steps = steps.exclude(votes__voter=person)
    return Q(pk__in=steps.values("submission__request"))


def _without_part_of(person: int) -> Q:
    """Requests that person neither drafted nor handed in, nor, once at the budget, passed as legal."""
    passed_legal = PromoStep.objects.filter(
        Q(decided_by=person) | Q(on_behalf_of=person),
        submission__request=OuterRef("pk"),
        kind="legal",
        decision="approve",
    )
    proposed = Q(created_by__isnull=False, created_by=person) | Q(submitted_by__isnull=False, submitted_by=person)
    return ~proposed & ~Q(Exists(passed_legal), state=PromoState.BUDGET_REVIEW)


def promos_waiting_for(user: Any) -> int:
    """How many requests wait for ``user``; the count beside the entry of the side bar. Two queries."""
    return visible_promos(user).filter(waiting_for(user)).count()


def _in_regions_of(manager: Any) -> Q:
    """Of dealers in a manager's regions, or for places in, around or above them, or by headquarters for everywhere."""
    named = PromoRequest.regions.through.objects
    here = Q(region__in=regions_of(manager)) | Q(region__cities__in=manager.regions.values("pk"))
    everywhere = Q(~Exists(named.filter(promorequest=OuterRef("pk"))), applicant=None)
    return Q(
        Q(applicant__in=dealers_in_regions(manager)),
        Q(pk__in=named.filter(here).values("promorequest")),
        everywhere,
        _connector=Q.OR,
    )
