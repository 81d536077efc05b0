"""What is said in a case: its history, headquarters' notes, files, and the proof that the dealer was told."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealers.models.guards import append_only
from settlement.choices import CasePaper, DeliveryProof
from settlement.models.cases import Case


class CaseEntry(models.Model):
    """Something done in a case, with the words that came with it. Append-only.

    ``act`` is a :class:`~settlement.rules.case_life.CaseAct` or :class:`~settlement.rules.case_life.CaseStep`.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="entries")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="+", db_index=False)
    act = models.CharField(_("act"), max_length=24)
    text = models.TextField(_("text"), blank=True)
    #: Figures and instants that belong to the act, as texts.
    details = models.JSONField(_("details"), default=dict)
    made_at = models.DateTimeField(_("at"))
    made_by = models.CharField(_("by"), max_length=200)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    by_dealer = models.BooleanField(_("by the dealer"), default=False)

    class Meta:
        verbose_name = _("entry of a case")
        verbose_name_plural = _("entries of a case")
        ordering = ["id"]
        triggers = [append_only("what_was_done_in_a_case_stays")]


class CaseNote(models.Model):
    """A note of headquarters about a case, never shown to the dealer: its sessions do not even find the row."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="+", db_index=False)
    text = models.TextField(_("text"))
    file = models.OneToOneField("dealers.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(_("at"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("note on a case")
        verbose_name_plural = _("notes on a case")
        ordering = ["id"]
        constraints = [models.CheckConstraint(name="a_note_on_a_case_says_something", condition=~Q(text=""))]
        triggers = [append_only("a_note_on_a_case_stays")]


class CaseFile(models.Model):
    """A file the dealer handed in with a reply or an appeal. Append-only."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="files")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="+", db_index=False)
    entry = models.ForeignKey(CaseEntry, on_delete=models.PROTECT, related_name="files")
    file = models.OneToOneField("dealers.StoredFile", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("file in a case")
        verbose_name_plural = _("files in a case")
        ordering = ["id"]
        triggers = [append_only("what_was_handed_in_in_a_case_stays")]


class CaseDelivery(models.Model):
    """Proof that the dealer was handed a paper: the notice in a person's inbox, and when it was opened. Append-only.

    Deadlines count from the notice: a message is delivered when it reaches the addressee's own inbox.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="deliveries")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="+", db_index=False)
    paper = models.CharField(_("paper"), max_length=16, choices=CasePaper)
    proof = models.CharField(_("proof"), max_length=16, choices=DeliveryProof)
    to = models.CharField(_("to"), max_length=200)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("delivery in a case")
        verbose_name_plural = _("deliveries in a case")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="a_delivery_is_proven_once", fields=["case", "paper", "proof", "to"])
        ]
        triggers = [append_only("a_delivery_stays_proven")]
