"""Changes of stock that are neither purchase nor sale, as a dealer declares them; and what a declaration said before.

Like the other facts about goods they carry no foreign-key constraint (see :mod:`dealers.models.stock`).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealers.choices import AdjustmentKind
from dealers.models.guards import append_only
from dealers.models.stock import unconstrained


class StockAdjustmentState(models.Model):
    """What a line of a declaration said. ``change`` is what it does to the stock: units gained, or lost if negative."""

    doc_no = models.CharField(_("document"), max_length=64)
    line_no = models.IntegerField(_("line"))
    revision = models.IntegerField(_("revision"), default=1)
    dealer = unconstrained("dealers.Dealer")
    product = unconstrained("dealers.Product")
    warehouse = models.CharField(_("warehouse"), max_length=64, default="")
    kind = models.CharField(_("kind"), max_length=16, choices=AdjustmentKind)
    change = models.IntegerField(_("change of stock"))
    occurred_at = models.DateTimeField(_("occurred at"))
    #: The other side of a transfer as the dealer wrote it; empty between its own warehouses.
    counterparty = models.CharField(_("other party"), max_length=200, default="")
    reason = models.CharField(_("reason"), max_length=500, default="")
    known_from = models.DateTimeField(_("known from"))
    delivery = unconstrained("dealers.FeedDelivery")

    class Meta:
        abstract = True

    @property
    def quantity(self) -> int:
        """The units as declared, without direction."""
        return abs(self.change)


class StockAdjustment(StockAdjustmentState):
    """A declared line as known now. Identity: dealer, document, line. A change of 0 is a line taken back."""

    pk = models.CompositePrimaryKey("dealer_id", "doc_no", "line_no")

    class Meta:
        verbose_name = _("stock adjustment")
        verbose_name_plural = _("stock adjustments")
        indexes = [models.Index(fields=["dealer", "-occurred_at"], name="adjustment_by_dealer")]
        constraints = [
            models.CheckConstraint(
                name="an_adjustment_goes_the_way_of_its_kind",
                condition=Q(kind__in=[kind for kind in AdjustmentKind if kind.is_incoming], change__gte=0)
                | Q(kind__in=[kind for kind in AdjustmentKind if not kind.is_incoming], change__lte=0),
            ),
        ]


class StockAdjustmentHistory(StockAdjustmentState):
    """What a revised line said before."""

    id = models.BigAutoField(primary_key=True)
    #: The instant from which the revision is what we know (exclusive end).
    known_until = models.DateTimeField(_("known until"))

    class Meta:
        verbose_name = _("earlier state of a stock adjustment")
        verbose_name_plural = _("earlier states of stock adjustments")
        indexes = [models.Index(fields=["dealer", "doc_no", "line_no"], name="adjustment_history_by_line")]
        triggers = [append_only("an_earlier_adjustment_is_never_changed")]
