"""The forms of an applicant, one for each step; made for a phone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dealers.choices import DocumentKind, Industry
from dealers.foundation.uscc import check_uscc, compact_uscc, slip_in
from dealers.models import Region
from dealers.web.form_fields import DayField, PriceField

#: So many digits of an account number are plausible; an IBAN-like one has up to 34 characters.
_LONGEST_ACCOUNT = 34
_TOO_MUCH = Decimal(10) ** 15


class TextField(forms.CharField):
    """One line that can be printed; blanks within it are single."""

    def clean(self, value: Any) -> str:
        text = " ".join(str(super().clean(value) or "").split())
        if not text.isprintable():
            raise ValidationError(gettext("This contains a character that cannot be printed."))
        return text


class AmountField(PriceField):
    """An amount above zero in whole fen."""

    def to_python(self, value: Any) -> Decimal | None:
        amount = super().to_python(str(value or "").replace(",", "").replace("，", ""))
        if amount is not None and not (0 < amount < _TOO_MUCH and amount == round(amount, 2)):
            raise ValidationError(gettext("Give an amount above zero with at most two places."))
        return amount


class BeginForm(forms.Form):
    """The first word. ``website`` is left empty by people and filled by machines."""

    name = TextField(label=_("Company name"), max_length=200)
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        help_text=_("We send you the link to your application; without it, keep the address of the next page."),
    )
    consent = forms.BooleanField(
        label=_("I agree that what I enter is kept for this application and erased when nothing comes of it.")
    )
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}))


class CompanyForm(forms.Form):
    """Who the applicant is."""

    name = TextField(label=_("Company name"), max_length=200, help_text=_("As on the business licence."))
    uscc = forms.CharField(
        label=_("Unified social credit code"),
        max_length=40,
        help_text=_("18 characters from the business licence."),
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off", "class": "mono"}),
    )
    industry = forms.ChoiceField(label=_("Industry"), choices=[("", "—"), *Industry.choices])
    annual_revenue = AmountField(label=_("Annual revenue of last year, in yuan"))
    alliance_wish = TextField(
        label=_("Regional alliance"),
        required=False,
        max_length=200,
        help_text=_(
            "Only for sole proprietors (credit codes that begin with 92): the name of the alliance you belong to or "
            "found with others. Its members have to reach the revenue together."
        ),
    )

    def clean_uscc(self) -> str:
        code = compact_uscc(self.cleaned_data["uscc"])
        if findings := check_uscc(code):
            said = [gettext("The code %(what)s.") % {"what": finding.render()} for finding in findings]
            slip = slip_in(code)
            raise ValidationError([*said, slip.render()] if slip else said)
        return code


class RegionsForm(forms.Form):
    """Where the applicant wants to sell."""

    regions = forms.ModelMultipleChoiceField(
        Region.objects.none(), label=_("Regions"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["regions"]
        field.queryset = Region.objects.select_related("parent")


class ContactForm(forms.Form):
    """Whom we talk to, and where money would go."""

    contact = TextField(label=_("Whom to ask for"), max_length=100)
    phone = TextField(
        label=_("Phone"), max_length=40, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})
    )
    email = forms.EmailField(
        label=_("E-mail"), required=False, help_text=_("Questions and the decision are sent there.")
    )
    bank = TextField(label=_("Bank"), max_length=200, required=False)
    bank_account = TextField(
        label=_("Account number"),
        max_length=_LONGEST_ACCOUNT,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "mono"}),
    )
    consent = forms.BooleanField(
        label=_("I agree that what I enter is kept for this application and erased when nothing comes of it.")
    )


class PaperForm(forms.Form):
    """One document."""

    kind = forms.ChoiceField(label=_("Kind of document"), choices=DocumentKind.choices)
    name = TextField(
        label=_("Name of the certificate"),
        required=False,
        max_length=100,
        help_text=_("For certificates, for example “Food business licence”."),
    )
    number = TextField(label=_("Number"), required=False, max_length=64)
    last_day = DayField(
        label=_("Valid until"), required=False, help_text=_("The last day on it; qualification certificates need one.")
    )
    file = forms.FileField(
        label=_("Scan or photograph"),
        help_text=_("PDF or picture, up to 10 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,image/*"}),
    )


class MessageForm(forms.Form):
    """A question or an answer."""

    text = forms.CharField(label=_("Your answer"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))


class AccountForm(forms.Form):
    """The first account of a new dealer."""

    display_name = TextField(label=_("Your name"), max_length=100)
    username = forms.RegexField(
        r"^[A-Za-z0-9._-]{3,60}$",
        label=_("Login name"),
        help_text=_("Letters, digits, dots, hyphens and underscores."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("Password again"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("password") and given.get("again") and given["password"] != given["again"]:
            self.add_error("again", gettext("The two passwords differ."))
        return given
