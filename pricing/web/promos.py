"""The inbox of promotion requests, one request, and the export."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET
from django_htmx.middleware import HtmxDetails

from dealers.foundation import clock
from dealers.foundation.money import round_rate
from dealers.foundation.tabular.exports import XlsxWriter
from dealers.web.access import capability_required, own_dealer, person
from pricing.choices import PromoState
from pricing.errors import PromoNotFound
from pricing.models import PromoRequest
from pricing.permissions import can, may_request_promos
from pricing.selectors.promo_inbox import (
    ROWS_PER_PAGE,
    Inbox,
    InboxQuery,
    found_promos,
    promo_inbox,
    region_choices,
)
from pricing.selectors.promo_results import BEGUN
from pricing.selectors.promo_review import review_promos
from pricing.selectors.promos import promo_by_code, promos_open_to, with_parts
from pricing.web.promo_pane import pane_of
from pricing.web.promo_rows import row_of

_EXPORT_CHUNK = 200
#: What the keys do beside those of every list; `promos.js` brings them to the control that carries them.
SHORTCUTS = (
    ("o", gettext_lazy("open on a page of its own")),
    ("a", gettext_lazy("approve, pass on or vote for")),
    ("t", gettext_lazy("return it")),
    ("d", gettext_lazy("reject or vote against")),
    ("r", gettext_lazy("write the reason")),
    ("m", gettext_lazy("remarks on single fields")),
    ("c", gettext_lazy("clear the next wording")),
    ("b", gettext_lazy("approve those ticked")),
)


@require_GET
@capability_required("promos.view", can=can)
def inbox(request: HttpRequest) -> HttpResponse:
    """The list with its figures and tabs; beside it the request selected, or the first one."""
    user = person(request)
    at = clock.now()
    query = _query(request)
    box = promo_inbox(user, query, at=at)
    # While somebody types only the rows are asked for: what lies open beside them stays as it is.
    selected = None if request.headers.get("HX-Target") == "results" else _selected(request, box)
    rows = [row_of(review) for review in box.reviews]
    may_bulk = box.tab == "mine" and can(user, "promos.decide")
    context = {
        "box": box,
        "rows": rows,
        "tabs": _tabs(request, box),
        "words": query.words,
        "region": query.region,
        "regions": region_choices(),
        "may_request": may_request_promos(user),
        "may_see_delegations": can(user, "promos.see_delegations"),
        "may_bulk": may_bulk,
        "any_harmless": may_bulk and any(row.step and not row.bulk_objection for row in rows),
        "page_shortcuts": SHORTCUTS,
        "may_export": can(user, "promos.export"),
        "is_dealer": user.dealer_id is not None,
        "selected_code": selected.code if selected else request.GET.get("selected", ""),
        "next": request.get_full_path(),
    }
    if selected is not None:
        listed = next((review for review in box.reviews if review.request.pk == selected.pk), None)
        if listed is not None:  # judged with its neighbours; the pane shows more of it than a row
            review = replace(listed, request=selected)
        else:
            review = review_promos([selected], at=at, for_dealer=user.dealer_id is not None)[0]
        context |= pane_of(review, user, at=at)
    answer = render(request, "promos/inbox.html", context)
    patch_vary_headers(answer, ["HX-Target"])
    return answer


@require_GET
@capability_required("promos.view", can=can)
def detail(request: HttpRequest, code: str) -> HttpResponse:
    """One request on a page of its own; the list takes its pane from here."""
    at = clock.now()
    promo = _found(request, code)
    user = person(request)
    review = review_promos([promo], at=at, for_dealer=user.dealer_id is not None)[0]
    context = pane_of(review, user, at=at)
    return render(
        request, "promos/detail.html", {**context, "next": _next_of(request, code), "page_shortcuts": SHORTCUTS}
    )


@require_GET
@capability_required("promos.request_for_dealer", can=can)
def open_to_me(request: HttpRequest) -> HttpResponse:
    """HQ's promotions in which the dealer takes part: prices and days, nothing of how they were decided."""
    found = with_parts(promos_open_to(own_dealer(request).pk)).order_by("-window", "-pk")
    page = Paginator(found, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "promos/open.html", {"page": page, "today": clock.business_day(clock.now()), "begun": BEGUN})


