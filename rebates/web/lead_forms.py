"""The forms of referrals: for strangers, for colleagues, and for partner dealers; made for a phone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dealers.models import Region
from rebates.choices import CallBack, Referrer


class LeadForm(forms.Form):
    """The customer, as a colleague or a partner dealer refers one."""

    contact = forms.CharField(label=_("Whom to ask for"), max_length=100)
    phone = forms.CharField(label=_("Customer's phone"), max_length=40, widget=forms.TextInput(attrs={"type": "tel"}))
    company = forms.CharField(label=_("Company"), max_length=200, required=False)
    region = forms.ModelChoiceField(Region.objects.none(), label=_("City"), required=False)
    wish = forms.CharField(
        label=_("What the customer is looking for"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    consent = forms.BooleanField(label=_("The customer agrees to be called and that the number is kept for that."))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        region: Any = self.fields["region"]
        region.queryset = Region.objects.filter(kind="city").select_related("parent").order_by("parent__code", "code")
        region.label_from_instance = lambda place: f"{place.parent.name} · {place.name}" if place.parent else place.name


class HotlineForm(LeadForm):
    """A colleague refers somebody, or writes down what a caller refers."""

    referrer = forms.ChoiceField(
        label=_("Referred by"),
        choices=[(Referrer.EMPLOYEE, _("me, as an employee")), (Referrer.CUSTOMER, _("a customer who called"))],
    )
    referrer_name = forms.CharField(label=_("Caller's name"), max_length=100, required=False)
    referrer_phone = forms.CharField(label=_("Caller's phone"), max_length=40, required=False)
    field_order = ["referrer", "referrer_name", "referrer_phone"]


class PublicLeadForm(LeadForm):
    """A stranger refers somebody. ``website`` is left empty by people and filled by machines."""

    referrer_name = forms.CharField(label=_("Your name"), max_length=100)
    referrer_phone = forms.CharField(
        label=_("Your phone"), max_length=40, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"})
    )
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}))
    field_order = ["referrer_name", "referrer_phone", "contact", "phone", "company", "region", "wish", "consent"]


class NoteForm(forms.Form):
    """What came of it, or why."""

    note = forms.CharField(label=_("What came of it"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class DealForm(forms.Form):
    """The sale line the lead became."""

    doc_no = forms.CharField(label=_("Sale document"), max_length=64)
    line_no = forms.IntegerField(label=_("Line"), min_value=1, max_value=2_000_000_000, initial=1)


class AssignForm(forms.Form):
    """Another dealer for the lead."""

    dealer = forms.CharField(label=_("Dealer code"), max_length=32)
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)


class CallBackForm(NoteForm):
    """What the customer said."""

    outcome = forms.ChoiceField(label=_("The customer said"), choices=CallBack.choices, widget=forms.RadioSelect)
    field_order = ["outcome", "note"]
