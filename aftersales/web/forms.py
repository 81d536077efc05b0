"""The forms of after-sales service, made for a phone."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.choices import TeamRole, TicketTopic
from dealers.models import Product, Region
from dealers.web.form_fields import DayField

_FEW_LINES = forms.Textarea(attrs={"rows": 3})


class RequestForm(forms.Form):
    """What a customer asks for. The goods are named by words people know: nobody knows an article number."""

    topic = forms.ChoiceField(label=_("What is it about?"), choices=TicketTopic.choices)
    description = forms.CharField(label=_("What is wrong?"), max_length=4000, widget=_FEW_LINES)
    contact = forms.CharField(label=_("Whom to ask for"), max_length=100)
    phone = forms.CharField(label=_("Phone"), max_length=40, widget=forms.TextInput(attrs={"type": "tel"}))
    region = forms.ModelChoiceField(Region.objects.none(), label=_("City"), required=False)
    product = forms.ModelChoiceField(Product.objects.none(), label=_("Product"), required=False, to_field_name="sku")
    serial = forms.CharField(
        label=_("Serial number"), max_length=64, required=False, help_text=_("On the label of the device.")
    )
    purchase_doc = forms.CharField(label=_("Receipt or order number"), max_length=64, required=False)
    consent = forms.BooleanField(label=_("The customer agrees to be called and that the number is kept for that."))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        region: Any = self.fields["region"]
        region.queryset = Region.objects.filter(kind="city").select_related("parent").order_by("parent__code", "code")
        region.label_from_instance = lambda place: f"{place.parent.name} · {place.name}" if place.parent else place.name
        product: Any = self.fields["product"]
        product.queryset = Product.objects.order_by("category", "sku")
        product.label_from_instance = lambda one: f"{one.name} · {one.sku}"


class PublicRequestForm(RequestForm):
    """A stranger asks. ``website`` is left empty by people and filled by machines."""

    consent = forms.BooleanField(label=_("I agree to be called back and that my number is kept for that."))
    picture = forms.FileField(
        label=_("Picture of the damage or receipt"),
        required=False,
        help_text=_("One picture or PDF of at most 5 MB; more can be added on the next page."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/*,application/pdf"}),
    )
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["contact"].label = _("Your name")
        self.fields["phone"].label = _("Your phone")
        self.fields["phone"].widget.attrs["autocomplete"] = "tel"
        self.fields["region"].label, self.fields["region"].required = _("Your city"), True
        self.order_fields(["topic", "description", "picture", "contact", "phone", "region"])


class TextForm(forms.Form):
    """Something to say."""

    text = forms.CharField(label=_("What to say"), max_length=4000, widget=_FEW_LINES)


class AssignTicketForm(forms.Form):
    """Another dealer for the ticket."""

    dealer = forms.CharField(label=_("Dealer code"), max_length=32)
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)


class FileForm(forms.Form):
    """A file to attach."""

    file = forms.FileField(label=_("File"))


class RatingForm(forms.Form):
    """One to five stars, and a word if the customer likes."""

    stars = forms.TypedChoiceField(
        label=_("Your rating"),
        coerce=int,
        choices=[
            (5, _("5 – very satisfied")),
            (4, _("4 – satisfied")),
            (3, _("3 – so-so")),
            (2, _("2 – not satisfied")),
            (1, _("1 – not at all satisfied")),
        ],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(label=_("A word about it"), max_length=2000, required=False, widget=_FEW_LINES)


class MemberForm(forms.Form):
    """A person of the team."""

    name = forms.CharField(label=_("Name of the person"), max_length=100)
    role = forms.ChoiceField(label=_("Task"), choices=TeamRole.choices)
    since = DayField(label=_("In the team since"))


class LastDayForm(forms.Form):
    """When somebody leaves."""

    last_day = DayField(label=_("Last day"))


class CertificateForm(forms.Form):
    """A certificate as it is printed."""

    title = forms.CharField(label=_("Certificate"), max_length=200)
    number = forms.CharField(label=_("Certificate number"), max_length=64)
    issued_on = DayField(label=_("Valid from"))
    last_day = DayField(label=_("Last day"))
    file = forms.FileField(label=_("Picture or PDF"), required=False)


class ReportForm(forms.Form):
    """The dealer's own part of a satisfaction report."""

    statement = forms.CharField(
        label=_("How the quarter went"), max_length=8000, widget=forms.Textarea(attrs={"rows": 6}), required=False
    )
    plan = forms.CharField(
        label=_("What you will do"), max_length=8000, widget=forms.Textarea(attrs={"rows": 6}), required=False
    )


class RemarkForm(forms.Form):
    """What headquarters thinks of it."""

    remark = forms.CharField(
        label=_("Remark"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
