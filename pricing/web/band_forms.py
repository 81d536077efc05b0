"""The form of a price band: the columns of the import, read as strictly."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dealers.choices import CityTier, RegionKind
from dealers.foundation.money import with_cents
from dealers.models import Product, Region, User
from dealers.web.form_fields import DayField, PriceField, day_after
from pricing.choices import BandScope, Enforcement
from pricing.models import LegalBasis, PriceBand
from pricing.permissions import can
from pricing.selectors.band_plans import BandDraft
from pricing.selectors.legal_bases import newest_versions


class BandForm(forms.Form):
    """A band from a day on. The last day is named; the band keeps the day after it."""

    sku = forms.CharField(label="SKU", max_length=64, widget=forms.TextInput(attrs={"list": "products"}))
    scope = forms.ChoiceField(label=gettext_lazy("Applies to"), choices=BandScope.choices)
    region = forms.ChoiceField(
        label=gettext_lazy("Region"),
        required=False,
        help_text=gettext_lazy("For a band of a region; a province covers its cities."),
    )
    city_tier = forms.ChoiceField(
        label=gettext_lazy("City tier"),
        required=False,
        choices=[("", "—"), *CityTier.choices],
        help_text=gettext_lazy("For a band of all cities of a tier."),
    )
    floor = PriceField(label=gettext_lazy("Floor"))
    ceiling = PriceField(label=gettext_lazy("Ceiling"))
    enforcement = forms.ChoiceField(label=gettext_lazy("Enforcement"), choices=Enforcement.choices)
    legal_basis = forms.ModelChoiceField(
        label=gettext_lazy("Legal basis"),
        required=False,
        queryset=LegalBasis.objects.none(),
        help_text=gettext_lazy("Without one in force a floor is shown for information only."),
    )
    valid_from = DayField(label=gettext_lazy("First day"))
    last_day = DayField(
        label=gettext_lazy("Last day"), required=False, help_text=gettext_lazy("Empty: until something follows.")
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2, "class": "full"})
    )

    def __init__(self, *args: Any, user: User, band: PriceBand | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self._band = band
        self.fields["region"].choices = [("", "—"), *regions_kept_by(user)]  # type: ignore[attr-defined]
        bases: forms.ModelChoiceField = self.fields["legal_basis"]  # type: ignore[assignment]
        bases.queryset = offered_bases(band)
        bases.label_from_instance = basis_label  # type: ignore[method-assign, assignment]
        if not can(user, "bands.edit_everywhere"):
            self.fields["scope"].choices = [(BandScope.REGION.value, BandScope.REGION.label)]  # type: ignore[attr-defined]
            del self.fields["city_tier"]
        if band is not None:
            for name in ("sku", "scope", "region", "city_tier"):
                if name in self.fields:
                    self.fields[name].disabled = True

    def clean_sku(self) -> Product:
        sku = self.cleaned_data["sku"].strip()
        product = Product.objects.filter(sku=sku).first()
        if product is None:
            raise forms.ValidationError(_("There is no such product in the catalogue."))
        return product

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        scope = given.get("scope")
        if scope == BandScope.REGION and not given.get("region"):
            self.add_error("region", _("Choose the region."))
        if scope == BandScope.CITY_TIER and not given.get("city_tier"):
            self.add_error("city_tier", _("Choose the city tier."))
        floor, ceiling = given.get("floor"), given.get("ceiling")
        if isinstance(floor, Decimal) and isinstance(ceiling, Decimal) and ceiling < floor:
            self.add_error("ceiling", _("The ceiling lies below the floor."))
        first, last = given.get("valid_from"), given.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day lies before the first."))
        return given

    def draft(self) -> BandDraft:
        """The band of a form found valid."""
        given = self.cleaned_data
        scope = BandScope(given["scope"])
        region = Region.objects.get(code=given["region"]) if scope is BandScope.REGION else None
        return BandDraft(
            product=given["sku"],
            scope=scope,
            region=region,
            city_tier=int(given["city_tier"]) if scope is BandScope.CITY_TIER else None,
            floor=given["floor"],
            ceiling=given["ceiling"],
            enforcement=Enforcement(given["enforcement"]),
            legal_basis=given["legal_basis"],
            valid_from=given["valid_from"],
            valid_to=day_after(given["last_day"]),
        )

    @staticmethod
    def initial_of(band: PriceBand, today: date) -> dict[str, Any]:
        """A standing band as the start of the next one."""
        return {
            "sku": band.product.sku,
            "scope": band.scope,
            "region": band.region.code if band.region else "",
            "city_tier": band.city_tier or "",
            "floor": with_cents(band.floor),
            "ceiling": with_cents(band.ceiling),
            "enforcement": band.enforcement,
            "legal_basis": band.legal_basis_id,
            "valid_from": max(today, band.valid.lower or today),
        }


class EndForm(forms.Form):
    """The first day without a band."""

    on = DayField(label=gettext_lazy("First day without it"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


def basis_label(basis: LegalBasis) -> str:
    """A legal basis in a list to choose from."""
    if basis.valid_until is None:
        return _("%(reference)s, without end") % {"reference": basis.reference}
    last_day = basis.valid_until - timedelta(days=1)
    return _("%(reference)s, until %(day)s") % {"reference": basis.reference, "day": last_day}


def offered_bases(band: PriceBand | None) -> Any:
    """The newest version of each legal basis, and the one a band has now."""
    chosen = newest_versions(LegalBasis.objects.all())
    if band is not None and band.legal_basis_id is not None:
        chosen = chosen | LegalBasis.objects.filter(pk=band.legal_basis_id)
    return chosen.order_by("reference", "-pk")


def regions_kept_by(user: User) -> list[tuple[Any, Any]]:
    """The regions whose bands a person keeps: provinces with their cities."""
    regions = Region.objects.select_related("parent").order_by("code")
    if not can(user, "bands.edit_everywhere"):
        own = user.regions.values("pk")
        regions = regions.filter(pk__in=own) | regions.filter(parent__in=own)
    groups: dict[str, list[tuple[str, str]]] = {}
    for region in regions:
        province = region if region.kind == RegionKind.PROVINCE else region.parent
        groups.setdefault(province.name if province else "", []).append((region.code, region.name))
    return list(groups.items())
