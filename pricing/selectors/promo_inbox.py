"""The page promotion requests are worked on, by HQ and by a dealer: figures, tabs, and the rows of one tab."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from dealers.foundation.clock import business_day, start_of_day
from dealers.foundation.periods import HalfMonth
from dealers.models import Region
from pricing.choices import STANDING_PROMO_STATES, PromoState
from pricing.models import PromoRequest, PromoStep
from pricing.rules.promo_flow import WITH_APPLICANT
from pricing.selectors.promo_review import Review, review_promos
from pricing.selectors.promos import IN_REVIEW_STATES, visible_promos, waiting_for, with_parts

ROWS_PER_PAGE = 50
PRESSING = timedelta(hours=4)

Tabs = Mapping[str, tuple[Any, tuple[str, ...]]]

#: Tabs beside "mine" and "all": their key, words and the states they hold.
HQ_TABS: Tabs = {
    "legal": (_("At legal"), (PromoState.LEGAL_REVIEW,)),
    "budget": (_("At budget"), (PromoState.BUDGET_REVIEW,)),
    "returned": (_("Returned"), (PromoState.RETURNED,)),
    "approved": (_("Approved"), (PromoState.APPROVED, PromoState.RUNNING)),
    "rejected": (_("Rejected"), (PromoState.REJECTED, PromoState.WITHDRAWN)),
    "ended": (_("Ended"), (PromoState.ENDED, PromoState.EVALUATED)),
}
DEALER_TABS: Tabs = {
    "review": (_("In review"), (PromoState.LEGAL_REVIEW, PromoState.BUDGET_REVIEW)),
    "approved": (_("Approved"), (PromoState.APPROVED, PromoState.RUNNING)),
    "rejected": (_("Rejected"), (PromoState.REJECTED, PromoState.WITHDRAWN)),
    "ended": (_("Ended"), (PromoState.ENDED, PromoState.EVALUATED)),
}


@dataclass(frozen=True)
class Figures:
    """The strip on top. `mine` are those to decide, or to finish; `due_today` expire with the day and are not late."""

    mine: int
    in_review: int
    late: int
    due_soon: int
    due_today: int
    approved: int
    approved_before: int


@dataclass(frozen=True)
class Tab:
    key: str
    label: Any
    count: int


@dataclass(frozen=True)
class Inbox:
    figures: Figures
    tabs: tuple[Tab, ...]
    tab: str
    page: Page[PromoRequest]
    reviews: tuple[Review, ...]


@dataclass(frozen=True)
class InboxQuery:
    """What a person asks to see. An unknown tab is the default one, an unknown region everywhere."""

    tab: str = ""
    words: str = ""
    region: str = ""
    page: str = "1"


def promo_inbox(user: Any, query: InboxQuery, *, at: datetime) -> Inbox:
    """The inbox of ``user``. The number of queries does not depend on how many requests there are."""
    visible = visible_promos(user)
    figures, counts = _figures(visible, user, at), _counts(visible)
    of_dealer = user.dealer_id is not None
    tabs = (
        Tab("mine", _("To finish") if of_dealer else _("To decide"), figures.mine),
        *(
            Tab(key, label, sum(counts.get(state, 0) for state in states))
            for key, (label, states) in _tabs_of(user).items()
        ),
        Tab("all", _("All"), sum(counts.values())),
    )
    known = {tab.key for tab in tabs}
    tab = query.tab if query.tab in known else ("mine" if figures.mine else "all")
    found = _searched(_in_tab(visible, tab, user), query)
    page = Paginator(by_deadline(found), ROWS_PER_PAGE).get_page(query.page)
    return Inbox(figures, tabs, tab, page, tuple(review_promos(list(page.object_list), at=at, for_dealer=of_dealer)))


def by_deadline(requests: QuerySet[PromoRequest]) -> QuerySet[PromoRequest]:
    """With everything a row shows, the most urgent first, then the newest."""
    open_step = PromoStep.objects.filter(submission__request=OuterRef("pk"), decision="").order_by("-pk")
    due_at = Subquery(open_step.values("due_at")[:1])
    return with_parts(requests).annotate(due_at=due_at).order_by(F("due_at").asc(nulls_last=True), "-pk")


def found_promos(user: Any, query: InboxQuery) -> QuerySet[PromoRequest]:
    """The requests of a tab after searching, for the export."""
    visible = visible_promos(user)
    return by_deadline(_searched(_in_tab(visible, query.tab or "all", user), query))


def region_choices() -> list[Region]:
    """The provinces to filter by, and cities that belong to none."""
    return list(Region.objects.filter(parent=None).order_by("code"))


def _tabs_of(user: Any) -> Tabs:
    return HQ_TABS if user.dealer_id is None else DEALER_TABS


def _mine(user: Any) -> Q:
    """What waits for this person: to be decided, or at a dealer's to be finished and handed in."""
    return waiting_for(user) if user.dealer_id is None else Q(state__in=WITH_APPLICANT)


def _in_tab(visible: QuerySet[PromoRequest], tab: str, user: Any) -> QuerySet[PromoRequest]:
    if tab == "mine":
        return visible.filter(_mine(user))
    tabs = _tabs_of(user)
    return visible.filter(state__in=tabs[tab][1]) if tab in tabs else visible


def _searched(requests: QuerySet[PromoRequest], query: InboxQuery) -> QuerySet[PromoRequest]:
    words = query.words.strip()
    if words:
        named = (
            Q(code__icontains=words)
            | Q(title__icontains=words)
            | Q(applicant__name__icontains=words)
            | Q(applicant__code__icontains=words)
            | Q(items__product__sku__icontains=words)
            | Q(items__product__name_zh__icontains=words)
            | Q(items__product__name_en__icontains=words)
        )
        requests = requests.filter(pk__in=PromoRequest.objects.filter(named).values("pk"))
    if query.region:
        inside = (
            Q(regions__code=query.region)
            | Q(regions__parent__code=query.region)
            | Q(applicant__home_region__code=query.region)
            | Q(applicant__home_region__parent__code=query.region)
        )
        requests = requests.filter(pk__in=PromoRequest.objects.filter(inside).values("pk"))
    return requests


def _counts(visible: QuerySet[PromoRequest]) -> dict[str, int]:
    return dict(visible.order_by().values_list("state").annotate(Count("pk")))


def _figures(visible: QuerySet[PromoRequest], user: Any, at: datetime) -> Figures:
    period = HalfMonth.containing(at)
    open_step = PromoStep.objects.filter(submission__request=OuterRef("pk"), decision="").order_by("-pk")
    tomorrow = start_of_day(business_day(at) + timedelta(days=1))
    in_review = Q(state__in=IN_REVIEW_STATES)
    standing = Q(state__in=STANDING_PROMO_STATES, taken_over=False)
    row = visible.annotate(due_at=Subquery(open_step.values("due_at")[:1])).aggregate(
        in_review=Count("pk", filter=in_review),
        late=Count("pk", filter=in_review & Q(due_at__lte=at)),
        due_soon=Count("pk", filter=in_review & Q(due_at__gt=at, due_at__lte=at + PRESSING)),
        due_today=Count("pk", filter=in_review & Q(due_at__gt=at, due_at__lte=tomorrow)),
        approved=Count("pk", filter=standing & Q(approved_at__gte=period.starts_at, approved_at__lt=period.ends_at)),
        approved_before=Count(
            "pk",
            filter=standing & Q(approved_at__gte=period.previous().starts_at, approved_at__lt=period.starts_at),
        ),
    )
    return Figures(mine=visible.filter(_mine(user)).count(), **row)
