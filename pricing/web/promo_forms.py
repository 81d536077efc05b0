"""The form of a promotion request: scalars as a form, products as rows of SKU and price."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from dealers.choices import RegionKind, Tier
from dealers.foundation.findings import Finding
from dealers.foundation.money import parse_decimal
from dealers.foundation.refusals import Refused
from dealers.models import Region, Territory
from pricing.choices import GoalMeasure, PromoKind
from pricing.rules.promo_content import PRICE_PLACES, PromoContent, PromoItemContent, plain
from pricing.rules.promo_goals import Goal

_DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
#: Which control shows a fault of which field of the content.
_CONTROL_OF = {
    "ends_on": "last_on",
    "brand_share": "brand_percent",
    "dealer_share": "dealer_percent",
    "other_share": "other_percent",
}
#: Goals a form shows as percent and a content as a fraction.
_IN_PERCENT = (GoalMeasure.UPLIFT,)


def _percent(label: Any, **given: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=Decimal(0), max_value=Decimal(100), max_digits=7, decimal_places=4, **given
    )


def _target(label: Any, help_text: Any = "") -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        help_text=help_text,
        min_value=Decimal("0.0001"),
        max_digits=18,
        decimal_places=4,
        required=False,
        localize=False,
    )


class PromoForm(forms.Form):
    """What a request says apart from its products. People name the last day, the content the day after it."""

    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=PromoKind.choices)
    starts_on = forms.DateField(label=_("First day"), widget=_DATE)
    last_on = forms.DateField(label=_("Last day"), widget=_DATE)
    budget = forms.DecimalField(
        label=_("Budget (CNY)"), min_value=Decimal(0), max_digits=18, decimal_places=2, localize=False
    )
    brand_percent = _percent(_("Share borne by the brand (%)"), initial=Decimal(100))
    dealer_percent = _percent(
        _("Share borne by the dealers (%)"), required=False, help_text=_("Left empty: what the others leave.")
    )
    other_percent = _percent(_("Share borne by another party (%)"), required=False)
    other_party = forms.CharField(
        label=_("Another party"), max_length=200, required=False, help_text=_("For example a mall or a platform.")
    )
    goal_quantity = _target(_("Units sold"))
    goal_amount = _target(_("Sales (CNY)"))
    goal_uplift = _target(_("Growth (%)"), _("Against the weeks before, the same dealers and products."))
    goal_return = _target(_("Sales per yuan spent"))
    regions = forms.MultipleChoiceField(
        label=_("Regions"),
        required=False,
        help_text=_("None chosen means everywhere; a province covers its cities."),
        widget=forms.SelectMultiple(attrs={"size": 7}),
    )
    dealers = forms.CharField(
        label=_("Participating dealers"),
        required=False,
        help_text=_("Dealer codes separated by spaces; empty means all dealers."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    pick_regions = forms.MultipleChoiceField(
        label=_("Add the dealers of these regions"), required=False, widget=forms.SelectMultiple(attrs={"size": 5})
    )
    pick_tiers = forms.MultipleChoiceField(
        label=_("Only of these tiers"), required=False, choices=Tier.choices, widget=forms.CheckboxSelectMultiple
    )
    goal = forms.CharField(
        label=_("Goals in words"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2})
    )
    ad_copy = forms.CharField(
        label=_("Ad copy"),
        required=False,
        max_length=20000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Exactly as customers will read it; legal examines every superlative and absolute promise."),
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A draft may be saved before its budget is known; a submission names it.
        self.fields["budget"].required = not self.is_bound or "submit" in self.data
        places = list(_region_choices(user))
        self.fields["regions"].choices = places  # type: ignore[attr-defined]
        if user.dealer_id is not None:
            for name in ("dealers", "pick_regions", "pick_tiers"):
                del self.fields[name]
        else:
            self.fields["pick_regions"].choices = places  # type: ignore[attr-defined]

    def content(self, items: Sequence[PromoItemContent]) -> PromoContent:
        """The content of a form found valid."""
        given = self.cleaned_data
        return PromoContent(
            title=given["title"].strip(),
            kind=given["kind"],
            starts_on=given["starts_on"],
            ends_on=given["last_on"] + timedelta(days=1),
            budget=given["budget"] or Decimal(0),
            brand_share=given["brand_percent"] / 100,
            dealer_share=None if given["dealer_percent"] is None else given["dealer_percent"] / 100,
            other_share=(given["other_percent"] or Decimal(0)) / 100,
            other_party=given["other_party"],
            goals=tuple(self._goals()),
            goal=given["goal"].strip(),
            ad_copy=given["ad_copy"].replace("\r\n", "\n"),
            items=tuple(items),
            regions=tuple(given["regions"]),
            dealers=tuple(re.split(r"[\s;,；，、]+", given.get("dealers", "").strip())) if given.get("dealers") else (),
        )

    def _goals(self) -> Iterator[Goal]:
        for measure in GoalMeasure:
            target = self.cleaned_data[f"goal_{measure}"]
            if target is not None:
                yield Goal(measure, target / 100 if measure in _IN_PERCENT else target)

    def show(self, findings: Sequence[Finding]) -> None:
        """Put what was refused beside the controls it belongs to."""
        for finding in findings:
            name = _CONTROL_OF.get(finding.field, finding.field)
            if name.startswith("goals."):
                name = "goal"
            if not finding.field.startswith("items."):
                self.add_error(name if name in self.fields else None, finding.render())

    @staticmethod
    def initial_of(content: PromoContent) -> dict[str, Any]:
        """The content as the form shows it."""
        return {
            "title": content.title,
            "kind": content.kind,
            "starts_on": content.starts_on,
            "last_on": content.ends_on - timedelta(days=1),
            "budget": content.budget,
            "brand_percent": plain(content.shares.brand * 100),
            "dealer_percent": plain(content.shares.dealers * 100),
            "other_percent": plain(content.shares.other * 100) if content.shares.other else "",
            "other_party": content.shares.other_party,
            **{
                f"goal_{goal.measure}": plain(goal.target * 100 if goal.measure in _IN_PERCENT else goal.target)
                for goal in content.goals
            },
            "regions": list(content.regions),
            "dealers": " ".join(content.dealers),
            "goal": content.goal,
            "ad_copy": content.ad_copy,
        }


@dataclass
class ItemRow:
    """One product line of the form as it was typed, with what is wrong with it."""

    sku: str = ""
    price: str = ""
    errors: list[str] = field(default_factory=list)
    #: Tells the lines of a page apart, so that each asks for its own hint.
    mark: str = field(default_factory=lambda: f"item-{uuid4().hex[:8]}")

    @property
    def is_empty(self) -> bool:
        return not (self.sku or self.price)


class ItemRows:
    """The product lines, in the order of the page; lines left empty do not count."""

    def __init__(self, rows: Sequence[ItemRow]) -> None:
        self.rows = [row for row in rows if not row.is_empty]

    @classmethod
    def from_post(cls, data: QueryDict) -> ItemRows:
        pairs = zip(data.getlist("sku"), data.getlist("promo_price"), strict=False)
        return cls([ItemRow(sku.strip(), price.strip()) for sku, price in pairs])

    def items(self) -> list[PromoItemContent]:
        """The lines that can be read; the others get their errors."""
        found = []
        for row in self.rows:
            try:
                price = parse_decimal(row.price, max_digits=18, places=PRICE_PLACES)
            except Refused as refusal:
                row.errors.append(refusal.render())
                continue
            found.append(PromoItemContent(row.sku, price))
        return found

    def show(self, findings: Sequence[Finding]) -> None:
        """Put what was refused beside its line. Asked only when every line could be read."""
        for finding in findings:
            part, _dot, rest = finding.field.partition(".")
            number = rest.partition(".")[0]
            if part == "items" and number.isdigit() and int(number) < len(self.rows):
                self.rows[int(number)].errors.append(finding.render())

    @property
    def has_errors(self) -> bool:
        return any(row.errors for row in self.rows)

    def __iter__(self) -> Iterator[ItemRow]:
        """The lines, and an empty one when there is none."""
        return iter(self.rows or [ItemRow()])


def _region_choices(user: Any) -> Iterator[tuple[Any, Any]]:
    """Provinces with their cities; a dealer is offered its territory."""
    regions = Region.objects.select_related("parent").order_by("code")
    if user.dealer_id is not None:
        granted = Territory.objects.filter(dealer=user.dealer_id).values("region")
        regions = regions.filter(pk__in=granted) | regions.filter(parent__in=granted)
    groups: dict[str, list[tuple[str, str]]] = {}
    for region in regions:
        province = region if region.kind == RegionKind.PROVINCE else region.parent
        group = groups.setdefault(province.name if province else "", [])
        group.append((region.code, region.name))
    for name, members in groups.items():
        if name:
            yield name, members
        else:
            yield from members
