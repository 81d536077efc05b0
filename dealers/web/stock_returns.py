"""The stock that goes back at the end of a contract: headquarters checks and fixes the list, the dealer answers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dealers.choices import ReturnReason, ReturnState
from dealers.foundation import clock
from dealers.foundation.money import parse_decimal, with_cents
from dealers.foundation.refusals import Refused as Unreadable
from dealers.models import Dealer, StockReturn, StockReturnLine, User
from dealers.permissions import can
from dealers.rules.stock_returns import FIX, OFFER, REDRAW, RETURN_LIFE
from dealers.selectors.stock_returns import (
    COLUMNS,
    age_in_days,
    came_back,
    column_labels,
    end_of_contract,
    last_day_of,
    lines_of,
    return_rows,
    visible_returns,
)
from dealers.selectors.visibility import visible_dealers
from dealers.services.stock_returns import (
    LineChange,
    ReturnLineRefused,
    answer_return,
    change_lines,
    draw_up_return,
    fix_return,
    offer_return,
)
from dealers.web.access import capability_required, own_dealer, person, refusals_shown
from dealers.web.downloads import table_response
from dealers.web.listing import page_of

_LINES_PER_PAGE = 100
_EDITABLE = (ReturnState.DRAFT, ReturnState.OBJECTED)


@require_GET
@capability_required("dealers.view")
def stock_return(request: HttpRequest, code: str) -> HttpResponse:
    """The list of one dealer with what may be done about it; before there is one, the button that draws it up."""
    user = person(request)
    if not can(user, "returns.view"):
        raise Http404
    dealer = get_object_or_404(visible_dealers(user).select_related("exit"), code=code)
    return render(request, "dealers/stock_return.html", _shown(request, user, dealer))


@require_GET
@capability_required("returns.view")
def own_return(request: HttpRequest) -> HttpResponse:
    """The dealer's own list, once headquarters has put it forward."""
    return render(request, "dealers/stock_return.html", _shown(request, person(request), own_dealer(request)))


def _shown(request: HttpRequest, user: User, dealer: Dealer) -> dict[str, Any]:
    found = visible_returns(user).filter(dealer=dealer).first()
    last_day = last_day_of(dealer)
    mine = user.dealer_id is not None
    context: dict[str, Any] = {
        "dealer": dealer,
        "last_day": last_day,
        "found": found,
        "mine": mine,
        "may_draw_up": can(user, "returns.draw_up") and last_day is not None and _allows(found, REDRAW),
    }
    if found is None:
        return context
    page = page_of(request, lines_of(found), _LINES_PER_PAGE)
    final = found.as_of >= end_of_contract(found.last_day)
    return {
        **context,
        "page": page,
        "rows": [_row(line, found) for line in page],
        "final": final,
        "reasons": ReturnReason.choices,
        "may_change": can(user, "returns.draw_up") and found.state in _EDITABLE,
        "may_offer": can(user, "returns.draw_up") and final and RETURN_LIFE.allows(found.state, OFFER),
        "may_answer": can(user, "returns.answer") and found.state == ReturnState.OFFERED,
        "may_fix": can(user, "returns.fix")
        and RETURN_LIFE.allows(found.state, FIX)
        and found.drawn_up_by_id != user.pk,
        "fix_needs_reason": found.state != ReturnState.CONFIRMED,
        "came_back": came_back(found) if found.state == ReturnState.FIXED else None,
        "left": found.units - found.accepted,
    }


def _row(line: StockReturnLine, found: StockReturn) -> dict[str, Any]:
    return {
        "line": line,
        "age": age_in_days(line, found.as_of),
        "less": line.accepted - line.units,
        "typed": {
            "accepted": line.accepted,
            "price": str(with_cents(line.price)),
            "reason": line.reason,
            "note": line.note,
        },
    }


def _allows(found: StockReturn | None, event: str) -> bool:
    return found is None or RETURN_LIFE.allows(found.state, event)


@require_POST
@capability_required("returns.draw_up")
def draw_up(request: HttpRequest, code: str) -> HttpResponse:
    """Draw the list up, or again."""
    user = person(request)
    dealer = get_object_or_404(visible_dealers(user), code=code)
    with refusals_shown(request):
        draw_up_return(dealer=dealer, actor=user, at=clock.now())
        messages.success(request, _("The list is drawn up."))
    return redirect("stock-return", dealer.code)


