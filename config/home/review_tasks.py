"""What waits for headquarters in reviews: promotions, customers and their reports, violations, signals, cases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from aftersales.choices import ReportState
from aftersales.permissions import can as aftersales_can
from aftersales.selectors.reports import waiting_reports
from aftersales.selectors.staffing import certificates_to_check
from aftersales.selectors.tickets import waiting_tickets
from config.home.tasks import Task, list_url, queue, waiting_words
from pricing.choices import ObservationState, ViolationState
from pricing.permissions import can as pricing_can
from pricing.selectors.observations import visible_observations
from pricing.selectors.promo_inbox import ByDeadline
from pricing.selectors.promo_review import last_step
from pricing.selectors.promos import visible_promos, waiting_for
from pricing.selectors.violations import visible_violations
from settlement.permissions import can as settlement_can
from settlement.selectors.case_queue import to_do_in
from settlement.selectors.signals.findings import open_signals

MOST_PROMOS = 6


def review_tasks(user: Any, at: datetime) -> Iterator[Task]:
    """Everything of this part that waits for ``user``; a fixed number of queries."""
    for source in (_promos, _service, _violations, _signals, _cases):
        yield from source(user, at)


def _promos(user: Any, at: datetime) -> Iterator[Task]:
    if not pricing_can(user, "promos.view"):
        return
    mine = ByDeadline(visible_promos(user).filter(waiting_for(user)))
    for promo in mine[:MOST_PROMOS]:
        step = last_step(promo)
        who = promo.applicant.name if promo.applicant else _("Headquarters")
        due_at = step.due_at if step else None
        yield Task(
            title=_("Decide on promotion %(code)s") % {"code": promo.code},
            note=f"{who} · {promo.get_state_display()}",
            url=reverse("promo-detail", args=[promo.code]),
            due_at=due_at,
            tone="bad" if due_at is not None and due_at <= at else "",
            icon="megaphone",
        )
    if len(mine) > MOST_PROMOS:
        title, url = _("All promotions that wait for you"), list_url("promos", tab="mine")
        yield Task(title, waiting_words(len(mine)), url, icon="megaphone", count=len(mine))


def _service(user: Any, at: datetime) -> Iterator[Task]:
    running = Q(clocks__ended_at=None, clocks__responded_at=None)
    title, url = _("Look after customers"), list_url("tickets", tab="mine")
    yield from queue(waiting_tickets(user), title, url, at=at, due="clocks__due_at", running=running, icon="inbox")
    title, url = (
        _("Read satisfaction reports"),
        list_url("satisfaction-reports", quarter="", state=ReportState.SUBMITTED),
    )
    yield from queue(waiting_reports(user), title, url, at=at, icon="chart")
    if aftersales_can(user, "teams.check"):
        title, url = _("Certificates of after-sales teams to check"), list_url("service-team")
        yield from queue(certificates_to_check(user), title, url, at=at, icon="document")


def _violations(user: Any, at: datetime) -> Iterator[Task]:
    if pricing_can(user, "violations.decide"):
        rows = visible_violations(user).filter(state=ViolationState.GATHERED)
        title, url = _("Violations to hand over or set aside"), list_url("violations", period="all", state="gathered")
        yield from queue(rows, title, url, at=at, icon="flag")
    if pricing_can(user, "observations.match"):
        seen = visible_observations(user).filter(state=ObservationState.RECORDED)
        title, url = _("Market prices to review"), list_url("observations", state=ObservationState.RECORDED)
        yield from queue(seen, title, url, at=at, icon="search")


def _signals(user: Any, at: datetime) -> Iterator[Task]:
    if settlement_can(user, "signals.run"):
        count = open_signals(user, at=at)
        if count:
            title, url = _("Fraud signals to look at"), list_url("signals")
            yield Task(title, waiting_words(count), url, icon="target", count=count)


def _cases(user: Any, at: datetime) -> Iterator[Task]:
    if not settlement_can(user, "cases.view"):
        return
    titles = {
        "mine": _("Cases to investigate"),
        "unassigned": _("Cases nobody has taken yet"),
        "judge": _("Cases to decide"),
        "appeal": _("Appeals to hear"),
    }
    for group, title in titles.items():
        waiting = to_do_in(user, group, at=at)
        if waiting.count:
            tone, note = "bad" if waiting.late else "", waiting_words(waiting.count, waiting.late)
            url = list_url("cases", show=group, move="mine")
            yield Task(title, note, url, waiting.first_due, tone, "archive", waiting.count)
