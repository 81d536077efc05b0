"""Values on a page: money, rates, times, names, badges. Loaded everywhere; see templates/components/README.md."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django import template
from django.template.context import Context
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from config.display.figures import (
    NOTHING,
    day_text,
    duration_text,
    instant_text,
    money_text,
    number_text,
    percent_text,
)
from config.display.icons import draw_icon
from config.display.states import look_of
from dealers.permissions import can

register = template.Library()
_MISSING = format_html('<span class="muted">{}</span>', NOTHING)


@register.filter
def money(amount: object, places: int = 2) -> str:
    """``{{ line.amount|money }}``: yuan with tabular digits, negative in red with a real minus."""
    return _amount(amount, places=places, signed=False)


@register.filter
def signed_money(amount: object, places: int = 2) -> str:
    """``{{ difference|signed_money }}``: as `money`, with a plus before what is gained."""
    return _amount(amount, places=places, signed=True)


@register.filter
def number(value: object, places: int | None = None) -> str:
    """``{{ count|number }}``: grouped digits; ``{{ score|number:1 }}`` fixes the decimals."""
    figure = decimal_of(value)
    return NOTHING if figure is None else number_text(figure, places=places)


@register.filter
def percent(ratio: object, places: int = 1) -> str:
    """``{{ 0.125|percent }}`` is 12.5%."""
    figure = decimal_of(ratio)
    return NOTHING if figure is None else percent_text(figure, places=places)


@register.filter
def day(value: date | datetime | None) -> str:
    """``{{ contract.starts_on|day }}``: 2026-11-22."""
    if value is None or value == "":
        return _MISSING
    return format_html('<time datetime="{0}">{0}</time>', day_text(value))


@register.simple_tag
def days(first: date | None, end: date | None) -> str:
    """``{% days band.valid.lower band.valid.upper %}``: the days of a half-open range, its last day included."""
    last = None if end is None else end - timedelta(days=1)
    if first is None and last is None:
        return _MISSING
    if first is None:
        return format_html('<span class="nowrap">{}</span>', _("until %(day)s") % {"day": last})
    if last is None:
        return format_html('<span class="nowrap">{}</span>', _("from %(day)s") % {"day": first})
    if first == last:
        return day(first)
    return format_html("{} – {}", day(first), day(last))


@register.filter
def instant(value: datetime | None, style: str = "") -> str:
    """``{{ receipt.received_at|instant }}`` in Shanghai time; ``:"short"`` without year, ``:"exact"`` with seconds."""
    if value is None or value == "":
        return _MISSING
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(),
        f"{instant_text(value, style='exact')} (UTC+8)",
        instant_text(value, style=style),
    )


@register.filter
def duration(length: timedelta | float | None) -> str:
    """``{{ run.seconds|duration }}``: two largest units of a timedelta or of seconds, in the page's language."""
    if length is None or length == "":
        return NOTHING
    return duration_text(length if isinstance(length, timedelta) else timedelta(seconds=float(length)))


@register.filter
def half_month(period: object) -> str:
    """``{{ "2026-11-H1"|half_month }}``: 2026-11 first half, in the page's language."""
    month, _dash, half = str(period).rpartition("-")
    if half not in ("H1", "H2"):
        return str(period)
    return (_("%(month)s first half") if half == "H1" else _("%(month)s second half")) % {"month": month}


@register.filter
def local_name(thing: object) -> str:
    """``{{ region|local_name }}``: ``name_zh`` or ``name_en`` by the page's language, else ``name``."""
    if thing is None:
        return ""
    order = (
        ("name_zh", "name", "name_en") if (get_language() or "").startswith("zh") else ("name_en", "name", "name_zh")
    )
    return next(
        (str(name) for name in (getattr(thing, field, "") for field in order) if name),
        str(thing),
    )


@register.filter
def lookup(mapping: Mapping[Any, Any], key: object) -> object:
    """``{{ counts|lookup:tab.key }}``: the entry of a mapping, nothing if absent."""
    return mapping.get(key)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """``{% icon "check" %}``; give ``label`` when no text stands beside it."""
    return draw_icon(name, label)


@register.simple_tag
def badge(state: object, label: object = None, tone: str | None = None) -> str:
    """``{% badge request.state request.get_state_display %}``: nothing for an empty state."""
    look = look_of(state, label)
    if look is None:
        return ""
    return format_html(
        '<span class="badge {}">{}</span>',
        look.tone if tone is None else tone,
        look.label,
    )


@register.simple_tag(takes_context=True)
def dealer_link(context: Context, dealer: Any, code: bool = True) -> str:
    """``{% dealer_link line.dealer %}``: name and code; a link for whoever may open the dealer's page."""
    if dealer is None:
        return NOTHING
    name: str = format_html("{}", dealer.name)
    if can(context.get("user"), "dealers.view"):
        with suppress(NoReverseMatch):
            name = format_html('<a href="{}">{}</a>', reverse("dealer-detail", args=[dealer.code]), dealer.name)
    return format_html('{}<span class="sub mono">{}</span>', name, dealer.code) if code else name


@register.filter
def as_json(value: object) -> str:
    """A stored document as readable JSON."""
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True, default=str)


def _amount(amount: object, *, places: int, signed: bool) -> str:
    figure = decimal_of(amount)
    if figure is None:
        return _MISSING
    return format_html(
        '<data class="money{}" value="{}">{}</data>',
        " neg" if figure < 0 else "",
        format(figure, "f"),
        money_text(figure, places=places, signed=signed),
    )


def decimal_of(value: object) -> Decimal | None:
    """The exact number behind a template value; nothing stays nothing."""
    if value is None or value == "":
        return None
    try:
        figure = Decimal(str(value))
    except InvalidOperation:
        return None
    return figure if figure.is_finite() else None
