"""Customers referred to us: the lead, who follows it up by when, and what whoever referred it is paid.

Personal data is kept sparingly: phone and company are compared by keyed hashes, the phone itself is kept only of leads
that count, shown only to the dealer that has to call, and erased some time after the lead is closed.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealers.models.guards import append_only
from rebates.choices import CallBack, LeadState, PayoutState, Referrer


class Lead(models.Model):
    """One customer somebody referred. ``token`` opens the page on which the referrer follows it."""

    number = models.CharField(_("number"), max_length=32, unique=True)
    token = models.CharField(_("tracking key"), max_length=43, unique=True)
    referrer = models.CharField(_("referred by"), max_length=16, choices=Referrer)
    referrer_name = models.CharField(_("name of the referrer"), max_length=100)
    referrer_phone_key = models.CharField(max_length=32, blank=True)
    referrer_phone_hint = models.CharField(_("phone of the referrer"), max_length=16, blank=True)
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    partner = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, null=True, related_name="+")

    contact = models.CharField(_("contact"), max_length=100, blank=True)
    phone = models.CharField(_("phone"), max_length=16, blank=True)
    phone_key = models.CharField(max_length=32)
    phone_hint = models.CharField(_("phone"), max_length=16)
    company = models.CharField(_("company"), max_length=200, blank=True)
    company_key = models.CharField(max_length=32, blank=True)
    region = models.ForeignKey("dealers.Region", on_delete=models.PROTECT, null=True, related_name="+")
    wish = models.TextField(_("what is wanted"), blank=True)
    consent_at = models.DateTimeField(_("consented at"))
    erased_at = models.DateTimeField(_("erased at"), null=True)

    device_key = models.CharField(max_length=32, blank=True)
    address_key = models.CharField(max_length=32, blank=True)
    source = models.CharField(_("source"), max_length=200)
    external_id = models.CharField(_("external number"), max_length=64, blank=True)
    received_at = models.DateTimeField(_("received at"))
    received_on = models.DateField(_("received on"))
    policy = models.ForeignKey("dealers.PolicyVersion", on_delete=models.PROTECT, related_name="+")

    state = models.CharField(_("state"), max_length=16, choices=LeadState, default=LeadState.RECEIVED)
    refusal = models.CharField(_("why it does not count"), max_length=24, blank=True)
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(_("reason of the last decision"), blank=True)

    doc_no = models.CharField(_("document"), max_length=64, blank=True)
    line_no = models.IntegerField(_("line"), null=True)
    deal_amount = models.DecimalField(_("amount of the deal"), max_digits=18, decimal_places=2, null=True)
    deal_confirmed_at = models.DateTimeField(_("deal confirmed at"), null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    sampled = models.BooleanField(_("to be called back"), default=False)
    call_back = models.CharField(_("call-back"), max_length=16, choices=CallBack, blank=True)
    called_back_at = models.DateTimeField(_("called back at"), null=True)
    called_back_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("referral lead")
        verbose_name_plural = _("referral leads")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["phone_key", "received_at"], name="lead_by_phone"),
            models.Index(fields=["company_key", "received_at"], name="lead_by_company", condition=~Q(company_key="")),
            models.Index(fields=["received_on", "device_key"], name="lead_by_device"),
            models.Index(fields=["received_on", "address_key"], name="lead_by_address"),
            models.Index(fields=["dealer", "state"], name="lead_by_dealer"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="a_deal_rewards_one_lead",
                fields=["dealer", "doc_no", "line_no"],
                condition=~Q(doc_no=""),
            ),
            models.UniqueConstraint(
                name="a_system_names_a_lead_once", fields=["source", "external_id"], condition=~Q(external_id="")
            ),
            models.CheckConstraint(
                name="a_reward_waits_for_its_call_back",
                condition=~Q(state=LeadState.REWARDED) | Q(sampled=False) | Q(call_back=CallBack.CONFIRMED),
            ),
            models.CheckConstraint(
                name="a_lead_that_does_not_count_keeps_no_phone",
                condition=~Q(state=LeadState.TURNED_AWAY) | Q(phone="", contact=""),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class LeadAssignment(models.Model):
    """A dealer that has to follow a lead up by ``due_at``; ``breached_at`` is that instant when it passed unused."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="assignments")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField(_("assigned at"))
    assigned_by = models.CharField(_("assigned by"), max_length=200, blank=True)
    due_at = models.DateTimeField(_("due at"))
    reminded_at = models.DateTimeField(_("reminded at"), null=True)
    followed_up_at = models.DateTimeField(_("followed up at"), null=True)
    breached_at = models.DateTimeField(_("breached at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("assignment of a lead")
        verbose_name_plural = _("assignments of leads")
        ordering = ["id"]
        indexes = [
            models.Index(fields=["due_at"], name="lead_to_follow_up", condition=Q(followed_up_at=None, ended_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(name="one_dealer_follows_a_lead", fields=["lead"], condition=Q(ended_at=None)),
            models.CheckConstraint(
                name="a_breach_is_the_instant_that_was_due", condition=Q(breached_at=None) | Q(breached_at=F("due_at"))
            ),
        ]


class LeadStep(models.Model):
    """One act on a lead. Append-only."""

    lead = models.ForeignKey(Lead, on_delete=models.PROTECT, related_name="steps")
    act = models.CharField(_("act"), max_length=16)
    state = models.CharField(_("state after it"), max_length=16, choices=LeadState)
    note = models.TextField(_("note"), blank=True)
    at = models.DateTimeField(_("at"))
    by = models.CharField(_("by"), max_length=200, blank=True)
    by_hq = models.BooleanField(_("by headquarters"), default=False)

    class Meta:
        verbose_name = _("step of a lead")
        verbose_name_plural = _("steps of leads")
        ordering = ["id"]
        triggers = [append_only("lead_steps_stay")]


class ReferralPayout(models.Model):
    """A list of rewards to employees and customers that finance pays: made by one person, approved by another."""

    number = models.CharField(_("number"), max_length=32, unique=True)
    state = models.CharField(_("state"), max_length=16, choices=PayoutState, default=PayoutState.PREPARED)
    total = models.DecimalField(_("total"), max_digits=18, decimal_places=2)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("made at"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True)

    class Meta:
        verbose_name = _("payout list")
        verbose_name_plural = _("payout lists")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="a_payout_is_approved_by_a_second_person",
                condition=Q(decided_by__isnull=True) | ~Q(state=PayoutState.APPROVED) | ~Q(decided_by=F("made_by")),
            ),
        ]


class ReferralReward(models.Model):
    """What one deal earned whoever referred it. A partner's is a credit, other people's stand on a payout list.

    ``cancelled_at`` takes it back: of a partner by a reversing credit, of other people before they are paid.
    """

    lead = models.OneToOneField(Lead, on_delete=models.PROTECT, related_name="reward")
    referrer = models.CharField(_("referred by"), max_length=16, choices=Referrer)
    partner = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, null=True, related_name="+")
    quarter = models.CharField(_("quarter"), max_length=7)
    base = models.DecimalField(_("amount of the deal"), max_digits=18, decimal_places=2)
    amount = models.DecimalField(_("reward"), max_digits=18, decimal_places=2)
    proof = models.JSONField(_("proof"))
    credit = models.OneToOneField("rebates.Credit", on_delete=models.PROTECT, null=True, related_name="+")
    payout = models.ForeignKey(ReferralPayout, on_delete=models.PROTECT, null=True, related_name="rewards")
    granted_at = models.DateTimeField(_("granted at"))
    cancelled_at = models.DateTimeField(_("taken back at"), null=True)

    class Meta:
        verbose_name = _("referral reward")
        verbose_name_plural = _("referral rewards")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(name="a_reward_is_above_zero", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="partners_are_credited_and_people_are_paid",
                condition=Q(referrer=Referrer.PARTNER, credit__isnull=False, payout__isnull=True)
                | (~Q(referrer=Referrer.PARTNER) & Q(credit__isnull=True)),
            ),
        ]
