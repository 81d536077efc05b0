"""Applications as headquarters and the applicant see them, and the facts the rules ask for."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from dealers.choices import ApplicationState, Role
from dealers.errors import NotFound, Refused
from dealers.foundation.clock import business_day
from dealers.foundation.digest import sha256_hex
from dealers.models import AdmissionInvitation, Application, ApplicationPaper, Dealer, PolicyVersion, Region
from dealers.permissions import can
from dealers.rules.admission_facts import ApplicationFacts, Paper
from dealers.rules.admission_life import IN_FLIGHT, UNSUCCESSFUL
from dealers.rules.tier_score import TierScore, measures, tier_score
from dealers.selectors.policies import policy_in_force, required_policy
from dealers.selectors.visibility import regions_of
from dealers.terms import AdmissionTerms, DealersTerms, dealers_terms


class LinkNotFound(NotFound):
    code = "link_not_found"
    sentence = _("This link is not known. Copy the whole address from your e-mail, or ask for a new one.")


class LinkEnded(Refused):
    code = "link_ended"
    sentence = _("This link no longer works; ask for a new one.")
    status = 410


def link_digest(token: str) -> str:
    """How the token of a private link is kept, and found."""
    return sha256_hex(token.encode())


def policy_for_admission(at: datetime) -> tuple[PolicyVersion, DealersTerms]:
    """The policy newcomers are measured by. Raises :class:`~dealers.selectors.policies.NoPolicyInForce`."""
    policy = required_policy(business_day(at))
    return policy, dealers_terms(policy)


def admission_terms(at: datetime) -> AdmissionTerms | None:
    """What the policy in force says about admission; None without one."""
    policy = policy_in_force(business_day(at))
    return None if policy is None else dealers_terms(policy).admission


def visible_applications(user: Any) -> QuerySet[Application]:
    """The applications that were handed in, newest first; a channel manager sees those for its regions."""
    applications = Application.objects.exclude(state=ApplicationState.DRAFT).exclude(submitted_at=None)
    applications = applications.select_related("dealer", "reviewer", "alliance").order_by("-id")
    if not can(user, "admission.view"):
        return applications.none()
    if user.role == Role.CHANNEL_MANAGER:
        own = user.regions.values("pk")
        above = Region.objects.filter(cities__in=own).values("pk")
        wanted = Q(regions__region__in=regions_of(user)) | Q(regions__region__in=above)
        return applications.filter(pk__in=Application.objects.filter(wanted).values("pk"))
    return applications


def visible_application(user: Any, number: str) -> Application:
    """One application in sight. Raises :class:`~dealers.errors.NotFound`."""
    found = visible_applications(user).filter(number=number).first()
    if found is None:
        raise NotFound(what=_("application"), key=number)
    return found


def waiting_applications(user: Any) -> QuerySet[Application]:
    """Those on which this person can take the next step now."""
    states: list[str] = []
    if can(user, "admission.review"):
        states += [ApplicationState.APPLIED, ApplicationState.CHECKING]
    if can(user, "admission.contract"):
        states += [ApplicationState.ADMITTED, ApplicationState.CONTRACTED]
    waiting = Q(state__in=states)
    if can(user, "admission.decide"):
        waiting |= Q(state=ApplicationState.RECOMMENDED) & ~Q(recommended_by=user) & ~Q(papers__checked_by=user)
    return visible_applications(user).filter(waiting)


def application_by_token(token: str, *, at: datetime) -> Application:
    """The application a private link leads to. Raises :class:`LinkNotFound` or :class:`LinkEnded`."""
    found = Application.objects.filter(link_digest=link_digest(token), erased_at=None).first()
    if found is None:
        raise LinkNotFound()
    if found.link_ends_at <= at:
        raise LinkEnded()
    return found


def invitation_by_token(token: str, *, at: datetime) -> AdmissionInvitation:
    """An invitation that still opens an application. Raises :class:`LinkNotFound` or :class:`LinkEnded`."""
    found = AdmissionInvitation.objects.filter(link_digest=link_digest(token)).first()
    if found is None:
        raise LinkNotFound()
    if found.link_ends_at <= at or found.used_at is not None or found.revoked_at is not None:
        raise LinkEnded()
    return found


def papers_of(application: Application) -> QuerySet[ApplicationPaper]:
    """The papers that count: those no better one has replaced."""
    return application.papers.filter(replaced_at=None).select_related("file", "checked_by")


def facts_of(application: Application) -> ApplicationFacts:
    """The application as the rules see it."""
    papers = [Paper(paper.kind, paper.last_day, paper.verdict) for paper in papers_of(application)]
    return ApplicationFacts(
        number=application.number,
        name=application.name,
        uscc=application.uscc,
        industry=application.industry,
        annual_revenue=application.annual_revenue,
        regions=application.regions.count(),
        contact=application.contact,
        phone=application.phone,
        email=application.email,
        consented=application.consent_at is not None,
        papers=tuple(papers),
        alliance_wish=application.alliance_wish,
        alliance_revenue=alliance_revenue(application),
        same_code=tuple(same_code(application)),
    )


def alliance_revenue(application: Application) -> Decimal | None:
    """The revenue of the alliance together: dealers in it, and applicants for it who were not turned away.

    None when headquarters has not put the applicant into an alliance.
    """
    if application.alliance_id is None:
        return None
    members = Dealer.objects.filter(alliance=application.alliance_id).aggregate(together=Sum("annual_revenue"))
    coming = Application.objects.filter(alliance=application.alliance_id, state__in=IN_FLIGHT)
    applying = coming.exclude(pk=application.pk).aggregate(together=Sum("annual_revenue"))
    own = application.annual_revenue or Decimal(0)
    if application.dealer_id is not None:
        own = Decimal(0)
    return own + (members["together"] or Decimal(0)) + (applying["together"] or Decimal(0))


def same_code(application: Application) -> list[str]:
    """Dealers and other applications with the same credit code, for headquarters only."""
    if not application.uscc:
        return []
    dealers = Dealer.objects.filter(uscc=application.uscc).exclude(pk=application.dealer_id or 0)
    others = Application.objects.filter(uscc=application.uscc).exclude(pk=application.pk)
    others = others.exclude(state__in=[*UNSUCCESSFUL, ApplicationState.DRAFT])
    return [f"{dealer.name} ({dealer.code})" for dealer in dealers] + [other.number for other in others]


def first_tier(application: Application, terms: DealersTerms) -> TierScore:
    """The score of a newcomer: its revenue, no purchases yet, and the cities it wants to sell in."""
    return tier_score(
        measures(application.annual_revenue or Decimal(0), Decimal(0), cities_wanted(application), terms.tiers),
        terms.tiers.thresholds.points,
    )


def cities_wanted(application: Application) -> int:
    """How many cities the regions asked for hold; a province counts with all of its cities."""
    wanted = application.regions.values("region")
    return Region.objects.filter(Q(pk__in=wanted) | Q(parent__in=wanted), kind="city").count()
