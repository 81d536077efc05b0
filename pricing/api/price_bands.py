"""Which price band applies, and why that one."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dealers.api.access import ScopeOrCapability
from dealers.api.serializers import QuerySerializer
from dealers.errors import NotFound
from dealers.foundation import clock
from dealers.models import Product, Region
from dealers.selectors.visibility import visible_dealers
from pricing.choices import BandScope, Enforcement
from pricing.selectors.applying_promos import applying_promos
from pricing.selectors.band_lookup import BandAnswer, Candidate, band_for

_LEVELS = {
    "city": _("the city itself"),
    "province": _("its province"),
    "city_tier": _("cities of its tier"),
    "national": _("the whole country"),
}


class PriceBandQuerySerializer(QuerySerializer):
    sku = serializers.CharField(max_length=64)
    region = serializers.CharField(max_length=32, help_text="Code of a city or province.")
    on = serializers.DateField(required=False, help_text="Today when left out.")
    dealer = serializers.CharField(
        max_length=32,
        required=False,
        help_text="For HQ: whose promotions to name; whichever dealer's when left out. A dealer asks for itself.",
    )


class BandCandidateSerializer(serializers.Serializer[Any]):
    """A band the region could fall under. Both ends are allowed prices."""

    id = serializers.IntegerField()
    level = serializers.ChoiceField(choices=["city", "province", "city_tier", "national"])
    place = serializers.CharField(help_text="Region code or city tier; empty for the whole country.")
    floor = serializers.DecimalField(max_digits=18, decimal_places=6)
    ceiling = serializers.DecimalField(max_digits=18, decimal_places=6)
    enforcement = serializers.ChoiceField(choices=Enforcement.choices)
    floor_enforced = serializers.BooleanField(help_text="False without a legal basis in force on the day.")
    legal_basis = serializers.CharField(allow_null=True)
    legal_basis_until = serializers.DateField(allow_null=True)
    valid_from = serializers.DateField(allow_null=True)
    valid_to = serializers.DateField(allow_null=True, help_text="The first day no longer covered.")
    outcome = serializers.ChoiceField(choices=["decides", "less_specific", "not_in_force"])


class ApplyingPromoSerializer(serializers.Serializer[Any]):
    """An approved promotion that allows a price below the floor; the sale must come after its approval."""

    code = serializers.CharField()
    promo_price = serializers.DecimalField(max_digits=18, decimal_places=6)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="The first day no longer covered.")
    approved_at = serializers.DateTimeField()


class PriceBandAnswerSerializer(serializers.Serializer[Any]):
    """The band that counts, why it does, and every other candidate; `band` is null when there is none."""

    sku = serializers.CharField()
    region = serializers.CharField()
    on = serializers.DateField()
    band = BandCandidateSerializer(allow_null=True)
    why = serializers.CharField()
    candidates = BandCandidateSerializer(many=True)
    promos = ApplyingPromoSerializer(many=True)


class PriceBands(APIView):
    permission_classes = [ScopeOrCapability]
    access = {"GET": ("prices:read", "catalogue.view")}
    may_not_find = True

    @extend_schema(
        operation_id="find_price_band",
        summary="Which price band applies, and why",
        description="The most specific band in force on the day counts: the city itself, its province, the tier of the "
        "city, the whole country.",
        tags=["prices"],
        parameters=[PriceBandQuerySerializer],
        responses={200: PriceBandAnswerSerializer},
    )
    def get(self, request: Request) -> Response:
        query = PriceBandQuerySerializer.read(request)
        product = Product.objects.filter(sku=query["sku"]).first()
        if product is None:
            raise NotFound(what="SKU", key=query["sku"])
        region = Region.objects.filter(code=query["region"]).first()
        if region is None:
            raise NotFound(what=_("region"), key=query["region"])
        on = query.get("on") or clock.business_day(clock.now())
        answer = band_for(product=product, region=region, on=on)
        dealer_id = _dealer_asked_for(request, query.get("dealer"))
        body = {
            "sku": product.sku,
            "region": region.code,
            "on": on,
            "band": None if answer.deciding is None else _shown(answer.deciding),
            "why": _why(answer),
            "candidates": [_shown(candidate) for candidate in answer.candidates],
            "promos": [
                {
                    "code": item.request.code,
                    "promo_price": item.promo_price,
                    "starts_on": item.request.starts_on,
                    "ends_on": item.request.ends_on,
                    "approved_at": item.request.approved_at,
                }
                for item in applying_promos(product=product, region=region, on=on, dealer_id=dealer_id)
            ],
        }
        return Response(PriceBandAnswerSerializer(body).data)


def _dealer_asked_for(request: Request, code: str | None) -> int | None:
    """A dealer asks for itself, whatever it names; HQ for a dealer in sight, or for whichever."""
    user: Any = request.user
    if user.dealer_id is not None:
        return int(user.dealer_id)
    if not code:
        return None
    dealer = visible_dealers(user).filter(code=code).first()
    if dealer is None:
        raise NotFound(what=_("dealer"), key=code)
    return int(dealer.pk)


def _why(answer: BandAnswer) -> str:
    if answer.deciding is None:
        return gettext("No band covers this product here on this day; a sale is not held against anyone.")
    others = sum(candidate.outcome == "less_specific" for candidate in answer.candidates)
    level = _LEVELS[answer.deciding.level]
    if others:
        return gettext("It is for %(level)s, more specific than %(others)s other band(s) in force.") % {
            "level": level,
            "others": others,
        }
    return gettext("It is for %(level)s, and no other band is in force here on this day.") % {"level": level}


def _shown(candidate: Candidate) -> dict[str, Any]:
    band = candidate.row
    basis = band.legal_basis
    place = {BandScope.NATIONAL: "", BandScope.CITY_TIER: str(band.city_tier)}.get(BandScope(band.scope))
    return {
        "id": band.pk,
        "level": candidate.level,
        "place": place if place is not None else band.region.code if band.region else "",
        "floor": band.floor,
        "ceiling": band.ceiling,
        "enforcement": band.enforcement,
        "floor_enforced": candidate.floor_enforced,
        "legal_basis": None if basis is None else basis.reference,
        "legal_basis_until": None if basis is None else basis.valid_until,
        "valid_from": band.valid.lower,
        "valid_to": band.valid.upper,
        "outcome": candidate.outcome,
    }
