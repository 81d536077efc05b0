"""After-sales teams on pages: a dealer keeps its own, headquarters checks certificates and sees who is short."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from aftersales.choices import TeamRole
from aftersales.models import TeamCertificate
from aftersales.permissions import can
from aftersales.selectors.staffing import certificates_to_check, headcounts, standings, team_of, visible_members
from aftersales.services.team import add_certificate, add_member, decide_certificate, end_membership
from aftersales.web.forms import CertificateForm, LastDayForm, MemberForm
from dealers.choices import DealerState
from dealers.errors import NotFound, NotPermitted, Refused
from dealers.foundation import clock
from dealers.models import Dealer
from dealers.selectors.visibility import visible_dealers
from dealers.web.access import capability_required, person, refusals_shown
from dealers.web.files import file_response
from dealers.web.listing import page_of, words_of

#: From so many days before its end a certificate is shown as ending.
_ENDING_DAYS = 60


@require_GET
@capability_required("teams.view", can=can)
def service_team(request: HttpRequest) -> HttpResponse:
    """A dealer's own team; for headquarters every dealer's, and the certificates to check."""
    user = person(request)
    if user.dealer_id is not None:
        return team_page(request, user.dealer_id)
    today = clock.business_day(clock.now())
    dealers = visible_dealers(user).filter(state=DealerState.ACTIVE).order_by("code")
    words, short_only = words_of(request), request.GET.get("tab") == "short"
    if words:
        dealers = dealers.filter(name__icontains=words) | dealers.filter(code__icontains=words)
    if short_only:
        counts = headcounts(today)
        dealers = dealers.filter(pk__in=[key for key, (_tier, count) in counts.items() if count.short])
    page = page_of(request, dealers)
    base = reverse("service-team")
    context = {
        "page": page,
        "rows": standings(list(page.object_list), today),
        "q": words,
        "tab": "short" if short_only else "",
        "tabs": [
            {"label": _("All dealers"), "url": base, "current": not short_only, "count": None},
            {"label": _("Too few people"), "url": f"{base}?tab=short", "current": short_only, "count": None},
        ],
        "to_check": list(certificates_to_check(user)[:50]),
    }
    return render(request, "aftersales/teams.html", context)


@require_GET
@capability_required("teams.check", "tickets.supervise", "teams.view", can=can)
def team_of_dealer(request: HttpRequest, code: str) -> HttpResponse:
    """One dealer's team, for headquarters."""
    return team_page(request, get_object_or_404(visible_dealers(person(request)), code=code).pk)


def team_page(
    request: HttpRequest, dealer_id: int, *, forms: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """The page of a team, with forms that were refused in the place of fresh ones."""
    user = person(request)
    today = clock.business_day(clock.now())
    refused = forms or {}
    members = [
        {
            "member": member,
            "gone": member.valid.upper is not None and member.valid.upper <= today,
            "certificates": [_shown(one, today) for one in member.certificates.all()],
            "certificate_form": CertificateForm(auto_id=_ids("certificate", member.pk)),
            "last_day_form": LastDayForm(initial={"last_day": today}, auto_id=_ids("end", member.pk)),
            **(refused if refused.get("opened") == member.pk else {}),
        }
        for member in team_of(dealer_id)
    ]
    context: dict[str, Any] = {
        "standing": standings([Dealer.objects.get(pk=dealer_id)], today)[0],
        "own": user.dealer_id is not None,
        "members": sorted(members, key=lambda row: bool(row["gone"])),
        "may_manage": can(user, "teams.manage"),
        "may_check": can(user, "teams.check"),
        "member_form": MemberForm(initial={"role": TeamRole.TECHNICIAN, "since": today}),
        **refused,
    }
    return render(request, "aftersales/team.html", context, status=status)


@require_POST
@capability_required("teams.manage", can=can)
def team_act(request: HttpRequest, name: str, key: int = 0) -> HttpResponse:
    """Add a member or a certificate, or end a membership."""
    if name not in _FORMS:
        raise Http404
    slot, form_class = _FORMS[name]
    form = form_class(request.POST, request.FILES, auto_id=_ids(name, key))
    user = person(request)
    if name != "add" and not visible_members(user).filter(pk=key).exists():
        raise Http404
    if form.is_valid():
        try:
            _DO[name](key, form.cleaned_data, {"actor": user, "at": clock.now()})
        except (NotFound, NotPermitted):
            with refusals_shown(request):
                raise
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Recorded."))
            return redirect("service-team")
    return team_page(request, user.dealer_id or 0, forms={slot: form, "opened": key, "opened_by": name}, status=422)


def _ids(name: str, key: int) -> str:
    """How the fields of one form are called on a page that has the same form for every member."""
    return f"{name}-{key}-%s"


_FORMS: dict[str, tuple[str, type[forms.Form]]] = {
    "add": ("member_form", MemberForm),
    "certificate": ("certificate_form", CertificateForm),
    "end": ("last_day_form", LastDayForm),
}
_DO: dict[str, Callable[[int, dict[str, Any], dict[str, Any]], object]] = {
    "add": lambda _key, given, who: add_member(
        name=given["name"], role=TeamRole(given["role"]), since=given["since"], **who
    ),
    "certificate": lambda key, given, who: add_certificate(key=key, **given, **who),
    "end": lambda key, given, who: end_membership(key=key, last_day=given["last_day"], **who),
}


@require_POST
@capability_required("teams.check", can=can)
def certificate_decide(request: HttpRequest, key: int) -> HttpResponse:
    """Let a certificate count, or decline it."""
    accept = request.POST.get("decision") == "accept"
    with refusals_shown(request):
        reason = request.POST.get("reason", "")[:500]
        decide_certificate(key=key, accept=accept, reason=reason, actor=person(request), at=clock.now())
        messages.success(request, _("The certificate counts.") if accept else _("The certificate is declined."))
    return redirect("service-team")


@require_GET
@capability_required("teams.view", can=can)
def certificate_file(request: HttpRequest, key: int) -> HttpResponse:
    """The picture of a certificate."""
    members = visible_members(person(request))
    found = get_object_or_404(TeamCertificate.objects.select_related("file"), pk=key, member__in=members.values("pk"))
    if found.file is None:
        raise Http404
    return file_response(found.file, inline=True)


def _shown(one: TeamCertificate, today: Any) -> dict[str, Any]:
    left = (one.until - today).days
    return {"certificate": one, "ended": left <= 0, "left": left if 0 < left <= _ENDING_DAYS else None}
