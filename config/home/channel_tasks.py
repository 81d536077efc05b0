"""What waits for headquarters about the dealers themselves: newcomers, papers, contracts, territory, tiers, exits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from config.home.tasks import Task, list_url, queue, waiting_words
from dealers.choices import ExitState, PolicyState, PriceChangeState, RequestState
from dealers.foundation.clock import business_day, start_of_day
from dealers.foundation.half_months import HalfMonth
from dealers.models import ExemptionRequest, ExitPlan
from dealers.permissions import can as dealers_can
from dealers.selectors.admission import admission_terms, waiting_applications
from dealers.selectors.bulletins import visible_bulletins
from dealers.selectors.certificates import ending, run_out, visible_certificates, waiting_certificates
from dealers.selectors.contracts import (
    contract_terms,
    decidable_renewals,
    ending_addenda,
    ending_contracts,
    unsigned_renewals,
    visible_addenda,
    visible_contracts,
)
from dealers.selectors.list_prices import visible_changes
from dealers.selectors.policies import visible_policies
from dealers.selectors.territory import waiting_changes
from dealers.selectors.visibility import visible_dealers
from rebates.choices import LeadState, PlanState, ProposalState
from rebates.permissions import can as rebates_can
from rebates.selectors.leads import waiting_leads
from rebates.selectors.plans import visible_plans
from rebates.selectors.subsidy_applications import visible_applications
from rebates.selectors.support import waiting_support
from rebates.selectors.tier_reviews import visible_proposals

_MOST = 4


def channel_tasks(user: Any, at: datetime) -> Iterator[Task]:
    """Everything of this part that waits for ``user``; a fixed number of queries."""
    for source in (_newcomers, _papers, _contracts, _territory, _reporting, _exits, _prices, _texts, _tiers, _money):
        yield from source(user, at)


def _newcomers(user: Any, at: datetime) -> Iterator[Task]:
    if dealers_can(user, "admission.view"):
        rows, url = waiting_applications(user), list_url("applications", tab="waiting")
        yield from queue(rows, _("Newcomers: your next step"), url, at=at, icon="user")


def _papers(user: Any, at: datetime) -> Iterator[Task]:
    if dealers_can(user, "certificates.confirm"):
        url = list_url("certificates", tab="waiting", mine="1")
        yield from queue(waiting_certificates(user), _("Certificates to confirm"), url, at=at, icon="document")
    if not dealers_can(user, "certificates.hand_in"):
        return
    terms, today, seen = admission_terms(at), business_day(at), visible_certificates(user)
    if terms is not None:
        soon = ending(seen, today=today, within=max(terms.document_warning_days))
        url = list_url("certificates", tab="ending")
        title = _("Certificates of dealers that end soon")
        yield from queue(soon, title, url, at=at, due="valid__endswith", icon="document")
    title = _("Certificates of dealers that have run out")
    url = list_url("certificates", tab="out")
    yield from queue(run_out(seen, today=today), title, url, at=at, due="valid__endswith", icon="alert")


def _contracts(user: Any, at: datetime) -> Iterator[Task]:
    terms, today = contract_terms(at), business_day(at)
    if dealers_can(user, "contracts.propose"):
        rows = ending_contracts(visible_contracts(user), today=today, within=terms.assessment_days)
        url = list_url("contracts", tab="ending")
        yield from queue(
            rows, _("Contracts ending without a renewal"), url, at=at, due="valid__endswith", icon="document"
        )
        agreed, url = unsigned_renewals(user), list_url("contracts", tab="unsigned")
        title, due = _("Agreed contracts to be signed"), "contract__valid__endswith"
        yield from queue(agreed, title, url, at=at, due=due, icon="document")
    if dealers_can(user, "contracts.decide"):
        proposed, url = decidable_renewals(user), list_url("contracts", tab="proposals", mine="1")
        title, due = _("Renewal proposals to decide"), "contract__valid__endswith"
        yield from queue(proposed, title, url, at=at, due=due, icon="document")
    if dealers_can(user, "addenda.sign"):
        signed = ending_addenda(visible_addenda(user), today=today, within=terms.addendum_days)
        title, url = _("B2B addenda ending without a renewal"), list_url("addenda")
        yield from queue(signed, title, url, at=at, due="valid__endswith", icon="document")


def _territory(user: Any, at: datetime) -> Iterator[Task]:
    if dealers_can(user, "territory.decide"):
        rows, url = waiting_changes(user), list_url("territory", mine="1")
        yield from queue(rows, _("Changes of territory to decide"), url, at=at, due="effective_on", icon="map")


def _reporting(user: Any, at: datetime) -> Iterator[Task]:
    if dealers_can(user, "sync.exempt"):
        rows = ExemptionRequest.objects.filter(state=RequestState.OPEN, dealer__in=visible_dealers(user))
        title, url = _("Exemptions from reporting to decide"), list_url("exemptions")
        yield from queue(rows, title, url, at=at, due="valid__startswith", icon="shield")


def _exits(user: Any, at: datetime) -> Iterator[Task]:
    if dealers_can(user, "exits.decide"):
        rows = ExitPlan.objects.filter(state=ExitState.PROPOSED, dealer__in=visible_dealers(user))
        url = list_url("dealer-exits", tab="proposed")
        yield from queue(rows, _("Ends of contracts to decide"), url, at=at, due="last_day", icon="archive")


def _prices(user: Any, at: datetime) -> Iterator[Task]:
    if dealers_can(user, "prices.confirm"):
        rows = visible_changes(user).filter(state=PriceChangeState.PROPOSED).exclude(proposed_by=user)
        url = list_url("price-changes", state=PriceChangeState.PROPOSED, mine="1")
        yield from queue(rows, _("List prices to confirm"), url, at=at, due="lines__valid_from", icon="coins")


def _texts(user: Any, at: datetime) -> Iterator[Task]:
    """Drafts of others that this person may publish, each with a page of its own."""
    if dealers_can(user, "policy.publish"):
        drafts = visible_policies(user).filter(state=PolicyState.DRAFT).exclude(drafted_by=user)
        for draft in drafts[:_MOST]:
            title = _("Publish the policy draft %(title)s") % {"title": draft}
            begins = draft.valid.lower
            by = start_of_day(begins) if begins is not None else None
            url = reverse("policy-detail", args=[draft.pk])
            yield Task(title, str(draft.drafted_by or ""), url, by, icon="book")
    if dealers_can(user, "bulletins.publish"):
        written = visible_bulletins(user).filter(published_at=None, policy=None).exclude(written_by=user)
        for bulletin in written[:_MOST]:
            title = _("Publish the bulletin %(title)s") % {"title": bulletin.title}
            yield Task(title, str(bulletin.written_by or ""), reverse("bulletin", args=[bulletin.pk]), icon="megaphone")


def _tiers(user: Any, at: datetime) -> Iterator[Task]:
    if rebates_can(user, "tiers.decide"):
        waiting = visible_proposals(user).filter(state=ProposalState.PROPOSED).order_by()
        for quarter, count in waiting.values_list("review__quarter").annotate(count=Count("pk")):
            note = f"{waiting_words(count)} · {_('decided by then, a change takes effect with the next half-month')}"
            yield Task(
                title=_("Changes of tier to decide, from the review of %(quarter)s") % {"quarter": quarter},
                note=note,
                url=list_url("tier-review", quarter, state=ProposalState.PROPOSED),
                due_at=HalfMonth.containing(at).next().starts_at,
                icon="target",
                count=count,
            )
    if rebates_can(user, "plans.judge"):
        rows = visible_plans(user).filter(state=PlanState.SUBMITTED)
        title, url = _("Corrective plans to judge"), list_url("corrective-plans", state=PlanState.SUBMITTED)
        yield from queue(rows, title, url, at=at, icon="edit")


def _money(user: Any, at: datetime) -> Iterator[Task]:
    if rebates_can(user, "support.view"):
        url = list_url("market-support", tab="mine")
        yield from queue(waiting_support(user), _("Decide on market support"), url, at=at, icon="coins")
    if rebates_can(user, "remote_subsidy.decide"):
        rows = visible_applications(user).filter(state=RequestState.OPEN)
        title, url = _("Applications for the remote-area subsidy"), list_url("remote-subsidy")
        yield from queue(rows, title, url, at=at, due="starts_on", icon="map")
    if rebates_can(user, "referrals.view"):
        running = Q(state=LeadState.ASSIGNED, assignments__ended_at=None)
        title, url = _("Referral leads to follow up"), list_url("leads", tab="mine")
        yield from queue(
            waiting_leads(user), title, url, at=at, due="assignments__due_at", running=running, icon="users"
        )
