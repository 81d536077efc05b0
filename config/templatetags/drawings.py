"""Charts as tags; geometry in :mod:`config.display.charts`. Loaded everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Any

from django import template
from django.utils.translation import gettext, ngettext

from config.display import charts
from config.display.figures import day_text
from config.display.network import Edge, Node
from config.display.network import network as draw_network
from config.display.phases import Phase
from config.display.phases import phases as draw_phases
from config.display.staircase import staircase as draw_staircase
from config.templatetags.halfmoon import decimal_of

register = template.Library()

_TRADES_LISTED = 100


@register.filter
def heat(value: object, worst: object) -> str:
    """``class="{{ cell.rate|heat:worst }}"``: the heat map class of a value between nothing and ``worst``."""
    figure, top = decimal_of(value), decimal_of(worst)
    return charts.heat_step(None if figure is None else float(figure), float(top or 0))


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
def line_chart(
    labels: Sequence[str],
    series: Mapping[str, Sequence[float]],
    label: str = "",
    wide: bool = False,
    marked: tuple[int, int] | None = None,
    marked_label: str = "",
    links: Sequence[str] = (),
) -> dict[str, Any]:
    """``{% line_chart periods totals label=… wide=True %}``: totals maps the name of a line to its values.

    ``wide`` is for a chart over the whole page, so that its words stay the size of the text. ``marked`` is the first
    and last place of a stretch to be shaded, and ``marked_label`` what it is. ``links`` are addresses, one per label,
    to which the table beneath leads.
    """
    numbers = [(name, [float(value) for value in values]) for name, values in series.items()]
    return {
        "chart": charts.line_chart(
            [str(text) for text in labels], numbers, charts.WIDE if wide else charts.HALF, marked
        ),
        "marked_label": marked_label,
        "label": label,
        "heads": list(zip_longest(labels, links)),
        "series": series,
    }


@register.inclusion_tag("components/meter.html")
def meter(value: object, whole: object, label: str, tone: str = "", goal: object = None) -> dict[str, Any]:
    """``{% meter score 100 _("Score") goal=60 %}``: how far along, with an optional mark to reach."""
    full = float(decimal_of(whole) or 0)
    target = decimal_of(goal)
    return {
        "share": charts.share_of(float(decimal_of(value) or 0), full),
        "goal": None if target is None else charts.share_of(float(target), full),
        "label": label,
        "tone": tone,
    }


@register.inclusion_tag("components/heat_map.html")
def heat_map(
    columns: Sequence[str], rows: Iterable[Mapping[str, Any]], worst: float, caption: str = ""
) -> dict[str, Any]:
    """``{% heat_map periods rows worst=0.2 caption=… %}``: rows of ``label`` and ``cells``.

    A cell has ``value``, what is ``shown`` and an optional ``url``; ``worst`` takes the darkest colour.
    """
    return {"columns": columns, "rows": rows, "worst": worst, "caption": caption}


@register.inclusion_tag("components/stacked_bar.html")
def stacked_bar(segments: Iterable[Mapping[str, Any]], label: str) -> dict[str, Any]:
    """``{% stacked_bar segments _("Quota") %}``: parts of a whole side by side; each has ``name`` and ``value``."""
    parts = [(str(part["name"]), float(part["value"])) for part in segments]
    whole, at, placed = sum(value for _name, value in parts), 0.0, []
    for name, value in parts:
        share = charts.share_of(value, whole)
        placed.append({"name": name, "x": round(at, 2), "share": share})
        at += share
    return {"parts": placed, "label": label}


@register.inclusion_tag("components/staircase.html")
def staircase(
    corners: Sequence[tuple[float, float]],
    here: tuple[float, float],
    ahead: tuple[float, float] | None = None,
    label: str = "",
) -> dict[str, Any]:
    """``{% staircase corners here ahead label=… %}``: what is earned over the base, its cliffs, and where one stands.

    ``corners`` are (base, earned) in their order, two of the same base are a cliff; ``ahead`` is where the window ends
    at the present pace.
    """
    return {"chart": draw_staircase(corners, here, ahead), "corners": corners, "label": label}


@register.inclusion_tag("components/network.html")
def network(
    nodes: Iterable[Mapping[str, Any]],
    edges: Iterable[Mapping[str, Any]],
    circle: Sequence[str] = (),
    label: str = "",
    open: bool = False,
) -> dict[str, Any]:
    """``{% network dealers trades circle=way label=… %}``: who traded with whom, a circle of trades marked.

    Nodes have ``key``, ``label``, optional ``name`` and ``url``; edges ``source``, ``target`` (keys), ``amount``,
    optional ``quantity``, ``documents`` (how many) and ``url``. ``circle`` are the keys of the way round in its order.
    Only for headquarters: no dealer learns of another.
    """
    dealers = {node["key"]: Node(**node) for node in nodes}
    trades = sorted((Edge(**edge) for edge in edges), key=lambda edge: (-edge.amount, edge.source, edge.target))
    trades = [edge for edge in trades if edge.source in dealers and edge.target in dealers]
    drawn = draw_network(dealers.values(), trades, circle)
    way = [dealers[key].label for key in dict.fromkeys(circle) if key in dealers]
    said = ngettext("%(count)s dealer", "%(count)s dealers", len(dealers)) % {"count": len(dealers)}
    if len(way) > 1:
        said = gettext("%(dealers)s; the circle is %(way)s.") % {"dealers": said, "way": " → ".join([*way, way[0]])}
    listed = trades[:_TRADES_LISTED]
    return {
        "drawn": drawn,
        "label": label,
        "open": open,
        "description": said,
        "has_circle": any(arrow.in_circle for arrow in drawn.arrows),
        "folded_label": f"+{drawn.folded}",
        "rows": [{"edge": edge, "source": dealers[edge.source], "target": dealers[edge.target]} for edge in listed],
        "left_out": len(trades) - len(listed),
    }


@register.inclusion_tag("components/phases.html")
def phases(rows: Iterable[Mapping[str, Any]], now: datetime, label: str = "") -> dict[str, Any]:
    """``{% phases rows now label=… %}``: who had to move from when to when, each with its deadline drawn.

    Rows have ``label``, ``begun``, and optional ``ended``, ``due`` and ``tone`` (ok warn bad).
    """
    return {"drawn": draw_phases([Phase(**row, when=_days_of(row)) for row in rows], now), "label": label}


def _days_of(row: Mapping[str, Any]) -> str:
    """``2026-11-02 – 2026-11-05 · deadline 2026-11-09``; a deadline at midnight belongs to the day before."""
    begun, ended, due = day_text(row["begun"]), row.get("ended"), row.get("due")
    days = f"{begun} – {day_text(ended) if ended else '…'}"
    if due is None:
        return days
    return gettext("%(days)s · deadline %(due)s") % {"days": days, "due": day_text(due - timedelta(microseconds=1))}
