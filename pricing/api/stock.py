"""A dealer's stock by product, with its layers and hints; and for HQ what the stock check found."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dealers.api.access import ScopeOrCapability
from dealers.api.serializers import QuerySerializer
from dealers.errors import NotFound
from dealers.foundation import clock
from dealers.models import Dealer, Product
from dealers.selectors.stock_layers import LayeredStock, layered_stock
from dealers.selectors.visibility import visible_dealers
from pricing.choices import StockCode, StockHint
from pricing.models import StockFinding
from pricing.selectors.stock_findings import visible_stock_findings
from pricing.selectors.stock_roll import comparison
from pricing.selectors.stock_shelves import Shelf, shelves_of
from pricing.stock_words import finding_sentence, hint_sentence


class StockQuerySerializer(QuerySerializer):
    dealer = serializers.CharField(max_length=32, required=False, help_text="HQ only; a dealer asks for itself.")
    sku = serializers.CharField(max_length=64, required=False, help_text="One product instead of all.")


class StockLayerSerializer(serializers.Serializer[Any]):
    """Units on hand that came with one shipment line; the newest first."""

    doc_no = serializers.CharField()
    line_no = serializers.IntegerField()
    shipped_at = serializers.DateTimeField(source="at")
    unit_price = serializers.DecimalField(max_digits=18, decimal_places=6)
    units = serializers.IntegerField()


class StockProductSerializer(serializers.Serializer[Any]):
    """`on_hand` is the last count carried on by later sales and declarations; `layers` explain the count itself."""

    sku = serializers.CharField()
    counted_at = serializers.DateTimeField()
    counted = serializers.IntegerField()
    sold_since = serializers.IntegerField()
    changed_since = serializers.IntegerField()
    on_hand = serializers.IntegerField()
    under_way = serializers.IntegerField()
    daily_sales = serializers.DecimalField(max_digits=18, decimal_places=2, allow_null=True)
    known_days = serializers.IntegerField(help_text="Days with reported sales that the average is taken over.")
    days_left = serializers.IntegerField(allow_null=True)
    hint = serializers.ChoiceField(choices=StockHint.choices)
    units = serializers.IntegerField(allow_null=True, help_text="To order, or more than needed; by the hint.")
    said = serializers.CharField()
    layers = StockLayerSerializer(many=True)
    unexplained = serializers.IntegerField(help_text="Counted units that no known shipment brought.")


class StockAnswerSerializer(serializers.Serializer[Any]):
    dealer = serializers.CharField()
    as_of = serializers.DateTimeField()
    products = StockProductSerializer(many=True)


class Stock(APIView):
    permission_classes = [ScopeOrCapability]
    access = {"GET": ("stock:read", "stock.view")}
    may_not_find = True

    @extend_schema(
        operation_id="read_stock",
        summary="Stock by product: on hand, days left, hint, and what it cost",
        description="Every product counted within the last three months. Hints come from the average of recent days "
        "whose sales are reported; seasons are not taken into account.",
        tags=["reports"],
        parameters=[StockQuerySerializer],
        responses={200: StockAnswerSerializer},
    )
    def get(self, request: Request) -> Response:
        query = StockQuerySerializer.read(request)
        dealer = _dealer_asked(request, query.get("dealer", ""))
        products = None
        if "sku" in query:
            products = list(Product.objects.filter(sku=query["sku"]).values_list("pk", flat=True))
            if not products:
                raise NotFound(what="SKU", key=query["sku"])
        at = clock.now()
        terms = comparison(at).terms
        shelves = shelves_of(dealer.pk, terms=terms, at=at, products=products)
        layered = {one.product_id: one for one in layered_stock(at=at, dealers=[dealer.pk], products=products)}
        rows = [
            {**_product(shelf, layered.get(shelf.product_id)), "said": hint_sentence(shelf.cover, terms)}
            for shelf in shelves
        ]
        return Response(StockAnswerSerializer({"dealer": dealer.code, "as_of": at, "products": rows}).data)


def _dealer_asked(request: Request, code: str) -> Dealer:
    caller: Any = request.user
    seen = visible_dealers(caller)
    own = caller.dealer_id is not None and not code
    dealer = seen.filter(pk=caller.dealer_id).first() if own else seen.filter(code=code).first()
    if dealer is None:
        raise NotFound(what=_("dealer"), key=code)
    return dealer


def _product(shelf: Shelf, layered: LayeredStock | None) -> dict[str, Any]:
    return {
        "sku": shelf.sku,
        "counted_at": shelf.counted_at,
        "counted": shelf.counted,
        "sold_since": shelf.sold_since,
        "changed_since": shelf.changed_since,
        "on_hand": shelf.on_hand,
        "under_way": shelf.under_way,
        "daily_sales": shelf.cover.daily,
        "known_days": shelf.cover.known_days,
        "days_left": shelf.cover.days_left,
        "hint": shelf.cover.hint.value,
        "units": shelf.cover.units,
        "layers": layered.layers.layers if layered else (),
        "unexplained": layered.layers.unexplained if layered else 0,
    }


class StockFindingSerializer(serializers.ModelSerializer[StockFinding]):
    """Something that does not add up; `units` is by how many, `said` the sentence with its numbers."""

    dealer = serializers.CharField(source="dealer.code")
    sku = serializers.CharField(source="product.sku")
    code = serializers.ChoiceField(choices=StockCode.choices)
    said = serializers.SerializerMethodField()

    class Meta:
        model = StockFinding
        fields = ("dealer", "sku", "code", "opened_at", "closed_at", "units", "said", "found_at", "cleared_at")

    def get_said(self, finding: StockFinding) -> str:
        return finding_sentence(finding)


class StockFindingFilters(django_filters.FilterSet):
    dealer = django_filters.CharFilter(field_name="dealer__code")
    sku = django_filters.CharFilter(field_name="product__sku")
    code = django_filters.ChoiceFilter(choices=StockCode.choices)
    standing = django_filters.BooleanFilter(field_name="cleared_at", lookup_expr="isnull")

    class Meta:
        model = StockFinding
        fields = ["dealer", "sku", "code", "standing"]


@extend_schema_view(
    get=extend_schema(operation_id="list_stock_findings", summary="What the stock check found", tags=["HQ systems"])
)
class StockFindings(generics.ListAPIView[StockFinding]):
    permission_classes = [ScopeOrCapability]
    access = {"GET": ("stock:read", "stock.view")}
    serializer_class = StockFindingSerializer
    filterset_class = StockFindingFilters

    def get_queryset(self) -> QuerySet[StockFinding]:
        if getattr(self, "swagger_fake_view", False):
            return StockFinding.objects.none()
        return visible_stock_findings(self.request.user).select_related("dealer", "product")
