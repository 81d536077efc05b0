"""The pages of a newcomer: begin, fill in step by step, follow what becomes of it, and come in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dealers.choices import DocumentKind
from dealers.errors import Refused
from dealers.foundation import clock
from dealers.models import Application
from dealers.rules.admission_facts import missing_facts
from dealers.rules.admission_life import ADMISSION_LIFE, EDITABLE, ApplicationAct
from dealers.scope import WHOLE_COMPANY, row_scope
from dealers.selectors.admission import admission_terms, facts_of, invitation_by_token, papers_of
from dealers.selectors.network import provinces
from dealers.selectors.sync import sweep_terms
from dealers.services.admission.activating import claim_account
from dealers.services.admission.answering import answer_question, submit_application, withdraw_application
from dealers.services.admission.filling import (
    NewPaper,
    confirm_email,
    hand_in_paper,
    save_consent,
    save_facts,
    save_regions,
    take_paper_back,
)
from dealers.services.admission.links import email_proof, token_of
from dealers.services.admission.opening import admission_is_open, begin_application
from dealers.web.admission_words import STEPS, said, stages
from dealers.web.files import file_response
from dealers.web.join_door import MOST_BEGINNINGS, by_link, closed, private, tried
from dealers.web.join_forms import (
    AccountForm,
    BeginForm,
    CompanyForm,
    ContactForm,
    MessageForm,
    PaperForm,
    RegionsForm,
)
from dealers.web.strangers import address_of, may_try

_FORMS: dict[str, type[forms.Form]] = {"company": CompanyForm, "contact": ContactForm, "territory": RegionsForm}
_ORDER = (*STEPS,)
_PASSWORD_BACKEND = "django.contrib.auth.backends.ModelBackend"


@never_cache
@csrf_protect
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, token: str = "") -> HttpResponse:
    """Begin an application, by an invitation or where admission is open. A machine is thanked and forgotten."""
    with row_scope(WHOLE_COMPANY):
        at = clock.now()
        try:
            invitation = invitation_by_token(token, at=at) if token else None
        except Refused as refusal:
            return closed(request, str(refusal), refusal.status)
        if invitation is None and not admission_is_open(at):
            return private(render(request, "join/closed.html", {"by_invitation": True}))
        given = {"name": invitation.company, "email": invitation.email} if invitation else {}
        form = BeginForm(request.POST if request.method == "POST" else None, initial=given)
        if request.method == "POST":
            if not may_try("join-begin", address_of(request), most=MOST_BEGINNINGS):
                return closed(request, _("Too many tries from here; wait an hour."), 429)
            if request.POST.get("website"):
                return redirect("join")
            if form.is_valid():
                try:
                    application = begin_application(
                        language=request.LANGUAGE_CODE, consented=True, at=at, invitation_token=token
                    )
                    facts = {name: form.cleaned_data[name] for name in ("name", "email")}
                    save_facts(application=application, facts=facts, at=at)
                except Refused as refusal:
                    return closed(request, str(refusal), refusal.status)
                messages.success(request, _("Begun. Keep the address of this page: it is the key to your application."))
                return private(redirect("join-application", token_of(application)))
        context = {"form": form, "invitation": invitation}
        return private(render(request, "join/begin.html", context, status=422 if form.errors else 200))


@require_GET
@by_link
def overview(request: HttpRequest, application: Application, token: str) -> HttpResponse:
    """How far the application is, what is missing, what was asked, and what comes next."""
    proof = request.GET.get("mail", "")
    if proof and constant_time_compare(proof, email_proof(application)):
        confirm_email(application=application, at=clock.now())
        messages.success(request, _("Your e-mail address is confirmed."))
        return redirect("join-application", token)
    missing = said(_missing(application)) if application.state in EDITABLE else []
    context = {
        **_frame(application, token),
        "stages": stages(application.state),
        "steps": [
            {"key": key, "label": label, "missing": [gap for gap in missing if gap["step"] == key]}
            for key, label in STEPS.items()
        ],
        "missing": missing,
        "thread": application.messages.select_related("author"),
        "papers": papers_of(application),
        "answer_form": MessageForm(),
        "may_withdraw": ADMISSION_LIFE.allows(application.state, ApplicationAct.WITHDRAW),
        "may_claim": application.dealer_id is not None and application.claimed_at is None,
    }
    return render(request, "join/application.html", context)


@require_http_methods(["GET", "POST"])
@by_link
def step(request: HttpRequest, application: Application, token: str, name: str) -> HttpResponse:
    """One step of the form. What is right is kept even when something else on the page is not."""
    if name == "documents":
        return _documents(request, application, token)
    if name not in _FORMS:
        raise Http404(name)
    if application.state not in EDITABLE:
        return redirect("join-application", token)
    form = _FORMS[name](request.POST if request.method == "POST" else None, initial=_told(application, name))
    if request.method == "POST":
        form.full_clean()
        if tried(request, lambda: _keep(application, name, form.cleaned_data)) and form.is_valid():
            following = _ORDER.index(name) + 1
            return redirect("join-step", token, _ORDER[following])
        if form.errors and len(form.fields) > 1:
            messages.warning(request, _("What is right was saved; please correct the rest."))
    context = {**_frame(application, token), "form": form, "name": name, "label": STEPS[name], "places": _places()}
    context |= {"number": _ORDER.index(name) + 1, "of": len(_ORDER), "chosen": _chosen(form, name)}
    return render(request, "join/step.html", context, status=422 if form.errors else 200)


def _documents(request: HttpRequest, application: Application, token: str) -> HttpResponse:
    """The papers: which are needed, which are here, and one more."""
    editable = application.state in EDITABLE
    form = PaperForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and editable and form.is_valid():
        given = form.cleaned_data
        paper = NewPaper(
            kind=DocumentKind(given["kind"]),
            filename=given["file"].name,
            content=given["file"],
            name=given["name"],
            number=given["number"],
            last_day=given["last_day"],
        )
        if tried(
            request,
            lambda: hand_in_paper(application=application, paper=paper, at=clock.now()),
            _("%(document)s is handed in.") % {"document": paper.kind.label},
        ):
            return redirect("join-step", token, "documents")
    terms = admission_terms(clock.now())
    papers = list(papers_of(application))
    handed_in = {paper.kind for paper in papers}
    needed = [DocumentKind(kind) for kind in terms.required_documents] if terms else []
    context = {
        **_frame(application, token),
        "form": form,
        "papers": papers,
        "needed": [
            {
                "label": kind.label,
                "outcome": "ok" if kind in handed_in else "wait",
                "result": _("handed in") if kind in handed_in else _("missing"),
            }
            for kind in needed
        ],
        "label": STEPS["documents"],
        "number": len(_ORDER),
        "of": len(_ORDER),
    }
    return render(request, "join/documents.html", context, status=422 if form.errors else 200)


@require_GET
@by_link
def paper_file(request: HttpRequest, application: Application, token: str, pk: int) -> HttpResponse:
    """A paper the applicant handed in, for the applicant to look at."""
    paper = papers_of(application).filter(pk=pk).first()
    if paper is None:
        raise Http404(pk)
    return file_response(paper.file)


@require_POST
@by_link
def paper_remove(request: HttpRequest, application: Application, token: str, pk: int) -> HttpResponse:
    """Take a paper back."""
    tried(request, lambda: take_paper_back(application=application, paper_id=pk, at=clock.now()))
    return redirect("join-step", token, "documents")


@require_POST
@by_link
def submit(request: HttpRequest, application: Application, token: str) -> HttpResponse:
    """Hand the application in."""
    done = _("Handed in. We look at every document and get back to you.")
    tried(request, lambda: submit_application(application=application, at=clock.now()), done)
    return redirect("join-application", token)


@require_POST
@by_link
def answer(request: HttpRequest, application: Application, token: str) -> HttpResponse:
    """Answer what was asked."""
    text = request.POST.get("text", "")[:4000]
    tried(
        request,
        lambda: answer_question(application=application, text=text, at=clock.now()),
        _("Answered. The check goes on."),
    )
    return redirect("join-application", token)


@require_POST
@by_link
def withdraw(request: HttpRequest, application: Application, token: str) -> HttpResponse:
    """Withdraw the application."""
    tried(
        request,
        lambda: withdraw_application(application=application, at=clock.now()),
        _("Your application is withdrawn."),
    )
    return redirect("join-application", token)


@require_http_methods(["GET", "POST"])
@by_link
def claim(request: HttpRequest, application: Application, token: str) -> HttpResponse:
    """Make the owner's account; the answer signs in and shows the key, once, with the first steps."""
    if application.dealer is None or application.claimed_at is not None:
        return redirect("join-application", token)
    form = AccountForm(
        request.POST if request.method == "POST" else None, initial={"display_name": application.contact}
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            welcome = claim_account(
                application=application,
                username=given["username"],
                password=given["password"],
                display_name=given["display_name"],
                language=request.LANGUAGE_CODE,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error("password" if refusal.code == "weak_password" else "username", str(refusal))
        else:
            login(request, welcome.owner, backend=_PASSWORD_BACKEND)
            terms = sweep_terms(at=clock.now())
            context = {
                "dealer": application.dealer,
                "owner": welcome.owner,
                "secret": welcome.secret,
                "onboarding_days": terms.onboarding_days if terms else None,
                "base_url": f"{settings.APP_URL}/api/v1/",
            }
            return render(request, "join/welcome.html", context)
    context = {**_frame(application, token), "form": form}
    return render(request, "join/claim.html", context, status=422 if form.errors else 200)


def _frame(application: Application, token: str) -> dict[str, Any]:
    return {"application": application, "token": token, "editable": application.state in EDITABLE}


def _missing(application: Application) -> Any:
    terms = admission_terms(clock.now())
    return missing_facts(facts_of(application), terms.required_documents if terms else ())


def _told(application: Application, name: str) -> dict[str, Any]:
    if name == "territory":
        return {"regions": list(application.regions.values_list("region", flat=True))}
    told = {field: getattr(application, field) for field in _FORMS[name].base_fields if field != "consent"}
    return {**told, "consent": application.consent_at is not None}


def _keep(application: Application, name: str, given: dict[str, Any]) -> None:
    at = clock.now()
    if name == "territory":
        if "regions" in given:
            save_regions(application=application, regions=list(given["regions"]), at=at)
        return
    if given.pop("consent", False):
        save_consent(application=application, at=at)
    save_facts(application=application, facts=given, at=at)


def _places() -> list[dict[str, Any]]:
    """Provinces with their cities, for ticking."""
    return [
        {"province": province, "cities": list(province.cities.all())}
        for province in provinces().prefetch_related("cities")
    ]


def _chosen(form: forms.Form, name: str) -> set[str]:
    return {str(pk) for pk in form["regions"].value() or ()} if name == "territory" else set()
