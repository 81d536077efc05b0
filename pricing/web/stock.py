"""A dealer's stock: what is there, how long it lasts, what it cost, and how it was carried forward between counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dealers.foundation import clock
from dealers.foundation.clock import BUSINESS_ZONE
from dealers.models import Dealer, Product
from dealers.selectors.stock_layers import layered_stock
from dealers.selectors.visibility import visible_dealers
from dealers.web.access import capability_required, person
from dealers.web.downloads import table_response
from dealers.web.listing import choice_of, page_of, words_of
from pricing.choices import StockHint
from pricing.rules.stock_cover import Hint
from pricing.rules.stock_roll import StockWindow, WindowState, state_of
from pricing.selectors.stock_movements import kind_words, movements_of, restated_counts
from pricing.selectors.stock_roll import Comparison, comparison, stock_windows
from pricing.selectors.stock_shelves import LOOK_BACK, Shelf, shelves_of
from pricing.stock_words import HINT_ORDER, HINT_TONES, STATES, hint_sentence, said_by, state_words
from pricing.terms import StockTerms

_MOST_WINDOWS = 120
_WINDOWS_AT_FIRST = 14
_COLUMNS = (
    *("dealer", "sku", "counted_at", "counted", "sold_since", "changed_since", "on_hand", "under_way"),
    *("daily_sales", "known_days", "days_left", "hint", "units", "unit_cost_value", "unexplained"),
)


@require_GET
@capability_required("stock.view")
def stock(request: HttpRequest) -> HttpResponse:
    """Every product of a dealer, the most urgent first. HQ says of which dealer; without one it gets the findings."""
    user = person(request)
    if user.dealer_id is None and not words_of(request, "dealer"):
        return redirect("stock-findings")
    dealer = _dealer_of(request, words_of(request, "dealer"))
    at = clock.now()
    terms = comparison(at).terms
    shelves = shelves_of(dealer.pk, terms=terms, at=at)
    hint = choice_of(request, "hint", _("All hints"), StockHint.choices)
    words = words_of(request).casefold()
    counts = Counter(shelf.cover.hint for shelf in shelves)
    fitting = [shelf for shelf in shelves if _fits(shelf, hint.value, words)]
    page = page_of(request, sorted(fitting, key=_urgency))
    context = {
        "dealer": dealer,
        "for_dealer": user.dealer_id is not None,
        "page": page,
        "rows": [_row(shelf, terms) for shelf in page.object_list],
        "filters": [hint],
        "q": words_of(request),
        "narrowed": bool(hint.value or words),
        "terms": terms,
        "sums": {name: counts[Hint(name)] for name in StockHint.values},
        "to_order": counts[Hint.ORDER] + counts[Hint.SOLD_OUT],
        "too_much": counts[Hint.OVERSTOCK] + counts[Hint.NOT_SELLING],
        "products": len(shelves),
    }
    return render(request, "pricing/stock.html", context)


@require_GET
@capability_required("stock.view")
def stock_export(request: HttpRequest, ending: str) -> HttpResponseBase:
    """All products of a dealer with their figures, layers summed up, as a table."""
    dealer = _dealer_of(request, words_of(request, "dealer"))
    return table_response(request, ending, f"stock-{dealer.code}", _COLUMNS, _table(dealer, clock.now()))


@require_GET
@capability_required("stock.view")
def stock_of(request: HttpRequest, dealer: str, sku: str) -> HttpResponse:
    """One product: now, its layers, and every stretch between counts of the last three months."""
    owner = _dealer_of(request, dealer)
    product = get_object_or_404(Product, sku=sku)
    at = clock.now()
    by = comparison(at)
    shelf = next(iter(shelves_of(owner.pk, terms=by.terms, at=at, products=[product.pk])), None)
    layered = next(layered_stock(at=at, dealers=[owner.pk], products=[product.pk]), None)
    windows = list(stock_windows(by, dealers=[owner.pk], products=[product.pk], since=at - LOOK_BACK))[-_MOST_WINDOWS:]
    restated = restated_counts(dealer_id=owner.pk, product_id=product.pk, since=at - LOOK_BACK)
    closed = [window for window in windows if window.closing is not None]
    shown = windows if request.GET.get("all") else windows[-_WINDOWS_AT_FIRST:]
    context = {
        "dealer": owner,
        "product": product,
        "for_dealer": person(request).dealer_id is not None,
        "row": None if shelf is None else _row(shelf, by.terms),
        "layered": layered,
        "layers": []
        if layered is None
        else [(layer, layer.units * layer.unit_price) for layer in layered.layers.layers],
        "windows": [_window_row(owner, product, window, by, restated) for window in reversed(shown)],
        "hidden": len(windows) - len(shown),
        "chart_labels": [_day(window.closed_at) for window in closed],
        "chart": {
            str(_("Counted")): [window.closing for window in closed],
            str(_("Expected")): [window.expected for window in closed],
        },
        "terms": by.terms,
    }
    return render(request, "pricing/stock_of.html", context)


@require_GET
@capability_required("stock.view")
def stock_movements(request: HttpRequest, dealer: str, sku: str) -> HttpResponse:
    """The documents between two instants, with the balance after each."""
    owner = _dealer_of(request, dealer)
    product = get_object_or_404(Product, sku=sku)
    try:
        first, end = (clock.parse_instant(request.GET.get(name, "")) for name in ("from", "to"))
    except ValueError as error:
        raise Http404 from error
    by = comparison(clock.now())
    windows = stock_windows(by, dealers=[owner.pk], products=[product.pk], since=first)
    window = next((one for one in windows if one.opened_at == first), None)
    movements, cut = movements_of(dealer_id=owner.pk, product_id=product.pk, first=first, end=end)
    balance = window.opening if window else 0
    rows = []
    for movement in movements:
        balance += movement.units
        rows.append({"movement": movement, "words": kind_words(movement.kind), "balance": balance})
    context = {
        "dealer": owner,
        "product": product,
        "for_dealer": person(request).dealer_id is not None,
        "first": first,
        "end": end,
        "rows": rows,
        "cut": cut,
        "window": None if window is None else _window_row(owner, product, window, by, {}),
    }
    return render(request, "pricing/stock_movements.html", context)


def _dealer_of(request: HttpRequest, code: str) -> Dealer:
    """The dealer named, or one's own; 404 for whom the person may not see."""
    user = person(request)
    seen = visible_dealers(user)
    if user.dealer_id is not None and not code:
        return get_object_or_404(seen, pk=user.dealer_id)
    return get_object_or_404(seen, code=code)


