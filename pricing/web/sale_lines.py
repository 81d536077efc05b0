"""Reported sale lines with their verdicts, and why each was judged as it was."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dealers.foundation import clock
from dealers.foundation.half_months import HalfMonth
from dealers.foundation.refusals import Refused
from dealers.models import User
from dealers.selectors.deliveries import visible_deliveries
from dealers.web.access import capability_required, person
from dealers.web.listing import ROWS_PER_PAGE, Filter, choice_of, day_of, words_of
from pricing.choices import FLAG_LABELS, Flag, Verdict
from pricing.models import SaleLine, SaleLineHistory
from pricing.permissions import can
from pricing.selectors.line_proof import line_proof
from pricing.selectors.sale_lines import (
    LinePlace,
    LineWish,
    flags_of,
    lines_after,
    narrowed_lines,
    sales_between,
    verdict_choices,
    visible_sale_lines,
)
from pricing.web.line_words import flag_explanations, proof_sections, verdict_steps

_PERIODS_OFFERED = 26


@require_GET
@capability_required("sales.view", can=can)
def sale_lines(request: HttpRequest) -> HttpResponse:
    """The lines of a half-month, or of the days asked for. Read on with “next”; nothing is counted."""
    user = person(request)
    period = _period_of(request)
    periods = Filter("period", _("Half-month"), _period_options(), str(period))
    flag_options = [(flag.value, FLAG_LABELS[flag]) for flag in Flag]
    filters = [
        choice_of(request, "verdict", _("All verdicts"), verdict_choices()),
        choice_of(request, "flag", _("With or without flags"), flag_options),
    ]
    verdict, flag = (int(chosen.value) if chosen.value else None for chosen in filters)
    first, last = day_of(request, "from"), day_of(request, "to")
    wish = LineWish(
        first or (min(period.start, last) if last else period.start),
        last + timedelta(days=1) if last else (period.end if first is None else max(period.end, first)),
        dealer=words_of(request, "dealer") if user.dealer_id is None else "",
        verdict=verdict,
        flag=flag,
        sku=words_of(request, "sku"),
        doc_no=words_of(request, "doc"),
        home=words_of(request, "home") if user.dealer_id is None else "",
        judged=request.GET.get("judged") == "1",
        breach=request.GET.get("breach") == "1",
    )
    special = wish.home or wish.judged or wish.breach
    rows, next_url, first_url = _read_on(request, user, wish)
    context = {
        "rows": [line_row(line) for line in rows],
        "next_url": next_url,
        "first_url": first_url,
        "periods": periods,
        "filters": filters,
        "wish": wish,
        "given": {"from": request.GET.get("from", ""), "to": request.GET.get("to", "")},
        "period": period,
        "sums": sales_between(user, period, period, dealer=wish.dealer) if not (first or last or special) else None,
        "for_dealer": user.dealer_id is not None,
        "narrowed": bool(verdict or flag or wish.dealer or wish.sku or wish.doc_no or special or first or last),
    }
    return render(request, "pricing/sale_lines.html", context)


@require_GET
@capability_required("sales.view", can=can)
def sale_line(request: HttpRequest, dealer: str, line_no: int, doc_no: str) -> HttpResponse:
    """One line: its verdict step by step, its flags, what was considered, and what it said before."""
    user = person(request)
    found = visible_sale_lines(user).select_related("dealer", "product", "region__parent")
    line = get_object_or_404(found, dealer__code=dealer, doc_no=doc_no, line_no=line_no)
    for_dealer = user.dealer_id is not None
    proof = line_proof(line, for_dealer=for_dealer)
    history = SaleLineHistory.objects.filter(dealer_id=line.dealer_id, doc_no=doc_no, line_no=line_no)
    context = {
        "line": line,
        "amount": line.quantity * line.unit_price,
        "verdict": Verdict(line.verdict),
        "flags": [Flag[name.upper()] for name in flags_of(line.flags)],
        "row": line_row(line),
        "steps": verdict_steps(line, proof),
        "flag_lines": flag_explanations(line, proof),
        "sections": proof_sections(proof),
        "proof": proof,
        "history": [line_row(state) for state in history.order_by("-known_until", "-id")[:50]],
        "delivery": visible_deliveries(user).filter(pk=line.delivery_id).first(),
    }
    return render(request, "pricing/sale_line.html", context)


def line_row(line: Any) -> dict[str, Any]:
    """A line, or an earlier state of one, as a row of a table."""
    return {
        "line": line,
        "verdict": Verdict(line.verdict).code,
        "verdict_label": Verdict(line.verdict).label,
        "flags": [(name, FLAG_LABELS[Flag[name.upper()]]) for name in flags_of(line.flags)],
        "amount": line.quantity * line.unit_price,
    }


def _read_on(request: HttpRequest, user: User, wish: LineWish) -> tuple[list[SaleLine], str, str]:
    lines = narrowed_lines(user, wish)
    place = place_of(request.GET.get("after", ""))
    if place is not None:
        lines = lines_after(lines, place)
    rows = list(lines[: ROWS_PER_PAGE + 1])
    query = request.GET.copy()
    query.pop("after", None)
    first_url = f"?{query.urlencode()}" if place is not None else ""
    if len(rows) <= ROWS_PER_PAGE:
        return rows, "", first_url
    rows = rows[:ROWS_PER_PAGE]
    last = rows[-1]
    query["after"] = f"{last.dealer_id}~{last.sold_on.isoformat()}~{last.line_no}~{last.doc_no}"
    return rows, f"?{query.urlencode()}", first_url


def place_of(text: str) -> LinePlace | None:
    """Where to read on; None for an address nobody of us wrote."""
    try:
        dealer_id, sold_on, line_no, doc_no = text.split("~", 3)
        return LinePlace(int(dealer_id), date.fromisoformat(sold_on), doc_no.replace("\x00", ""), int(line_no))
    except ValueError:
        return None


def _period_of(request: HttpRequest) -> HalfMonth:
    try:
        return HalfMonth.parse(request.GET.get("period", ""))
    except Refused:
        return HalfMonth.containing(clock.now())


def _period_options() -> list[tuple[str, str]]:
    period = HalfMonth.containing(clock.now())
    options = []
    for _number in range(_PERIODS_OFFERED):
        options.append((str(period), str(period)))
        period = period.previous()
    return options
