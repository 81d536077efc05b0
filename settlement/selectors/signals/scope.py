"""What a run looks at: the limits in force, and the windows in which something may have become visible."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection

from dealers.foundation.clock import business_day
from dealers.foundation.half_months import HalfMonth
from dealers.foundation.periods import Window, WindowKind, window_of
from dealers.models import PolicyVersion
from dealers.selectors.policies import policy_in_force
from settlement.models import SignalFinding
from settlement.signal_terms import SignalTerms
from settlement.terms import settlement_terms

_NEWEST = 1_000


def signal_terms(policy: PolicyVersion | None) -> SignalTerms:
    """The limits of a policy; the defaults without one."""
    return SignalTerms() if policy is None else settlement_terms(policy).fraud.signals


def terms_at(at: datetime) -> tuple[PolicyVersion | None, SignalTerms]:
    """The policy in force and its limits."""
    policy = policy_in_force(business_day(at))
    return policy, signal_terms(policy)


def windows_at(at: datetime, terms: SignalTerms) -> list[Window]:
    """Every half-month, quarter and year that reaches into the days looked back on, the earliest first."""
    today = business_day(at)
    found: dict[str, Window] = {}
    period = HalfMonth.containing(today - timedelta(days=terms.look_back_days))
    while period.start <= today:
        for kind in WindowKind:
            window = window_of(kind, period)
            found[window.key] = window
        period = period.next()
    return sorted(found.values(), key=lambda window: (window.starts_on, window.ends_on))


def windows_revised(beside: list[Window]) -> list[Window]:
    """Earlier windows with a standing finding whose dealer's lines were revised since it was last found.

    One query for each such window, along the index of dealer and day.
    """
    known = {window.key for window in beside}
    standing = SignalFinding.objects.filter(gone_at__isnull=True).order_by("window")
    found = []
    for key in standing.exclude(window__in=known).values_list("window", flat=True).distinct():
        window = Window.parse(key)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM settlement_signalfinding f JOIN pricing_saleline l"
                " ON l.dealer_id = f.dealer_id AND l.sold_on >= %s AND l.sold_on < %s AND l.known_from > f.seen_at"
                ' WHERE f."window" = %s AND f.gone_at IS NULL)',
                [window.starts_on, window.ends_on, key],
            )
            if cursor.fetchone()[0]:
                found.append(window)
    return found


def revised_since(at: datetime) -> bool:
    """Whether a sale line was revised or judged again after ``at``, so that history has to be read to know it then.

    The states replaced last tell: they are kept in the order in which they were replaced.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(known_until) > %s FROM ("
            "SELECT known_until FROM pricing_salelinehistory ORDER BY id DESC LIMIT %s) newest",
            [at, _NEWEST],
        )
        return bool(cursor.fetchone()[0])
