"""Setting and ending price bands by hand, through the import's own path, so that the rules are the same everywhere."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction

from dealers.choices import Door
from dealers.foundation.clock import business_day
from dealers.models import FeedDelivery, QuarantinedLine, Region, User
from dealers.services.audit import record_audit
from dealers.services.deliveries import detail_of
from dealers.services.imports.importing import import_rows, wait_for_turn
from dealers.services.imports.sources import RecordSource
from dealers.services.imports.taking import Taking
from pricing.errors import (
    BandChanged,
    BandEndRefused,
    BandNotYours,
    BandReasonMissing,
    BandRefused,
    BandUnchanged,
)
from pricing.models import PriceBand
from pricing.permissions import can, require
from pricing.rules.band_places import may_keep_band
from pricing.selectors.band_plans import BandDraft
from pricing.selectors.band_series import SeriesKey, fingerprint, span_of, standing_series
from pricing.services.imports.bands import BANDS
from pricing.services.rejudge import request_rejudge


def may_keep(actor: User, region: Region | None) -> bool:
    """Whether a person may set or end a band for ``region``; None is the country or a city tier."""
    if not can(actor, "bands.edit"):
        return False
    return may_keep_band(
        everywhere=can(actor, "bands.edit_everywhere"),
        region_id=None if region is None else region.pk,
        province_id=None if region is None else region.parent_id,
        own_regions=set(actor.regions.values_list("pk", flat=True)),
    )


@transaction.atomic
def set_band(*, draft: BandDraft, seen: str, reason: str, actor: User, at: datetime) -> FeedDelivery:
    """Put a band in force from its day on; the receipt of the one row.

    ``seen`` is the fingerprint of the series the person decided by. Lines already reported for the days concerned
    are judged again in the background. Raises :class:`BandChanged`, :class:`BandUnchanged`, :class:`BandNotYours`,
    :class:`BandReasonMissing` or :class:`BandRefused` with nothing stored.
    """
    _require(actor, draft.region, reason)
    _take_turn()
    if fingerprint(standing_series(draft.key)) != seen:
        raise BandChanged
    source = RecordSource([draft.record()], BANDS.layout)
    delivery = import_rows(BANDS, source, actor=actor, door=Door.PORTAL, then=judge_bands_again)
    refused = QuarantinedLine.objects.filter(delivery=delivery).first()
    if refused is not None:
        raise BandRefused(detail=detail_of(refused))
    if delivery.duplicates:
        raise BandUnchanged
    band = next(row for row in standing_series(draft.key) if row.valid.lower == draft.valid_from)
    record_audit(actor=actor, action="band.set", subject=band, at=at, reason=reason, after=draft.record())
    return delivery


@transaction.atomic
def end_band(*, band: PriceBand, on: date, seen: str, reason: str, actor: User, at: datetime) -> PriceBand:
    """End a band so that ``on`` is the first day without it; ended on its first day it never comes into force.

    A band that is or was in force can be ended from a later day only: what was sold under it stays judged by it.
    """
    _require(actor, band.region, reason)
    _take_turn()
    standing = standing_series(SeriesKey.of(band))
    found = next((row for row in standing if row.pk == band.pk), None)
    if found is None or fingerprint(standing) != seen:
        raise BandChanged
    require_end(found, on=on, today=business_day(at))
    before = str(span_of(found))
    if on == found.valid.lower:
        found.superseded_at = at
        found.save(update_fields=["superseded_at"])
    else:
        found.valid = type(found.valid)(found.valid.lower, on)
        found.save(update_fields=["valid"])
    record_audit(
        actor=actor,
        action="band.end",
        subject=found,
        at=at,
        reason=reason,
        before={"valid": before},
        after={"ends_on": on, "withdrawn": found.superseded_at is not None},
    )
    request_rejudge(
        products=[found.product_id],
        first_day=on,
        last_day=None,
        key=f"band:{found.pk}:end:{on}",
        actor=actor,
        at=at,
    )
    return found


def require_end(band: PriceBand, *, on: date, today: date) -> None:
    """Raises :class:`BandEndRefused` when the band cannot end on that day."""
    span = span_of(band)
    begun = span.lower <= today
    early = on <= span.lower if begun else on < span.lower
    if early or (span.upper is not None and on >= span.upper):
        raise BandEndRefused(first=span.lower, until="" if span.upper is None else f" – {span.upper}")


def _require(actor: User, region: Region | None, reason: str) -> None:
    require(actor, "bands.edit")
    if not may_keep(actor, region):
        raise BandNotYours
    if not reason.strip():
        raise BandReasonMissing


def _take_turn() -> None:
    with connection.cursor() as cursor:
        wait_for_turn(cursor, BANDS)


def judge_bands_again(taking: Taking) -> None:
    """Have the lines of the products an import of bands touched judged again (its ``then``)."""
    touched = taking.touched
    if touched.since is not None:
        request_rejudge(
            products=sorted(touched.products),
            first_day=touched.since,
            last_day=None,
            key=f"import:{taking.delivery.receipt}",
            actor=taking.actor if isinstance(taking.actor, User) else None,
            at=taking.at,
        )
