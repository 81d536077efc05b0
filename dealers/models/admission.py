"""Newcomers: who was invited, what they told us, what was found in it, and what became of it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealers.choices import ApplicationState, DocumentKind, Industry, PaperVerdict, Recommendation, Tier

_PERSON = settings.AUTH_USER_MODEL


class PrivateLink(models.Model):
    """Somebody without an account comes in by a link nobody can guess.

    The token in the link is made from ``link_nonce`` and the server's secret (see
    :mod:`dealers.services.admission.links`); only its digest is kept, by which it is found.
    """

    link_nonce = models.CharField(max_length=64)
    link_digest = models.CharField(max_length=64, unique=True)
    link_ends_at = models.DateTimeField(_("link works until"))

    class Meta:
        abstract = True


class AdmissionInvitation(PrivateLink):
    """Headquarters' word that somebody may apply. Its link begins one application."""

    company = models.CharField(_("company"), max_length=200)
    email = models.EmailField(_("e-mail address"), blank=True)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    invited_by = models.ForeignKey(_PERSON, on_delete=models.PROTECT, related_name="+", verbose_name=_("invited by"))
    invited_at = models.DateTimeField(_("invited at"))
    used_at = models.DateTimeField(_("used at"), null=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return self.company


class Application(PrivateLink):
    """A newcomer's application, from the first word to the active dealer.

    What is empty was not given yet. ``regions`` are those it wants to sell in; ``score`` is the proof of the tier that
    was proposed. Personal data is erased (``erased_at``) when nothing came of it.
    """

    number = models.CharField(_("number"), max_length=20, unique=True)
    state = models.CharField(_("state"), max_length=16, choices=ApplicationState, default=ApplicationState.DRAFT)
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    invitation = models.OneToOneField(
        AdmissionInvitation, on_delete=models.PROTECT, null=True, related_name="application"
    )
    opened_at = models.DateTimeField(_("begun at"))
    changed_at = models.DateTimeField(_("last changed at"))
    consent_at = models.DateTimeField(_("consent to keep the data"), null=True)

    name = models.CharField(_("company"), max_length=200, blank=True)
    uscc = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    industry = models.CharField(_("industry"), max_length=20, choices=Industry, blank=True)
    annual_revenue = models.DecimalField(_("annual revenue"), max_digits=18, decimal_places=2, null=True)
    alliance_wish = models.CharField(_("alliance asked for"), max_length=200, blank=True)
    alliance = models.ForeignKey("dealers.Alliance", on_delete=models.PROTECT, null=True, related_name="applications")
    contact = models.CharField(_("whom to ask for"), max_length=100, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    email_confirmed_at = models.DateTimeField(_("e-mail confirmed at"), null=True)
    bank = models.CharField(_("bank"), max_length=200, blank=True)
    bank_account = models.CharField(_("bank account"), max_length=40, blank=True)

    submitted_at = models.DateTimeField(_("application handed in at"), null=True)
    reviewer = models.ForeignKey(_PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    policy = models.ForeignKey("dealers.PolicyVersion", on_delete=models.PROTECT, null=True, related_name="+")
    recommendation = models.CharField(_("recommendation"), max_length=8, choices=Recommendation, blank=True)
    recommended_by = models.ForeignKey(_PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    recommended_at = models.DateTimeField(_("recommended at"), null=True)
    recommendation_reason = models.CharField(_("reason of the recommendation"), max_length=1000, blank=True)
    score = models.JSONField(_("score"), default=dict)
    tier_proposed = models.CharField(_("tier by the score"), max_length=2, choices=Tier, blank=True)
    tier = models.CharField(_("tier"), max_length=2, choices=Tier, blank=True)
    tier_reason = models.CharField(_("reason of the tier"), max_length=500, blank=True)
    decided_by = models.ForeignKey(_PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decision_reason = models.CharField(_("reason of the decision"), max_length=1000, blank=True)

    contract_number = models.CharField(_("contract number"), max_length=64, blank=True)
    contract_amount = models.DecimalField(_("contract amount"), max_digits=18, decimal_places=2, null=True)
    contract_valid = DateRangeField(_("contract valid"), null=True)  # type: ignore[misc]
    contract_file = models.ForeignKey("dealers.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")
    dealer = models.OneToOneField("dealers.Dealer", on_delete=models.PROTECT, null=True, related_name="application")
    activated_at = models.DateTimeField(_("activated at"), null=True)
    claimed_at = models.DateTimeField(_("first account made at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    erased_at = models.DateTimeField(_("personal data erased at"), null=True)

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["state", "-id"], name="application_by_state"),
            models.Index(fields=["uscc"], name="application_by_uscc", condition=~Q(uscc="")),
        ]
        constraints = [
            models.CheckConstraint(
                name="an_active_application_has_its_dealer",
                condition=Q(state=ApplicationState.ACTIVE, dealer__isnull=False)
                | (~Q(state=ApplicationState.ACTIVE) & Q(dealer__isnull=True)),
            ),
            models.CheckConstraint(
                name="who_recommends_an_application_does_not_decide_it",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("recommended_by")),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.number


class ApplicationRegion(models.Model):
    """A region an applicant wants to sell in; headquarters may grant it exclusively."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="regions")
    region = models.ForeignKey("dealers.Region", on_delete=models.PROTECT, related_name="+")
    exclusive = models.BooleanField(_("exclusive"), default=False)

    class Meta:
        verbose_name = _("region asked for")
        verbose_name_plural = _("regions asked for")
        constraints = [
            models.UniqueConstraint(name="a_region_is_asked_for_once", fields=["application", "region"]),
        ]


class ApplicationPaper(models.Model):
    """A document of an applicant and what a person found in it. A better one replaces it; both are kept."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="papers")
    kind = models.CharField(_("kind"), max_length=20, choices=DocumentKind)
    name = models.CharField(_("name"), max_length=100, blank=True)
    number = models.CharField(_("number"), max_length=64, blank=True)
    last_day = models.DateField(_("last day of validity"), null=True)
    file = models.ForeignKey("dealers.StoredFile", on_delete=models.PROTECT, related_name="+")
    handed_in_at = models.DateTimeField(_("handed in at"))
    replaced_at = models.DateTimeField(_("replaced at"), null=True)
    verdict = models.CharField(_("found"), max_length=4, choices=PaperVerdict, blank=True)
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    checked_by = models.ForeignKey(_PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(_("checked at"), null=True)

    class Meta:
        verbose_name = _("document of an applicant")
        verbose_name_plural = _("documents of applicants")
        ordering = ["id"]


class ApplicationMessage(models.Model):
    """A question of headquarters or an answer of the applicant, who has no person here."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(_PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    text = models.TextField(_("text"))
    at = models.DateTimeField(_("written at"))

    class Meta:
        verbose_name = _("message about an application")
        verbose_name_plural = _("messages about applications")
        ordering = ["id"]


class AdmissionMail(models.Model):
    """An e-mail to somebody without an account; the row is the outbox, ``key`` keeps it from being sent twice.

    The private link is put into the mail when it leaves and is not kept here.
    """

    invitation = models.ForeignKey(AdmissionInvitation, on_delete=models.CASCADE, null=True, related_name="mails")
    application = models.ForeignKey(Application, on_delete=models.CASCADE, null=True, related_name="mails")
    reason = models.CharField(_("reason"), max_length=40)
    key = models.CharField(_("key"), max_length=120, unique=True)
    created_at = models.DateTimeField(_("written at"))
    sent_at = models.DateTimeField(_("sent at"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)

    class Meta:
        verbose_name = _("e-mail to a newcomer")
        verbose_name_plural = _("e-mails to newcomers")
        indexes = [models.Index(fields=["id"], name="admission_mail_to_send", condition=Q(sent_at__isnull=True))]
        constraints = [
            models.CheckConstraint(
                name="an_admission_mail_is_about_one_thing",
                condition=Q(invitation__isnull=False, application__isnull=True)
                | Q(invitation__isnull=True, application__isnull=False),
            )
        ]
