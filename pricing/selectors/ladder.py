"""Which terms on violations held in a half-month, and where on the ladder a violation stands."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, Count, F, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from dealers.foundation.half_months import HalfMonth
from dealers.selectors.policies import first_day, published_policies
from pricing.choices import PRICE_VIOLATIONS, ViolationState
from pricing.models import Violation
from pricing.rules.violations import PERIODS_PER_MONTH, Consequence, consequence
from pricing.terms import ViolationTerms, pricing_terms


@dataclass(frozen=True, slots=True)
class Ladder:
    """The terms by half-month; a version takes effect at a half-month's first day and holds until the next."""

    first_periods: tuple[int, ...]
    terms: tuple[ViolationTerms, ...]

    def terms_in(self, period: int) -> ViolationTerms | None:
        """The terms in force at the start of a half-month; None before the first policy."""
        place = bisect_right(self.first_periods, period) - 1
        return self.terms[place] if place >= 0 else None

    def consequence_of(self, violation: Violation) -> Consequence | None:
        """What a confirmed case would lead to; ``violation`` comes from :func:`with_standing`."""
        terms = self.terms_in(violation.period)
        if terms is None or not violation.lines:
            return None
        earlier: int = violation.earlier_periods  # type: ignore[attr-defined]
        return consequence(violation.kind, violation.shortfall, earlier, terms)


def ladder() -> Ladder:
    """The ladder of every published policy, in one query."""
    versions = list(published_policies())
    return Ladder(
        tuple(HalfMonth.containing(first_day(version)).ordinal for version in versions),
        tuple(pricing_terms(version).violations for version in versions),
    )


def standing_violations() -> QuerySet[Violation]:
    """Those that may still be held against a dealer: with lines, not set aside, and not dropped by a case."""
    return Violation.objects.filter(lines__gt=0).exclude(
        state__in=(ViolationState.SET_ASIDE, ViolationState.NOT_CONFIRMED)
    )


def confirmed_violations() -> QuerySet[Violation]:
    """Those that count on the ladder: a case confirmed them, and its decision stands."""
    return Violation.objects.exclude(confirmed_in="")


def with_standing(
    violations: QuerySet[Violation], terms: Ladder, *, counting: QuerySet[Violation] | None = None
) -> QuerySet[Violation]:
    """With ``earlier_periods``: the half-months with a confirmed violation of that dealer and kind in the window.

    ``counting`` are those that count instead, for asking what would be.
    """
    whens = [
        When(period__gte=first, then=Value(each.window_months * PERIODS_PER_MONTH))
        for first, each in reversed(list(zip(terms.first_periods, terms.terms, strict=True)))
    ]
    window = Case(*whens, default=Value(0), output_field=IntegerField())
    earlier = (
        (confirmed_violations() if counting is None else counting)
        .filter(
            dealer=OuterRef("dealer"),
            kind=OuterRef("kind"),
            period__lt=OuterRef("period"),
            period__gt=OuterRef("period") - OuterRef("window"),
        )
        .order_by()
        .values("dealer")
        .annotate(count=Count("*"))
        .values("count")
    )
    return violations.annotate(window=window).annotate(
        earlier_periods=Coalesce(Subquery(earlier), 0, output_field=IntegerField())
    )


def at_standing(violations: QuerySet[Violation], standing: int, *, or_later: bool) -> QuerySet[Violation]:
    """Those that are the n-th half-month of the window (``or_later``: the n-th or a later one)."""
    priced = violations.filter(kind__in=PRICE_VIOLATIONS, lines__gt=0)
    place = F("earlier_periods") + 1
    priced = priced.annotate(standing=place)
    return priced.filter(standing__gte=standing) if or_later else priced.filter(standing=standing)


def ladder_penalties(first: int, last: int) -> Decimal:
    """The penalties the ladder would ask for in these half-months if every case were confirmed; two queries."""
    known = ladder()
    asked = standing_violations().filter(period__gte=first, period__lte=last, kind__in=PRICE_VIOLATIONS)
    would_be = with_standing(asked, known, counting=standing_violations())
    found = (known.consequence_of(violation) for violation in would_be.iterator(chunk_size=5000))
    return sum((each.penalty for each in found if each is not None and each.penalty is not None), Decimal(0))
