"""Prices seen in the market, and which seller is known to be which dealer."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealers.models.guards import no_overlap
from pricing.choices import ObservationState, SellerMatch, Verdict

#: What was seen; it never changes. What it was matched to and what was decided about it may.
_SEEN = (
    "seen_at",
    "seen_on",
    "platform",
    "seller",
    "shop",
    "shop_link",
    "link",
    "price",
    "sku_given",
    "gtin_given",
    "product_given",
    "region_id",
    "note",
    "fingerprint",
    "picture_id",
    "source",
    "external_id",
    "recorded_at",
)


class MarketObservation(models.Model):
    """A price somebody saw: when, where, whose, and the proof. It may open a case, and is never one by itself.

    ``gap`` is how far the price lies outside the band (below the floor or above the ceiling), ``holds`` whether that
    edge could be held against anyone that day. ``fingerprint`` is the same for what is seen a second time.
    """

    seen_at = models.DateTimeField(_("seen at"))
    seen_on = models.DateField(_("seen on"))
    platform = models.CharField(_("platform"), max_length=64, blank=True)
    seller = models.CharField(_("seller"), max_length=200)
    shop = models.CharField(_("shop"), max_length=200, blank=True)
    shop_link = models.CharField(_("address of the shop"), max_length=500, blank=True)
    link = models.CharField(_("link"), max_length=1000, blank=True)
    price = models.DecimalField(_("shown price"), max_digits=18, decimal_places=6)
    sku_given = models.CharField("SKU", max_length=64, blank=True)
    gtin_given = models.CharField("GTIN", max_length=14, blank=True)
    product_given = models.CharField(_("product as shown"), max_length=200, blank=True)
    region = models.ForeignKey(
        "dealers.Region", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("region")
    )
    note = models.TextField(_("note"), blank=True)
    picture = models.ForeignKey("dealers.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")
    #: Who it came from: empty for a person's form, else the file or the feed; ``external_id`` is the feed's own.
    source = models.CharField(_("source"), max_length=80, blank=True)
    external_id = models.CharField(_("external number"), max_length=64, blank=True)
    fingerprint = models.CharField(_("fingerprint"), max_length=64, unique=True)
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    seller_key = models.CharField(_("key of the seller"), max_length=300)
    shop_key = models.CharField(_("key of the shop"), max_length=300, blank=True)
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    matched_by = models.CharField(_("matched by"), max_length=8, choices=SellerMatch, blank=True)
    product = models.ForeignKey("dealers.Product", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    verdict = models.SmallIntegerField(_("verdict"), choices=Verdict, null=True)
    band = models.ForeignKey("pricing.PriceBand", on_delete=models.PROTECT, null=True, related_name="+")
    promo_item = models.ForeignKey("pricing.PromoItem", on_delete=models.PROTECT, null=True, related_name="+")
    gap = models.DecimalField(_("gap to the band"), max_digits=18, decimal_places=6, null=True)
    holds = models.BooleanField(_("edge is enforced"), default=False)
    compared_at = models.DateTimeField(_("compared at"), null=True)

    state = models.CharField(_("state"), max_length=16, choices=ObservationState, default=ObservationState.RECORDED)
    reason = models.TextField(_("reason"), blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    case_number = models.CharField(_("case"), max_length=32, blank=True)

    class Meta:
        verbose_name = _("market observation")
        verbose_name_plural = _("market observations")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["seller_key", "seen_on"], name="observation_by_seller"),
            models.Index(fields=["dealer", "seen_on"], name="observation_by_dealer"),
            models.Index(fields=["verdict", "seen_on"], name="observation_by_verdict"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="a_feed_names_an_observation_once",
                fields=["source", "external_id"],
                condition=~Q(external_id=""),
            ),
            models.CheckConstraint(name="a_seen_price_is_above_zero", condition=Q(price__gt=0)),
            models.CheckConstraint(
                name="a_decided_observation_says_why",
                condition=Q(state=ObservationState.RECORDED)
                | (Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="links_lead_to_the_web_only",
                condition=Q(link="") | Q(link__startswith="http://") | Q(link__startswith="https://"),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="what_was_seen_never_changes", operation=pgtrigger.UpdateOf(*_SEEN)),
            pgtrigger.Protect(name="observations_are_never_removed", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.seller} {self.seen_on}"


class SellerAlias(models.Model):
    """A name on a platform, or the address of a shop, that a person confirmed to be a dealer's, over a range of days.

    ``key`` is the normalized form that observations carry too; ``shown`` is how it was written.
    """

    key = models.CharField(_("key"), max_length=300)
    shown = models.CharField(_("as written"), max_length=500)
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="+")
    valid = DateRangeField(_("valid"))
    confirmed_at = models.DateTimeField(_("confirmed at"))
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("known seller")
        verbose_name_plural = _("known sellers")
        constraints = [no_overlap("a_seller_is_one_dealer_at_a_time", "key")]
