"""The page of what one promotion brought, and what is done on it: record spend, declare it complete, judge."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dealers.errors import NotPermitted, Refused
from dealers.foundation import clock
from dealers.models import User
from dealers.selectors.visibility import visible_dealers
from dealers.web.access import capability_required, person, refusals_shown
from dealers.web.files import file_response
from dealers.web.listing import page_of
from pricing.errors import Objected, PromoNotFound, SpendInvalid
from pricing.models import PromoEvaluation, PromoRequest, PromoSpendProof
from pricing.permissions import can
from pricing.selectors.promo_figures import standing_of
from pricing.selectors.promo_results import (
    ResultsOf,
    dealer_parts,
    entries_of,
    facts_since,
    kept_standing,
    promo_in_results,
)
from pricing.services.promos.evaluation import evaluate_promo, require_evaluator
from pricing.services.promos.spend import declare_spend_complete, record_spend, require_bookkeeper, reverse_spend
from pricing.web.promo_result_words import figures_context
from pricing.web.promo_spend_form import SpendForm

_DEALERS_PER_PAGE = 20


@require_GET
@capability_required("promos.view", can=can)
def results(request: HttpRequest, code: str) -> HttpResponse:
    """What the promotion brought: as last judged, or as it stands while nobody has judged it."""
    return _page(request, _found(request, code))


@require_POST
@login_required
def spend(request: HttpRequest, code: str) -> HttpResponse:
    """Record one payment; a form with faults is shown again."""
    of = _found(request, code)
    form = SpendForm(request.POST, request.FILES, of_hq=of.request.applicant_id is None)
    if form.is_valid():
        try:
            entry = record_spend(
                code=code,
                entry=form.entry(),
                proofs=form.given_proofs(),
                actor=person(request),
                at=clock.now(),
                key=form.cleaned_data["key"],
            )
        except SpendInvalid as refusal:
            form.show(refusal.findings)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Entry %(number)s is recorded.") % {"number": entry.number})
            return _back(code)
    return _page(request, of, form=form, status=422)


@require_POST
@login_required
def reverse_entry(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Take an entry back."""
    reason = request.POST.get("reason", "")
    with refusals_shown(request):
        reverse_spend(code=code, number=number, reason=reason, actor=person(request), at=clock.now())
        messages.success(request, _("Entry %(number)s is taken back.") % {"number": number})
    return _back(code)


@require_POST
@login_required
def complete(request: HttpRequest, code: str) -> HttpResponse:
    """Declare the spend complete."""
    with refusals_shown(request):
        declare_spend_complete(code=code, actor=person(request), at=clock.now())
        messages.success(request, _("The spend is declared complete; headquarters can judge it now."))
    return _back(code)


@require_POST
@login_required
def evaluate(request: HttpRequest, code: str) -> HttpResponse:
    """Judge the promotion and keep the lessons."""
    with refusals_shown(request):
        lessons = request.POST.get("lessons", "")
        made = evaluate_promo(code=code, lessons=lessons, actor=person(request), at=clock.now())
        messages.success(request, _("The evaluation is kept as version %(version)s.") % {"version": made.version})
    return _back(code)


@require_GET
@capability_required("promos.view", can=can)
def proof(request: HttpRequest, code: str, file: UUID) -> HttpResponse:
    """A file that proves an entry of spend, for whoever sees the entry."""
    of = _found(request, code)
    proofs = PromoSpendProof.objects.filter(spend__request=of.request)
    if of.dealer_id is not None:
        proofs = proofs.filter(spend__dealer=of.dealer_id)
    kept = get_object_or_404(proofs.select_related("file"), file=file)
    return file_response(kept.file, inline=request.GET.get("view") == "1")


def _page(request: HttpRequest, of: ResultsOf, *, form: SpendForm | None = None, status: int = 200) -> HttpResponse:
    user, promo, at = person(request), of.request, clock.now()
    versions = [] if of.dealer_id else list(_versions(promo))
    shown = _shown_version(request, versions)
    standing = standing_of(promo, at=at, dealer_id=of.dealer_id) if shown is None else kept_standing(shown)
    account = getattr(promo, "account", None)
    may_record = of.dealer_id is None and _may_record(user, promo)
    context: dict[str, Any] = {
        "request_": promo,
        "own_part": of.dealer_id is not None,
        "is_dealer": user.dealer_id is not None,
        "shown": shown,
        "versions": versions,
        "stale": shown is not None and shown.superseded_at is None and facts_since(shown, promo),
        "account": account,
        "entries": list(entries_of(of)),
        "may_record": may_record,
        "may_complete": may_record and account is not None and account.completed_at is None,
        "form": form or SpendForm(of_hq=promo.applicant_id is None, initial={"spent_on": clock.business_day(at)}),
        "form_open": form is not None,
        "judging": _judging(user, promo, account, at) if of.dealer_id is None else None,
        "dealers": _dealers(request, of, shown, standing),
        **figures_context(promo, standing, shown, own_part=of.dealer_id is not None),
    }
    return render(request, "promos/results.html", context, status=status)


def _found(request: HttpRequest, code: str) -> ResultsOf:
    try:
        return promo_in_results(request.user, code)
    except PromoNotFound as error:
        raise Http404(str(error)) from error


def _versions(promo: PromoRequest) -> Any:
    return promo.evaluations.select_related("evaluated_by", "policy", "request").prefetch_related("channels")


def _shown_version(request: HttpRequest, versions: list[PromoEvaluation]) -> PromoEvaluation | None:
    """The version the address names, else the one that stands; None for the figures of today."""
    wanted = request.GET.get("version", "")
    if wanted == "now":
        return None
    named = next((version for version in versions if str(version.version) == wanted), None)
    return named or next((version for version in versions if version.superseded_at is None), None)


def _may_record(user: User, promo: PromoRequest) -> bool:
    try:
        require_bookkeeper(user, promo)
    except NotPermitted:
        return False
    return True


def _judging(user: User, promo: PromoRequest, account: Any, at: Any) -> dict[str, Any] | None:
    """The form to judge in place, or why this person may not, or why it is too early."""
    if user.dealer_id is not None or not can(user, "promos.evaluate") or promo.state == "running":
        return None
    early = account is not None and account.completed_at is None and at < account.due_at
    try:
        require_evaluator(user, promo)
    except Objected as objection:
        return {"allowed": False, "why": str(objection), "early": early}
    return {"allowed": not early, "why": "", "early": early}


def _dealers(request: HttpRequest, of: ResultsOf, shown: PromoEvaluation | None, standing: Any) -> Page[Any] | None:
    """A page of what each dealer in sight contributed; of a dealer's own promotion there is nothing to tell apart."""
    if of.dealer_id is not None or of.request.applicant_id is not None or request.user.is_anonymous:
        return None
    if person(request).dealer_id is not None:
        return None
    seen = visible_dealers(request.user)
    if shown is not None:
        return page_of(request, dealer_parts(shown, seen), _DEALERS_PER_PAGE)
    names = {dealer.pk: dealer for dealer in seen.filter(pk__in=[part.key for part in standing.figures.dealers])}
    parts = sorted(standing.figures.dealers, key=lambda part: (-part.sales, part.key))
    rows = [{"dealer": names[part.key], "part": part} for part in parts if part.key in names]
    return page_of(request, rows, _DEALERS_PER_PAGE)


def _back(code: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("promo-results", args=[code]))
