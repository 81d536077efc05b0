"""What waits for a person of headquarters, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aftersales.selectors.reports import waiting_reports
from aftersales.selectors.tickets import waiting_tickets
from dealers.choices import ExitState, QuarantineState, Role
from dealers.foundation import clock
from dealers.models import ExitPlan, Notice, QuarantinedLine
from dealers.permissions import can as dealers_can
from dealers.selectors.stock_returns import returns_waiting
from dealers.selectors.supply import visible_holds
from dealers.selectors.visibility import visible_dealers
from pricing.permissions import can as pricing_can
from pricing.selectors.promo_inbox import ByDeadline
from pricing.selectors.promo_review import last_step
from pricing.selectors.promos import visible_promos, waiting_for
from rebates.selectors.support import waiting_support
from settlement.choices import RunState
from settlement.models import SettlementRun
from settlement.permissions import can as settlement_can
from settlement.selectors.case_queue import to_do_in
from settlement.selectors.disputes import waiting_disputes

MOST_PROMOS = 6
MOST_RETURNS = 4


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: what, where, until when (None: no deadline) and how pressing."""

    title: str
    note: str
    url: str
    due_at: datetime | None = None
    tone: str = ""
    icon: str = "inbox"


def tasks_of(user: Any) -> list[Task]:
    """Everything that waits for ``user``; what has a deadline first, the earliest on top."""
    sources = (_promos, _support, _service, _cases, _runs, _exits, _supply, _quarantine, _notices)
    found = [task for source in sources for task in source(user)]
    return by_deadline(found)


def by_deadline(tasks: Iterable[Task]) -> list[Task]:
    """What has a deadline first, the earliest on top; the rest as given."""
    return sorted(tasks, key=lambda task: (task.due_at is None, task.due_at.timestamp() if task.due_at else 0.0))


def _promos(user: Any) -> Iterator[Task]:
    if not pricing_can(user, "promos.view"):
        return
    mine = ByDeadline(visible_promos(user).filter(waiting_for(user)))
    for promo in mine[:MOST_PROMOS]:
        step = last_step(promo)
        who = promo.applicant.name if promo.applicant else _("Headquarters")
        yield Task(
            title=_("Decide on promotion %(code)s") % {"code": promo.code},
            note=f"{who} · {promo.get_state_display()}",
            url=reverse("promo-detail", args=[promo.code]),
            due_at=step.due_at if step else None,
            icon="megaphone",
        )
    waiting = len(mine)
    if waiting > MOST_PROMOS:
        yield Task(
            title=_("All promotions that wait for you"),
            note=ngettext("%(n)d request", "%(n)d requests", waiting) % {"n": waiting},
            url=f"{reverse('promos')}?tab=mine",
        )


def _support(user: Any) -> Iterator[Task]:
    waiting = waiting_support(user).count()
    if waiting:
        note = ngettext("%(n)d activity", "%(n)d activities", waiting) % {"n": waiting}
        yield Task(_("Decide on market support"), note, f"{reverse('market-support')}?tab=mine", icon="coins")


def _service(user: Any) -> Iterator[Task]:
    tickets = waiting_tickets(user).count()
    if tickets:
        note = ngettext("%(n)d ticket", "%(n)d tickets", tickets) % {"n": tickets}
        yield Task(_("Look after customers"), note, f"{reverse('tickets')}?tab=mine", tone="warn", icon="inbox")
    reports = waiting_reports(user).count()
    if reports:
        note = ngettext("%(n)d report", "%(n)d reports", reports) % {"n": reports}
        yield Task(_("Read satisfaction reports"), note, reverse("satisfaction-reports"), icon="chart")


