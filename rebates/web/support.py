"""Market support: the dealer's money and plans, headquarters' inbox, and an activity with what can be done on it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dealers.choices import Tier
from dealers.foundation import clock
from dealers.foundation.periods import Quarter
from dealers.foundation.refusals import Refused as Unreadable
from dealers.models import Region, User
from dealers.selectors.network import provinces
from dealers.web.access import capability_required, person
from dealers.web.downloads import table_response
from dealers.web.listing import choice_of, page_of, window_of, words_of
from rebates.choices import SupportState
from rebates.errors import SupportNotFound
from rebates.models import SupportActivity
from rebates.permissions import can
from rebates.selectors.proof_files import used_before
from rebates.selectors.support import SupportWish, narrowed_support, support_by_number, visible_support, waiting_support
from rebates.selectors.support_quotas import QuotaSum, own_quota, quotas_in_sight
from rebates.services.support.papers import papers_open_in
from rebates.services.support.sweeping import due_of
from rebates.web.support_forms import ClaimForm, CommitForm, DecisionForm, PaperForm
from rebates.web.support_words import pot_segments, steps_shown

QUOTA_COLUMNS = ("quarter", "dealer", "tier", "region", "quota", "planned", "reserved", "committed", "spent", "free")
_PAST_QUARTERS = 8


@require_GET
@capability_required("support.view", can=can)
def market_support(request: HttpRequest) -> HttpResponse:
    """A dealer's own money and activities, or the activities headquarters decides about."""
    user = person(request)
    return _own(request, user) if user.dealer_id is not None else _inbox(request, user)


def _own(request: HttpRequest, user: User) -> HttpResponse:
    quarter, present = _quarter(request), Quarter.containing(clock.now())
    assert user.dealer is not None
    quota = own_quota(user.dealer, quarter, over=quarter < present)
    window = window_of(request, visible_support(user).filter(quarter=str(quarter)))
    for activity in window.rows:
        activity.due = due_of(activity)
    context = {
        "quarter": str(quarter),
        "quarters": _tabs(request, [present.next(), present, present.previous(), present.previous().previous()]),
        "quota": quota,
        "segments": [] if quota is None else pot_segments(quota.pots),
        "window": window,
        "ahead": quarter > present,
        "may_ask": can(user, "support.ask"),
    }
    return render(request, "rebates/support_own.html", context)


def _inbox(request: HttpRequest, user: User) -> HttpResponse:
    state = choice_of(request, "state", _("All states"), SupportState.choices)
    quarter = choice_of(request, "quarter", _("All quarters"), [(str(one), str(one)) for one in _quarters()])
    words, mine = words_of(request), request.GET.get("tab", "") == "mine"
    found = narrowed_support(user, SupportWish(state=state.value, quarter=quarter.value, words=words))
    waiting = waiting_support(user)
    if mine:
        found = found.filter(pk__in=waiting.order_by().values("pk"))
    window = window_of(request, found)
    for activity in window.rows:
        activity.due = due_of(activity)
    base = reverse("market-support")
    context = {
        "window": window,
        "filters": [state, quarter],
        "q": words,
        "tab": "mine" if mine else "",
        "narrowed": bool(state.value or quarter.value or words),
        "tabs": [
            {"label": _("All"), "url": base, "current": not mine, "count": None},
            {"label": _("Waiting for me"), "url": f"{base}?tab=mine", "current": mine, "count": waiting.count()},
        ],
    }
    return render(request, "rebates/support_inbox.html", context)


@require_GET
@capability_required("support.view", can=can)
def quotas(request: HttpRequest) -> HttpResponse:
    """How much of each quota lies where, by tier, by region and dealer by dealer."""
    user = person(request)
    if user.dealer_id is not None:
        raise Http404
    quarter, present = _quarter(request), Quarter.containing(clock.now())
    tier = choice_of(request, "tier", _("All tiers"), Tier.choices)
    places = {place.code: place for place in provinces()}
    region = choice_of(request, "region", _("All regions"), [(code, place.name) for code, place in places.items()])
    found = quotas_in_sight(user, quarter, over=quarter < present, tier=tier.value, region=region.value)
    page = page_of(request, found.rows)
    chosen = choice_of(request, "quarter", _("This quarter"), [(str(one), str(one)) for one in _quarters()])
    context = {
        "quarter": str(quarter),
        "over": quarter < present,
        "filters": [chosen, tier, region],
        "whole": found.whole,
        "whole_segments": pot_segments(found.whole.pots),
        "sums_shown": [
            (_("Tier"), [_shown_sum(one, one.key) for one in found.by_tier]),
            (_("Region"), [_shown_sum(one, _place(places.get(one.key))) for one in found.by_region]),
        ],
        "page": page,
        "rows": [(row, pot_segments(row.pots)) for row in page.object_list],
    }
    return render(request, "rebates/support_quotas.html", context)


