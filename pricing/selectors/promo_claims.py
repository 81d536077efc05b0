"""What requests lay claim to: for routing, and for seeing conflicts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet

from pricing.models import PromoItem, PromoRequest
from pricing.rules.promo_checks import Rival
from pricing.rules.promo_flow import CLAIMING
from pricing.rules.routing import Claim, share_a_place
from pricing.selectors.promo_places import RegionTree

#: The applicant's name in a claim when HQ itself asks.
HQ = "HQ"


@dataclass(frozen=True, slots=True)
class ClaimOfDealers:
    """A claim with the dealers taking part; none named means all."""

    claim: Claim
    dealers: frozenset[int]


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


def rivals_of(requests: Sequence[PromoRequest], tree: RegionTree) -> dict[int, list[Rival]]:
    """For each request the claims on the same dealer, product, region and days. Four queries for any number."""
    if not requests:
        return {}
    products = {item.product_id for request in requests for item in request.items.all()}
    first = min(request.starts_on for request in requests)
    last = max(request.ends_on for request in requests)
    candidates = PromoRequest.objects.filter(
        Q(state__in=CLAIMING), Q(window__overlap=(first, last)), Q(items__product__in=products)
    ).distinct()
    claims = [_with_dealers(candidate, tree) for candidate in _loaded(candidates).prefetch_related("dealers")]
    return {request.pk: _rivals(_with_dealers(request, tree), claims) for request in requests}


def _loaded(requests: QuerySet[PromoRequest]) -> QuerySet[PromoRequest]:
    return requests.prefetch_related(
        Prefetch("items", PromoItem.objects.select_related("product").only("request_id", "product__sku")), "regions"
    ).order_by("code")


def _with_dealers(request: PromoRequest, tree: RegionTree) -> ClaimOfDealers:
    named = frozenset(dealer.pk for dealer in request.dealers.all())
    own = frozenset({request.applicant_id}) if request.applicant_id is not None else named
    return ClaimOfDealers(claim_of(request, tree), own)


def _rivals(mine: ClaimOfDealers, claims: Iterable[ClaimOfDealers]) -> list[Rival]:
    rivals = []
    for other in claims:
        shared = mine.claim.skus & other.claim.skus
        if (
            other.claim.code != mine.claim.code
            and shared
            and mine.claim.starts_on < other.claim.ends_on
            and other.claim.starts_on < mine.claim.ends_on
            and (not mine.dealers or not other.dealers or mine.dealers & other.dealers)
            and share_a_place(mine.claim.regions, other.claim.regions)
        ):
            same = mine.claim.applicant == other.claim.applicant
            rivals.append(Rival(other.claim.code, same, tuple(sorted(shared))))
    return rivals