def _cases(user: Any) -> Iterator[Task]:
    if not settlement_can(user, "cases.view"):
        return
    titles = {
        "mine": _("Cases to investigate"),
        "unassigned": _("Cases nobody has taken yet"),
        "judge": _("Cases to decide"),
        "appeal": _("Appeals to hear"),
    }
    for group, title in titles.items():
        waiting = to_do_in(user, group, at=clock.now())
        if not waiting.count:
            continue
        note = ngettext("%(n)d case", "%(n)d cases", waiting.count) % {"n": waiting.count}
        if waiting.late:
            note += " · " + ngettext("%(n)d late", "%(n)d late", waiting.late) % {"n": waiting.late}
        url = f"{reverse('cases')}?show={group}"
        yield Task(title, note, url, due_at=waiting.first_due, tone="bad" if waiting.late else "warn", icon="archive")


def _runs(user: Any) -> Iterator[Task]:
    if not settlement_can(user, "runs.calculate"):
        return
    for run in SettlementRun.objects.filter(state__in=[RunState.CALCULATED, RunState.UNDER_REVIEW]):
        url = reverse("run-detail", args=[run.period])
        if run.state == RunState.CALCULATED:
            note = _("Check the draft, then put it up for review.")
            yield Task(_("Review the settlement of %(period)s") % {"period": run.period}, note, url, icon="moon")
        elif settlement_can(user, "runs.approve") and run.calculated_by_id != user.pk:
            note = _("Put up for review; you may approve it.")
            yield Task(
                _("Approve the settlement of %(period)s") % {"period": run.period}, note, url, tone="warn", icon="moon"
            )
    disputes = waiting_disputes(user, at=clock.now())
    if disputes.at_headquarters:
        note = ngettext("%(n)d to decide", "%(n)d to decide", disputes.at_headquarters) % {
            "n": disputes.at_headquarters
        }
        if disputes.late:
            note += " · " + ngettext("%(n)d late", "%(n)d late", disputes.late) % {"n": disputes.late}
        yield Task(_("Disputes"), note, reverse("disputes"), tone="bad" if disputes.late else "warn", icon="flag")


def _supply(user: Any) -> Iterator[Task]:
    if not dealers_can(user, "supply.lift"):
        return
    held = visible_holds(user).filter(lifted_at__isnull=True).order_by().aggregate(n=Count("dealer", distinct=True))
    if held["n"]:
        note = ngettext("%(n)d dealer is not supplied", "%(n)d dealers are not supplied", held["n"]) % held
        title = _("Supply holds in your regions") if user.role == Role.CHANNEL_MANAGER else _("Supply holds")
        yield Task(title, note, reverse("holds"), tone="bad", icon="hand")


def _exits(user: Any) -> Iterator[Task]:
    if dealers_can(user, "exits.decide"):
        waiting = ExitPlan.objects.filter(state=ExitState.PROPOSED, dealer__in=visible_dealers(user)).count()
        if waiting:
            note = ngettext("%(n)d to decide", "%(n)d to decide", waiting) % {"n": waiting}
            yield Task(_("Ends of contracts"), note, reverse("dealer-exits"), tone="warn", icon="alert")
    for one in returns_waiting(user)[:MOST_RETURNS]:
        url = reverse("stock-return", args=[one.dealer.code])
        title = _("Stock return list of %(dealer)s") % {"dealer": one.dealer.name}
        yield Task(title, one.get_state_display(), url, icon="box")


def _quarantine(user: Any) -> Iterator[Task]:
    if not dealers_can(user, "supply.lift"):
        return
    refused = QuarantinedLine.objects.filter(state=QuarantineState.OPEN, dealer__in=visible_dealers(user))
    lines = refused.count()
    if lines:
        note = ngettext("%(n)d line to be corrected", "%(n)d lines to be corrected", lines) % {"n": lines}
        yield Task(_("Refused lines of dealers"), note, reverse("quarantine"), tone="warn", icon="alert")


def _notices(user: Any) -> Iterator[Task]:
    unread = Notice.objects.filter(recipient=user, read_at=None).count()
    if unread:
        note = ngettext("%(n)d unread", "%(n)d unread", unread) % {"n": unread}
        yield Task(_("Notices"), note, f"{reverse('notices')}?tab=unread", icon="bell")
