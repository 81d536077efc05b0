"""What waits for a dealer's people, the most urgent first: what to answer, hand in, correct and acknowledge."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db.models import F
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from aftersales.permissions import can as aftersales_can
from aftersales.selectors.reports import waiting_reports
from aftersales.selectors.tickets import waiting_tickets
from config.home.tasks import Task, by_deadline
from config.templatetags.halfmoon import half_month
from dealers.foundation.clock import business_day, start_of_day
from dealers.models import Contract, Dealer, User
from dealers.permissions import can as dealers_can
from dealers.selectors.bulletins import owed_by
from dealers.selectors.certificates import ending, run_out, visible_certificates
from dealers.selectors.quarantine import open_lines_by_feed
from dealers.selectors.stock_returns import returns_waiting
from pricing.rules.promo_flow import WITH_APPLICANT
from pricing.selectors.promos import visible_promos
from rebates.choices import LeadState, PlanState, SupportState
from rebates.models import LeadAssignment
from rebates.permissions import can as rebates_can
from rebates.selectors.leads import visible_leads
from rebates.selectors.plans import visible_plans
from rebates.selectors.support import visible_support
from settlement.choices import CaseState, DisputeState, StatementState
from settlement.selectors.cases import visible_cases
from settlement.selectors.disputes import visible_disputes
from settlement.selectors.visible import visible_statements

#: The most of one sort that are named one by one.
MOST = 4
#: A contract or certificate that ends sooner is worth a word.
ENDS_SOON = timedelta(days=60)


def dealer_tasks(user: User, dealer: Dealer, *, at: datetime) -> list[Task]:
    """Everything that waits for the people of ``dealer``; a fixed number of queries."""
    today = business_day(at)
    found = [
        *_statements(user, dealer),
        *_disputes(user),
        *_cases(user),
        *_tickets(user),
        *_leads(user),
        *_support(user),
        *_reports(user),
        *_returns(user),
        *_plans(user),
        *_bulletins(dealer, today),
        *_certificates(user, today),
        *_contract(dealer, today),
        *_lines(user),
        *_promos(user),
    ]
    return by_deadline(found)


def _statements(user: User, dealer: Dealer) -> Iterator[Task]:
    waiting = visible_statements(user).filter(state=StatementState.ISSUED).order_by("confirm_due_at")
    for one in waiting[:MOST]:
        period = half_month(one.run.period)
        yield Task(
            title=_("Please confirm the statement of %(period)s") % {"period": period},
            note=_("Without an answer by the deadline it counts as confirmed."),
            url=reverse("statement-detail", args=[one.run.period, dealer.code]),
            due_at=one.confirm_due_at,
            icon="receipt",
        )


def _disputes(user: User) -> Iterator[Task]:
    for one in visible_disputes(user).filter(state=DisputeState.NEEDS_ACTION).order_by("due_at")[:MOST]:
        title = _("Answer in dispute %(number)s") % {"number": one.number}
        yield Task(title, "", reverse("dispute", args=[one.number]), one.due_at, "warn", "flag")


def _cases(user: User) -> Iterator[Task]:
    for one in visible_cases(user).filter(state=CaseState.DEALER_REPLY, ready_at=None).order_by("due_at")[:MOST]:
        yield Task(
            title=_("Reply in case %(number)s") % {"number": one.number},
            note=_("Say how it was before anything is decided."),
            url=reverse("case", args=[one.number]),
            due_at=one.due_at,
            tone="warn",
            icon="shield",
        )


def _tickets(user: User) -> Iterator[Task]:
    if not aftersales_can(user, "tickets.view"):
        return
    silent = waiting_tickets(user).filter(clocks__ended_at=None, clocks__responded_at=None)
    for one in silent.annotate(answer_by=F("clocks__due_at")).order_by("answer_by")[:MOST]:
        title = _("Answer customer request %(number)s") % {"number": one.number}
        yield Task(title, one.get_topic_display(), reverse("ticket", args=[one.number]), one.answer_by, icon="hand")


def _leads(user: User) -> Iterator[Task]:
    if not rebates_can(user, "referrals.view"):
        return
    assigned = visible_leads(user).filter(state=LeadState.ASSIGNED)
    calls = LeadAssignment.objects.filter(lead__in=assigned.order_by().values("pk"), ended_at=None)
    for one in calls.select_related("lead").order_by("due_at")[:MOST]:
        title = _("Call the customer of %(number)s") % {"number": one.lead.number}
        yield Task(title, "", reverse("lead", args=[one.lead.number]), one.due_at, icon="user")


def _support(user: User) -> Iterator[Task]:
    if not rebates_can(user, "support.view"):
        return
    owed = visible_support(user).filter(state__in=(SupportState.RESERVED, SupportState.COMMITTED))
    for one in owed.annotate(by=Coalesce("proof_due_at", "reserved_until")).order_by("by")[:MOST]:
        said = _("Prove market support %(number)s") if one.proof_due_at else _("Commit market support %(number)s")
        url = reverse("market-support-activity", args=[one.number])
        yield Task(said % {"number": one.number}, one.purpose, url, one.by, icon="coins")


def _reports(user: User) -> Iterator[Task]:
    for one in waiting_reports(user).order_by("due_at")[:MOST]:
        title = _("Hand in the satisfaction report of %(quarter)s") % {"quarter": one.quarter}
        yield Task(title, "", reverse("satisfaction-report", args=[one.pk]), one.due_at, icon="chart")


def _bulletins(dealer: Dealer, today: date) -> Iterator[Task]:
    for one in owed_by(dealer, on=today)[:MOST]:
        title = _("Please acknowledge: %(title)s") % {"title": one.title}
        yield Task(title, "", reverse("bulletin", args=[one.pk]), icon="megaphone")


def _returns(user: User) -> Iterator[Task]:
    for one in returns_waiting(user)[:1]:
        note = _("%(units)s units go back for %(amount)s yuan.") % {"units": one.accepted, "amount": one.amount}
        yield Task(
            _("Please confirm the stock return list"), note, reverse("own-stock-return"), tone="warn", icon="box"
        )


def _plans(user: User) -> Iterator[Task]:
    """Corrective plans to write, or to mend."""
    owed = visible_plans(user).filter(state__in=(PlanState.DUE, PlanState.RETURNED))
    for one in owed.order_by("due_at")[:MOST]:
        title = _("Write the corrective plan for %(quarter)s") % {"quarter": one.card.card.quarter}
        yield Task(title, one.get_state_display(), reverse("corrective-plan", args=[one.pk]), one.due_at, icon="edit")


def _certificates(user: User, today: date) -> Iterator[Task]:
    """Papers that have run out, and those that end soon and none follows."""
    seen = visible_certificates(user)
    gone, soon = run_out(seen, today=today), ending(seen, today=today, within=ENDS_SOON.days)
    for papers, tab, tone in ((gone, "out", "bad"), (soon, "ending", "warn")):
        for one in papers[:MOST]:
            title = _("Renew the document %(paper)s") % {"paper": one.name or one.get_kind_display()}
            note = (
                _("Supply is held while it is missing.") if tab == "out" else _("Supply is held once it has run out.")
            )
            by = start_of_day(one.valid.upper) if one.valid.upper else None
            yield Task(title, note, f"{reverse('certificates')}?tab={tab}", by, tone, "document")


def _contract(dealer: Dealer, today: date) -> Iterator[Task]:
    standing = Contract.objects.filter(dealer=dealer, valid__endswith__gt=today).order_by("-valid").first()
    if standing is not None and standing.valid.upper is not None and standing.valid.upper <= today + ENDS_SOON:
        title = _("Your contract %(number)s ends") % {"number": standing.number}
        note = _("Speak with your channel manager about renewing it.")
        yield Task(title, note, f"{reverse('home')}#contract", start_of_day(standing.valid.upper), icon="document")


def _lines(user: User) -> Iterator[Task]:
    lines = sum(open_lines_by_feed(user).values()) if dealers_can(user, "quarantine.correct") else 0
    if lines:
        note = ngettext("%(n)d line to be corrected", "%(n)d lines to be corrected", lines) % {"n": lines}
        yield Task(_("Correct refused lines"), note, reverse("quarantine"), tone="warn", icon="alert")


def _promos(user: User) -> Iterator[Task]:
    waiting = visible_promos(user).filter(state__in=WITH_APPLICANT).count()
    if waiting:
        note = ngettext("%(n)d request", "%(n)d requests", waiting) % {"n": waiting}
        title = _("Finish promotion requests and hand them in")
        yield Task(title, note, f"{reverse('promos')}?tab=mine", icon="megaphone")
