"""Every component on one page, for those who build pages; only served in development."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.templatetags.halfmoon import days
from dealers.foundation.clock import now

_DEALERS = ("北京中恒渠道有限公司", "南京金陵电子有限公司", "杭州云帆科技有限公司", "深圳联讯达有限公司")
_STATES = ("legal_review", "budget_review", "returned", "approved", "rejected")


class SampleForm(forms.Form):
    """One field of each sort, with help."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=60)
    price = forms.DecimalField(label=gettext_lazy("Promo price"), help_text=gettext_lazy("Per unit, tax included."))
    starts_on = forms.DateField(label=gettext_lazy("Starts on"), widget=forms.DateInput(attrs={"type": "date"}))
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[("a", gettext_lazy("Discount")), ("b", gettext_lazy("Gift"))],
        required=False,
    )
    notes = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea, required=False)
    agreed = forms.BooleanField(label=gettext_lazy("I have read the policy in force."))


def styleguide(request: HttpRequest) -> HttpResponse:
    """The page; `?empty=1` shows no rows."""
    if "toast" in request.GET:
        messages.success(request, _("The request was approved."))
        messages.error(request, _("Line 4: the price is missing."))
    form = SampleForm({"title": "", "price": "abc"}) if "errors" in request.GET else SampleForm()
    return render(request, "styleguide/index.html", {**_sample(request.GET.get("q", "")), "form": form})


def _sample(query: str) -> dict[str, Any]:
    at = now()
    rows = [
        SimpleNamespace(
            pk=number,
            code=f"PR-2611-{398 - number:04}",
            dealer=SimpleNamespace(name=_DEALERS[number % 4], code=f"D{1000 + number}"),
            product=("S20 投影仪", "X15 Pro 12+256 曜石黑", "W5 手表 46mm")[number % 3],
            price=Decimal("1299") + 100 * number,
            gap=Decimal(number % 4) * Decimal("-0.04"),
            state=_STATES[number % 5],
            due=at + timedelta(hours=6 * number - 13, minutes=35),
        )
        for number in range(12)
    ]
    rows = [row for row in rows if query.lower() in f"{row.code} {row.dealer.name} {row.product}".lower()]
    periods = [f"{month:02}-{half}" for month in range(6, 12) for half in ("H1", "H2")]
    heat = [
        {
            "label": region,
            "cells": [
                {"value": (at_row * 7 + column * 5) % 21 / 100, "shown": (at_row * 7 + column * 5) % 21}
                for column in range(12)
            ],
        }
        for at_row, region in enumerate(("华东", "华北", "华南", "西南", "华中", "东北", "西北"))
    ]
    return {
        "rows": rows,
        "page": Paginator(range(240), 20).page(3),
        "first": rows[0] if rows else None,
        "query": query,
        "tabs": [
            {"label": _("To decide"), "url": "?tab=a", "current": True, "count": 47},
            {"label": _("Approved"), "url": "?tab=b", "current": False, "count": 6},
            {"label": _("All"), "url": "?tab=c", "current": False, "count": None},
        ],
        "facts": [
            (_("Window"), days(date(2026, 11, 22), date(2026, 11, 27))),
            (_("Budget"), "¥69,000.00"),
            (_("Floor"), "¥1,299.00"),
            (_("Promo price"), "¥1,199.00"),
        ],
        "checks": [
            {"outcome": "ok", "label": _("Handed in 5 working days before the start"), "result": _("kept")},
            {
                "outcome": "warn",
                "label": _("Overlaps another promotion"),
                "result": _("look"),
                "detail": "PR-2611-0351",
            },
            {
                "outcome": "bad",
                "label": _("Forbidden words in the ad copy"),
                "result": _("broken"),
                "detail": "“最低价”",
            },
            {"outcome": "wait", "label": _("Budget authority"), "result": _("not yet")},
        ],
        "timeline": [
            {"title": _("Submitted"), "at": at - timedelta(days=2), "actor": "陈立", "tone": "ok"},
            {
                "title": _("Returned for changes"),
                "at": at - timedelta(days=1),
                "actor": "林若溪",
                "tone": "warn",
                "quote": "“最低价”需要出处",
            },
            {"title": _("Legal review"), "note": _("waiting"), "tone": "wait"},
        ],
        "steps": [
            {"label": _("Open"), "state": "done"},
            {"label": _("Calculated"), "state": "done"},
            {"label": _("Under review"), "state": "current"},
            {"label": _("Approved"), "state": "ahead"},
            {"label": _("Closed"), "state": "ahead"},
        ],
        "proof": [
            {"label": _("Cumulative base"), "value": "182,400.00"},
            {"label": _("Up to 100,000 at 2%"), "value": "2,000.00", "formula": "100,000.00 × 0.02"},
            {"label": _("Above at 3%"), "value": "2,472.00", "formula": "(182,400.00 − 100,000.00) × 0.03"},
            {"label": _("Settled before"), "value": "−1,310.55"},
            {"label": _("Due now"), "value": "3,161.45", "total": True},
        ],
        "periods": periods,
        "heat": heat,
        "trend": [12, 14, 9, 17, 21, 18, 26],
        "funnel": [
            {"label": _("Submitted"), "value": 1284},
            {"label": _("Approved"), "value": 962, "tone": "ok"},
            {"label": _("Rejected"), "value": 84, "tone": "bad"},
        ],
        "totals": {
            _("Rebate"): [120, 132, 128, 150, 171, 166, 182, 190, 175, 210, 224, 218],
            _("Penalty"): [-12, -8, -20, -6, -9, -30, -12, -8, -6, -10, -14, -9],
        },
        "job": SimpleNamespace(state="running", done=6120, total=10000, error=""),
        "amount": Decimal("-1234.5"),
        **_trades(),
        "now": at,
        "phases": [
            {
                "label": _("Legal review"),
                "begun": at - timedelta(days=12),
                "ended": at - timedelta(days=9),
                "tone": "ok",
            },
            {
                "label": _("Budget authority"),
                "begun": at - timedelta(days=9),
                "due": at - timedelta(days=1),
                "tone": "bad",
            },
        ],
    }


def _trades() -> dict[str, Any]:
    """A small circle with neighbours, and more dealers than a picture holds."""
    ring = [("D1000", "D1001", 86_400), ("D1001", "D1002", 84_150), ("D1002", "D1000", 83_900)]
    beside = [("D1003", "D1000", 21_000), ("D1001", "D1004", 12_600), ("D1002", "D1001", 6_300)]
    many = [(f"D{2000 + at}", f"D{2000 + at * 7 % 40}", 1_000 * (40 - at)) for at in range(1, 40)]
    return {
        "dealers": [{"key": f"D{1000 + at}", "label": f"D{1000 + at}", "name": _DEALERS[at % 4]} for at in range(5)],
        "trades": [_trade(*each) for each in ring + beside],
        "way": ("D1000", "D1001", "D1002"),
        "many_dealers": [{"key": f"D{2000 + at}", "label": f"D{2000 + at}"} for at in range(40)],
        "many_trades": [_trade(*each) for each in many],
    }


def _trade(source: str, target: str, amount: int) -> dict[str, Any]:
    quantity = Decimal(amount // 150)
    return {"source": source, "target": target, "amount": Decimal(amount), "quantity": quantity, "documents": 3}
