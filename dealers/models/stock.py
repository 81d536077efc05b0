"""Goods on the move and on the shelf: shipments from HQ, the purchase tally, inventory counts.

These tables take millions of rows. References are checked in the pass that takes them in, so the columns
carry no foreign-key constraint (three quarters of the load speed); identity and signs stay constraints.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealers.models.guards import append_only


def unconstrained(to: str, *, null: bool = False) -> models.ForeignKey[Any, Any]:
    """A reference checked at intake instead of by the database on every row."""
    return models.ForeignKey(
        to, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+", null=null
    )


class Shipment(models.Model):
    """One line of goods sent to a dealer (negative: returned to HQ). Identity: document and line."""

    pk = models.CompositePrimaryKey("doc_no", "line_no")
    doc_no = models.CharField(_("document"), max_length=64)
    line_no = models.IntegerField(_("line"))
    dealer = unconstrained("dealers.Dealer")
    product = unconstrained("dealers.Product")
    region = unconstrained("dealers.Region", null=True)
    #: Whether the region was remote when the line was taken in: what subsidies are settled by, whatever it is now.
    remote = models.BooleanField(_("into a remote region"), default=False, db_default=False)
    quantity = models.IntegerField(_("quantity"))
    unit_price = models.DecimalField(_("unit price"), max_digits=18, decimal_places=6)
    shipped_at = models.DateTimeField(_("shipped at"))
    shipped_on = models.DateField(_("shipped on"))
    known_from = models.DateTimeField(_("known from"))
    delivery = unconstrained("dealers.FeedDelivery")

    class Meta:
        verbose_name = _("shipment")
        verbose_name_plural = _("shipments")
        indexes = [
            models.Index(fields=["dealer", "shipped_on"], name="shipment_by_dealer"),
            models.Index(fields=["product", "shipped_at"], name="shipment_by_product"),
            BrinIndex(fields=["shipped_at", "known_from"], name="shipment_by_time", pages_per_range=32),
        ]
        constraints = [models.CheckConstraint(name="a_shipment_moves_something", condition=~Q(quantity=0))]


class ShipmentTally(models.Model):
    """What a delivery added to the purchases of a dealer: one row per dealer, category and half-month.

    An append-only journal of differences: purchases as known at an instant are the sum of ``amount`` with
    ``known_at`` up to it. ``period`` is the continuous number of the half-month
    (:attr:`dealers.foundation.periods.HalfMonth.ordinal`). ``remote_amount`` is the part shipped into remote regions.
    """

    delivery = unconstrained("dealers.FeedDelivery")
    dealer = unconstrained("dealers.Dealer")
    category = models.CharField(_("category"), max_length=64)
    period = models.IntegerField(_("half-month"))
    known_at = models.DateTimeField(_("known at"))
    lines = models.BigIntegerField(_("lines"))
    quantity = models.BigIntegerField(_("quantity"))
    amount = models.DecimalField(_("amount"), max_digits=24, decimal_places=6)
    remote_amount = models.DecimalField(_("into remote regions"), max_digits=24, decimal_places=6)

    class Meta:
        verbose_name = _("purchase tally")
        verbose_name_plural = _("purchase tallies")
        indexes = [
            models.Index(fields=["dealer", "period"], name="shipment_tally_by_dealer"),
            # Settlement reads some half-months of everyone, and what became known since the last time.
            BrinIndex(fields=["period", "known_at"], name="shipment_tally_by_period", pages_per_range=16),
        ]


class InventoryLine(models.Model):
    """What a dealer counted of one product in one warehouse at an instant. A restated count keeps the later one."""

    pk = models.CompositePrimaryKey("dealer_id", "as_of", "product_id", "warehouse")
    dealer = unconstrained("dealers.Dealer")
    as_of = models.DateTimeField(_("counted at"))
    product = unconstrained("dealers.Product")
    warehouse = models.CharField(_("warehouse"), max_length=64, default="")
    on_hand = models.IntegerField(_("on hand"))
    in_transit = models.IntegerField(_("in transit"), default=0)
    known_from = models.DateTimeField(_("known from"))
    delivery = unconstrained("dealers.FeedDelivery")

    class Meta:
        verbose_name = _("stock count line")
        verbose_name_plural = _("stock count lines")
        # Price protection looks for the counts of some days and for those that came late, over everyone.
        indexes = [BrinIndex(fields=["as_of", "known_from"], name="inventory_by_time", pages_per_range=32)]
        constraints = [
            models.CheckConstraint(name="stock_is_never_negative", condition=Q(on_hand__gte=0, in_transit__gte=0)),
        ]


class InventoryLineHistory(models.Model):
    """What a restated count said before. A count as known at an instant is the state whose time holds it."""

    dealer = unconstrained("dealers.Dealer")
    as_of = models.DateTimeField(_("counted at"))
    product = unconstrained("dealers.Product")
    warehouse = models.CharField(_("warehouse"), max_length=64, default="")
    on_hand = models.IntegerField(_("on hand"))
    in_transit = models.IntegerField(_("in transit"))
    known_from = models.DateTimeField(_("known from"))
    #: The instant from which the restated count is what we know (exclusive end).
    known_until = models.DateTimeField(_("known until"))
    delivery = unconstrained("dealers.FeedDelivery")

    class Meta:
        verbose_name = _("earlier stock count line")
        verbose_name_plural = _("earlier stock count lines")
        indexes = [
            models.Index(fields=["dealer", "as_of"], name="inventory_history_by_count"),
            BrinIndex(fields=["as_of", "known_from"], name="inventory_history_by_time", pages_per_range=32),
        ]
        triggers = [append_only("an_earlier_count_is_never_changed")]
