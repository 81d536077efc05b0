"""The form of one entry of spend."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from dealers.foundation.findings import Finding
from pricing.choices import Bearer, Channel
from pricing.rules.promo_spend import SpendEntry
from pricing.services.promos.spend import Proof


class _ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class _FilesField(forms.FileField):
    """Any number of files; cleaned to a list."""

    widget = _ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = data if isinstance(data, list) else [data]
        return [super(_FilesField, self).clean(one, initial) for one in given if one]


class SpendForm(forms.Form):
    """One payment with its proofs. ``key`` names the form that was opened, so that sending it twice records one."""

    spent_on = forms.DateField(label=_("Paid on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    amount = forms.DecimalField(label=_("Amount (CNY)"), max_digits=18, decimal_places=2, localize=False)
    payee = forms.CharField(label=_("Payee"), max_length=200)
    purpose = forms.CharField(label=_("For what"), max_length=200)
    borne_by = forms.ChoiceField(label=_("Borne by"), choices=Bearer.choices)
    channel = forms.TypedChoiceField(
        label=_("Spent for channel"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("all channels")), *Channel.choices],
    )
    dealer = forms.CharField(
        label=_("Spent for dealer"), required=False, help_text=_("Dealer code; empty when it served all of them.")
    )
    proofs = _FilesField(
        label=_("Proof"),
        required=False,
        widget=_ManyFiles(attrs={"accept": ".pdf,.png,.jpg,.jpeg,.webp,.heic,.xlsx,.docx,.csv,.txt"}),
        help_text=_("Invoice, payment slip or picture; PDF, picture or office file up to 10 MB each."),
    )
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, of_hq: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not of_hq:
            del self.fields["dealer"]
        self.fields["key"].initial = uuid4().hex

    def entry(self) -> SpendEntry:
        """The entry of a form found valid."""
        given = self.cleaned_data
        return SpendEntry(
            spent_on=given["spent_on"],
            payee=given["payee"],
            purpose=given["purpose"],
            amount=given["amount"],
            borne_by=given["borne_by"],
            channel=given["channel"],
            dealer=given.get("dealer", "").strip(),
        )

    def given_proofs(self) -> list[Proof]:
        """The files that came with it, unread."""
        return [Proof(file.name or "", file) for file in self.cleaned_data["proofs"]]

    def show(self, findings: Sequence[Finding]) -> None:
        """Put what was refused beside its control."""
        for finding in findings:
            self.add_error(finding.field if finding.field in self.fields else None, finding.render())
