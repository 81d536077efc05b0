"""The side bar: tasks by section, cut down to what the signed-in person may do by the apps' own capabilities.

One literal table. An entry whose address does not exist is left out, and so is a section without entries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aftersales.permissions import CAPABILITIES as SERVICE
from config.home import counts
from config.web.themes import chosen_theme
from dealers.choices import DEALER_ROLES, HQ_ROLES
from dealers.permissions import CAPABILITIES as FACTS
from pricing.permissions import CAPABILITIES as PRICES
from rebates.permissions import CAPABILITIES as EARNINGS
from settlement.permissions import CAPABILITIES as MONEY
from settlement.selectors.adjustments import waiting_adjustments

_COUNT_SECONDS = 30

HQ = frozenset(HQ_ROLES)


@dataclass(frozen=True, slots=True)
class Entry:
    """One task: its words, the url name behind it, its icon and who is offered it."""

    label: str | Promise
    url_name: str
    icon: str
    roles: Iterable[str]


@dataclass(frozen=True, slots=True)
class Section:
    label: str | Promise
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class ShownEntry:
    label: str | Promise
    url: str
    icon: str
    current: bool
    count: int


@dataclass(frozen=True, slots=True)
class ShownSection:
    label: str | Promise
    items: tuple[ShownEntry, ...]


SIDEBAR = (
    Section(
        _("Review"),
        (
            Entry(_("Overview"), "home", "home", HQ_ROLES),
            Entry(_("Promo requests"), "promos", "inbox", PRICES["promos.view"] & HQ),
            Entry(_("Fraud signals"), "signals", "target", MONEY["signals.view"]),
            Entry(_("Cases"), "cases", "archive", MONEY["cases.view"]),
            Entry(_("Market support"), "market-support", "coins", EARNINGS["support.view"] & HQ),
            Entry(_("Referral leads"), "leads", "users", EARNINGS["referrals.view"]),
            Entry(_("Service tickets"), "tickets", "inbox", SERVICE["tickets.view"] & HQ),
            Entry(_("Satisfaction reports"), "satisfaction-reports", "chart", SERVICE["reports.view"] & HQ),
            Entry(_("After-sales teams"), "service-team", "users", SERVICE["teams.view"] & HQ),
            Entry(_("What promotions brought"), "promos-results", "chart", PRICES["promos.results"]),
            Entry(_("Supply holds"), "holds", "hand", FACTS["supply.view"] & HQ),
        ),
    ),
    Section(
        _("Channel"),
        (
            Entry(_("Dealers"), "dealers", "users", FACTS["dealers.view"]),
            Entry(_("Newcomers"), "applications", "user", FACTS["admission.view"]),
            Entry(_("Ends of contracts"), "dealer-exits", "archive", FACTS["exits.view"]),
            Entry(_("Archives of dealers"), "dealer-archives", "download", MONEY["archives.view"] & HQ),
            Entry(_("Scorecards"), "scorecards", "chart", EARNINGS["scorecards.view"] & HQ),
            Entry(_("Tier reviews"), "tier-reviews", "target", EARNINGS["tiers.view"]),
            Entry(_("Corrective plans"), "corrective-plans", "edit", EARNINGS["scorecards.view"] & HQ),
            Entry(_("Territory changes"), "territory", "map", FACTS["territory.view"] & HQ),
            Entry(_("Contracts of dealers"), "contracts", "document", FACTS["contracts.view"]),
            Entry(_("B2B addenda"), "addenda", "document", FACTS["addenda.view"]),
            Entry(_("Certificates of dealers"), "certificates", "document", FACTS["certificates.view"] & HQ),
            Entry(_("Price bands"), "bands", "band", PRICES["bands.view"] & HQ),
            Entry(_("List prices"), "list-prices", "coins", FACTS["prices.view"]),
            Entry(_("Legal bases"), "legal-bases", "shield", PRICES["bases.view"]),
            Entry(_("Sale lines and verdicts"), "sale-lines", "list", PRICES["sales.view"] & HQ),
            Entry(_("Violations"), "violations", "flag", PRICES["violations.view"] & HQ),
            Entry(_("Seen in the market"), "observations", "search", PRICES["observations.view"]),
            Entry(_("Reports due"), "sync-board", "sync", FACTS["sync.view"]),
            Entry(_("Exemptions"), "exemptions", "shield", FACTS["sync.view"]),
            Entry(_("Stock check"), "stock-findings", "box", FACTS["stock.view"] & HQ),
            Entry(_("Deliveries"), "deliveries", "receipt", FACTS["deliveries.view"] & HQ),
            Entry(_("Trade messages"), "trade-files", "document", FACTS["deliveries.view"] & HQ),
            Entry(_("Products"), "products", "box", FACTS["catalogue.view"] & HQ),
            Entry(_("Regions"), "regions", "map", FACTS["catalogue.view"] & HQ),
        ),
    ),
    Section(
        _("Settlement"),
        (
            Entry(_("Half-month runs"), "settlement-runs", "moon", MONEY["runs.view"]),
            Entry(_("Half-month report"), "finance-report", "chart", MONEY["reports.view"]),
            Entry(_("Accruals"), "accruals", "coins", MONEY["reports.view"]),
            Entry(_("Statements"), "statements", "document", MONEY["statements.view"] & HQ),
            Entry(_("Disputes"), "disputes", "flag", MONEY["disputes.view"] & HQ),
            Entry(_("Remote-area subsidy"), "remote-subsidy", "map", EARNINGS["remote_subsidy.view"] & HQ),
            Entry(_("Brackets to watch"), "watch-list", "target", EARNINGS["watch.view"]),
            Entry(_("Alliance pools"), "alliance-pools", "users", EARNINGS["watch.view"]),
            Entry(_("Adjustments of statements"), "settlement-adjustments", "coins", MONEY["adjustments.view"]),
            Entry(_("Forfeited years"), "forfeitures", "flag", MONEY["forfeitures.view"]),
            Entry(_("Payments"), "payments", "coins", MONEY["payments.view"]),
            Entry(_("Ledger"), "ledger", "ledger", MONEY["ledger.view"]),
            Entry(_("Check a document"), "document-check", "shield", MONEY["statements.view"] & HQ),
        ),
    ),
    Section(
        _("Policy"),
        (
            Entry(_("Policy versions"), "policies", "book", FACTS["policy.view"] & HQ),
            Entry(_("Bulletins"), "bulletins", "megaphone", FACTS["bulletins.view"] & HQ),
            Entry(_("Backtests"), "backtests", "chart", MONEY["backtests.view"]),
            Entry(_("Working-day calendar"), "calendar", "calendar", FACTS["calendar.view"]),
        ),
    ),
    Section(
        _("System"),
        (
            Entry(_("People"), "users", "user", FACTS["people.view"]),
            Entry(_("API keys"), "api-keys", "key", FACTS["keys.view"]),
            Entry(_("Audit trail"), "audit-trail", "shield", FACTS["audit.view"]),
            Entry(_("Webhooks"), "webhooks", "megaphone", FACTS["webhooks.view"]),
            Entry(_("Our outages"), "outages", "alert", FACTS["outages.view"]),
            Entry(_("Background jobs"), "jobs", "refresh", FACTS["jobs.view"]),
            Entry(_("Notices"), "notices", "bell", HQ_ROLES),
        ),
    ),
    Section(
        _("My business"),
        (
            Entry(_("Overview"), "home", "home", DEALER_ROLES),
            Entry(_("Statements"), "statements", "document", DEALER_ROLES),
            Entry(_("Disputes"), "disputes", "flag", DEALER_ROLES),
            Entry(_("Remote-area subsidy"), "remote-subsidy", "map", DEALER_ROLES),
            Entry(_("Money coming"), "earnings", "coins", DEALER_ROLES),
            Entry(_("My payments"), "my-payments", "coins", DEALER_ROLES),
            Entry(_("Promo requests"), "promos", "megaphone", DEALER_ROLES),
            Entry(_("My support money"), "market-support", "coins", DEALER_ROLES),
            Entry(_("Customers referred to me"), "leads", "users", DEALER_ROLES),
            Entry(_("My service tickets"), "tickets", "inbox", DEALER_ROLES),
            Entry(_("My service team"), "service-team", "users", DEALER_ROLES),
            Entry(_("Satisfaction reports"), "satisfaction-reports", "chart", DEALER_ROLES),
            Entry(_("Prices"), "bands", "band", DEALER_ROLES),
            Entry(_("My violations"), "violations", "flag", DEALER_ROLES),
            Entry(_("My cases"), "cases", "archive", DEALER_ROLES),
            Entry(_("My scorecard"), "scorecards", "chart", DEALER_ROLES),
            Entry(_("My tier"), "own-tier", "target", DEALER_ROLES),
            Entry(_("Stock"), "stock", "box", DEALER_ROLES),
            Entry(_("Supply holds"), "holds", "hand", DEALER_ROLES),
            Entry(_("My territory"), "territory", "map", DEALER_ROLES),
            Entry(_("My certificates"), "certificates", "document", DEALER_ROLES),
            Entry(_("Channel policy"), "policies", "book", DEALER_ROLES),
            Entry(_("Bulletins"), "bulletins", "megaphone", DEALER_ROLES),
            Entry(_("Notices"), "notices", "bell", DEALER_ROLES),
            Entry(
                _("Archive to take away"), "own-archive", "archive", MONEY["archives.view"] & frozenset(DEALER_ROLES)
            ),
        ),
    ),
    Section(
        _("My reports"),
        (
            Entry(_("Report data"), "upload", "upload", DEALER_ROLES),
            Entry(_("Count stock"), "stock-count", "box", DEALER_ROLES),
            Entry(_("Reporting calendar"), "reporting-calendar", "calendar", DEALER_ROLES),
            Entry(_("Exemptions"), "exemptions", "shield", FACTS["sync.request_exemption"]),
            Entry(_("Receipts"), "receipts", "receipt", DEALER_ROLES),
            Entry(_("Quarantine"), "quarantine", "alert", DEALER_ROLES),
            Entry(_("Trade messages"), "trade-files", "document", DEALER_ROLES),
            Entry(_("Stock adjustments"), "adjustments", "box", DEALER_ROLES),
            Entry(_("Sale lines and verdicts"), "sale-lines", "list", DEALER_ROLES),
            Entry(_("Products"), "products", "box", DEALER_ROLES),
            Entry(_("Regions"), "regions", "map", DEALER_ROLES),
            Entry(_("API keys"), "api-keys", "key", FACTS["keys.manage_own"]),
            Entry(_("Webhooks"), "webhooks", "megaphone", FACTS["webhooks.manage_own"]),
        ),
    ),
)

#: What waits behind an entry, by url name; each is one counting query, asked at most every half minute.
COUNTS: dict[str, Callable[[Any], int]] = {
    "promos": counts.waiting_promos,
    "holds": counts.open_holds,
    "signals": counts.open_signals,
    "cases": counts.waiting_cases,
    "applications": counts.waiting_newcomers,
    "certificates": counts.waiting_papers,
    "territory": counts.waiting_territory,
    "contracts": counts.waiting_contracts,
    "market-support": counts.waiting_support,
    "leads": counts.waiting_leads,
    "tickets": counts.waiting_tickets,
    "satisfaction-reports": counts.waiting_reports,
    "settlement-runs": counts.waiting_runs,
    "statements": counts.waiting_statements,
    "disputes": counts.waiting_disputes,
    "settlement-adjustments": waiting_adjustments,
    "bulletins": counts.owed_bulletins,
    "notices": counts.unread_notices,
}


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``navigation`` (sections of the side bar) and ``theme`` (light, dark or empty)."""
    user = getattr(request, "user", None)
    sections: tuple[ShownSection, ...] = ()
    if user is not None and user.is_authenticated:
        sections = sidebar_of(user, request.path)
    return {"navigation": sections, "theme": chosen_theme(request)}


