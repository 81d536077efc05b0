"""The forms with which headquarters checks, decides and activates."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dealers.choices import Recommendation, Tier
from dealers.web.form_fields import DayField
from dealers.web.join_forms import AmountField, TextField

_LINES = forms.Textarea(attrs={"rows": 3})


class InviteForm(forms.Form):
    """Whom to invite."""

    company = TextField(label=_("Company"), max_length=200)
    email = forms.EmailField(
        label=_("E-mail"), required=False, help_text=_("The link is sent there; without it, pass it on yourself.")
    )
    language = forms.ChoiceField(label=_("Language"), choices=[("zh-hans", "中文"), ("en", "English")])


class AskForm(forms.Form):
    """A question to the applicant."""

    text = forms.CharField(label=_("Question"), max_length=4000, widget=_LINES, help_text=_("The applicant reads it."))


class AllianceForm(forms.Form):
    """The alliance a sole proprietor counts to."""

    code = TextField(label=_("Code of the alliance"), max_length=32)
    name = TextField(
        label=_("Name"), max_length=200, required=False, help_text=_("Only to found a new one; empty for one there is.")
    )


class RecommendForm(forms.Form):
    """What the check ends with."""

    recommendation = forms.ChoiceField(label=_("Recommendation"), choices=Recommendation.choices)
    tier = forms.ChoiceField(label=_("Tier"), choices=Tier.choices)
    tier_reason = TextField(
        label=_("Why this tier"), max_length=500, required=False, help_text=_("Needed when it is not the score's.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=_LINES)


class ReasonForm(forms.Form):
    """A decision with its reasons."""

    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=_LINES, help_text=_("The applicant reads it."))


class ContractForm(forms.Form):
    """The contract as it was signed."""

    number = TextField(label=_("Contract number"), max_length=64)
    amount = AmountField(label=_("Contract amount"))
    first_day = DayField(label=_("First day"))
    last_day = DayField(label=_("Last day"))
    file = forms.FileField(
        label=_("Signed contract"),
        required=False,
        help_text=_("PDF or picture, up to 10 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,image/*"}),
    )
    exclusive = forms.MultipleChoiceField(
        label=_("Exclusive in"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nobody else may sell there while the grant lasts."),
    )

    def __init__(self, *args: Any, regions: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["exclusive"].choices = regions  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("first_day"), given.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", gettext("The last day lies before the first."))
        return given


class ActivateForm(forms.Form):
    """The name of the dealer in every file and call."""

    code = forms.RegexField(
        r"^[A-Za-z0-9._-]{1,32}$",
        label=_("Dealer code"),
        help_text=_("Its name in every file and call; it never changes."),
    )
