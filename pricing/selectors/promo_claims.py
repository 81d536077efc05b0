"""What requests lay claim to: for routing, and for seeing conflicts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch

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
class Contender:
    """A claim on products at promo prices; ``claim.skus`` may be only those that are asked about.

    ``applicant_id`` is None for headquarters' own, and ``request_id`` while it is not saved. ``open_plan`` marks what
    headquarters plans and has not approved: no dealer is told of it.
    """

    claim: Claim
    applicant_id: int | None
    request_id: int | None
    prices: Mapping[str, Decimal]
    open_plan: bool = False


def claim_of(request: PromoRequest, tree: RegionTree) -> Claim:
    """The claim of a request loaded with its items and regions."""
    return Claim(
        code=request.code,
        applicant=_applicant(request.applicant_id),
        skus=frozenset(item.product.sku for item in request.items.all()),
        regions=tree.covered_by(region.code for region in request.regions.all()),
        starts_on=request.starts_on,
        ends_on=request.ends_on,
        budget=request.budget,
    )


def claims_of_applicant(request: PromoRequest, tree: RegionTree) -> list[Claim]:
    """The claims the request's applicant holds beside this one. Three queries."""
    others = PromoRequest.objects.filter(applicant=request.applicant_id, state__in=CLAIMING).exclude(pk=request.pk)
    items = PromoItem.objects.select_related("product").only("request_id", "promo_price", "product__sku")
    loaded = others.prefetch_related(Prefetch("items", items), "regions").order_by("code")
    return [claim_of(other, tree) for other in loaded]


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
    others = _contenders(skus, first, last, tree)
    met = [(mine, _met(mine, others, for_dealer=for_dealer)) for mine in (_contender(one, tree) for one in requests)]
    named = _named_dealers(one for mine, found in met if found for one in (mine, *found))
    return {
        request.pk: _rivals(mine, found, _dealers(mine, named), named)
        for request, (mine, found) in zip(requests, met, strict=True)
    }


def rivals_of_content(
    content: PromoContent, tree: RegionTree, *, code: str, applicant_id: int | None, dealers: Iterable[int] = ()
) -> list[Rival]:
    """The same for a request that is still being written; ``code`` is its number once it is saved."""
    claim = Claim(
        code=code,
        applicant=_applicant(applicant_id),
        skus=frozenset(item.sku for item in content.items),
        regions=tree.covered_by(content.regions),
        starts_on=content.starts_on,
        ends_on=content.ends_on,
        budget=content.budget,
    )
    mine = Contender(claim, applicant_id, None, {item.sku: item.price for item in content.items})
    others = _contenders(claim.skus, content.starts_on, content.ends_on, tree)
    found = _met(mine, others, for_dealer=applicant_id is not None)
    own = frozenset(dealers) if applicant_id is None else frozenset({applicant_id})
    return _rivals(mine, found, own, _named_dealers(found))


def _contender(request: PromoRequest, tree: RegionTree) -> Contender:
    prices = {item.product.sku: item.promo_price for item in request.items.all()}
    return Contender(claim_of(request, tree), request.applicant_id, request.pk, prices)


def _contenders(skus: Collection[str], first: date, last: date, tree: RegionTree) -> list[Contender]:
    """What lays claim to any of these products in the window, as bare rows: there may be hundreds. Three queries."""
    claiming = PromoRequest.objects.filter(state__in=CLAIMING, window__overlap=(first, last))
    prices: dict[int, dict[str, Decimal]] = {}
    items = PromoItem.objects.filter(product__sku__in=skus, request__in=claiming.values("pk"))
    for request_id, sku, price in items.values_list("request_id", "product__sku", "promo_price"):
        prices.setdefault(request_id, {})[sku] = price
    places: dict[int, list[str]] = {}
    for request_id, code in PromoRequest.regions.through.objects.filter(promorequest__in=prices.keys()).values_list(
        "promorequest_id", "region__code"
    ):
        places.setdefault(request_id, []).append(code)
    heads = PromoRequest.objects.filter(pk__in=prices.keys()).order_by("code")
    return [
        Contender(
            Claim(
                code=code,
                applicant=_applicant(applicant_id),
                skus=frozenset(prices[request_id]),
                regions=tree.covered_by(places.get(request_id, ())),
                starts_on=starts_on,
                ends_on=ends_on,
                budget=budget,
            ),
            applicant_id,
            request_id,
            prices[request_id],
            open_plan=applicant_id is None and state not in STANDING_PROMO_STATES,
        )
        for request_id, code, applicant_id, state, starts_on, ends_on, budget in heads.values_list(
            "pk", "code", "applicant_id", "state", "window__startswith", "window__endswith", "budget"
        )
    ]


def _met(mine: Contender, others: Iterable[Contender], *, for_dealer: bool) -> list[Contender]:
    """Those that share product, place and days with it, whoever the dealers are."""
    return [
        other
        for other in others
        if other.claim.code != mine.claim.code
        and not (for_dealer and other.open_plan)
        and not mine.claim.skus.isdisjoint(other.claim.skus)
        and mine.claim.starts_on < other.claim.ends_on
        and other.claim.starts_on < mine.claim.ends_on
        and share_a_place(mine.claim.regions, other.claim.regions)
    ]


def _named_dealers(contenders: Iterable[Contender]) -> dict[int, set[int]]:
    """The dealers that headquarters' requests name, by request. One query, and only for requests that meet others."""
    ours = {one.request_id for one in contenders if one.applicant_id is None and one.request_id is not None}
    named: dict[int, set[int]] = {}
    rows = PromoRequest.dealers.through.objects.filter(promorequest__in=ours)
    for request_id, dealer_id in rows.values_list("promorequest_id", "dealer_id"):
        named.setdefault(request_id, set()).add(dealer_id)
    return named


def _dealers(contender: Contender, named: Mapping[int, Set[int]]) -> Set[int]:
    """Who takes part; nobody named means everybody."""
    if contender.applicant_id is not None:
        return frozenset({contender.applicant_id})
    return named.get(contender.request_id or 0, frozenset())


def _rivals(mine: Contender, met: Iterable[Contender], dealers: Set[int], named: Mapping[int, Set[int]]) -> list[Rival]:
    rivals = []
    for other in met:
        theirs = _dealers(other, named)
        if not dealers or not theirs or not dealers.isdisjoint(theirs):
            same = mine.claim.applicant == other.claim.applicant
            shared = sorted(mine.claim.skus & other.claim.skus)
            differing = [sku for sku in shared if mine.prices.get(sku) != other.prices.get(sku)]
            rivals.append(Rival(other.claim.code, same, tuple(shared), tuple(differing)))
    return rivals


def _applicant(applicant_id: int | None) -> str:
    return HQ if applicant_id is None else str(applicant_id)
