"""Stock counts and shipments as they come by call or upload: what doors use."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from dealers.choices import Door
from dealers.errors import Refused
from dealers.foundation.clock import parse_instant
from dealers.foundation.refusals import Refused as ValueRefused
from dealers.models import Dealer, FeedDelivery
from dealers.services.imports.importing import import_rows
from dealers.services.imports.inventory import OWN_INVENTORY
from dealers.services.imports.shipments import SHIPMENTS
from dealers.services.imports.sources import RecordSource, TableSource
from dealers.services.imports.taking import Actor


class BadAsOf(Refused):
    code = "bad_as_of"
    sentence = _("as_of %(problem)s")
    status = 400


class NoLines(Refused):
    code = "no_lines"
    sentence = _("The report has no lines; a product that is out of stock is a line with on_hand 0.")
    status = 400


def report_inventory(
    *,
    dealer: Dealer,
    as_of: str,
    lines: Sequence[Mapping[str, Any]],
    actor: Actor,
    door: Door = Door.API,
    delivered_by: str = "",
    body_digest: str = "",
) -> FeedDelivery:
    """Take one count of a dealer: ``lines`` of ``sku``, ``on_hand`` and perhaps ``warehouse`` and ``in_transit``.

    Raises :class:`BadAsOf` or :class:`NoLines` when the report as a whole cannot be taken.
    """
    try:
        parse_instant(as_of)
    except ValueRefused as refusal:
        raise BadAsOf(problem=refusal.render()) from refusal
    if not lines:
        raise NoLines()
    records = [{"as_of": as_of, **line} for line in lines]
    return import_rows(
        OWN_INVENTORY,
        RecordSource(records, OWN_INVENTORY.layout),
        actor=actor,
        door=door,
        dealer=dealer,
        delivered_by=delivered_by,
        body_digest=body_digest,
    )


def upload_inventory(
    *,
    dealer: Dealer,
    given: str | os.PathLike[str] | IO[bytes],
    actor: Actor,
    filename: str | None = None,
    door: Door = Door.PORTAL,
    delivered_by: str = "",
) -> FeedDelivery:
    """Take a dealer's own inventory file; a ``dealer`` column may be left out. Raises ``UnusableFile``."""
    source = TableSource(given, OWN_INVENTORY.layout, filename=filename)
    return import_rows(OWN_INVENTORY, source, actor=actor, door=door, dealer=dealer, delivered_by=delivered_by)


def report_shipments(
    *,
    lines: Sequence[Mapping[str, Any]],
    actor: Actor,
    door: Door = Door.API,
    delivered_by: str = "",
    body_digest: str = "",
) -> FeedDelivery:
    """Take shipment lines from HQ's own systems. Raises :class:`NoLines`."""
    if not lines:
        raise NoLines()
    return import_rows(
        SHIPMENTS,
        RecordSource(lines, SHIPMENTS.layout),
        actor=actor,
        door=door,
        delivered_by=delivered_by,
        body_digest=body_digest,
    )
