"""Tags and filters every template has without loading them; see templates/components/README.md for use."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django import template
from django.http import QueryDict
from django.template.context import Context
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from config.display import charts
from config.display.deadlines import deadline_chip
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
from dealers.foundation.clock import now

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
    figure = _decimal(value)
    return NOTHING if figure is None else number_text(figure, places=places)


@register.filter
def percent(ratio: object, places: int = 1) -> str:
    """``{{ 0.125|percent }}`` is 12.5%."""
    figure = _decimal(ratio)
    return NOTHING if figure is None else percent_text(figure, places=places)


@register.filter
def day(value: date | datetime | None) -> str:
    """``{{ contract.starts_on|day }}``: 2026-11-22."""
    if value is None or value == "":
        return _MISSING
    return format_html('<time datetime="{0}">{0}</time>', day_text(value))


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


@register.filter
def message_tone(level: str) -> str:
    """The tone of a Django message level."""
    return {"success": "ok", "warning": "warn", "error": "bad"}.get(level, "")


@register.filter
def heat(value: object, worst: object) -> str:
    """``class="{{ cell.rate|heat:worst }}"``: the heat map class of a value between nothing and ``worst``."""
    figure, top = _decimal(value), _decimal(worst)
    return charts.heat_step(None if figure is None else float(figure), float(top or 0))


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


@register.inclusion_tag("components/deadline.html")
def deadline(
    due: datetime | None,
    done: bool = False,
    counted: str = "",
    provisional: bool = False,
) -> dict[str, Any]:
    """``{% deadline step.due_at done=step.decided_at counted=step.counted_days %}``: time left or late.

    ``counted`` says which working days were counted; ``provisional`` marks a date past the published calendar.
    """
    chip = deadline_chip(due, now()) if due and not done else None
    return {
        "due": due,
        "chip": chip,
        "done": done,
        "counted": counted,
        "provisional": provisional,
    }


@register.simple_tag(takes_context=True)
def dealer_link(context: Context, dealer: Any, code: bool = True) -> str:
    """``{% dealer_link line.dealer %}``: name and code; a link for HQ, plain words for the dealer itself."""
    if dealer is None:
        return NOTHING
    name: str = format_html("{}", dealer.name)
    user = context.get("user")
    if user is not None and getattr(user, "dealer_id", None) is None:
        with suppress(NoReverseMatch):
            name = format_html('<a href="{}">{}</a>', reverse("dealer-detail", args=[dealer.code]), dealer.name)
    return format_html('{}<span class="sub mono">{}</span>', name, dealer.code) if code else name


@register.simple_tag(takes_context=True)
def live(context: Context, target: str) -> SafeString:
    """``<form class="filters" {% live "results" %}>``: the page is asked again while typing, only #results changes."""
    return format_html(
        'method="get" action="{0}" role="search" hx-get="{0}" hx-target="#{1}" hx-select="#{1}" hx-swap="outerHTML" '
        'hx-push-url="true" hx-trigger="input delay:250ms, submit" hx-sync="this:replace"',
        context["request"].path,
        target,
    )


@register.simple_tag(takes_context=True)
def pane_link(context: Context, url: str, selected: object = "") -> SafeString:
    """``<a class="rowlink" {% pane_link url selected=request.pk %}>``: opens #detail of ``url`` beside the list.

    On a phone, or without script, the link is simply followed. ``selected`` keeps the choice in the address.
    """
    query: QueryDict = context["request"].GET.copy()
    query["selected"] = str(selected)
    pushed = f"{context['request'].path}?{query.urlencode()}" if selected != "" else "false"
    return format_html(
        'href="{0}" hx-get="{0}" hx-target="#detail" hx-select="#detail" hx-swap="outerHTML" hx-push-url="{1}"',
        url,
        pushed,
    )


@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(context: Context, key: str, label: str, numeric: bool = False) -> dict[str, Any]:
    """``{% sort_header "due" _("Deadline") %}``: a heading that sorts by ``?sort=due`` and back by ``-due``."""
    query: QueryDict = context["request"].GET.copy()
    current = query.get("sort", "")
    query["sort"] = f"-{key}" if current == key else key
    query.pop("page", None)
    direction = {key: "ascending", f"-{key}": "descending"}.get(current, "")
    return {
        "label": label,
        "numeric": numeric,
        "query": query.urlencode(),
        "direction": direction,
    }


@register.inclusion_tag("components/sparkline.html")
def sparkline(values: Iterable[float], label: str = "") -> dict[str, Any]:
    """``{% sparkline daily_counts label=_("Requests per day") %}``: a line the size of a word."""
    path, x, y = charts.spark_path([float(value) for value in values])
    return {"path": path, "x": x, "y": y, "label": label}


@register.inclusion_tag("components/bars.html")
def bar_chart(rows: Sequence[Mapping[str, Any]], label: str = "") -> dict[str, Any]:
    """``{% bar_chart rows label=… %}``: rows of ``label``, ``value``, optional ``shown``, ``url``, ``tone``."""
    most = max((float(row["value"]) for row in rows), default=0.0)
    return {
        "label": label,
        "rows": [{**row, "share": charts.share_of(float(row["value"]), most)} for row in rows],
    }


@register.inclusion_tag("components/line_chart.html")
def line_chart(labels: Sequence[str], series: Mapping[str, Sequence[float]], label: str = "") -> dict[str, Any]:
    """``{% line_chart periods totals label=… %}``: totals maps the name of a line to its values."""
    numbers = [(name, [float(value) for value in values]) for name, values in series.items()]
    return {
        "chart": charts.line_chart([str(text) for text in labels], numbers),
        "geometry": charts,
        "label": label,
        "labels": labels,
        "series": series,
    }


@register.inclusion_tag("components/meter.html")
def meter(value: object, whole: object, label: str, tone: str = "", goal: object = None) -> dict[str, Any]:
    """``{% meter score 100 _("Score") goal=60 %}``: how far along, with an optional mark to reach."""
    full = float(_decimal(whole) or 0)
    target = _decimal(goal)
    return {
        "share": charts.share_of(float(_decimal(value) or 0), full),
        "goal": None if target is None else charts.share_of(float(target), full),
        "label": label,
        "tone": tone,
    }


@register.filter
def as_json(value: object) -> str:
    """A stored document as readable JSON."""
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True, default=str)


def _amount(amount: object, *, places: int, signed: bool) -> str:
    figure = _decimal(amount)
    if figure is None:
        return _MISSING
    return format_html(
        '<data class="money{}" value="{}">{}</data>',
        " neg" if figure < 0 else "",
        format(figure, "f"),
        money_text(figure, places=places, signed=signed),
    )


def _decimal(value: object) -> Decimal | None:
    """The exact number behind a template value; nothing stays nothing."""
    if value is None or value == "":
        return None
    try:
        figure = Decimal(str(value))
    except InvalidOperation:
        return None
    return figure if figure.is_finite() else None
