"""Promotion requests: which a person may see, and which wait for whom."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from dealers.choices import Role
from dealers.selectors.visibility import dealers_in_regions
from pricing.choices import STANDING_PROMO_STATES, Authority, PromoState
from pricing.errors import PromoNotFound
from pricing.models import PromoItem, PromoRequest, PromoStep, PromoSubmission, PromoVote
from pricing.permissions import can
from pricing.rules.promo_duties import holds

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
    return requests.filter(handed_in & (Q(pk__in=_in_regions_of(user)) | Q(created_by=user)))


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
    steps = PromoStep.objects.select_related("decided_by").prefetch_related(
        Prefetch("votes", PromoVote.objects.select_related("voter").order_by("pk"))
    )
    return requests.select_related("applicant", "created_by", "submitted_by").prefetch_related(
        Prefetch("items", PromoItem.objects.select_related("product").order_by("product__sku")),
        "regions",
        "dealers",
        "goals",
        Prefetch("submissions", PromoSubmission.objects.order_by("number").prefetch_related(Prefetch("steps", steps))),
    )


def waiting_for(user: Any) -> Q:
    """The requests whose present step ``user`` can decide or vote on now."""
    if getattr(user, "role", None) is None:
        return Q(pk=None)
    authorities = [authority for authority in Authority if holds(user.role, authority)]
    if not authorities:
        return Q(pk=None)
    open_step = PromoStep.objects.filter(
        submission__request=OuterRef("pk"), decision="", authority__in=authorities
    ).exclude(votes__voter=user)
    own_legal_decision = PromoStep.objects.filter(
        submission__request=OuterRef("pk"), kind="legal", decision="approve", decided_by=user
    )
    mine_to_decide = Q(Exists(open_step), state__in=IN_REVIEW_STATES)
    if user.role != Role.LEGAL_REVIEWER:
        mine_to_decide &= Q(~Exists(own_legal_decision))
    return mine_to_decide & ~Q(created_by=user) & ~(Q(submitted_by__isnull=False) & Q(submitted_by=user))


def promos_waiting_for(user: Any) -> int:
    """How many requests wait for ``user``; the count beside the entry of the side bar. One query."""
    return visible_promos(user).filter(waiting_for(user)).count()


def _in_regions_of(manager: Any) -> QuerySet[PromoRequest, Any]:
    regions = manager.regions.values("pk")
    somewhere_named = PromoRequest.regions.through.objects.filter(promorequest=OuterRef("pk"))
    for_dealers = Q(applicant__in=dealers_in_regions(manager))
    for_places = Q(regions__in=regions) | Q(regions__parent__in=regions) | Q(regions__cities__in=regions)
    everywhere = Q(applicant=None) & ~Exists(somewhere_named)
    return PromoRequest.objects.filter(for_dealers | for_places | everywhere).values("pk")
