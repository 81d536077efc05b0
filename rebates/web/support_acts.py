"""What people do on an activity: plan, ask, attach, commit, claim, decide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dealers.errors import NotFound, NotPermitted, Refused
from dealers.foundation import clock
from dealers.models import Region
from dealers.web.access import capability_required, own_dealer, person, refusals_shown
from dealers.web.files import file_response
from rebates.choices import SupportPaper
from rebates.errors import SupportInvalid, SupportNotFound
from rebates.models import SupportActivity, SupportFile
from rebates.permissions import can
from rebates.selectors.support import support_file
from rebates.services.support.deciding import (
    accept_proof,
    refuse_proof,
    reject_support,
    reserve_support,
    reverse_support,
    send_proof_back,
)
from rebates.services.support.executing import commit_support, hand_in_proof
from rebates.services.support.papers import attach_paper, remove_paper
from rebates.services.support.plans import (
    ask_for_support,
    change_plan,
    places_of,
    plan_activity,
    plan_of,
    promos_to_link,
    withdraw_support,
)
from rebates.web.support import activity_page, first_plannable, found_activity
from rebates.web.support_forms import ClaimForm, CommitForm, DecisionForm, PaperForm, PlanForm


@require_http_methods(["GET", "POST"])
@capability_required("support.ask", can=can)
def new(request: HttpRequest) -> HttpResponse:
    """A new plan: saved as a draft, or asked for at once."""
    start = first_plannable(clock.business_day(clock.now()))
    form = _plan_form(request, initial={"starts_on": start, "last_day": start + timedelta(days=6)})
    return _save(request, form, None)


@require_http_methods(["GET", "POST"])
@capability_required("support.ask", can=can)
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change a draft or a rejected plan."""
    found = found_activity(request, number)
    form = _plan_form(request, initial=PlanForm.initial_of(plan_of(found)))
    return _save(request, form, found)


@require_POST
@capability_required("support.ask", can=can)
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """Ask for a draft's budget."""
    _ask(request, number)
    return redirect("market-support-activity", number)


@require_POST
@capability_required("support.ask", can=can)
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Give an activity up."""
    with refusals_shown(request):
        reason = _text(request, "reason")
        withdraw_support(number=number, reason=reason, actor=person(request), at=clock.now())
        messages.success(request, _("Withdrawn; the money is free again."))
    return redirect("market-support-activity", number)


@require_POST
@capability_required("support.ask", can=can)
def attach(request: HttpRequest, number: str, paper: str) -> HttpResponse:
    """Add a file of a kind."""
    found = found_activity(request, number)
    if paper not in SupportPaper.values:
        raise Http404
    form = PaperForm(request.POST, request.FILES)
    if not form.is_valid():
        return activity_page(request, found, forms={"paper_form": form}, status=422)
    with refusals_shown(request):
        file = form.given()
        attach_paper(
            number=number,
            paper=SupportPaper(paper),
            name=file.name or "",
            content=file,
            actor=person(request),
            at=clock.now(),
        )
        messages.success(request, _("The file is attached."))
    return redirect("market-support-activity", number)


@require_POST
@capability_required("support.ask", can=can)
def detach(request: HttpRequest, number: str, key: int) -> HttpResponse:
    """Take a file out."""
    with refusals_shown(request):
        remove_paper(number=number, key=key, actor=person(request), at=clock.now())
        messages.success(request, _("The file is taken out."))
    return redirect("market-support-activity", number)


@require_GET
@capability_required("support.view", can=can)
def paper_file(request: HttpRequest, number: str, key: int) -> HttpResponse:
    """A file, for whoever sees the activity."""
    try:
        return file_response(support_file(person(request), number, key).file, inline="inline" in request.GET)
    except (SupportNotFound, SupportFile.DoesNotExist) as missing:
        raise Http404 from missing


@require_POST
@capability_required("support.ask", can=can)
def commit(request: HttpRequest, number: str) -> HttpResponse:
    """Bind reserved money to a contract."""

    def act(given: dict[str, Any]) -> None:
        commit_support(number=number, **given, actor=person(request), at=clock.now())

    done = _("Committed. Hand in the proof when it is done.")
    return _by_form(request, number, "commit_form", CommitForm(request.POST), act, done)


@require_POST
@capability_required("support.ask", can=can)
def claim(request: HttpRequest, number: str) -> HttpResponse:
    """Hand in the proof."""

    def act(given: dict[str, Any]) -> None:
        hand_in_proof(
            number=number,
            claimed=given["amount"],
            repeat_reason=given["reason"],
            actor=person(request),
            at=clock.now(),
        )

    return _by_form(request, number, "claim_form", ClaimForm(request.POST), act, _("The proof is handed in."))


@require_POST
@capability_required("support.reserve", "support.verify", "support.reverse", can=can)
def decide(request: HttpRequest, number: str) -> HttpResponse:
    """One of headquarters' decisions; which, the pressed button says."""
    decision = request.POST.get("decision", "")
    if decision not in (*_WITH_AMOUNT, *_WITHOUT):
        raise Http404

    def act(given: dict[str, Any]) -> None:
        who: dict[str, Any] = {"number": number, "reason": given["reason"], "actor": person(request), "at": clock.now()}
        if decision in _WITH_AMOUNT:
            _WITH_AMOUNT[decision](amount=given["amount"], **who)
        else:
            _WITHOUT[decision](**who)

    form = DecisionForm(request.POST)
    form.fields["amount"].required = decision in _WITH_AMOUNT
    return _by_form(request, number, "decision_form", form, act, _("Your decision is recorded."))


