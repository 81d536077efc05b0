"""Statements: HQ's list, a dealer's own list, one statement with its proofs, and the dealer's confirmation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db.models import Count, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dealers.choices import Industry, Tier
from dealers.errors import NotFound
from dealers.foundation import clock
from dealers.foundation.money import ZERO
from dealers.foundation.working_days import Deadline, deadline
from dealers.models import PolicyVersion, Region, User
from dealers.permissions import can as dealers_can
from dealers.selectors.calendar import current_calendar
from dealers.selectors.stock_returns import visible_returns
from dealers.web.access import capability_required, person, refusals_shown
from dealers.web.downloads import table_response
from dealers.web.listing import choice_of, page_of, words_of
from settlement.choices import LineKind, StatementState
from settlement.documents.paper import exit_words
from settlement.models import Statement, StatementLine
from settlement.permissions import can
from settlement.resources import LINE_COLUMNS, line_rows
from settlement.selectors.breakdown import NONE
from settlement.selectors.disputes import disputes_of, frozen_amounts
from settlement.selectors.openings import opening_of
from settlement.selectors.progress import rebate_progress
from settlement.selectors.statement_list import StatementWish, listed_statements
from settlement.selectors.visible import statement_of, visible_runs, visible_statements
from settlement.services.confirmation import confirm_statement
from settlement.terms import settlement_terms
from settlement.web.disputes import may_contest
from settlement.web.lines import general_reading

ALL_PERIODS = "all"
_LIST_COLUMNS = (
    *("period", "dealer", "name", "tier", "industry", "state", "purchases", "sales"),
    *("opening", "total", "closing", "payable", "digest"),
)


@require_GET
@capability_required("statements.view", can=can)
def statements(request: HttpRequest) -> HttpResponse:
    """The statements in sight; a dealer's own list when its people ask."""
    user = person(request)
    if user.dealer_id is not None:
        return _own_statements(request, user)
    wish, filters = _wish(request, user)
    found = listed_statements(user, wish)
    sums = found.order_by().aggregate(
        count=Count("pk"), total=Sum("total"), closing=Sum("closing"), payable=Sum("payable")
    )
    context = {
        "page": page_of(request, found),
        "filters": filters,
        "wish": wish,
        "q": wish.words,
        "sums": sums,
        "narrowed": request.GET.keys() - {"period", "page", "sort"} and any(request.GET.values()),
        "may_export": can(user, "statements.export"),
    }
    return render(request, "settlement/statements.html", context)


@require_GET
@capability_required("statements.view", can=can)
def of_period(request: HttpRequest, period: str) -> HttpResponse:
    """The address notices carry: a dealer's own statement, HQ's list of the half-month."""
    dealer = person(request).dealer
    if dealer is not None:
        return redirect("statement-detail", period, dealer.code)
    return redirect(f"{reverse('statements')}?period={period}")


@require_GET
@capability_required("statements.view", can=can)
def statement_detail(request: HttpRequest, period: str, dealer: str) -> HttpResponse:
    """One statement: balances, figures, every line with its proof, and the dealer's answer."""
    user = person(request)
    statement = _found(user, period, dealer)
    at = clock.now()
    lines = list(statement.lines.order_by("line_no"))
    own = user.dealer_id is not None
    context = {
        "statement": statement,
        "run": statement.run,
        "lines": _with_policies(lines, user),
        "kinds": _by_kind(lines),
        "own": own,
        "about_exit": exit_words(statement),
        "stock_return": visible_returns(user).filter(dealer=statement.dealer_id).first() if statement.role else None,
        "exit_tone": "warn" if statement.closing < 0 else "",
        "is_draft": statement.state == StatementState.DRAFT,
        "issued": list(statement.documents.order_by("written", "language")),
        "may_confirm": can(user, "statements.confirm") and statement.state == StatementState.ISSUED,
        "may_contest": may_contest(statement, user),
        "disputes": list(disputes_of(statement.pk)),
        "held": frozen_amounts([statement.pk]).get(statement.pk, ZERO),
        "answer": _answer_deadline(statement),
        "opened": opening_of(statement),
        "progress": rebate_progress(statement.dealer_id, at=at) if own else [],
        "may_download": own or can(user, "statements.export"),
    }
    return render(request, "settlement/statement.html", context)


@require_POST
@capability_required("statements.confirm", can=can)
def confirm(request: HttpRequest, period: str, dealer: str) -> HttpResponse:
    """The dealer agrees with its statement."""
    user = person(request)
    statement = _found(user, period, dealer)
    with refusals_shown(request):
        confirm_statement(statement=statement, actor=user, at=clock.now())
        messages.success(request, _("You confirmed this statement."))
    return redirect("statement-detail", period, dealer)