@require_GET
@capability_required("promos.export", can=can)
def export(request: HttpRequest) -> HttpResponse:
    """The tab as a workbook, one row per request and product."""
    columns = [
        _("Number"),
        _("Applicant"),
        _("State"),
        "SKU",
        _("Product"),
        _("Promo price"),
        _("Floor"),
        _("Against floor"),
        _("First day"),
        _("Ends before"),
        _("Budget"),
        _("Submitted"),
        _("Approved"),
    ]
    file = io.BytesIO()
    with XlsxWriter(file, columns, sheet=_("Promo requests")) as writer:
        for row in _export_rows(request):
            writer.write(row)
    response = HttpResponse(
        file.getvalue(), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    response["Content-Disposition"] = 'attachment; filename="promos.xlsx"'
    return response


def _export_rows(request: HttpRequest) -> Iterator[list[Any]]:
    at = clock.now()
    found = found_promos(request.user, _query(request))
    for start in range(0, len(found), _EXPORT_CHUNK):
        for review in review_promos(found[start : start + _EXPORT_CHUNK], at=at):
            promo = review.request
            names = {item.product.sku: item.product.name for item in promo.items.all()}
            for item in review.comparisons:
                yield [
                    promo.code,
                    promo.applicant.name if promo.applicant else "HQ",
                    str(PromoState(promo.state).label),
                    item.sku,
                    names[item.sku],
                    item.price,
                    item.tightest.band.floor if item.tightest else None,
                    round_rate(item.tightest.gap) if item.tightest and item.tightest.gap is not None else None,
                    promo.starts_on,
                    promo.ends_on,
                    promo.budget,
                    promo.submitted_at,
                    promo.approved_at,
                ]


def _query(request: HttpRequest) -> InboxQuery:
    return InboxQuery(
        tab=request.GET.get("tab", ""),
        words=request.GET.get("q", "")[:100],
        region=request.GET.get("region", ""),
        page=request.GET.get("page", "1"),
    )


def _tabs(request: HttpRequest, box: Inbox) -> list[dict[str, Any]]:
    kept = {name: request.GET[name] for name in ("q", "region") if request.GET.get(name)}
    return [
        {
            "label": tab.label,
            "count": tab.count,
            "current": tab.key == box.tab,
            "url": f"{reverse('promos')}?{urlencode({'tab': tab.key, **kept})}",
        }
        for tab in box.tabs
    ]


def _selected(request: HttpRequest, box: Inbox) -> PromoRequest | None:
    """The request named in the address, wherever it has gone meanwhile; else the first of the list."""
    on_page = [promo.code for promo in box.page.object_list]
    for code in (request.GET.get("selected", ""), *on_page[:1]):
        try:
            if code:
                return promo_by_code(request.user, code)
        except PromoNotFound:
            continue
    return None


def _found(request: HttpRequest, code: str) -> PromoRequest:
    try:
        return promo_by_code(request.user, code)
    except PromoNotFound as error:
        raise Http404(str(error)) from error


def _next_of(request: HttpRequest, code: str) -> str:
    """Where an act on this request leads back to: the list it was opened beside, or this page."""
    htmx: HtmxDetails | None = getattr(request, "htmx", None)
    path, _mark, query = ((htmx.current_url_abs_path if htmx else "") or "").partition("?")
    if path == reverse("promos"):
        kept = [part for part in query.split("&") if part and not part.startswith("selected=")]
        return f"{path}?{'&'.join([*kept, urlencode({'selected': code})])}"
    return reverse("promo-detail", args=[code])
