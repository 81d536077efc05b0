"""A dealer's after-sales team: who belongs to it, and what each is certified for until when."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.choices import CertificateState, TeamRole


class TeamMember(models.Model):
    """A person who serves a dealer's customers, from the first day up to the day after the last."""

    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=100)
    role = models.CharField(_("role"), max_length=16, choices=TeamRole)
    valid = DateRangeField(_("belongs to the team"))
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.CharField(_("recorded by"), max_length=200)

    class Meta:
        verbose_name = _("member of the after-sales team")
        verbose_name_plural = _("members of the after-sales team")
        ordering = ["id"]
        indexes = [models.Index(fields=["dealer"], name="member_by_dealer")]
        constraints = [
            models.CheckConstraint(
                name="a_member_stays_a_day", condition=Q(valid__startswith__isnull=False, valid__isempty=False)
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def first_day(self) -> date:
        """The first day of the range, which the database insists on."""
        assert self.valid.lower is not None
        return self.valid.lower


class TeamCertificate(models.Model):
    """A certificate of a member. It counts once headquarters has checked it, on the days it is valid."""

    member = models.ForeignKey(TeamMember, on_delete=models.PROTECT, related_name="certificates")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="+", db_index=False)
    title = models.CharField(_("certificate"), max_length=200)
    number = models.CharField(_("certificate number"), max_length=64)
    valid = DateRangeField(_("valid"))
    file = models.ForeignKey("dealers.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(_("state"), max_length=16, choices=CertificateState, default=CertificateState.PENDING)
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.CharField(_("recorded by"), max_length=200)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("certificate of a team member")
        verbose_name_plural = _("certificates of team members")
        ordering = ["id"]
        indexes = [models.Index(fields=["state", "id"], name="certificate_by_state")]
        constraints = [
            models.UniqueConstraint(
                name="a_certificate_is_recorded_once",
                fields=["member", "number"],
                condition=~Q(state=CertificateState.DECLINED),
            ),
            models.CheckConstraint(
                name="a_certificate_ends",
                condition=Q(valid__startswith__isnull=False, valid__endswith__isnull=False, valid__isempty=False),
            ),
            models.CheckConstraint(
                name="a_checked_certificate_says_by_whom",
                condition=Q(state=CertificateState.PENDING, decided_at=None, decided_by=None)
                | (~Q(state=CertificateState.PENDING) & Q(decided_at__isnull=False, decided_by__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def first_day(self) -> date:
        """The first day of the range, which the database insists on."""
        assert self.valid.lower is not None
        return self.valid.lower

    @property
    def until(self) -> date:
        """The first day on which it no longer counts."""
        assert self.valid.upper is not None
        return self.valid.upper