@require_POST
@capability_required("returns.draw_up")
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Take over what was typed on one page of lines; a line that is wrong saves none and keeps what was typed."""
    user = person(request)
    found = get_object_or_404(visible_returns(user), dealer__code=code)
    wanted = request.POST.getlist("line")[: 2 * _LINES_PER_PAGE]
    numbers = [int(number) for number in wanted if number.isdecimal() and len(number) < 10]
    with refusals_shown(request):
        try:
            changes = {line.line_no: _typed(request, line) for line in found.lines.filter(line_no__in=numbers)}
            change_lines(stock_return=found, changes=changes, actor=user, at=clock.now())
            messages.success(request, _("The list is saved."))
        except ReturnLineRefused as refusal:
            messages.error(request, str(refusal))
            return _again(request, user, found)
    return redirect(f"{reverse('stock-return', args=[code])}?{request.GET.urlencode()}".removesuffix("?"))


def _again(request: HttpRequest, user: User, found: StockReturn) -> HttpResponse:
    context = _shown(request, user, found.dealer)
    for row in context["rows"]:
        for name in row["typed"]:
            row["typed"][name] = request.POST.get(f"{name}{row['line'].line_no}", row["typed"][name])
    return render(request, "dealers/stock_return.html", context, status=422)


def _typed(request: HttpRequest, line: StockReturnLine) -> LineChange:
    """Raises :class:`ReturnLineRefused` for what is no number."""
    number = line.line_no
    try:
        accepted = parse_decimal(request.POST.get(f"accepted{number}", ""), max_digits=12, places=0)
        price = parse_decimal(request.POST.get(f"price{number}", ""), max_digits=18, places=6)
    except Unreadable as refusal:
        raise ReturnLineRefused(line=number, problem=refusal.render()) from refusal
    note = request.POST.get(f"note{number}", "").replace("\x00", "")
    return LineChange(int(accepted), price, request.POST.get(f"reason{number}", ""), note)


@require_POST
@capability_required("returns.draw_up")
def offer(request: HttpRequest, code: str) -> HttpResponse:
    """Put the list to the dealer."""
    user = person(request)
    found = get_object_or_404(visible_returns(user), dealer__code=code)
    with refusals_shown(request):
        offer_return(stock_return=found, actor=user, at=clock.now())
        messages.success(request, _("The dealer is asked to confirm the list."))
    return redirect("stock-return", code)


@require_POST
@capability_required("returns.fix")
def fix(request: HttpRequest, code: str) -> HttpResponse:
    """Make the list final."""
    user = person(request)
    found = get_object_or_404(visible_returns(user), dealer__code=code)
    with refusals_shown(request):
        fix_return(stock_return=found, note=request.POST.get("note", ""), actor=user, at=clock.now())
        messages.success(request, _("The list is fixed."))
    return redirect("stock-return", code)


@require_POST
@capability_required("returns.answer")
def answer(request: HttpRequest) -> HttpResponse:
    """The dealer confirms its list or says what is wrong with it."""
    user = person(request)
    found = get_object_or_404(visible_returns(user), dealer=own_dealer(request))
    seen = request.POST.get("seen", "")
    agree = request.POST.get("decision") == "confirm"
    with refusals_shown(request):
        answer_return(
            stock_return=found,
            agree=agree,
            answer=request.POST.get("answer", ""),
            seen=int(seen) if seen.isdecimal() and len(seen) < 6 else -1,
            actor=user,
            at=clock.now(),
        )
        said = _("You have confirmed the list.") if agree else _("Headquarters will look at it again.")
        messages.success(request, said)
    return redirect("own-stock-return")


@require_GET
@capability_required("returns.view")
def export(request: HttpRequest, code: str, written: str) -> HttpResponseBase:
    """The list as CSV, XLSX or JSON; a workbook has its headings in the reader's language."""
    found = get_object_or_404(visible_returns(person(request)), dealer__code=code)
    columns = column_labels() if written == "xlsx" else COLUMNS
    name = f"stock-return-{found.dealer.code}-{found.edition}"
    return table_response(request, written, name, columns, return_rows(found))
