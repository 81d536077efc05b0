"""Deliveries, their receipts, what was refused, and the sync clock.

A delivery is taken in one transaction: its good lines, its refused lines, the days it covers and its own
counts are all there or none is.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealers.choices import Coverage, Door, Feed, QuarantineState


class FeedDelivery(models.Model):
    """One delivery and, being its answer, the receipt. ``dealer`` is empty when HQ delivers for many."""

    id = models.BigAutoField(primary_key=True)
    receipt = models.UUIDField(_("receipt"), default=uuid.uuid4, unique=True, editable=False)
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, null=True, related_name="deliveries")
    feed = models.CharField(_("feed"), max_length=32, choices=Feed)
    door = models.CharField(_("door"), max_length=16, choices=Door)
    received_at = models.DateTimeField(_("received at"))
    delivered_by = models.CharField(_("delivered by"), max_length=200, blank=True)
    filename = models.CharField(_("file"), max_length=255, blank=True)
    body_digest = models.CharField(_("digest of the body"), max_length=64, blank=True)
    lines = models.BigIntegerField(_("lines read"), default=0)
    accepted = models.BigIntegerField(_("accepted"), default=0)
    duplicates = models.BigIntegerField(_("duplicates"), default=0)
    revised = models.BigIntegerField(_("revised"), default=0)
    quarantined = models.BigIntegerField(_("quarantined"), default=0)
    remarks = models.JSONField(_("remarks"), default=list)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        indexes = [
            models.Index(fields=["dealer", "-received_at"], name="delivery_by_dealer"),
            models.Index(fields=["feed", "-received_at"], name="delivery_by_feed"),
        ]
        constraints = [
            models.CheckConstraint(
                name="every_line_of_a_delivery_is_accounted_for",
                condition=Q(
                    lines=models.F("accepted") + models.F("duplicates") + models.F("revised") + models.F("quarantined")
                ),
            ),
        ]

    @property
    def is_complete(self) -> bool:
        """Whether everything of it is taken; False while a large file is taken part by part."""
        intake = getattr(self, "intake", None)
        return intake is None or intake.finished_at is not None


class QuarantinedLine(models.Model):
    """A refused line: what came, where, why, and how it was put right."""

    delivery = models.ForeignKey(FeedDelivery, on_delete=models.PROTECT, related_name="refused")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, null=True, related_name="quarantined_lines")
    feed = models.CharField(_("feed"), max_length=32, choices=Feed)
    line = models.BigIntegerField(_("line"))
    content = models.JSONField(_("line as it came"))
    field = models.CharField(_("field"), max_length=64, blank=True)
    value = models.CharField(_("value"), max_length=500, blank=True)
    code = models.CharField(_("code"), max_length=64)
    params = models.JSONField(_("details"), default=dict)
    state = models.CharField(_("state"), max_length=16, choices=QuarantineState, default=QuarantineState.OPEN)
    refused_at = models.DateTimeField(_("refused at"))
    resolved_at = models.DateTimeField(_("resolved at"), null=True)
    resolved_by_delivery = models.ForeignKey(
        FeedDelivery, on_delete=models.PROTECT, null=True, related_name="corrections"
    )

    class Meta:
        verbose_name = _("refused line")
        verbose_name_plural = _("refused lines")
        indexes = [
            models.Index(fields=["dealer", "state", "-id"], name="quarantine_by_dealer"),
            models.Index(fields=["delivery", "line"], name="quarantine_by_delivery"),
        ]
        constraints = [
            models.CheckConstraint(
                name="a_corrected_line_names_its_correction",
                condition=~Q(state=QuarantineState.RESUBMITTED) | Q(resolved_by_delivery__isnull=False),
            ),
        ]


class FeedDay(models.Model):
    """A business day for which a dealer's sales were delivered or declared to be none.

    A file of many dealers covers hundreds of thousands of days, whose references come from the delivery itself: two
    foreign keys and their indexes took more time than everything else about them.
    """

    dealer = models.ForeignKey(
        "dealers.Dealer", on_delete=models.PROTECT, related_name="feed_days", db_constraint=False, db_index=False
    )
    feed = models.CharField(_("feed"), max_length=32, choices=Feed, default=Feed.SALES)
    day = models.DateField(_("day"))
    coverage = models.CharField(_("coverage"), max_length=16, choices=Coverage)
    first_received_at = models.DateTimeField(_("first received at"))
    delivery = models.ForeignKey(
        FeedDelivery, on_delete=models.PROTECT, related_name="days", db_constraint=False, db_index=False
    )

    class Meta:
        verbose_name = _("reported day")
        verbose_name_plural = _("reported days")
        constraints = [models.UniqueConstraint(name="a_day_is_covered_once", fields=["dealer", "feed", "day"])]


class SyncClock(models.Model):
    """What each dealer's two feeds cover, in one row, so that a sweep of everyone is one statement.

    A roll-up of :class:`FeedDay` and inventory lines kept by the same transactions; ``verify`` can rebuild it.
    ``sales_days`` is a ``datemultirange`` (see the migration), empty for a new dealer.
    """

    dealer = models.OneToOneField(
        "dealers.Dealer", on_delete=models.PROTECT, primary_key=True, related_name="sync_clock"
    )
    inventory_at = models.DateTimeField(_("newest stock count"), null=True)
    inventory_received_at = models.DateTimeField(_("stock count received"), null=True)
    sales_received_at = models.DateTimeField(_("sales received"), null=True)
    late_notified_for = models.DateTimeField(_("warned for"), null=True)

    class Meta:
        verbose_name = _("sync clock")
        verbose_name_plural = _("sync clocks")
