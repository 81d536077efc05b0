"""Sale lines with their verdicts, the states they had before, and the journal of what they add up to.

The line table takes millions of rows a day: references are checked in the pass that takes lines in and carry no
foreign-key constraint; identity, signs and vocabularies stay constraints. It is not partitioned by month, because
(dealer, document, line) must be unique over all time and a revision may move a line to another month.
"""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealers.models.stock import unconstrained
from pricing.choices import Channel, Verdict


class SaleLineState(models.Model):
    """What a line said, and what was found about it."""

    doc_no = models.CharField(_("document"), max_length=64)
    line_no = models.IntegerField(_("line"))
    revision = models.IntegerField(_("revision"), default=1)
    dealer = unconstrained("dealers.Dealer")
    product = unconstrained("dealers.Product")
    region = unconstrained("dealers.Region")
    sold_at = models.DateTimeField(_("sold at"))
    sold_on = models.DateField(_("sold on"))
    quantity = models.IntegerField(_("quantity"))
    unit_price = models.DecimalField(_("unit price"), max_digits=18, decimal_places=6)
    channel = models.SmallIntegerField(_("channel"), choices=Channel, default=Channel.RETAIL)
    #: Keyed hash of the end customer's reference, empty when none was given.
    customer = models.CharField(_("customer"), max_length=32, default="", blank=True)
    verdict = models.SmallIntegerField(_("verdict"), choices=Verdict)
    flags = models.SmallIntegerField(_("flags"), default=0)
    band = unconstrained("pricing.PriceBand", null=True)
    promo_item = unconstrained("pricing.PromoItem", null=True)
    territory = unconstrained("dealers.Territory", null=True)
    #: When the line was first reported, whatever its revision; decides whether it was late.
    reported_at = models.DateTimeField(_("first reported at"))
    #: Since when this state is what we know.
    known_from = models.DateTimeField(_("known from"))
    delivery = unconstrained("dealers.FeedDelivery")

    class Meta:
        abstract = True


class SaleLine(SaleLineState):
    """The state of a sale line as known now. Identity: dealer, document, line."""

    pk = models.CompositePrimaryKey("dealer_id", "doc_no", "line_no")

    class Meta:
        verbose_name = _("sale line")
        verbose_name_plural = _("sale lines")
        indexes = [
            models.Index(fields=["dealer", "sold_on"], name="sale_line_by_dealer_day"),
            BrinIndex(fields=["sold_on"], name="sale_line_sold_on_brin", pages_per_range=32),
        ]
        constraints = [
            models.CheckConstraint(name="a_sale_moves_something", condition=~Q(quantity=0)),
            models.CheckConstraint(name="a_sale_price_is_not_negative", condition=Q(unit_price__gte=0)),
        ]


class SaleLineHistory(SaleLineState):
    """A state of a sale line that was replaced, by a revision or by judging again. Append-only."""

    id = models.BigAutoField(primary_key=True)
    #: The instant from which another state is what we know (exclusive end).
    known_until = models.DateTimeField(_("known until"))

    class Meta:
        verbose_name = _("earlier state of a sale line")
        verbose_name_plural = _("earlier states of sale lines")
        indexes = [models.Index(fields=["dealer", "doc_no", "line_no"], name="sale_history_by_line")]


class SalesTally(models.Model):
    """What a delivery, or a judging again, added to a dealer's sales: per category and half-month.

    An append-only journal of differences: sales as known at an instant are the sums with ``known_at`` up to it.
    ``earning`` is the part that counts as compliant for rebates; ``breach`` the part in violation that is held
    against the dealer. ``period`` is the continuous number of the half-month.
    """

    dealer = unconstrained("dealers.Dealer")
    category = models.CharField(_("category"), max_length=64)
    period = models.IntegerField(_("half-month"))
    known_at = models.DateTimeField(_("known at"))
    delivery = unconstrained("dealers.FeedDelivery", null=True)
    lines = models.BigIntegerField(_("lines"))
    quantity = models.BigIntegerField(_("quantity"))
    amount = models.DecimalField(_("amount"), max_digits=26, decimal_places=6)
    earning_lines = models.BigIntegerField(_("compliant lines"))
    earning = models.DecimalField(_("compliant amount"), max_digits=26, decimal_places=6)
    breach_lines = models.BigIntegerField(_("lines in violation"))
    breach = models.DecimalField(_("amount in violation"), max_digits=26, decimal_places=6)

    class Meta:
        verbose_name = _("sales tally")
        verbose_name_plural = _("sales tallies")
        indexes = [
            models.Index(fields=["dealer", "period"], name="sales_tally_by_dealer"),
            # Settlement reads some half-months of everyone, and what became known since the last time.
            BrinIndex(fields=["period", "known_at"], name="sales_tally_by_period", pages_per_range=16),
        ]
