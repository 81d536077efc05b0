"""The page promotion requests are worked on, by HQ and by a dealer: figures, tabs, and the rows of one tab."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, overload

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from dealers.foundation.clock import business_day, start_of_day
from dealers.foundation.periods import HalfMonth
from dealers.models import Region
from pricing.choices import STANDING_PROMO_STATES, PromoState
from pricing.models import PromoRequest, PromoStep
from pricing.rules.promo_flow import WITH_APPLICANT
from pricing.selectors.promo_review import Review, review_promos
from pricing.selectors.promos import IN_REVIEW_STATES, visible_promos, waiting_for, with_row_parts

ROWS_PER_PAGE = 25
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


#: How far a request has come at least: the steps of the funnel, each a list of its own that no tab leads to.
FUNNEL: Tabs = {
    "handed-in": (_("Handed in"), tuple(state for state in PromoState if state != PromoState.DRAFT)),
    "past-legal": (_("Passed legal review"), (PromoState.BUDGET_REVIEW, *STANDING_PROMO_STATES)),
    "past-budget": (_("Approved"), tuple(STANDING_PROMO_STATES)),
    "begun": (_("Begun"), (PromoState.RUNNING, PromoState.ENDED, PromoState.EVALUATED)),
    "over": (_("Ended"), (PromoState.ENDED, PromoState.EVALUATED)),
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

    @property
    def is_narrow(self) -> bool:
        """Whether it asks for fewer than a whole tab."""
        return bool(self.words.strip() or self.region)


def promo_inbox(user: Any, query: InboxQuery, *, at: datetime) -> Inbox:
    """The inbox of ``user``. The number of queries does not depend on how many requests there are."""
    visible = visible_promos(user)
    mine = visible.filter(_mine(user))
    figures, counts = _figures(visible, mine, at)
    of_dealer = user.dealer_id is not None
    tabs = (
        Tab("mine", _("To finish") if of_dealer else _("To decide"), figures.mine),
        *(
            Tab(key, label, sum(counts.get(state, 0) for state in states))
            for key, (label, states) in _tabs_of(user).items()
        ),
        Tab("all", _("All"), sum(counts.values())),
    )
    if query.tab in FUNNEL and not of_dealer:
        label, count = FUNNEL[query.tab][0], _in_tab(visible, query.tab, user).count()
        tabs = (*tabs, Tab(query.tab, label, count))
    known = {tab.key: tab.count for tab in tabs}
    tab = query.tab if query.tab in known else ("mine" if figures.mine else "all")
    found = _searched(mine if tab == "mine" else _in_tab(visible, tab, user), query)
    ordered = ByDeadline(found, None if query.is_narrow else known[tab])
    page: Page[PromoRequest] = Paginator(ordered, ROWS_PER_PAGE).get_page(query.page)
    return Inbox(figures, tabs, tab, page, tuple(review_promos(list(page.object_list), at=at, for_dealer=of_dealer)))


class ByDeadline(Sequence[PromoRequest]):
    """Requests with what a row shows: those in review by their deadline, the most urgent first, then the newest.

    Only keys are put in order, and of the two parts only those a slice reaches. ``total`` spares counting.
    """

    def __init__(self, requests: QuerySet[PromoRequest], total: int | None = None) -> None:
        self._requests = requests
        self._in_review = requests.filter(state__in=IN_REVIEW_STATES)
        self._total = total

    def __len__(self) -> int:
        if self._total is None:
            self._total = self._requests.count()
        return self._total

    @overload
    def __getitem__(self, wanted: int) -> PromoRequest: ...

    @overload
    def __getitem__(self, wanted: slice) -> list[PromoRequest]: ...

    def __getitem__(self, wanted: int | slice) -> PromoRequest | list[PromoRequest]:
        if isinstance(wanted, int):
            return self[wanted : wanted + 1][0]
        start, stop, _step = wanted.indices(len(self))
        keys = self._keys(start, stop)
        loaded = {one.pk: one for one in with_row_parts(PromoRequest.objects.filter(pk__in=keys))}
        return [loaded[key] for key in keys if key in loaded]

    def _keys(self, start: int, stop: int) -> list[int]:
        """Two queries, and one more when the slice begins behind those in review."""
        open_steps = PromoStep.objects.filter(decision="", submission__request__in=self._in_review)
        urgent = open_steps.order_by("due_at", "-submission__request").values_list("submission__request", flat=True)
        keys = list(urgent[start:stop])
        if len(keys) < stop - start:
            before = start + len(keys) if keys else open_steps.count()
            newest = self._requests.exclude(state__in=IN_REVIEW_STATES).order_by("-pk").values_list("pk", flat=True)
            keys += newest[max(start - before, 0) : stop - before]
        return keys


def found_promos(user: Any, query: InboxQuery) -> ByDeadline:
    """The requests of a tab after searching, for the export."""
    visible = visible_promos(user)
    in_tab = visible.filter(_mine(user)) if query.tab == "mine" else _in_tab(visible, query.tab, user)
    return ByDeadline(_searched(in_tab, query))


def region_choices() -> list[Region]:
    """The provinces to filter by, and cities that belong to none."""
    return list(Region.objects.filter(parent=None).order_by("code"))


def _tabs_of(user: Any) -> Tabs:
    return HQ_TABS if user.dealer_id is None else DEALER_TABS


def _mine(user: Any) -> Q:
    """What waits for this person: to be decided, or at a dealer's to be finished and handed in."""
    return waiting_for(user) if user.dealer_id is None else Q(state__in=WITH_APPLICANT)


