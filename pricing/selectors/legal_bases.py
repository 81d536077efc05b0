"""Legal bases: their versions, what hangs on them, and what changes the day one ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from dealers.selectors.visibility import visible_dealers
from pricing.choices import Enforcement
from pricing.models import LegalBasis, LegalBasisEvidence, PriceBand
from pricing.permissions import can
from pricing.rules.verdict import BELOW_FLOOR, NOT_ENFORCED

#: How far back reported lines are looked at for what would have been judged otherwise.
RECENT_DAYS = 30


def visible_bases(user: Any) -> QuerySet[LegalBasis]:
    """Every version a person may see, the newest first."""
    bases = LegalBasis.objects.select_related("recorded_by").order_by("-pk")
    return bases if can(user, "bases.view") else bases.none()


def newest_versions(bases: QuerySet[LegalBasis]) -> QuerySet[LegalBasis]:
    """Of each reference the version recorded last."""
    newest = LegalBasis.objects.order_by().values("reference").annotate(newest=Max("pk")).values("newest")
    return bases.filter(pk__in=newest)


def with_counts(bases: QuerySet[LegalBasis], *, today: date) -> QuerySet[LegalBasis]:
    """The same with ``floors_now`` (enforced floors in force today) and ``proofs`` (documents). One query."""
    in_force = Q(bands__superseded_at__isnull=True, bands__valid__contains=today)
    floors = in_force & Q(bands__enforcement=Enforcement.ENFORCED, bands__floor__gt=0)
    return bases.annotate(
        floors_now=Count("bands", filter=floors, distinct=True), proofs=Count("evidence", distinct=True)
    )


def versions_of(basis: LegalBasis) -> QuerySet[LegalBasis]:
    """All versions of the basis, the newest first."""
    return (
        LegalBasis.objects.filter(reference=basis.reference)
        .select_related("recorded_by")
        .prefetch_related("evidence__file", "evidence__added_by")
        .order_by("-pk")
    )


def carried_bands(basis: LegalBasis, *, from_day: date) -> QuerySet[PriceBand]:
    """Standing bands that still name this version on or after a day."""
    return (
        PriceBand.objects.filter(legal_basis=basis, superseded_at__isnull=True)
        .filter(Q(valid__endswith__isnull=True) | Q(valid__endswith__gt=from_day))
        .select_related("product", "region")
        .order_by("product__sku", "-scope", "region__code", "city_tier", "valid")
    )


def floors_that_stop(basis: LegalBasis) -> QuerySet[PriceBand]:
    """The bands in force on the day the basis ends whose floor is enforced until then and not after."""
    if basis.valid_until is None:
        return PriceBand.objects.none()
    return carried_bands(basis, from_day=basis.valid_until).filter(
        valid__contains=basis.valid_until, enforcement=Enforcement.ENFORCED, floor__gt=0
    )


def ending_bases(*, after: date, until: date) -> QuerySet[LegalBasis]:
    """The versions that end after one day and not after another, and on which a floor hangs that day."""
    floors = PriceBand.objects.filter(
        legal_basis=OuterRef("pk"),
        superseded_at__isnull=True,
        valid__contains=OuterRef("valid_until"),
        enforcement=Enforcement.ENFORCED,
        floor__gt=0,
    )
    return LegalBasis.objects.filter(Exists(floors), valid_until__gt=after, valid_until__lte=until).order_by("pk")


@dataclass(frozen=True, slots=True)
class Otherwise:
    """A dealer's lines of late that are held against it by a floor of the basis, and their shortfall."""

    dealer_id: int
    lines: int
    shortfall: Any


def judged_otherwise(user: Any, basis: LegalBasis, *, today: date) -> list[Otherwise]:
    """By dealer in sight, the lines of the last 30 days that would have been information only. One query."""
    in_sight = visible_dealers(user).values("pk").query
    in_sight_sql, in_sight_params = in_sight.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT l.dealer_id, count(*), sum(l.quantity * (b.floor - l.unit_price))
            FROM pricing_saleline l JOIN pricing_priceband b ON b.id = l.band_id
            WHERE b.legal_basis_id = %s AND l.sold_on >= %s AND l.verdict = {BELOW_FLOOR}
                AND l.flags & {NOT_ENFORCED} = 0 AND l.dealer_id IN ({in_sight_sql})
            GROUP BY 1 ORDER BY 2 DESC, 1
            """,
            [basis.pk, today - timedelta(days=RECENT_DAYS), *in_sight_params],
        )
        return [Otherwise(*row) for row in cursor.fetchall()]


def evidence_in_sight(user: Any, basis_id: int, evidence_id: int) -> LegalBasisEvidence | None:
    """A document of a basis, for a person who may see the basis."""
    if not can(user, "bases.view"):
        return None
    return LegalBasisEvidence.objects.select_related("file").filter(pk=evidence_id, basis=basis_id).first()
