"""The policy record: one document with every term, drafted by one person and published by another."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dealers.choices import PolicyState
from dealers.models.guards import no_overlap


class PolicyVersion(models.Model):
    """A version of the channel policy. Once published it never changes; decisions keep pointing at it.

    ``source`` is the YAML as its author wrote it, ``document`` the same as plain values (decimals as text).
    """

    code = models.CharField(_("code"), max_length=64)
    version = models.PositiveIntegerField(_("version"))
    title_zh = models.CharField(_("Chinese title"), max_length=200)
    title_en = models.CharField(_("English title"), max_length=200)
    state = models.CharField(_("state"), max_length=16, choices=PolicyState, default=PolicyState.DRAFT)
    valid = DateRangeField(_("in force"))
    source = models.TextField(_("document"))
    document = models.JSONField(_("terms"))
    digest = models.CharField(_("digest"), max_length=64)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("drafted by")
    )
    drafted_at = models.DateTimeField(_("drafted at"))
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("published by")
    )
    published_at = models.DateTimeField(_("published at"), null=True)

    class Meta:
        verbose_name = _("policy version")
        verbose_name_plural = _("policy versions")
        ordering = ["-drafted_at"]
        constraints = [
            models.UniqueConstraint(name="a_policy_version_is_numbered_once", fields=["code", "version"]),
            no_overlap("one_policy_in_force", condition=Q(state=PolicyState.PUBLISHED)),
            models.CheckConstraint(
                name="published_policy_says_when_and_by_whom",
                condition=~Q(state=PolicyState.PUBLISHED) | Q(published_at__isnull=False, published_by__isnull=False),
            ),
            models.CheckConstraint(
                name="policy_is_published_by_a_second_person",
                condition=Q(published_by__isnull=True) | Q(drafted_by__isnull=True) | ~Q(published_by=F("drafted_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"

    @property
    def title(self) -> str:
        return self.title_zh if (get_language() or "zh").startswith("zh") else self.title_en
