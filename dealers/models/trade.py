"""Messages of the channel trade: what was agreed with a dealer about them, its places, and every file of them.

The lines of a message become deliveries like any others; here stands which message they came in, and what became of
messages that were refused whole.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from dealers.choices import Door, MessageState


class TradeAgreement(models.Model):
    """How a dealer's messages are to be understood. Without a row: strictly, and nothing is taken on trust."""

    dealer = models.OneToOneField(
        "dealers.Dealer", on_delete=models.PROTECT, primary_key=True, related_name="trade_agreement"
    )
    strict = models.BooleanField(_("refuse messages whose control totals are wrong"), default=True)
    qs_is_sales = models.BooleanField(_("activity QS of an 852 counts sales"), default=False)
    net_price_is_paid = models.BooleanField(
        _("prices called net are what the customer paid, tax included"), default=False
    )
    region = models.ForeignKey(
        "dealers.Region",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("region of sales without a place"),
    )
    changed_at = models.DateTimeField(_("changed at"))
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("agreement on trade messages")
        verbose_name_plural = _("agreements on trade messages")


class TradePlace(models.Model):
    """A place by the number a dealer's messages give it: a store, a branch, a warehouse."""

    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="trade_places")
    code = models.CharField(_("number in messages"), max_length=80)
    region = models.ForeignKey(
        "dealers.Region", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("region")
    )
    warehouse = models.CharField(_("warehouse"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("place in trade messages")
        verbose_name_plural = _("places in trade messages")
        constraints = [models.UniqueConstraint(name="a_place_of_a_dealer_is_known_once", fields=["dealer", "code"])]


class TradeFileReceived(models.Model):
    """A file of messages as it arrived. ``envelopes`` is what an acknowledgement needs of its headers."""

    id = models.BigAutoField(primary_key=True)
    number = models.UUIDField(_("number"), default=uuid.uuid4, unique=True, editable=False)
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="trade_files")
    format = models.CharField(_("format"), max_length=16)
    door = models.CharField(_("door"), max_length=16, choices=Door)
    received_at = models.DateTimeField(_("received at"))
    delivered_by = models.CharField(_("delivered by"), max_length=200, blank=True)
    filename = models.CharField(_("file"), max_length=255, blank=True)
    body_digest = models.CharField(_("digest of the body"), max_length=64)
    #: Sender and control number of each interchange in it, by which one that comes again is known.
    keys: Any = ArrayField(models.CharField(max_length=200), default=list)
    envelopes = models.JSONField(_("envelopes"), default=list)

    class Meta:
        verbose_name = _("file of trade messages")
        verbose_name_plural = _("files of trade messages")
        indexes = [models.Index(fields=["dealer", "-id"], name="trade_file_by_dealer")]


class TradeMessage(models.Model):
    """One message of a file and what became of it; its lines are in the deliveries it names."""

    id = models.BigAutoField(primary_key=True)
    file = models.ForeignKey(TradeFileReceived, on_delete=models.PROTECT, related_name="messages")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="+")
    #: Its interchange and group, counted from 0 within the file, and its own place in the file.
    interchange = models.IntegerField(default=0)
    group = models.IntegerField(default=0)
    position = models.IntegerField(_("position"))
    kind = models.CharField(_("kind of message"), max_length=40)
    control_no = models.CharField(_("control number"), max_length=80)
    version = models.CharField(_("version"), max_length=40, blank=True)
    state = models.CharField(_("state"), max_length=16, choices=MessageState)
    #: What is wrong with its envelope; the reason when it was refused, remarks when it was taken all the same.
    faults = models.JSONField(_("faults"), default=list)
    remarks = models.JSONField(_("remarks"), default=list)
    inventory = models.ForeignKey(
        "dealers.FeedDelivery", on_delete=models.PROTECT, null=True, related_name="inventory_messages"
    )
    sales = models.ForeignKey(
        "dealers.FeedDelivery", on_delete=models.PROTECT, null=True, related_name="sales_messages"
    )

    class Meta:
        verbose_name = _("trade message")
        verbose_name_plural = _("trade messages")
        constraints = [
            models.UniqueConstraint(name="a_message_stands_once_in_its_file", fields=["file", "position"]),
            models.CheckConstraint(
                name="a_refused_message_left_no_lines",
                condition=~models.Q(state=MessageState.REFUSED) | models.Q(inventory__isnull=True, sales__isnull=True),
            ),
        ]