def promo_funnel(user: Any) -> list[tuple[str, Any, int]]:
    """Key, words and number of each step that the requests in sight have reached; those taken over apart."""
    counts = dict(
        visible_promos(user).filter(taken_over=False).order_by().values_list("state").annotate(number=Count("pk"))
    )
    return [(key, label, sum(counts.get(state, 0) for state in states)) for key, (label, states) in FUNNEL.items()]


def _in_tab(visible: QuerySet[PromoRequest], tab: str, user: Any) -> QuerySet[PromoRequest]:
    tabs = _tabs_of(user)
    if tab in FUNNEL and user.dealer_id is None:
        return visible.filter(taken_over=False, state__in=FUNNEL[tab][1])
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


def _figures(
    visible: QuerySet[PromoRequest], mine: QuerySet[PromoRequest], at: datetime
) -> tuple[Figures, dict[str, int]]:
    """The strip, and how many requests there are by state. Three queries."""
    period = HalfMonth.containing(at)
    this_half = Q(approved_at__gte=period.starts_at, approved_at__lt=period.ends_at)
    half_before = Q(approved_at__gte=period.previous().starts_at, approved_at__lt=period.starts_at)
    states = {
        row["state"]: row
        for row in visible.order_by()
        .values("state")
        .annotate(
            count=Count("pk"),
            approved=Count("pk", filter=this_half & Q(taken_over=False)),
            approved_before=Count("pk", filter=half_before & Q(taken_over=False)),
        )
    }
    standing = [row for state, row in states.items() if state in STANDING_PROMO_STATES]
    counts = {state: row["count"] for state, row in states.items()}
    figures = Figures(
        mine=mine.count(),
        in_review=sum(counts.get(state, 0) for state in IN_REVIEW_STATES),
        approved=sum(row["approved"] for row in standing),
        approved_before=sum(row["approved_before"] for row in standing),
        **_pressing(visible, at),
    )
    return figures, counts


def _pressing(visible: QuerySet[PromoRequest], at: datetime) -> dict[str, int]:
    """How many reviews are late or soon will be. One query over the open steps."""
    tomorrow = start_of_day(business_day(at) + timedelta(days=1))
    in_review = visible.filter(state__in=IN_REVIEW_STATES)
    return PromoStep.objects.filter(
        decision="", due_at__lte=max(tomorrow, at + PRESSING), submission__request__in=in_review
    ).aggregate(
        late=Count("pk", filter=Q(due_at__lte=at)),
        due_soon=Count("pk", filter=Q(due_at__gt=at, due_at__lte=at + PRESSING)),
        due_today=Count("pk", filter=Q(due_at__gt=at, due_at__lte=tomorrow)),
    )
