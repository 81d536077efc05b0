"""The components of templates/components as tags, so that no variable of the page leaks into them.

Loaded everywhere; templates/components/README.md shows each with its parameters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django import template
from django.core.paginator import Page
from django.http import QueryDict
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from config.display.deadlines import deadline_chip
from config.display.figures import instant_text
from dealers.foundation.clock import now

register = template.Library()


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
        "when": instant_text(chip.due) if chip else "",
        "done": done,
        "counted": counted,
        "provisional": provisional,
    }


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


@register.filter
def message_tone(level: str) -> str:
    """The tone of a Django message level."""
    return {"success": "ok", "warning": "warn", "error": "bad"}.get(level, "")


@register.inclusion_tag("components/kpi.html")
def kpi(
    label: str, value: object, note: str = "", tone: str = "", url: str = "", trend: Sequence[float] = ()
) -> dict[str, Any]:
    """``{% kpi _("Late") late tone="bad" note=_("act now") url=u %}`` inside ``<div class="kpis">``."""
    return {"label": label, "value": value, "note": note, "tone": tone, "url": url, "trend": trend}


@register.inclusion_tag("components/tabs.html")
def tabs(items: Iterable[Mapping[str, Any]], label: str = "") -> dict[str, Any]:
    """``{% tabs tabs %}``: items of ``label``, ``url``, ``current``, optional ``count``."""
    return {"tabs": items, "label": label}


@register.inclusion_tag("components/search.html")
def search_box(value: str, label: str, name: str = "q") -> dict[str, Any]:
    """``{% search_box q _("Number or dealer") %}`` inside a form with ``{% live "results" %}``."""
    return {"value": value, "label": label, "name": name}


@register.inclusion_tag("components/crumbs.html")
def crumbs(url: str, label: str, url2: str = "", label2: str = "") -> dict[str, Any]:
    """``{% url "promos" as up %}{% crumbs up _("Promo requests") %}``: where a page belongs."""
    return {"url": url, "label": label, "url2": url2, "label2": label2}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(
    context: Context, page: Page[Any] | None = None, previous_url: str = "", next_url: str = ""
) -> dict[str, Any]:
    """``{% pagination page_obj %}``, or with ``previous_url`` and ``next_url`` for lists that are not counted."""
    return {"request": context["request"], "page": page, "previous_url": previous_url, "next_url": next_url}


@register.inclusion_tag("components/empty.html")
def empty_state(title: str, text: str = "", url: str = "", action: str = "", icon: str = "inbox") -> dict[str, Any]:
    """``{% empty_state _("No request waits") text=… url=u action=_("New request") %}``."""
    return {"title": title, "text": text, "url": url, "action": action, "icon": icon}


@register.inclusion_tag("components/alert.html")
def alert(
    text: str, title: str = "", tone: str = "", url: str = "", action: str = "", dismiss: bool = False
) -> dict[str, Any]:
    """``{% alert _("Calendar of 2027 is provisional.") tone="warn" %}``."""
    return {"text": text, "title": title, "tone": tone, "url": url, "action": action, "dismiss": dismiss}


@register.inclusion_tag("components/definitions.html")
def definitions(pairs: Iterable[tuple[str, object]], inset: bool = False) -> dict[str, Any]:
    """``{% definitions facts inset=True %}``: pairs of label and value."""
    return {"pairs": pairs, "inset": inset}


@register.inclusion_tag("components/checks.html")
def check_list(checks: Iterable[Any]) -> dict[str, Any]:
    """``{% check_list checks %}``: items of ``outcome`` (ok warn bad wait), ``label``, ``result``, ``detail``."""
    return {"checks": checks}


@register.inclusion_tag("components/timeline.html")
def timeline(entries: Iterable[Any]) -> dict[str, Any]:
    """``{% timeline entries %}``: items of ``title``, ``at``, ``actor``, ``note``, ``quote``, ``tone``."""
    return {"entries": entries}


@register.inclusion_tag("components/steps.html")
def step_list(steps: Iterable[Any]) -> dict[str, Any]:
    """``{% step_list steps %}``: items of ``label`` and ``state`` (done current ahead)."""
    return {"steps": steps}


@register.inclusion_tag("components/proof.html")
def proof(
    title: str, result: object, steps: Iterable[Any], source: str = "", url: str = "", open: bool = False
) -> dict[str, Any]:
    """``{% proof _("Rebate") line.amount|money steps source="P-2026-2 · programs[0]" url=u %}``.

    Steps have ``label``, ``value``, optional ``formula`` and ``total``.
    """
    return {"title": title, "result": result, "steps": steps, "source": source, "url": url, "open": open}


@register.inclusion_tag("components/progress.html")
def progress(job: object, url: str, id: str, label: str) -> dict[str, Any]:
    """``{% progress job request.path "calculation" _("Calculating") %}``: follows a JobRun until it is over."""
    return {"job": job, "url": url, "id": id, "label": label}
