"""What people decide about an observation: whose it is, which product, dismissed, handed over."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dealers.errors import NotFound
from dealers.models import Dealer, Product, User
from dealers.selectors.visibility import visible_dealers
from dealers.services.audit import record_audit
from pricing import permissions
from pricing.choices import ObservationState
from pricing.errors import ObservationNotFound, ObservationStateRefused, UnexplainedDecision
from pricing.models import MarketObservation, SellerAlias
from pricing.selectors.observations import visible_observations
from pricing.selectors.standing_facts import standing_facts
from pricing.services.observations.matching import match_again, put_comparison


@transaction.atomic
def confirm_seller(*, observation_id: int, dealer_code: str, reason: str, actor: User, at: datetime) -> Dealer:
    """Confirm that the seller (and the shop, if its address is known) is a dealer, and match all it sold again.

    Known as nobody so far, it is the dealer's for all time; known as another dealer, from the day of this sighting
    on. Raises :class:`ObservationNotFound`, :class:`UnexplainedDecision` or :class:`~dealers.errors.NotFound`.
    """
    observation = locked_observation(observation_id=observation_id, actor=actor)
    dealer = visible_dealers(actor).filter(code=dealer_code).first()
    if dealer is None:
        raise NotFound(what=_("dealer"), key=dealer_code)
    if not reason.strip():
        raise UnexplainedDecision
    shown = {observation.seller_key: observation.seller, observation.shop_key: observation.shop_link}
    for key, words in shown.items():
        if key:
            _learn(key, words, dealer, observation.seen_on, actor, at)
    keys = [key for key in shown if key]
    undecided = MarketObservation.objects.exclude(state=ObservationState.HANDED_OVER)
    rows = undecided.filter(seller_key__in=keys) | undecided.filter(shop_key__in=keys)
    changed = match_again(rows.select_for_update(), at=at)
    record_audit(
        actor=actor,
        action="seller.confirm",
        subject=observation,
        at=at,
        reason=reason.strip(),
        after={"seller": observation.seller, "keys": keys, "dealer": dealer.code, "observations": changed},
    )
    return dealer


def _learn(key: str, shown: str, dealer: Dealer, day: date, actor: User, at: datetime) -> None:
    standing = SellerAlias.objects.select_for_update().filter(key=key)
    covering = standing.filter(valid__contains=day).first()
    if covering is not None and covering.dealer_id == dealer.pk:
        return
    upper = None
    lower: date | None = None
    if standing.exists():
        lower = day
        following = standing.filter(valid__startswith__gt=day).order_by("valid").first()
        upper = following.valid.lower if following else None
    if covering is not None:
        if covering.valid.lower == day:  # the very first day was mistaken
            covering.dealer, covering.confirmed_by, covering.confirmed_at = dealer, actor, at
            covering.save(update_fields=["dealer", "confirmed_by", "confirmed_at"])
            return
        covering.valid = (covering.valid.lower, day)
        covering.save(update_fields=["valid"])
    SellerAlias.objects.create(
        key=key, shown=shown[:500], dealer=dealer, valid=(lower, upper), confirmed_at=at, confirmed_by=actor
    )


@transaction.atomic
def name_product(*, observation_id: int, sku: str, actor: User, at: datetime) -> MarketObservation:
    """Say which product an observation is of, and compare its price."""
    observation = locked_observation(observation_id=observation_id, actor=actor)
    product = Product.objects.filter(sku=sku).first()
    if product is None:
        raise NotFound(what="SKU", key=sku)
    before = observation.product.sku if observation.product else None
    observation.product = product
    put_comparison(observation, standing_facts(), at)
    observation.save(
        update_fields=["product", "verdict", "band", "promo_item", "gap", "holds", "compared_at"],
    )
    record_audit(
        actor=actor,
        action="observation.match_product",
        subject=observation,
        at=at,
        before={"sku": before},
        after={"sku": product.sku, "verdict": observation.verdict, "gap": observation.gap},
    )
    return observation


@transaction.atomic
def dismiss(*, observation_id: int, reason: str, actor: User, at: datetime) -> MarketObservation:
    """Decide that nothing follows from an observation."""
    observation = locked_observation(observation_id=observation_id, actor=actor)
    return _decide(observation, ObservationState.DISMISSED, "observation.dismiss", reason, actor, at)


def record_hand_over(
    *, observation: MarketObservation, case_number: str, reason: str, actor: User, at: datetime
) -> MarketObservation:
    """Note that an observation, locked by the caller, was handed over to a case."""
    observation.case_number = case_number
    return _decide(observation, ObservationState.HANDED_OVER, "observation.hand_over", reason, actor, at)


def locked_observation(*, observation_id: int, actor: User, handed_over: bool = False) -> MarketObservation:
    """The observation, locked until the transaction ends, if the actor may decide about it and nobody has.

    ``handed_over`` also gives one that was handed over already. Raises :class:`~dealers.errors.NotPermitted`,
    :class:`ObservationNotFound` or :class:`ObservationStateRefused`.
    """
    permissions.require(actor, "observations.match")
    if not visible_observations(actor).filter(pk=observation_id).exists():
        raise ObservationNotFound(key=observation_id)
    locked = MarketObservation.objects.select_for_update(of=("self",)).select_related("dealer", "product", "picture")
    observation = locked.get(pk=observation_id)
    open_states = {ObservationState.RECORDED, *([ObservationState.HANDED_OVER] if handed_over else [])}
    if observation.state not in open_states:
        raise ObservationStateRefused(state=ObservationState(observation.state).label)
    return observation


def _decide(
    observation: MarketObservation, state: ObservationState, action: str, reason: str, actor: User, at: datetime
) -> MarketObservation:
    if not reason.strip():
        raise UnexplainedDecision
    before = {"state": observation.state}
    observation.state = state
    observation.reason, observation.decided_at, observation.decided_by = reason.strip(), at, actor
    observation.save(update_fields=["state", "reason", "decided_at", "decided_by", "case_number"])
    record_audit(
        actor=actor,
        action=action,
        subject=observation,
        at=at,
        reason=observation.reason,
        before=before,
        after={"state": state, "case": observation.case_number},
    )
    return observation
