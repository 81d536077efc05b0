"""Fields of forms that read prices and days as strictly as the imports do."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from dealers.foundation.money import parse_decimal
from dealers.foundation.refusals import Refused as Unreadable

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_EARLIEST, _LATEST = date(1990, 1, 1), date(2200, 1, 1)


class PriceField(forms.Field):
    """A price of at most six places, written with plain digits."""

    def to_python(self, value: Any) -> Decimal | None:
        text = str(value or "").strip()
        if not text:
            return None
        try:
            price = parse_decimal(text, max_digits=18, places=6)
        except Unreadable as refusal:
            said = _("“%(value)s” %(problem)s") % {"value": text[:40], "problem": refusal.render()}
            raise forms.ValidationError(said) from refusal
        if price < 0:
            raise forms.ValidationError(_("A price is not negative."))
        return price

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "decimal", "autocomplete": "off"}


class DayField(forms.DateField):
    """A day within the years that ranges may name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=_DAY, **options)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and not _EARLIEST <= value < _LATEST:
            raise forms.ValidationError(_("The year cannot be right."))


def day_after(last: date | None) -> date | None:
    """People name the last day; ranges keep the day after it."""
    return None if last is None else last + timedelta(days=1)
