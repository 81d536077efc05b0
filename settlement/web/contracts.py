"""The page of one contract: what every app knows of its dealer, and what is to become of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from aftersales import permissions as aftersales
from dealers import permissions as dealers
from dealers.choices import HoldKind, RenewalKind, RequestState
from dealers.foundation import clock
from dealers.foundation.periods import Quarter
from dealers.models import Contract, ContractRenewal, User
from dealers.selectors.contracts import assessment_of, decidable_renewals, visible_contracts
from dealers.services.contracts import NextContract, propose_renewal
from dealers.web.access import capability_required, person, refusals_shown
from dealers.web.contracts import RenewalForm
from pricing import permissions as pricing
from pricing.choices import ViolationKind
from rebates import permissions as rebates
from rebates.choices import ScorecardOutcome
from settlement.permissions import can
from settlement.selectors.contract_facts import contract_facts

#: What a renewal is proposed for at first.
_A_YEAR = 365


@require_GET
@capability_required("contracts.view")
def contract(request: HttpRequest, pk: int) -> HttpResponse:
    """One contract with the facts it is assessed by, what was proposed for it on which facts, and its papers."""
    user, at = person(request), clock.now()
    found: Contract = get_object_or_404(visible_contracts(user), pk=pk)
    renewals = list(found.renewals.select_related("requested_by", "decided_by", "made"))
    waiting = next((one for one in renewals if one.state == RequestState.OPEN), None)
    upper = found.valid.upper
    initial = {"amount": found.amount, "last_day": upper + timedelta(days=_A_YEAR - 1)} if upper else {}
    may_propose = dealers.can(user, "contracts.propose") and waiting is None and upper is not None
    followed = any(one.made for one in renewals)
    rows = [_renewal_row(user, one, followed=followed) for one in renewals]
    facts = assessment_of(found, at=at).as_record() | contract_facts(found.dealer, at=at)
    context = {
        "contract": found,
        "facts": shown_facts(facts),
        "links": _links(user, found),
        "renewals": rows,
        "waiting": waiting,
        "form": RenewalForm(initial=initial) if may_propose else None,
        "to_sign": any(row["unsigned"] for row in rows),
        "may_decide": waiting is not None and decidable_renewals(user).filter(pk=waiting.pk).exists(),
    }
    return render(request, "settlement/contract.html", context)


@require_POST
@capability_required("contracts.propose")
def renewal_propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose what is to become of a contract; what every app knows of the dealer today is kept with it."""
    user, at = person(request), clock.now()
    found: Contract = get_object_or_404(visible_contracts(user), pk=pk)
    form = RenewalForm(request.POST, request.FILES)
    if not form.is_valid():
        for name, faults in form.errors.items():
            label = form.fields[name].label if name in form.fields else ""
            messages.error(request, f"{label}: {' '.join(map(str, faults))}")
        return redirect("contract", pk)
    given = form.cleaned_data
    kind, file = RenewalKind(given["kind"]), given["file"]
    following = None
    if kind != RenewalKind.LET_END:
        following = NextContract(
            given["number"], given["amount"], given["last_day"], file.name if file else "", file or None
        )
    facts = contract_facts(found.dealer, at=at)
    with refusals_shown(request):
        propose_renewal(
            contract=found, kind=kind, reason=given["reason"], following=following, facts=facts, actor=user, at=at
        )
        messages.success(request, _("Proposed. Another person decides."))
    return redirect("contract", pk)


def shown_facts(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record of facts, of today or as kept with a proposal, with its codes in words."""
    violations, cards = record.get("violations"), record.get("scorecards")
    return {
        **record,
        "hold_words": [(HoldKind(kind).label, count) for kind, count in record.get("holds", {}).items()],
        "open_hold_words": [HoldKind(kind).label for kind in record.get("open_holds", ())],
        "violation_words": [(ViolationKind(one["kind"]).label, one) for one in violations["kinds"]]
        if violations is not None
        else None,
        "card_words": [(ScorecardOutcome(one["outcome"]).label, one) for one in cards] if cards is not None else None,
    }


def _renewal_row(user: User, renewal: ContractRenewal, *, followed: bool) -> dict[str, Any]:
    """A renewal, the facts it was proposed on, and whether this person may sign it or let it be in force unsigned.

    ``followed`` says that one of the contract's renewals is in force, so that another can no longer be.
    """
    agreed = renewal.state == RequestState.AGREED and renewal.kind != RenewalKind.LET_END
    unsigned = agreed and not followed
    paperless = unsigned or (renewal.made is not None and renewal.made.file_id is None)
    return {
        "renewal": renewal,
        "facts": shown_facts(renewal.assessment) if renewal.assessment else None,
        "unsigned": unsigned,
        "may_sign": paperless and dealers.can(user, "contracts.propose"),
        "may_waive": unsigned and dealers.can(user, "contracts.decide"),
    }


def _links(user: User, found: Contract) -> dict[str, str]:
    """By part of the facts the list they can be read in, where this person may open it."""
    code, present = found.dealer.code, str(Quarter.containing(clock.now()))
    pages = {
        "scorecards": (rebates.can(user, "scorecards.view"), reverse("scorecard", args=[present, code]), {}),
        "violations": (pricing.can(user, "violations.view"), reverse("violations"), {"dealer": code}),
        "cases": (can(user, "cases.view"), reverse("cases"), {"show": "all", "q": code}),
        "money": (can(user, "statements.view"), reverse("statements"), {"dealer": code}),
        "service": (aftersales.can(user, "tickets.view"), reverse("service-breaches"), {"dealer": code}),
    }
    return {name: f"{page}?{urlencode(asked)}" if asked else page for name, (may, page, asked) in pages.items() if may}