def sidebar_of(user: Any, path: str) -> tuple[ShownSection, ...]:
    """The sections open to ``user``; the entry with the longest address leading to ``path`` is current."""
    open_to_user = [
        (section, [(entry, url) for entry in section.entries if user.role in entry.roles and (url := _url_of(entry))])
        for section in SIDEBAR
    ]
    leading = [url for _section, entries in open_to_user for _entry, url in entries if _leads_to(url, path)]
    current = max(leading, key=len, default=None)
    waiting = _waiting(user, [entry.url_name for _section, entries in open_to_user for entry, _url in entries])
    return tuple(
        ShownSection(
            section.label,
            tuple(
                ShownEntry(entry.label, url, entry.icon, url == current, waiting.get(entry.url_name, 0))
                for entry, url in entries
            ),
        )
        for section, entries in open_to_user
        if entries
    )


def _url_of(entry: Entry) -> str:
    try:
        return reverse(entry.url_name)
    except NoReverseMatch:
        return ""


def _leads_to(url: str, path: str) -> bool:
    return path == url if url == "/" else path.startswith(url)


def _waiting(user: Any, url_names: Iterable[str]) -> dict[str, int]:
    """How much waits behind each entry that has a count; all that are remembered are asked for at once."""
    asks = {f"navigation:{user.pk}:{name}": (name, COUNTS[name]) for name in url_names if name in COUNTS}
    remembered = cache.get_many(asks)
    counted = {key: ask(user) for key, (_name, ask) in asks.items() if key not in remembered}
    if counted:
        cache.set_many(counted, _COUNT_SECONDS)
    found = remembered | counted
    return {name: int(found[key]) for key, (name, _ask) in asks.items()}
