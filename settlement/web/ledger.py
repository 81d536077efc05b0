"""The ledger: trial balance, what each dealer is owed, transactions with their entries, and verification."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from dealers.foundation import clock
from dealers.models import Dealer
from dealers.web.access import capability_required, person
from dealers.web.listing import moment_of, page_of, window_of, words_of
from settlement.choices import AccountCode
from settlement.models import AccountBalance, JournalTransaction, SettlementRun
from settlement.permissions import can
from settlement.rules.chart import BY_CODE, Account
from settlement.selectors.debts import owes_since
from settlement.selectors.ledger import trial_balance
from settlement.selectors.ledger_faults import ledger_faults

_MOST_FAULTS = 20
CHECK_WORDS = {
    "transaction": gettext_lazy("Transaction does not sum to zero"),
    "balance": gettext_lazy("Balance is not the sum of its entries"),
    "statement": gettext_lazy("Statement was posted with another amount"),
    "contribution": gettext_lazy("Statement is not open with its amount"),
    "payable": gettext_lazy("What is paid is not the sum of its allocations"),
    "open": gettext_lazy("What is open of a dealer is not what the ledger owes it"),
    "two_sided": gettext_lazy("A dealer has something open and something carried at once"),
    "payment": gettext_lazy("Payment is neither allocated in full nor reopened in full"),
    "bill": gettext_lazy("Payment is not the amount of its bill or transfer"),
    "stands": gettext_lazy("Account does not hold the payments in its states"),
}


@require_GET
@capability_required("ledger.view", can=can)
def ledger(request: HttpRequest) -> HttpResponse:
    """Debits and credits of every account, now or up to an instant; their totals are equal."""
    at = moment_of(request, "at")
    rows = trial_balance(at=at)
    context = {
        "at": at,
        "rows": [
            {
                "account": AccountCode(row.account),
                "kind": BY_CODE[row.account].kind.label,
                "name": account_name(BY_CODE[row.account]),
                "line": row,
            }
            for row in rows
        ],
        "debit": sum(row.debit for row in rows),
        "credit": sum(row.credit for row in rows),
        **frame(request, "ledger"),
    }
    return render(request, "settlement/ledger.html", context)


@require_GET
@capability_required("ledger.view", can=can)
def dealer_balances(request: HttpRequest) -> HttpResponse:
    """What each dealer is owed now; positive in the dealer's favour."""
    words = words_of(request)
    balances = AccountBalance.objects.filter(account=AccountCode.DEALER_PAYABLE).exclude(balance=0)
    if words:
        named = Dealer.objects.filter(Q(code__icontains=words) | Q(name__icontains=words))
        balances = balances.filter(dealer_id__in=named.values("pk"))
    order = {"owed": "owed", "-owed": "-owed"}.get(request.GET.get("sort", ""), "-owed")
    found = balances.annotate(owed=-F("balance")).order_by(order, "dealer_id")
    page = page_of(request, found)
    dealers = Dealer.objects.in_bulk([row.dealer_id for row in page])
    since = owes_since([row.dealer_id for row in page if row.owed < 0 and row.dealer_id is not None])
    context = {
        "page": page,
        "q": words,
        "rows": [
            {
                "dealer": dealers.get(row.dealer_id),
                "owed": row.owed,
                "since": str(since[row.dealer_id]) if row.dealer_id in since else "",
            }
            for row in page
        ],
        "owed": found.aggregate(sum=Sum("owed"))["sum"],
        **frame(request, "ledger-dealers"),
    }
    return render(request, "settlement/ledger_dealers.html", context)


@require_GET
@capability_required("ledger.view", can=can)
def transactions(request: HttpRequest) -> HttpResponse:
    """The transactions of the books, the newest first, each with its entries."""
    found = JournalTransaction.objects.select_related("run", "dealer", "posted_by").prefetch_related("entries")
    asked = {name: request.GET.get(name, "").replace("\x00", "") for name in ("run", "dealer")}
    if asked["run"]:
        found = found.filter(run__period=asked["run"])
    if asked["dealer"]:
        found = found.filter(dealer__code=asked["dealer"])
    context = {
        "window": window_of(request, found.order_by("-pk")),
        "asked": asked,
        "runs": SettlementRun.objects.exclude(approved_at=None).values_list("period", flat=True),
        **frame(request, "ledger-transactions"),
    }
    return render(request, "settlement/ledger_transactions.html", context)


@require_POST
@capability_required("ledger.verify", can=can)
def verify(request: HttpRequest) -> HttpResponse:
    """Reckon the books again from their entries and name what does not agree."""
    faults = list(ledger_faults(most=_MOST_FAULTS))
    context = {
        "faults": [{"fault": fault, "words": CHECK_WORDS[fault.check]} for fault in faults],
        "verified_at": clock.now(),
        "transactions": JournalTransaction.objects.count(),
        **frame(request, ""),
    }
    return render(request, "settlement/ledger_verified.html", context)


def frame(request: HttpRequest, current: str) -> dict[str, Any]:
    """The tabs of the ledger's pages, and whether the person may verify it."""
    views = (
        ("ledger", _("Trial balance")),
        ("ledger-dealers", _("By dealer")),
        ("ledger-transactions", _("Postings")),
        ("reconciliation", _("Reconciliation")),
        ("vouchers", _("Vouchers to hand on")),
    )
    return {
        "tabs": [{"label": words, "url": reverse(name), "current": name == current} for name, words in views],
        "may_verify": can(person(request), "ledger.verify"),
    }


def account_name(account: Account) -> str:
    """The account's name in the reader's language."""
    return account.name_zh if (get_language() or "").startswith("zh") else account.name_en