_WITH_AMOUNT: dict[str, Callable[..., SupportActivity]] = {"reserve": reserve_support, "accept": accept_proof}
_WITHOUT: dict[str, Callable[..., SupportActivity]] = {
    "reject": reject_support,
    "send_back": send_proof_back,
    "refuse": refuse_proof,
    "reverse": reverse_support,
}


def _by_form(
    request: HttpRequest,
    number: str,
    name: str,
    form: forms.Form,
    act: Callable[[dict[str, Any]], None],
    done: str,
) -> HttpResponse:
    """Do the act of a valid form; a refusal is said in the form and nothing typed is lost."""
    found = found_activity(request, number)
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except (NotFound, NotPermitted):
            with refusals_shown(request):
                raise
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, done)
            return redirect("market-support-activity", number)
    return activity_page(request, found, forms={name: form}, status=422)


def _plan_form(request: HttpRequest, *, initial: dict[str, Any]) -> PlanForm:
    dealer = own_dealer(request)
    places = Region.objects.filter(code__in=places_of(dealer, clock.business_day(clock.now())))
    promos = [(code, f"{code} · {promo.title}") for code, promo in promos_to_link(dealer.pk).items()]
    return PlanForm(
        request.POST if request.method == "POST" else None,
        initial=initial,
        places=places.order_by("parent__code", "code"),
        promos=promos,
    )


def _save(request: HttpRequest, form: PlanForm, found: SupportActivity | None) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        user, at = person(request), clock.now()
        try:
            if found is None:
                saved = plan_activity(plan=form.plan(), actor=user, at=at, key=form.cleaned_data["key"])
            else:
                saved = change_plan(number=found.number, plan=form.plan(), actor=user, at=at)
        except SupportInvalid as refusal:
            form.show(refusal.findings)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            if "ask" in request.POST:
                _ask(request, saved.number)
            else:
                messages.success(request, _("The draft is saved; nobody else sees it yet."))
            return redirect("market-support-activity", saved.number)
    context = {"form": form, "found": found}
    return render(request, "rebates/support_plan.html", context, status=422 if form.errors else 200)


def _ask(request: HttpRequest, number: str) -> None:
    with refusals_shown(request):
        ask_for_support(number=number, actor=person(request), at=clock.now())
        messages.success(request, _("Asked for. Your channel manager decides."))


def _text(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\x00", "")[:2000]