def _fits(shelf: Shelf, hint: str, words: str) -> bool:
    named = f"{shelf.sku} {shelf.name_zh} {shelf.name_en}".casefold()
    return (not hint or shelf.cover.hint == hint) and words in named


def _urgency(shelf: Shelf) -> tuple[int, int, str]:
    days = shelf.cover.days_left if shelf.cover.days_left is not None else 0
    return HINT_ORDER[shelf.cover.hint], days, shelf.sku


def _row(shelf: Shelf, terms: StockTerms) -> dict[str, Any]:
    hint = shelf.cover.hint
    return {
        "shelf": shelf,
        "cover": shelf.cover,
        "hint": hint.value,
        "label": StockHint(hint.value).label,
        "tone": HINT_TONES[hint],
        "said": hint_sentence(shelf.cover, terms),
    }


def _window_row(
    dealer: Dealer,
    product: Product,
    window: StockWindow,
    by: Comparison,
    restated: dict[datetime, list[tuple[datetime, int, str]]],
) -> dict[str, Any]:
    state = state_of(window, by.tolerance)
    label, tone = STATES[state]
    known = state in (WindowState.AGREES, WindowState.BREAK)
    address = reverse("stock-movements", args=[dealer.code, product.sku])
    return {
        "window": window,
        "state": state.value,
        "label": label,
        "tone": tone,
        "why": state_words(window, state),
        "said": said_by(window, by.tolerance),
        "difference": window.difference if known else None,
        "adjusted": window.came - window.went,
        "restated": restated.get(window.closed_at, []),
        "url": f"{address}?from={_instant(window.opened_at)}&to={_instant(window.closed_at)}",
    }


def _table(dealer: Dealer, at: datetime) -> Iterator[tuple[Any, ...]]:
    terms = comparison(at).terms
    layered = {found.product_id: found.layers for found in layered_stock(at=at, dealers=[dealer.pk])}
    for shelf in shelves_of(dealer.pk, terms=terms, at=at):
        cover, layers = shelf.cover, layered.get(shelf.product_id)
        yield (
            *(dealer.code, shelf.sku, shelf.counted_at, shelf.counted, shelf.sold_since, shelf.changed_since),
            *(shelf.on_hand, shelf.under_way, cover.daily, cover.known_days, cover.days_left, cover.hint.value),
            *(cover.units, None if layers is None else layers.value, None if layers is None else layers.unexplained),
        )


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _day(at: datetime) -> str:
    return at.astimezone(BUSINESS_ZONE).strftime("%m-%d")