@require_GET
@capability_required("statements.export", can=can)
def export(request: HttpRequest, written: str) -> HttpResponseBase:
    """The statements of the list with its filters, one row each."""
    user = person(request)
    wish, _filters = _wish(request, user)
    return table_response(request, written, f"statements-{wish.period or 'all'}", _LIST_COLUMNS, _rows(user, wish))


@require_GET
@capability_required("statements.export", can=can)
def export_lines(request: HttpRequest, period: str, written: str) -> HttpResponseBase:
    """Every line of every statement of a half-month."""
    run = visible_runs(person(request)).filter(period=period).first()
    if run is None:
        raise Http404
    lines = StatementLine.objects.filter(statement__run=run, statement__draft=run.draft)
    return table_response(request, written, f"statement-lines-{run.period}", LINE_COLUMNS, line_rows(lines))


def _found(user: User, period: str, dealer: str) -> Statement:
    try:
        return statement_of(user, period, dealer)
    except NotFound as error:
        raise Http404(str(error)) from error


def _own_statements(request: HttpRequest, user: User) -> HttpResponse:
    found = visible_statements(user).order_by("-run__ordinal")
    page = page_of(request, found)
    waiting = found.filter(state=StatementState.ISSUED).count()
    return render(request, "settlement/own_statements.html", {"page": page, "waiting": waiting})


def _wish(request: HttpRequest, user: User) -> tuple[StatementWish, list[Any]]:
    """What the address asks for. Without a half-month the latest one is meant, for one dealer all of them."""
    periods = list(visible_runs(user).filter(draft__gt=0).values_list("period", flat=True)[:120])
    dealer = request.GET.get("dealer", "")[:32].replace("\x00", "")
    default = ALL_PERIODS if dealer or not periods else periods[0]
    period = choice_of(
        request, "period", _("Half-month"), [*((p, p) for p in periods), (ALL_PERIODS, _("All half-months"))], default
    )
    provinces = [(region.code, region.name) for region in Region.objects.filter(parent=None).order_by("code")]
    filters = [
        period,
        choice_of(request, "tier", _("All tiers"), [*Tier.choices, (NONE, _("Without a tier"))]),
        choice_of(request, "region", _("All provinces"), [*provinces, (NONE, _("Without a region"))]),
        choice_of(request, "industry", _("All industries"), Industry.choices),
        choice_of(request, "kind", _("All kinds of line"), LineKind.choices),
        choice_of(request, "state", _("All states"), StatementState.choices),
        choice_of(request, "sign", _("All balances"), [("payable", _("To be paid")), ("negative", _("Negative"))]),
    ]
    chosen = {one.name: one.value for one in filters}
    if chosen["period"] in (ALL_PERIODS, ""):
        chosen["period"] = ""
    return StatementWish(words=words_of(request), dealer=dealer, sort=request.GET.get("sort", ""), **chosen), filters


def _rows(user: User, wish: StatementWish) -> Iterator[tuple[object, ...]]:
    for one in listed_statements(user, wish).iterator(chunk_size=2000):
        dealer = one.dealer
        place = (one.run.period, dealer.code, dealer.name, one.tier, dealer.industry, one.state)
        yield (*place, one.purchases, one.sales, one.opening, one.total, one.closing, one.payable, one.digest)


def _by_kind(lines: list[StatementLine]) -> list[tuple[Any, Any]]:
    """The kinds that occur with their sums, in the order of a statement."""
    kinds = [kind for kind in LineKind if any(line.kind == kind for line in lines)]
    return [(kind.label, sum(line.amount for line in lines if line.kind == kind)) for kind in kinds]


def _with_policies(lines: list[StatementLine], user: User) -> list[dict[str, Any]]:
    """Every line with the policy version its proof names, for the link to it."""
    named = {(p["code"], p["version"]) for line in lines if (p := line.proof.get("policy"))}
    versions = PolicyVersion.objects.filter(code__in={code for code, _version in named}).only("pk", "code", "version")
    keys = {(version.code, version.version): version.pk for version in versions} if named else {}
    may_read = dealers_can(user, "policy.view")
    return [
        {"line": line, "policy": _policy_of(line, keys) if may_read else None, "reading": general_reading(line)}
        for line in lines
    ]


def _policy_of(line: StatementLine, keys: dict[tuple[str, int], int]) -> int | None:
    policy = line.proof.get("policy") or {}
    return keys.get((policy.get("code", ""), policy.get("version", 0)))


def _answer_deadline(statement: Statement) -> Deadline | None:
    """Which working days were counted for the dealer's answer."""
    if statement.delivered_at is None or statement.run.policy is None:
        return None
    days = settlement_terms(statement.run.policy).confirm_working_days
    return deadline(statement.delivered_at, days, current_calendar())
