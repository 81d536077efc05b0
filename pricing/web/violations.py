"""Violations: the list, one with its lines and where it stands on the ladder, and exports."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dealers.choices import RegionKind
from dealers.foundation import clock
from dealers.foundation.half_months import HalfMonth
from dealers.foundation.refusals import Refused
from dealers.models import AuditRecord, Region, User
from dealers.web.access import capability_required, person
from dealers.web.audit_words import told
from dealers.web.listing import ROWS_PER_PAGE, Filter, choice_of, words_of
from pricing.choices import ViolationKind, ViolationState
from pricing.errors import ViolationNotFound
from pricing.models import Violation
from pricing.permissions import can
from pricing.selectors.ladder import Ladder, ladder
from pricing.selectors.sale_lines import LinePlace, lines_after
from pricing.selectors.violation_lines import explained, lines_of
from pricing.selectors.violations import (
    CHANGED,
    CLEARED,
    LATER_FROM,
    ViolationPlace,
    ViolationWish,
    earlier_violations,
    narrowed_violations,
    sum_of,
    violation_of,
    violations_after,
)
from pricing.web.sale_lines import place_of
from pricing.web.violation_words import bases_of, consequence_words, formula_of, line_rows, violation_row

_PERIODS_OFFERED = 26
ALL = "all"


@require_GET
@capability_required("violations.view", can=can)
def violations(request: HttpRequest) -> HttpResponse:
    """The violations of a half-month, the largest shortfall first. Read on with “next”; nothing is counted."""
    user = person(request)
    terms = ladder()
    wish, filters, periods = wish_of(request, user)
    rows, next_url, first_url = _read_on(request, user, wish, terms)
    context = {
        "rows": [violation_row(violation, terms) for violation in rows],
        "next_url": next_url,
        "first_url": first_url,
        "periods": periods,
        "filters": filters,
        "wish": wish,
        "sums": sum_of(user, wish.period) if wish.period else None,
        "for_dealer": user.dealer_id is not None,
        "may_gather": can(user, "violations.gather"),
        "narrowed": bool(wish.kind or wish.state or wish.dealer or wish.home or wish.standing),
        "query": request.GET.urlencode(),
    }
    return render(request, "pricing/violations.html", context)


@require_GET
@capability_required("violations.view", can=can)
def violation(request: HttpRequest, pk: int) -> HttpResponse:
    """One violation: its figures, its lines, the half-months before it, and what happened to it."""
    user = person(request)
    found = found_violation(user, pk)
    for_dealer = user.dealer_id is not None
    terms = ladder()
    consequence = terms.consequence_of(found)
    lines, next_url, first_url = _lines_on_page(request, found)
    shown = list(explained(found, lines, for_dealer=for_dealer))
    period = HalfMonth.from_ordinal(found.period)
    records = AuditRecord.objects.filter(subject_type=Violation._meta.label_lower, subject_id=str(pk))
    context = {
        "row": violation_row(found, terms),
        "violation": found,
        "period": period,
        "over": clock.business_day(clock.now()) >= period.end,
        "window_months": known.window_months if (known := terms.terms_in(found.period)) else None,
        "consequence": consequence_words(consequence),
        "formula": formula_of(found, consequence) if consequence else [],
        "earlier": [
            {"violation": each, "period": str(HalfMonth.from_ordinal(each.period))}
            for each in earlier_violations(found)
        ],
        "lines": line_rows(shown),
        "bases": bases_of(shown),
        "next_url": next_url,
        "first_url": first_url,
        "versions": found.versions.all()[:20],
        "records": [] if for_dealer else told(records.order_by("-pk")[:50]),
        "for_dealer": for_dealer,
        "may_decide": can(user, "violations.decide"),
    }
    return render(request, "pricing/violation.html", context)


def wish_of(request: HttpRequest, user: User) -> tuple[ViolationWish, list[Filter], Filter]:
    for_dealer = user.dealer_id is not None
    period = _period_of(request, for_dealer)
    periods = Filter("period", _("Half-month"), _period_options(), str(period) if period else ALL)
    states = [
        *ViolationState.choices,
        (CHANGED, _("Changed since handed over")),
        (CLEARED, _("No longer in breach")),
    ]
    standings = [
        (1, _("First half-month in the window")),
        (2, _("Second half-month in the window")),
        (LATER_FROM, _("Third half-month or later")),
    ]
    filters = [
        choice_of(request, "kind", _("All kinds"), ViolationKind.choices),
        choice_of(request, "state", _("All states"), states),
        choice_of(request, "standing", _("Any place on the ladder"), standings),
    ]
    kind, state, standing = (chosen.value for chosen in filters)
    home = ""
    if not for_dealer:
        provinces = Region.objects.filter(kind=RegionKind.PROVINCE).order_by("code")
        filters.append(choice_of(request, "home", _("All provinces"), [(each.code, each.name) for each in provinces]))
        home = filters[-1].value
    wish = ViolationWish(
        period=period,
        kind=kind,
        state=state,
        dealer="" if for_dealer else words_of(request, "dealer"),
        home=home,
        standing=int(standing) if standing else None,
    )
    return wish, filters, periods


def _period_of(request: HttpRequest, for_dealer: bool) -> HalfMonth | None:
    """The half-month asked for; by default the latest that is over, for a dealer all of them."""
    given = request.GET.get("period", "")
    if given == ALL or (for_dealer and not given):
        return None
    try:
        return HalfMonth.parse(given)
    except Refused:
        return HalfMonth.containing(clock.now()).previous()


def _period_options() -> list[tuple[str, str]]:
    present = HalfMonth.containing(clock.now())
    recent = (HalfMonth.from_ordinal(present.ordinal - back) for back in range(_PERIODS_OFFERED))
    return [(str(period), str(period)) for period in recent]


def _read_on(request: HttpRequest, user: User, wish: ViolationWish, terms: Ladder) -> tuple[list[Violation], str, str]:
    found = narrowed_violations(user, wish, terms)
    place = _place_of(request.GET.get("after", ""))
    if place is not None:
        found = violations_after(found, place)
    rows = list(found[: ROWS_PER_PAGE + 1])
    query = request.GET.copy()
    query.pop("after", None)
    first_url = f"?{query.urlencode()}" if place is not None else ""
    if len(rows) <= ROWS_PER_PAGE:
        return rows, "", first_url
    rows = rows[:ROWS_PER_PAGE]
    query["after"] = f"{rows[-1].period}~{rows[-1].shortfall}~{rows[-1].pk}"
    return rows, f"?{query.urlencode()}", first_url


def _place_of(text: str) -> ViolationPlace | None:
    """Where to read on; None for an address nobody of us wrote."""
    try:
        period, shortfall, pk = text.split("~")
        amount = Decimal(shortfall)
    except (ValueError, InvalidOperation):
        return None
    if not (amount.is_finite() and abs(amount) < 10**18 and period.isdecimal() and pk.isdecimal()):
        return None
    return ViolationPlace(int(period[:9]), amount, int(pk[:18]))


def _lines_on_page(request: HttpRequest, found: Violation) -> tuple[list[Any], str, str]:
    lines = lines_of(found)
    place: LinePlace | None = place_of(request.GET.get("after", ""))
    if place is not None:
        lines = lines_after(lines, place)
    rows = list(lines[: ROWS_PER_PAGE + 1])
    first_url = "?" if place is not None else ""
    if len(rows) <= ROWS_PER_PAGE:
        return rows, "", first_url
    rows = rows[:ROWS_PER_PAGE]
    last = rows[-1]
    return rows, f"?after={last.dealer_id}~{last.sold_on.isoformat()}~{last.line_no}~{last.doc_no}", first_url


def found_violation(user: User, pk: int) -> Violation:
    try:
        return violation_of(user, pk)
    except ViolationNotFound as error:
        raise Http404(str(error)) from error
