"""The form by which somebody records a seen price; made for a phone in a shop."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dealers.foundation import clock
from dealers.foundation.clock import BUSINESS_ZONE
from dealers.foundation.file_kinds import PICTURES
from dealers.models import Product, Region
from dealers.services.files import LARGEST_FILE, endings_of
from pricing.rules.sellers import is_web_address
from pricing.services.observations.recording import Seen

_MOMENT = "%Y-%m-%dT%H:%M"


class ObservationForm(forms.Form):
    """What was seen. The product is named by SKU or GTIN, else as it was shown; somebody will find it later."""

    picture = forms.FileField(label=gettext_lazy("Picture"), required=False, max_length=255)
    seller = forms.CharField(label=gettext_lazy("Seller"), max_length=200)
    price = forms.DecimalField(
        label=gettext_lazy("Shown price"), min_value=Decimal("0.01"), max_digits=14, decimal_places=2
    )
    product = forms.CharField(
        label=gettext_lazy("Product"),
        max_length=200,
        help_text=gettext_lazy("SKU, GTIN, or the name as shown."),
        widget=forms.TextInput(attrs={"list": "products", "autocomplete": "off"}),
    )
    seen_at = forms.DateTimeField(
        label=gettext_lazy("Seen at"),
        input_formats=[_MOMENT],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT),
    )
    platform = forms.CharField(
        label=gettext_lazy("Platform"),
        max_length=64,
        required=False,
        help_text=gettext_lazy("For example Taobao, JD, Pinduoduo; empty for a shop on the street."),
    )
    shop = forms.CharField(label=gettext_lazy("Shop"), max_length=200, required=False)
    link = forms.CharField(label=gettext_lazy("Link"), max_length=1000, required=False)
    shop_link = forms.CharField(label=gettext_lazy("Address of the shop"), max_length=500, required=False)
    region = forms.ModelChoiceField(Region.objects.none(), label=gettext_lazy("Region"), required=False)
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        picture = self.fields["picture"]
        picture.help_text = _("%(kinds)s, at most %(most)s MB.") % {
            "kinds": endings_of(PICTURES),
            "most": LARGEST_FILE >> 20,
        }
        picture.widget.attrs.update({"accept": "image/*", "capture": "environment"})
        region: Any = self.fields["region"]
        region.queryset = Region.objects.select_related("parent").order_by("parent__code", "code")
        region.label_from_instance = _place
        self.fields["seen_at"].initial = clock.now().astimezone(BUSINESS_ZONE).strftime(_MOMENT)

    def clean_seen_at(self) -> Any:
        seen_at = self.cleaned_data["seen_at"].replace(tzinfo=BUSINESS_ZONE)
        if seen_at > clock.now():
            raise forms.ValidationError(_("This lies in the future; check the date."))
        return seen_at

    def clean_link(self) -> str:
        return self._web_address("link")

    def clean_shop_link(self) -> str:
        return self._web_address("shop_link")

    def seen(self) -> Seen:
        """The sighting; what was typed as the product is a SKU, a GTIN, or a name."""
        given = self.cleaned_data
        named = given["product"].strip()
        sku = named if Product.objects.filter(sku=named).exists() else ""
        gtin = named if not sku and named.isdecimal() and 8 <= len(named) <= 14 else ""
        return Seen(
            seen_at=given["seen_at"],
            seller=given["seller"].strip(),
            price=given["price"],
            platform=given["platform"].strip(),
            shop=given["shop"].strip(),
            shop_link=given["shop_link"],
            link=given["link"],
            region=given["region"],
            sku=sku,
            gtin=gtin,
            product="" if sku or gtin else named,
            note=given["note"].strip(),
        )

    def _web_address(self, name: str) -> str:
        value = str(self.cleaned_data[name]).strip()
        if value and not is_web_address(value):
            raise forms.ValidationError(_("Not a link; write it like https://shop.example/item."))
        return value


def _place(region: Region) -> str:
    return f"{region.parent.name} · {region.name}" if region.parent else region.name