@require_GET
@capability_required("support.view", can=can)
def quotas_export(request: HttpRequest, ending: str) -> HttpResponseBase:
    """The quotas of a quarter as a table."""
    user = person(request)
    if user.dealer_id is not None:
        raise Http404
    quarter = _quarter(request)
    found = quotas_in_sight(user, quarter, over=quarter < Quarter.containing(clock.now()))
    rows = (
        (
            str(quarter),
            row.dealer.code,
            row.tier,
            row.dealer.home_region.code if row.dealer.home_region else "",
            row.pots.granted,
            row.pots.planned,
            row.pots.reserved,
            row.pots.committed,
            row.pots.spent,
            row.pots.free,
        )
        for row in found.rows
    )
    return table_response(request, ending, f"market-support-{quarter}", QUOTA_COLUMNS, rows)


@require_GET
@capability_required("support.view", can=can)
def activity(request: HttpRequest, number: str) -> HttpResponse:
    """One activity: its way, its money, its files, and what this person can do now."""
    return activity_page(request, found_activity(request, number))


def found_activity(request: HttpRequest, number: str) -> SupportActivity:
    """The activity, or 404."""
    try:
        return support_by_number(person(request), number)
    except SupportNotFound as error:
        raise Http404(str(error)) from error


def activity_page(
    request: HttpRequest, found: SupportActivity, *, forms: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """The page of an activity, with forms that were refused in the place of fresh ones."""
    user = person(request)
    own = user.dealer_id is not None
    may_reserve = found.state == SupportState.PLANNED and can(user, "support.reserve")
    may_verify = found.state == SupportState.PROVEN and can(user, "support.verify") and found.reserved_by_id != user.pk
    repeated = used_before(found, own_only=own) if found.state in (SupportState.COMMITTED, SupportState.PROVEN) else []
    quota = own_quota(found.dealer, Quarter.parse(found.quarter), over=False)
    context: dict[str, Any] = {
        "found": found,
        "own": own,
        "due": due_of(found),
        "quota": quota,
        "segments": [] if quota is None else pot_segments(quota.pots),
        "history": steps_shown(found, own=own),
        "papers": papers_open_in(found.state) if own else [],
        "repeated": repeated,
        "may_edit": own and found.state in (SupportState.DRAFT, SupportState.REJECTED),
        "may_ask": own and found.state == SupportState.DRAFT,
        "may_commit": own and found.state == SupportState.RESERVED,
        "may_claim": own and found.state == SupportState.COMMITTED,
        "may_withdraw": own
        and found.state in (SupportState.DRAFT, SupportState.PLANNED, SupportState.RESERVED, SupportState.COMMITTED),
        "may_reserve": may_reserve,
        "may_verify": may_verify,
        "may_reverse": found.state == SupportState.ACCEPTED
        and can(user, "support.reverse")
        and found.decided_by_id != user.pk,
        "paper_form": PaperForm(),
        "commit_form": CommitForm(initial={"amount": found.reserved}),
        "claim_form": ClaimForm(initial={"amount": found.committed, "reason": found.repeat_reason}),
        "decision_form": DecisionForm(initial={"amount": found.budget if may_reserve else found.claimed}),
        **(forms or {}),
    }
    return render(request, "rebates/support_activity.html", context, status=status)


def _quarter(request: HttpRequest) -> Quarter:
    """The quarter of the address, or the present one."""
    try:
        return Quarter.parse(request.GET.get("quarter", ""))
    except Unreadable:
        return Quarter.containing(clock.now())


def _quarters() -> list[Quarter]:
    """The next quarter and the past ones, the latest first."""
    quarter = Quarter.containing(clock.now()).next()
    found = []
    for _number in range(_PAST_QUARTERS):
        found.append(quarter)
        quarter = quarter.previous()
    return found


def _tabs(request: HttpRequest, shown: list[Quarter]) -> list[dict[str, Any]]:
    chosen = _quarter(request)
    return [
        {"label": str(one), "url": f"{request.path}?quarter={one}", "current": one == chosen, "count": None}
        for one in shown
    ]


def _shown_sum(one: QuotaSum, label: str) -> dict[str, Any]:
    return {"label": label, "dealers": one.dealers, "pots": one.pots, "segments": pot_segments(one.pots)}


def _place(place: Region | None) -> str:
    return place.name if place else _("no home region")


def first_plannable(today: date) -> date:
    """The day a fresh form begins with."""
    return today + timedelta(days=14)
