"""Applications at headquarters: the list, one application with everything about it, and its papers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dealers.choices import ApplicationState, DocumentKind
from dealers.errors import NotFound
from dealers.foundation import clock
from dealers.foundation.effective import DateSpan
from dealers.models import AdmissionInvitation, Application, AuditRecord, User
from dealers.permissions import can
from dealers.rules.admission_facts import obstacles
from dealers.rules.admission_life import ADMISSION_LIFE, IN_FLIGHT, ApplicationAct
from dealers.rules.tier_score import TierScore
from dealers.selectors.admission import (
    facts_of,
    first_tier,
    papers_of,
    policy_for_admission,
    visible_application,
    visible_applications,
    waiting_applications,
)
from dealers.selectors.policies import NoPolicyInForce
from dealers.selectors.territory import conflicts_of_application
from dealers.services.admission.deciding import took_part
from dealers.services.admission.reviewing import proof_of
from dealers.web.access import capability_required, person
from dealers.web.admission_forms import (
    ActivateForm,
    AllianceForm,
    AskForm,
    ContractForm,
    InviteForm,
    ReasonForm,
    RecommendForm,
)
from dealers.web.admission_words import said, score_rows
from dealers.web.audit_words import told
from dealers.web.files import file_response
from dealers.web.listing import page_of, window_of, words_of

_TABS = ("waiting", "flight", "all", "invitations")


@require_GET
@capability_required("admission.view")
def applications(request: HttpRequest) -> HttpResponse:
    """The applications in sight: those that wait for this person first, then all on their way, then all."""
    user = person(request)
    tab = request.GET.get("tab", "")
    tab = tab if tab in _TABS else "waiting"
    may_invite = can(user, "admission.invite")
    words = words_of(request)
    waiting = waiting_applications(user)
    on_the_way = visible_applications(user).filter(state__in=IN_FLIGHT)
    found = {"waiting": waiting, "flight": on_the_way}.get(tab, visible_applications(user))
    if words:
        found = found.filter(Q(number__icontains=words) | Q(name__icontains=words) | Q(uscc__icontains=words))
    labels = {
        "waiting": (_("Waiting for me"), waiting.count()),
        "flight": (_("On their way"), on_the_way.count()),
        "all": (_("All"), None),
    }
    if may_invite:
        labels["invitations"] = (_("Invitations"), None)
    context: dict[str, Any] = {
        "tabs": [
            {"label": label, "url": f"?tab={key}", "current": key == tab, "count": count}
            for key, (label, count) in labels.items()
        ],
        "tab": tab,
        "q": words,
        "may_invite": may_invite,
        "invite_form": InviteForm(auto_id="invite_%s"),
    }
    if tab == "invitations" and may_invite:
        invitations = AdmissionInvitation.objects.select_related("invited_by", "application").order_by("-id")
        if words:
            invitations = invitations.filter(company__icontains=words)
        context |= {"invitations": page_of(request, invitations), "now": clock.now()}
    else:
        context["window"] = window_of(request, found)
    return render(request, "admission/list.html", context)


@require_GET
@capability_required("admission.view")
def application(request: HttpRequest, number: str) -> HttpResponse:
    """One application: facts, checks, questions, what speaks against it, and what this person can do now."""
    user = person(request)
    found = _in_sight(user, number)
    at = clock.now()
    context = {
        "application": found,
        "papers": papers_of(found),
        "replaced": found.papers.exclude(replaced_at=None).select_related("file"),
        "thread": found.messages.select_related("author"),
        "regions": found.regions.select_related("region__parent").order_by("region__code"),
        "history": told(_records(found)),
        **_measured(found, at),
        **_doable(found, user),
    }
    return render(request, "admission/application.html", context)


@require_GET
@capability_required("admission.view")
def application_file(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """A paper of an applicant."""
    paper = get_object_or_404(_in_sight(person(request), number).papers.select_related("file"), pk=pk)
    return file_response(paper.file)


@require_GET
@capability_required("admission.view")
def application_contract(request: HttpRequest, number: str) -> HttpResponse:
    """The signed contract of an applicant."""
    found = _in_sight(person(request), number)
    if found.contract_file is None:
        raise Http404(number)
    return file_response(found.contract_file)


def _in_sight(user: User, number: str) -> Application:
    try:
        return visible_application(user, number)
    except NotFound as refusal:
        raise Http404(str(refusal)) from refusal


def _records(found: Application) -> Any:
    records = AuditRecord.objects.filter(subject_type="dealers.application", subject_id=str(found.pk))
    return records.order_by("-id")[:60]


def _measured(found: Application, at: datetime) -> dict[str, Any]:
    """What the policy demands, what speaks against, and the score; without a policy only that there is none."""
    facts = facts_of(found)
    context: dict[str, Any] = {"facts": facts, "conflicts": [], "same_code": facts.same_code}
    if found.state in IN_FLIGHT:
        first = found.contract_valid.lower if found.contract_valid else None
        span = DateSpan(max(first or clock.business_day(at), clock.business_day(at)))
        context["conflicts"] = conflicts_of_application(found, span)
    try:
        _policy, terms = policy_for_admission(at)
    except NoPolicyInForce as refusal:
        return {**context, "no_policy": str(refusal)}
    admission = terms.admission
    score: TierScore = first_tier(found, terms)
    against = obstacles(facts, admission.required_documents, admission.min_annual_revenue, on=clock.business_day(at))
    kept = found.score or proof_of(score)
    return {
        **context,
        "threshold": admission.min_annual_revenue[found.industry] if found.industry else None,
        "against": said(against) if found.state in IN_FLIGHT else [],
        "required": [DocumentKind(kind).label for kind in admission.required_documents],
        "score": kept,
        "score_rows": score_rows(kept),
    }


def _doable(found: Application, user: User) -> dict[str, Any]:
    """The forms this person may use now."""

    def possible(act: ApplicationAct, capability: str) -> bool:
        return ADMISSION_LIFE.allows(found.state, act) and can(user, capability)

    checking = found.state in (ApplicationState.CHECKING, ApplicationState.QUESTIONS)
    mine = checking and can(user, "admission.review")
    deciding = possible(ApplicationAct.ADMIT, "admission.decide")
    regions = [(row.region_id, row.region.name) for row in found.regions.select_related("region")]
    return {
        "may_take_up": possible(ApplicationAct.TAKE_UP, "admission.review"),
        "may_check": mine,
        "ask_form": AskForm(auto_id="ask_%s") if mine else None,
        "alliance_form": AllianceForm(auto_id="alliance_%s") if mine and found.alliance_wish else None,
        "recommend_form": RecommendForm(auto_id="recommend_%s", initial=_recommended(found)) if mine else None,
        "may_decide": deciding and not took_part(found, user),
        "took_part": deciding and took_part(found, user),
        "decide_form": ReasonForm(auto_id="decide_%s") if deciding else None,
        "contract_form": ContractForm(auto_id="contract_%s", regions=regions, initial=_signed(found))
        if possible(ApplicationAct.CONTRACT, "admission.contract")
        else None,
        "activate_form": ActivateForm(auto_id="activate_%s")
        if possible(ApplicationAct.ACTIVATE, "admission.contract")
        else None,
        "may_link": can(user, "admission.review") and (found.state in IN_FLIGHT or _unclaimed(found)),
        "may_end": possible(ApplicationAct.WITHDRAW, "admission.contract"),
        "end_form": ReasonForm(auto_id="end_%s"),
    }


def _unclaimed(found: Application) -> bool:
    return found.state == ApplicationState.ACTIVE and found.claimed_at is None


def _recommended(found: Application) -> dict[str, Any]:
    return {"tier": found.tier or found.tier_proposed or "T3"}


def _signed(found: Application) -> dict[str, Any]:
    valid = found.contract_valid
    return {
        "number": found.contract_number,
        "amount": found.contract_amount,
        "first_day": valid.lower if valid else None,
        "last_day": valid.upper - timedelta(days=1) if valid and valid.upper else None,
        "exclusive": list(found.regions.filter(exclusive=True).values_list("region", flat=True)),
    }
