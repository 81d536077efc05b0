"""Who acts on a request, and whether it is theirs to change."""

from __future__ import annotations

from dealers.errors import NotPermitted
from dealers.models import ApiKey, User
from dealers.principals import MachineClient
from pricing.choices import PromoState
from pricing.errors import PromoNotFound, PromoStateRefused
from pricing.models import PromoRequest
from pricing.permissions import can
from pricing.rules.promo_flow import PROMO_LIFE, PromoAct
from pricing.selectors.promos import visible_promos

#: A person, or the holder of a dealer's API key.
Actor = User | MachineClient


def audit_actor(actor: Actor) -> User | ApiKey:
    """The actor as the audit trail names it."""
    return actor.key if isinstance(actor, MachineClient) else actor


def person_of(actor: Actor) -> User | None:
    """The person acting; None for a machine."""
    return None if isinstance(actor, MachineClient) else actor


def label_of(actor: Actor) -> str:
    """The name kept with submissions."""
    return actor.label if isinstance(actor, MachineClient) else actor.get_username()


def locked_promo(actor: Actor, code: str) -> PromoRequest:
    """The request, if the actor may see it, locked until the transaction ends.

    Locking the request is the one lock of its whole life: steps, votes and submissions change only under it.
    Raises :class:`~pricing.errors.PromoNotFound`.
    """
    pk = visible_promos(actor).filter(code=code).values_list("pk", flat=True).first()
    if pk is None:
        raise PromoNotFound(key=code)
    return PromoRequest.objects.select_for_update().get(pk=pk)


def move(request: PromoRequest, act: PromoAct) -> None:
    """Bring the request into the state ``act`` leads to. Raises :class:`~pricing.errors.PromoStateRefused`."""
    if not PROMO_LIFE.allows(request.state, act):
        raise PromoStateRefused(code=request.code, state=PromoState(request.state).label)
    request.state = PROMO_LIFE.next(request.state, act)


def require_applicant_side(actor: Actor, request: PromoRequest) -> None:
    """The request is the actor's dealer's, or HQ's and the actor one of those who may ask for HQ.

    At HQ, whoever may decide budgets changes only requests of their own drafting: touching another's request would
    make them its proposer unseen. Raises :class:`~dealers.errors.NotPermitted`.
    """
    if actor.dealer_id is not None:
        if request.applicant_id != actor.dealer_id or not may_request_for_dealer(actor):
            raise NotPermitted
        return
    if request.applicant_id is not None or not can(actor, "promos.request_for_hq"):
        raise NotPermitted
    if can(actor, "promos.decide_budget") and request.created_by_id != actor.pk:
        raise NotPermitted


def may_request_for_dealer(actor: Actor) -> bool:
    """Whether the actor asks in its dealer's name; what a key may do is its scopes', asked at the door."""
    return isinstance(actor, MachineClient) or can(actor, "promos.request_for_dealer")
