"""What headquarters does with an application and an invitation."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from dealers.choices import PaperVerdict, Recommendation
from dealers.foundation import clock
from dealers.models import AdmissionInvitation, User
from dealers.selectors.admission import visible_application
from dealers.services.admission.activating import NewContract, activate_dealer, record_contract
from dealers.services.admission.answering import withdraw_application
from dealers.services.admission.deciding import decide_application, send_back
from dealers.services.admission.links import address_of_link
from dealers.services.admission.opening import invite, renew_link, revoke_invitation
from dealers.services.admission.reviewing import ask_applicant, check_paper, put_into_alliance, recommend, take_up
from dealers.web.access import capability_required, person, refusals_shown
from dealers.web.admission_forms import (
    ActivateForm,
    AllianceForm,
    AskForm,
    ContractForm,
    InviteForm,
    ReasonForm,
    RecommendForm,
)

Act = Callable[[HttpRequest, User, str], None]


@never_cache
@require_POST
@capability_required("admission.invite")
def invitation_new(request: HttpRequest) -> HttpResponse:
    """Invite a company; the answer shows the link, once."""
    form = InviteForm(request.POST)
    if _faults_shown(request, form):
        return redirect("applications")
    with refusals_shown(request):
        made = invite(**form.cleaned_data, actor=person(request), at=clock.now())
        return render(request, "admission/link.html", {"link": address_of_link(made), "invitation": made})
    return redirect("applications")


@require_POST
@capability_required("admission.invite")
def invitation_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    invitation = get_object_or_404(AdmissionInvitation, pk=pk)
    with refusals_shown(request):
        revoke_invitation(invitation=invitation, actor=person(request), at=clock.now())
        messages.success(request, _("The invitation of %(company)s no longer works.") % {"company": invitation.company})
    return redirect("/admission/?tab=invitations")


@never_cache
@require_POST
@capability_required("admission.review")
def application_link(request: HttpRequest, number: str) -> HttpResponse:
    """A new private link for an applicant who lost the old one; the answer shows it, once."""
    with refusals_shown(request):
        found = visible_application(person(request), number)
        renewed = renew_link(application=found, actor=person(request), at=clock.now())
        return render(request, "admission/link.html", {"link": address_of_link(renewed), "application": renewed})
    return redirect("application", number)


@require_POST
@capability_required("admission.review", "admission.decide", "admission.contract")
def application_act(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """Do one of the acts below; who may is asked by the service."""
    if name not in _ACTS:
        raise Http404(name)
    with refusals_shown(request):
        _ACTS[name](request, person(request), number)
    return redirect("application", number)


@require_POST
@capability_required("admission.review")
def application_paper(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Say what was found in a paper."""
    verdict = request.POST.get("verdict", "")
    if verdict not in PaperVerdict.values:
        raise Http404(verdict)
    with refusals_shown(request):
        check_paper(
            number=number,
            paper_id=pk,
            verdict=PaperVerdict(verdict),
            remark=request.POST.get("remark", "")[:500],
            actor=person(request),
            at=clock.now(),
        )
    return redirect("application", number)


def _take_up(request: HttpRequest, user: User, number: str) -> None:
    take_up(number=number, actor=user, at=clock.now())


def _ask(request: HttpRequest, user: User, number: str) -> None:
    form = AskForm(request.POST)
    if not _faults_shown(request, form):
        ask_applicant(number=number, text=form.cleaned_data["text"], actor=user, at=clock.now())
        messages.success(request, _("Asked."))


def _alliance(request: HttpRequest, user: User, number: str) -> None:
    form = AllianceForm(request.POST)
    if not _faults_shown(request, form):
        put_into_alliance(number=number, **form.cleaned_data, actor=user, at=clock.now())


def _recommend(request: HttpRequest, user: User, number: str) -> None:
    form = RecommendForm(request.POST)
    if not _faults_shown(request, form):
        given = {**form.cleaned_data, "recommendation": Recommendation(form.cleaned_data["recommendation"])}
        recommend(number=number, **given, actor=user, at=clock.now())
        messages.success(request, _("Put up for the decision of another person."))


def _admit(request: HttpRequest, user: User, number: str) -> None:
    reason = request.POST.get("reason", "")[:1000]
    decide_application(number=number, admit=True, reason=reason, actor=user, at=clock.now())
    messages.success(request, _("Admitted."))


def _refuse(request: HttpRequest, user: User, number: str) -> None:
    reason = request.POST.get("reason", "")[:1000]
    decide_application(number=number, admit=False, reason=reason, actor=user, at=clock.now())
    messages.success(request, _("Not admitted; the applicant reads the reasons."))


def _send_back(request: HttpRequest, user: User, number: str) -> None:
    send_back(number=number, reason=request.POST.get("reason", "")[:1000], actor=user, at=clock.now())


def _contract(request: HttpRequest, user: User, number: str) -> None:
    found = visible_application(user, number)
    regions = [(row.region_id, row.region.code) for row in found.regions.select_related("region")]
    form = ContractForm(request.POST, request.FILES, regions=regions)
    if _faults_shown(request, form):
        return
    given = form.cleaned_data
    file = given["file"]
    contract = NewContract(
        number=given["number"],
        amount=given["amount"],
        first_day=given["first_day"],
        last_day=given["last_day"],
        filename=file.name if file else "",
        content=file or None,
        exclusive_regions=tuple(int(pk) for pk in given["exclusive"]),
    )
    record_contract(number=number, contract=contract, actor=user, at=clock.now())
    messages.success(request, _("The contract is recorded."))


def _activate(request: HttpRequest, user: User, number: str) -> None:
    form = ActivateForm(request.POST)
    if not _faults_shown(request, form):
        dealer = activate_dealer(number=number, code=form.cleaned_data["code"], actor=user, at=clock.now())
        messages.success(request, _("%(dealer)s is an active dealer.") % {"dealer": dealer.name})


def _end(request: HttpRequest, user: User, number: str) -> None:
    form = ReasonForm(request.POST)
    if not _faults_shown(request, form):
        found = visible_application(user, number)
        withdraw_application(application=found, actor=user, reason=form.cleaned_data["reason"], at=clock.now())


_ACTS: Mapping[str, Act] = {
    "take-up": _take_up,
    "ask": _ask,
    "alliance": _alliance,
    "recommend": _recommend,
    "admit": _admit,
    "refuse": _refuse,
    "send-back": _send_back,
    "contract": _contract,
    "activate": _activate,
    "end": _end,
}


def _faults_shown(request: HttpRequest, form: forms.Form) -> bool:
    """Say on the next page what is wrong with a form; whether something is."""
    for name, faults in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        messages.error(request, f"{label}: {' '.join(map(str, faults))}" if label else " ".join(map(str, faults)))
    return bool(form.errors)
