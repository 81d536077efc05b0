"""The forms of market support; made for a phone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from dealers.foundation.findings import Finding
from dealers.models import Region
from dealers.web.form_fields import DayField
from rebates.choices import SupportKind
from rebates.rules.support_plan import SupportPlan

_ACCEPTED = ".pdf,.png,.jpg,.jpeg,.webp,.heic,.xlsx,.docx,.csv,.txt"


class AmountField(forms.DecimalField):
    """Yuan with at most two places."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=18, decimal_places=2, localize=False, **options)
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off"})


class PlanForm(forms.Form):
    """What the dealer wants to do. The last day is named; the plan keeps the day after it."""

    kind = forms.ChoiceField(label=_("Kind"), choices=SupportKind.choices)
    purpose = forms.CharField(label=_("What for"), max_length=200, help_text=_("One line that says it all."))
    starts_on = DayField(label=_("First day"))
    last_day = DayField(label=_("Last day"))
    budget = AmountField(label=_("Budget (CNY)"))
    promo = forms.ChoiceField(
        label=_("Belongs to promotion"),
        required=False,
        help_text=_("What its own budget pays is not paid here a second time."),
    )
    regions = forms.MultipleChoiceField(
        label=_("Where"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: everywhere you sell."),
    )
    description = forms.CharField(
        label=_("Description"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, places: Iterable[Region], promos: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        regions: Any = self.fields["regions"]
        regions.choices = [(place.code, place.name) for place in places]
        promo: Any = self.fields["promo"]
        promo.choices = [("", _("no promotion")), *promos]
        if not promos:
            del self.fields["promo"]
        self.fields["key"].initial = uuid4().hex

    def plan(self) -> SupportPlan:
        """The plan of a form found valid."""
        given = self.cleaned_data
        return SupportPlan(
            kind=given["kind"],
            purpose=given["purpose"],
            description=given["description"],
            starts_on=given["starts_on"],
            ends_on=given["last_day"] + timedelta(days=1),
            budget=given["budget"],
            regions=tuple(given["regions"]),
            promo=given.get("promo", ""),
        )

    def show(self, findings: Sequence[Finding]) -> None:
        """Put what was refused beside its control."""
        for finding in findings:
            field = "last_day" if finding.field == "ends_on" else finding.field
            self.add_error(field if field in self.fields else None, finding.render())

    @staticmethod
    def initial_of(plan: SupportPlan) -> dict[str, Any]:
        return {
            "kind": plan.kind,
            "purpose": plan.purpose,
            "description": plan.description,
            "starts_on": plan.starts_on,
            "last_day": plan.ends_on - timedelta(days=1),
            "budget": plan.budget,
            "regions": list(plan.regions),
            "promo": plan.promo,
        }


class PaperForm(forms.Form):
    """One file; a phone offers its camera."""

    file = forms.FileField(
        label=_("File"),
        max_length=255,
        widget=forms.ClearableFileInput(attrs={"accept": _ACCEPTED}),
        help_text=_("PDF, picture or office file up to 10 MB."),
    )

    def given(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        return file


class CommitForm(forms.Form):
    """What the contract or quote binds of the reserved money."""

    amount = AmountField(label=_("Amount by contract (CNY)"))
    supplier = forms.CharField(label=_("Supplier"), max_length=200)


class ClaimForm(forms.Form):
    """What was spent."""

    amount = AmountField(label=_("Amount spent (CNY)"))
    reason = forms.CharField(
        label=_("Why a file is used again"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Only when a file has proved something else before."),
    )


class DecisionForm(forms.Form):
    """An amount, where one is decided, and the reason the dealer reads."""

    amount = AmountField(label=_("Amount (CNY)"), required=False)
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
