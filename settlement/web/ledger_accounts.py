"""The ledger in depth: one account entry by entry, the reconciliation, and vouchers for the accounting system."""

from __future__ import annotations

from datetime import date

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dealers.foundation import clock
from dealers.foundation.clock import business_day, parse_date
from dealers.foundation.refusals import Refused as NotPossible
from dealers.models import Dealer
from dealers.web.access import capability_required
from dealers.web.downloads import table_response
from dealers.web.listing import ROWS_PER_PAGE
from settlement.permissions import can
from settlement.rules.chart import BY_CODE
from settlement.selectors.account_statement import AccountQuestion, account_entries, account_month, month_of
from settlement.selectors.reconciliation import reconciliation as reconciled
from settlement.selectors.vouchers import VOUCHER_COLUMNS, voucher_months, voucher_rows
from settlement.web.ledger import CHECK_WORDS, account_name, frame

COMPARISON_WORDS = {
    "statements_ledger": (_("Totals of closed statements"), _("Posted by the runs to what dealers are owed")),
    "statements_payables": (_("Totals of closed statements"), _("What they opened to be paid or carried")),
    "payables_ledger": (_("Open less carried"), _("Balance of what dealers are owed")),
    "payments_allocations": (_("Payments that did not fail"), _("Allocated to statements")),
    "under_way_ledger": (_("Payments under way"), _("Balance of payments under way")),
    "bills_ledger": (_("Bills delivered and not yet paid"), _("Balance of notes payable")),
    "paid_ledger": (_("Payments made"), _("Drawn from the bank")),
    "entries_balances": (_("Debits of all entries"), _("Credits of all entries")),
}


@require_GET
@capability_required("ledger.view", can=can)
def account(request: HttpRequest, code: str) -> HttpResponse:
    """One account over a month with its running balance."""
    found = BY_CODE.get(code)
    if found is None:
        raise Http404
    asked = request.GET.get("dealer", "").replace("\x00", "")
    dealer = get_object_or_404(Dealer, code=asked) if asked and found.per_dealer else None
    month = _month(request.GET.get("month", "")) or business_day(clock.now()).replace(day=1)
    question = AccountQuestion(code, dealer.pk if dealer else None, *month_of(month))
    sums = account_month(question)
    page = Paginator(range(sums.entries), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "account": found,
        "name": account_name(found),
        "dealer": dealer,
        "month": f"{month:%Y-%m}",
        "sums": sums,
        "page": page,
        "rows": account_entries(
            question, opening=sums.opening, offset=(page.number - 1) * ROWS_PER_PAGE, most=ROWS_PER_PAGE
        ),
        **frame(request, ""),
    }
    return render(request, "settlement/ledger_account.html", context)


@require_GET
@capability_required("ledger.view", can=can)
def reconciliation(request: HttpRequest) -> HttpResponse:
    """Statements, payables, payments and ledger side by side."""
    found = reconciled()
    rows = [
        {
            "one": one,
            "left": COMPARISON_WORDS[one.key][0],
            "right": COMPARISON_WORDS[one.key][1],
            "faults": [{"fault": fault, "words": CHECK_WORDS[fault.check]} for fault in one.faults],
        }
        for one in found
    ]
    context = {"rows": rows, "agrees": all(one.agrees for one in found), **frame(request, "reconciliation")}
    return render(request, "settlement/reconciliation.html", context)


@require_GET
@capability_required("ledger.view", can=can)
def vouchers(request: HttpRequest) -> HttpResponse:
    """The months that can be handed to the accounting system."""
    context = {"months": voucher_months(at=clock.now()), "columns": VOUCHER_COLUMNS, **frame(request, "vouchers")}
    return render(request, "settlement/vouchers.html", context)


@require_GET
@capability_required("ledger.view", can=can)
def voucher_file(request: HttpRequest, month: str, written: str) -> HttpResponseBase:
    """A month's vouchers as CSV, XLSX or JSON, streamed."""
    first = _month(month)
    if first is None:
        raise Http404
    return table_response(request, written, f"vouchers-{month}", VOUCHER_COLUMNS, voucher_rows(first))


def _month(text: str) -> date | None:
    try:
        return parse_date(f"{text}-01")
    except NotPossible:
        return None
