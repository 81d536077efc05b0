"""The list of cases: an investigator's queue, a judge's docket, a dealer's own, and handing out many at once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from dealers.choices import Role
from dealers.errors import Refused
from dealers.foundation import clock
from dealers.models import User
from dealers.web.access import capability_required, person
from dealers.web.listing import ROWS_PER_PAGE, choice_of, words_of
from settlement.case_errors import NotAnInvestigator
from settlement.choices import CaseKind, CasePriority, CaseState
from settlement.models import Case
from settlement.permissions import can
from settlement.rules.case_life import OPEN_STATES
from settlement.selectors.case_queue import CaseWish, listed_cases, waiting_cases
from settlement.selectors.cases import case_of, pieces_of
from settlement.services.case_path.working import assign_case
from settlement.web.case_words import facts_words

_LONGEST = 4000


@require_GET
@capability_required("cases.view", "cases.own", can=can)
def cases(request: HttpRequest) -> HttpResponse:
    """The cases in sight, by who is to move; first what is this person's to do."""
    user, words, at = person(request), words_of(request), clock.now()
    own = user.dealer_id is not None
    tabs = _tabs(user)
    group = request.GET.get("show", "all" if own else tabs[0][0])
    investigators = [] if own else list(_investigators())
    filters = [choice_of(request, "kind", _("All kinds"), CaseKind.choices)]
    if not own:
        filters.append(choice_of(request, "priority", _("Any priority"), CasePriority.choices))
        filters.append(
            choice_of(request, "owner", _("Any investigator"), [(each.username, str(each)) for each in investigators])
        )
    kind, priority, owner = ([each.value for each in filters] + ["", ""])[:3]
    my_move = request.GET.get("move") == "mine"
    wish = CaseWish("" if group == "all" else group, my_move, kind, priority, owner, words)
    after = request.GET.get("after", "")[:32]
    rows = list(listed_cases(user, wish, at=at, after=after)[: ROWS_PER_PAGE + 1])
    waiting = waiting_cases(user, at=at).by_group
    pieces = pieces_of(rows[:ROWS_PER_PAGE])
    may_assign = can(user, "cases.investigate")
    context = {
        "rows": [_row(each, pieces.get(each.pk), own=own, hands_out=may_assign) for each in rows[:ROWS_PER_PAGE]],
        "next_url": _address(request, after=rows[ROWS_PER_PAGE - 1].number) if len(rows) > ROWS_PER_PAGE else "",
        "first_url": _address(request) if after else "",
        "filters": filters,
        "q": words,
        "own": own,
        "group": group,
        "narrowed": bool(words or group != "all" or any(each.chosen for each in filters)),
        "may_open": may_assign,
        "investigators": investigators if may_assign else [],
        "here": request.get_full_path(),
        "tabs": [
            {
                "label": label,
                "url": f"{reverse('cases')}?show={name}",
                "current": name == group,
                "count": waiting.get(name),
            }
            for name, label in tabs
        ],
    }
    return render(request, "settlement/cases.html", context)


@require_POST
@capability_required("cases.investigate", can=can)
def assign_many(request: HttpRequest) -> HttpResponse:
    """Give the ticked cases to one investigator; what cannot be given is named with its reason."""
    user, at = person(request), clock.now()
    name, reason = request.POST.get("owner", ""), request.POST.get("reason", "")[:_LONGEST]
    owner = User.objects.filter(username=name, dealer__isnull=True).first()
    numbers = request.POST.getlist("number")[:ROWS_PER_PAGE]
    given = 0
    if not numbers:
        messages.error(request, _("Tick the cases first."))
    for number in numbers:
        try:
            case_of(user, number)
            if owner is None:
                raise NotAnInvestigator(person=name[:80])
            assign_case(number=number, owner=owner, reason=reason, actor=user, at=at)
            given += 1
        except Refused as refusal:
            messages.error(request, str(refusal))
            if owner is None or not reason.strip():
                break  # the same would be said of each
    if given:
        said = ngettext("%(n)d case goes to %(person)s.", "%(n)d cases go to %(person)s.", given)
        messages.success(request, said % {"n": given, "person": name})
    return redirect(f"{reverse('cases')}?{urlencode({'show': request.POST.get('show', 'investigation')[:16]})}")


def _investigators() -> Any:
    return User.objects.filter(role=Role.RISK_INVESTIGATOR, is_active=True).order_by("username")


def _tabs(user: User) -> list[tuple[str, str]]:
    """The groups a person is offered, its own work first."""
    if user.dealer_id is not None:
        return [("all", _("All")), ("dealer", _("To be answered")), ("over", _("Decision made"))]
    labels = {
        "mine": _("Mine"),
        "unassigned": _("Not assigned"),
        "investigation": _("To investigate"),
        "dealer": _("At the dealer"),
        "judge": _("Awaiting the judge"),
        "appeal": _("Appeals"),
        "late": _("Overdue"),
        "over": _("Decision made"),
        "all": _("All"),
    }
    order = ["investigation", "dealer", "judge", "appeal", "late", "over", "all"]
    if can(user, "cases.investigate"):
        order = ["mine", "unassigned", *order]
    elif can(user, "cases.decide"):
        order = ["judge", "appeal", "late", "dealer", "investigation", "over", "all"]
    elif can(user, "cases.hear_appeal"):
        order = ["appeal", "judge", "late", "dealer", "investigation", "over", "all"]
    return [(name, labels[name]) for name in order]


def _row(case: Case, pieces: Any, *, own: bool, hands_out: bool) -> dict[str, Any]:
    return {
        "case": case,
        "facts": facts_words(case),
        "pieces": pieces,
        "barred": "" if own else _barred(case),
        "can_be_given": hands_out and case.state in OPEN_STATES,
    }


def _barred(case: Any) -> str:
    """Why this person leaves the decision to somebody else; empty where it does not matter now."""
    if case.state == CaseState.APPEALED and (case.took_part or case.has_judged):
        return _("Another person hears the appeal: you took part.")
    waits = case.state == CaseState.DISMISSAL_PROPOSED or case.ready_at is not None
    if waits and not case.outcome and case.took_part:
        return _("Another judge decides: you took part.")
    return ""


def _address(request: HttpRequest, **changed: str) -> str:
    query = request.GET.copy()
    query.pop("after", None)
    for name, value in changed.items():
        query[name] = value
    return f"?{query.urlencode()}"
