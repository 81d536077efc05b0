"""What requests lay claim to: for routing, and for seeing conflicts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch, Q, QuerySet

from pricing.choices import STANDING_PROMO_STATES
from pricing.models import PromoItem, PromoRequest
from pricing.rules.promo_checks import Rival
from pricing.rules.promo_content import PromoContent
from pricing.rules.promo_flow import CLAIMING
from pricing.rules.routing import Claim, share_a_place
from pricing.selectors.promo_places import RegionTree

#: The applicant's name in a claim when HQ itself asks.
HQ = "HQ"


@dataclass(frozen=True, slots=True)
class ClaimOfDealers:
    """A claim with the dealers taking part, none named means all, and the promo price of each product.

    `open_plan` marks what headquarters plans and has not approved: no dealer is told of it.
    """

    claim: Claim
    dealers: frozenset[int]
    prices: dict[str, Decimal] = field(default_factory=dict)
    open_plan: bool = False


def claim_of(request: PromoRequest, tree: RegionTree) -> Claim:
    """The claim of a request loaded with its items and regions."""
    return Claim(
        code=request.code,
        applicant=HQ if request.applicant_id is None else str(request.applicant_id),
        skus=frozenset(item.product.sku for item in request.items.all()),
        regions=tree.covered_by(region.code for region in request.regions.all()),
        starts_on=request.starts_on,
        ends_on=request.ends_on,
        budget=request.budget,
    )


def claims_of_applicant(request: PromoRequest, tree: RegionTree) -> list[Claim]:
    """The claims the request's applicant holds beside this one. Three queries."""
    others = PromoRequest.objects.filter(applicant=request.applicant_id, state__in=CLAIMING).exclude(pk=request.pk)
    return [claim_of(other, tree) for other in _loaded(others)]


def rivals_of(
    requests: Sequence[PromoRequest], tree: RegionTree, *, for_dealer: bool = False
) -> dict[int, list[Rival]]:
    """For each request the claims on the same dealer, product, region and days. Four queries for any number.

    A dealer is not told what headquarters plans and has not approved.
    """
    if not requests:
        return {}
    skus = {item.product.sku for request in requests for item in request.items.all()}
    first = min(request.starts_on for request in requests)
    last = max(request.ends_on for request in requests)
    claims = _claims_on(skus, first, last, tree)
    return {request.pk: _rivals(_with_dealers(request, tree), claims, for_dealer=for_dealer) for request in requests}


def rivals_of_content(
    content: PromoContent, tree: RegionTree, *, code: str, applicant_id: int | None, dealers: Iterable[int] = ()
) -> list[Rival]:
    """The same for a request that is still being written; ``code`` is its number once it is saved."""
    claim = Claim(
        code=code,
        applicant=HQ if applicant_id is None else str(applicant_id),
        skus=frozenset(item.sku for item in content.items),
        regions=tree.covered_by(content.regions),
        starts_on=content.starts_on,
        ends_on=content.ends_on,
        budget=content.budget,
    )
    mine = ClaimOfDealers(
        claim,
        frozenset(dealers) if applicant_id is None else frozenset({applicant_id}),
        {item.sku: item.price for item in content.items},
    )
    claims = _claims_on(claim.skus, content.starts_on, content.ends_on, tree)
    return _rivals(mine, claims, for_dealer=applicant_id is not None)


def _claims_on(skus: Collection[str], first: date, last: date, tree: RegionTree) -> list[ClaimOfDealers]:
    candidates = PromoRequest.objects.filter(
        Q(state__in=CLAIMING), Q(window__overlap=(first, last)), Q(items__product__sku__in=skus)
    ).distinct()
    return [_with_dealers(candidate, tree) for candidate in _loaded(candidates).prefetch_related("dealers")]


def _loaded(requests: QuerySet[PromoRequest]) -> QuerySet[PromoRequest]:
    return requests.prefetch_related(
        Prefetch(
            "items", PromoItem.objects.select_related("product").only("request_id", "promo_price", "product__sku")
        ),
        "regions",
    ).order_by("code")


def _with_dealers(request: PromoRequest, tree: RegionTree) -> ClaimOfDealers:
    named = frozenset(dealer.pk for dealer in request.dealers.all())
    own = frozenset({request.applicant_id}) if request.applicant_id is not None else named
    return ClaimOfDealers(
        claim_of(request, tree),
        own,
        {item.product.sku: item.promo_price for item in request.items.all()},
        request.applicant_id is None and request.state not in STANDING_PROMO_STATES,
    )


def _rivals(mine: ClaimOfDealers, claims: Iterable[ClaimOfDealers], *, for_dealer: bool) -> list[Rival]:
    rivals = []
    for other in claims:
        shared = mine.claim.skus & other.claim.skus
        if (
            other.claim.code != mine.claim.code
            and not (for_dealer and other.open_plan)
            and shared
            and mine.claim.starts_on < other.claim.ends_on
            and other.claim.starts_on < mine.claim.ends_on
            and (not mine.dealers or not other.dealers or mine.dealers & other.dealers)
            and share_a_place(mine.claim.regions, other.claim.regions)
        ):
            same = mine.claim.applicant == other.claim.applicant
            differing = (sku for sku in shared if mine.prices.get(sku) != other.prices.get(sku))
            rivals.append(Rival(other.claim.code, same, tuple(sorted(shared)), tuple(sorted(differing))))
    return rivals
