"""Tickets: what customers ask for, who has to answer by when, what was said and done, and how it was rated.

Personal data is kept sparingly: the phone is compared by a keyed hash, shown whole only to whoever has to call, and
erased with everything the customer wrote some time after the ticket was closed.
"""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from aftersales.choices import Side, TicketSource, TicketState, TicketTopic

#: What was said may be forgotten once, as a whole; nothing else of an event ever changes.
_ONLY_FORGET = """
    IF TG_OP = 'UPDATE' AND NEW.text = '' AND to_jsonb(NEW) - 'text' = to_jsonb(OLD) - 'text' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'the events of a ticket stay as they were recorded';
"""


class Ticket(models.Model):
    """One request of a customer. ``token_key`` is the hash of the key that opens its tracking page."""

    number = models.CharField(_("number"), max_length=32, unique=True)
    token_key = models.CharField(max_length=32, unique=True)
    source = models.CharField(_("source"), max_length=16, choices=TicketSource)
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, null=True, related_name="+")
    region = models.ForeignKey("dealers.Region", on_delete=models.PROTECT, null=True, related_name="+")
    product = models.ForeignKey("dealers.Product", on_delete=models.PROTECT, null=True, related_name="+")
    serial = models.CharField(_("serial number"), max_length=64, blank=True)
    purchase_doc = models.CharField(_("receipt or order number"), max_length=64, blank=True)
    topic = models.CharField(_("topic"), max_length=24, choices=TicketTopic)
    description = models.TextField(_("what is wrong"))

    contact = models.CharField(_("contact"), max_length=100, blank=True)
    phone = models.CharField(_("phone"), max_length=16, blank=True)
    phone_key = models.CharField(max_length=32)
    phone_hint = models.CharField(_("phone"), max_length=16)
    consent_at = models.DateTimeField(_("consented at"))
    erased_at = models.DateTimeField(_("erased at"), null=True)
    device_key = models.CharField(max_length=32, blank=True)
    address_key = models.CharField(max_length=32, blank=True)

    received_at = models.DateTimeField(_("received at"))
    received_on = models.DateField(_("received on"))
    entered_by = models.CharField(_("entered by"), max_length=200, blank=True)
    external_id = models.CharField(_("external number"), max_length=64, blank=True)
    policy = models.ForeignKey("dealers.PolicyVersion", on_delete=models.PROTECT, related_name="+")

    state = models.CharField(_("state"), max_length=16, choices=TicketState, default=TicketState.OPEN)
    first_responded_at = models.DateTimeField(_("first response at"), null=True)
    resolved_at = models.DateTimeField(_("resolved at"), null=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)
    reopened = models.PositiveSmallIntegerField(_("times reopened"), default=0)
    complaint_at = models.DateTimeField(_("complained at"), null=True)
    complaint_by = models.CharField(_("complaint marked by"), max_length=16, choices=Side, blank=True)
    rating = models.PositiveSmallIntegerField(_("rating"), null=True)
    rated_at = models.DateTimeField(_("rated at"), null=True)

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["dealer", "state"], name="ticket_by_dealer"),
            models.Index(fields=["received_on", "device_key"], name="ticket_by_device"),
            models.Index(fields=["received_on", "address_key"], name="ticket_by_address"),
            models.Index(fields=["phone_key", "-id"], name="ticket_by_phone"),
            models.Index(fields=["resolved_at"], name="ticket_to_close", condition=Q(state=TicketState.RESOLVED)),
            models.Index(
                fields=["closed_at"], name="ticket_to_forget", condition=Q(state=TicketState.CLOSED, erased_at=None)
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="a_system_names_a_ticket_once",
                fields=["entered_by", "external_id"],
                condition=~Q(external_id=""),
            ),
            models.CheckConstraint(
                name="a_rating_has_one_to_five_stars", condition=Q(rating=None) | Q(rating__gte=1, rating__lte=5)
            ),
            models.CheckConstraint(
                name="a_rating_says_when",
                condition=Q(rating__isnull=True, rated_at__isnull=True) | Q(rated_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_resolved_ticket_says_when",
                condition=~Q(state__in=[TicketState.RESOLVED, TicketState.CLOSED]) | Q(resolved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_closed_ticket_says_when",
                condition=Q(state=TicketState.CLOSED, closed_at__isnull=False)
                | (~Q(state=TicketState.CLOSED) & Q(closed_at=None)),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ResponseClock(models.Model):
    """Whose first response is due by when. ``dealer`` empty is headquarters' own queue.

    A ticket given to another dealer starts another clock; the one before ends and keeps what it shows. ``due_at`` is
    ``hours`` of our being up after ``started_at``.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="clocks")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(_("since"))
    hours = models.PositiveIntegerField(_("hours"))
    due_at = models.DateTimeField(_("due at"))
    assigned_by = models.CharField(_("assigned by"), max_length=200, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True)
    #: How many levels have been told that it was missed.
    escalated = models.PositiveSmallIntegerField(_("escalated to level"), default=0)
    responded_at = models.DateTimeField(_("responded at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("response clock")
        verbose_name_plural = _("response clocks")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["due_at"], name="clock_that_runs", condition=Q(responded_at=None, ended_at=None)),
            models.Index(fields=["dealer", "started_at"], name="clock_by_dealer"),
        ]
        constraints = [
            models.UniqueConstraint(name="one_clock_runs_for_a_ticket", fields=["ticket"], condition=Q(ended_at=None)),
            models.CheckConstraint(name="a_response_takes_time", condition=Q(due_at__gt=F("started_at"))),
        ]


class TicketEvent(models.Model):
    """One act on a ticket or one message: who, when, what, before and after. Append-only but for forgetting."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="events")
    act = models.CharField(_("act"), max_length=16)
    side = models.CharField(_("side"), max_length=16, choices=Side)
    text = models.TextField(_("what was said"), blank=True)
    #: Whether the customer may read it.
    public = models.BooleanField(_("shown to the customer"), default=True)
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    at = models.DateTimeField(_("at"))
    by = models.CharField(_("by"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("event of a ticket")
        verbose_name_plural = _("events of tickets")
        ordering = ["id"]
        triggers = [
            pgtrigger.Trigger(
                name="ticket_events_stay",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=_ONLY_FORGET,
            )
        ]


class TicketFile(models.Model):
    """A file of a ticket: a picture of the damage, a receipt, a report of the repair.

    Its name stands here too: of a customer's file kept with one dealer the next has to know it.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="files")
    file = models.ForeignKey("dealers.StoredFile", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("file name"), max_length=200)
    side = models.CharField(_("side"), max_length=16, choices=Side)
    added_at = models.DateTimeField(_("added at"))
    added_by = models.CharField(_("added by"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("file of a ticket")
        verbose_name_plural = _("files of tickets")
        ordering = ["id"]
