"""What headquarters finds in an application: checks of papers, questions, the alliance, a recommendation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dealers.choices import ApplicationState, DocumentKind, PaperVerdict, Recommendation, Tier
from dealers.errors import NotFound, Refused
from dealers.foundation.clock import business_day
from dealers.models import Alliance, Application, ApplicationMessage, ApplicationPaper, User
from dealers.permissions import require
from dealers.rules.admission_facts import obstacles
from dealers.rules.admission_life import ApplicationAct
from dealers.rules.tier_score import TierScore
from dealers.selectors.admission import facts_of, first_tier, policy_for_admission
from dealers.services.admission.acting import (
    ApplicationStateRefused,
    NotAdmissible,
    locked_in_sight,
    move,
    require_act,
    require_reason,
)
from dealers.services.admission.mails import write_mail
from dealers.services.admission.telling import tell_headquarters
from dealers.services.audit import record_audit

_UNDER_CHECK = (ApplicationState.CHECKING, ApplicationState.QUESTIONS)


class TierReasonMissing(Refused):
    code = "tier_reason_missing"
    sentence = _("The score gives %(proposed)s; say why it is to be %(chosen)s.")
    status = 400


class AllianceTaken(Refused):
    code = "alliance_taken"
    sentence = _("There is already an alliance with the code %(code)s, called %(name)s.")


@transaction.atomic
def take_up(*, number: str, actor: User, at: datetime) -> Application:
    """Begin to check an application; of two who do it at once the second is refused."""
    require(actor, "admission.review")
    application = locked_in_sight(actor, number)
    application.reviewer = actor
    move(application, ApplicationAct.TAKE_UP, actor=actor, at=at)
    return application


@transaction.atomic
def check_paper(
    *, number: str, paper_id: int, verdict: PaperVerdict, remark: str, actor: User, at: datetime
) -> ApplicationPaper:
    """Say whether a paper is in order; one that is not needs a remark. May be said again while the check goes on."""
    application = _under_check(actor, number)
    paper = application.papers.filter(pk=paper_id, replaced_at=None).first()
    if paper is None:
        raise NotFound(what=_("document"), key=paper_id)
    remark = require_reason(remark)[:500] if verdict == PaperVerdict.BAD else remark.strip()[:500]
    before = {"verdict": paper.verdict, "remark": paper.remark}
    paper.verdict, paper.remark, paper.checked_by, paper.checked_at = verdict, remark, actor, at
    paper.save(update_fields=["verdict", "remark", "checked_by", "checked_at"])
    record_audit(
        actor=actor,
        action="application.check_paper",
        subject=application,
        at=at,
        reason=remark,
        before=before,
        after={"paper": DocumentKind(paper.kind).value, "verdict": verdict, "remark": remark},
    )
    return paper


@transaction.atomic
def ask_applicant(*, number: str, text: str, actor: User, at: datetime) -> Application:
    """Ask the applicant something; until it answers, it may change what it told us. A second question adds to it."""
    application = _under_check(actor, number)
    text = require_reason(text)
    message = ApplicationMessage.objects.create(application=application, author=actor, text=text, at=at)
    if application.state == ApplicationState.CHECKING:
        move(application, ApplicationAct.ASK, actor=actor, at=at)
    write_mail("asked", application=application, at=at, once_for=str(message.pk))
    return application


@transaction.atomic
def put_into_alliance(*, number: str, code: str, name: str, actor: User, at: datetime) -> Application:
    """Count an applicant to the alliance with this code; with a name a new one is made.

    Raises :class:`~dealers.errors.NotFound` or :class:`AllianceTaken`.
    """
    application = _under_check(actor, number)
    alliance = Alliance.objects.select_for_update().filter(code=code.strip()).first()
    if name.strip():
        if alliance is not None:
            raise AllianceTaken(code=alliance.code, name=alliance.name)
        region = application.regions.select_related("region").order_by("pk").first()
        alliance = Alliance.objects.create(
            code=code.strip()[:32], name=name.strip()[:200], region=region.region if region else None
        )
        record_audit(actor=actor, action="alliance.create", subject=alliance, at=at, after={"code": alliance.code})
    if alliance is None:
        raise NotFound(what=_("alliance"), key=code)
    before = {"alliance": application.alliance.code if application.alliance else None}
    application.alliance = alliance
    application.save(update_fields=["alliance"])
    record_audit(
        actor=actor,
        action="application.put_into_alliance",
        subject=application,
        at=at,
        before=before,
        after={"alliance": alliance.code},
    )
    return application


@transaction.atomic
def recommend(
    *,
    number: str,
    recommendation: Recommendation,
    reason: str,
    actor: User,
    at: datetime,
    tier: str = "",
    tier_reason: str = "",
) -> Application:
    """End the check with a recommendation, which another person decides on.

    To admit, every demand of the policy in force has to be met; the tier is the score's, or another with a reason.
    Raises :class:`~dealers.services.admission.acting.NotAdmissible` and :class:`TierReasonMissing`.
    """
    require(actor, "admission.review")
    application = locked_in_sight(actor, number)
    require_act(application, ApplicationAct.RECOMMEND)
    reason = require_reason(reason)
    policy, terms = policy_for_admission(at)
    if recommendation == Recommendation.ADMIT:
        require_no_obstacle(application, at)
        score = first_tier(application, terms)
        chosen = Tier(tier or score.tier)
        if chosen != score.tier and not tier_reason.strip():
            raise TierReasonMissing(proposed=score.tier, chosen=chosen.value)
        application.score, application.tier_proposed = proof_of(score), score.tier
        application.tier, application.tier_reason = chosen, tier_reason.strip()[:500]
    application.policy = policy
    application.recommendation, application.recommendation_reason = recommendation, reason
    application.recommended_by, application.recommended_at = actor, at
    move(
        application,
        ApplicationAct.RECOMMEND,
        actor=actor,
        at=at,
        reason=reason,
        after={"recommendation": recommendation, "tier": application.tier, "policy": str(policy.pk)},
    )
    tell_headquarters(
        application,
        "application_recommended",
        capability="admission.decide",
        at=at,
        once_for=at.isoformat(),
        without=[actor.pk],
    )
    return application


def require_no_obstacle(application: Application, at: datetime) -> None:
    """Raises :class:`~dealers.services.admission.acting.NotAdmissible` with all that speaks against admission now."""
    _policy, terms = policy_for_admission(at)
    admission = terms.admission
    against = obstacles(
        facts_of(application), admission.required_documents, admission.min_annual_revenue, on=business_day(at)
    )
    if against:
        raise NotAdmissible(against)


def proof_of(score: TierScore) -> dict[str, Any]:
    """The score as it is kept: part by part, with what was measured and what earns full marks."""
    return {
        "points": str(score.points),
        "tier": score.tier,
        "parts": [
            {
                "name": part.name,
                "value": str(part.value),
                "full_marks": str(part.full_marks),
                "points": str(part.points),
                "possible": str(part.possible),
            }
            for part in score.parts
        ],
    }


def _under_check(actor: User, number: str) -> Application:
    require(actor, "admission.review")
    application = locked_in_sight(actor, number)
    if application.state not in _UNDER_CHECK:
        label = ApplicationState(application.state).label
        raise ApplicationStateRefused(number=application.number, state=label)
    return application
