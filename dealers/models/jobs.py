"""Work done in the background: the row is the truth, the broker only carries a hint."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealers.choices import JobState


class JobRun(models.Model):
    """One piece of background work. While a job of the same ``task`` and ``key`` is unfinished no second starts."""

    task = models.CharField(_("task"), max_length=80)
    key = models.CharField(_("key"), max_length=200)
    params = models.JSONField(_("parameters"), default=dict)
    state = models.CharField(_("state"), max_length=16, choices=JobState, default=JobState.QUEUED)
    progress = models.PositiveSmallIntegerField(_("progress in percent"), default=0)
    result = models.JSONField(_("result"), default=dict)
    error = models.TextField(_("error"), blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField(_("requested at"))
    started_at = models.DateTimeField(_("started at"), null=True)
    seen_at = models.DateTimeField(_("last sign of life"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="one_unfinished_job_of_a_kind",
                fields=["task", "key"],
                condition=Q(state__in=[JobState.QUEUED, JobState.RUNNING]),
            ),
        ]


class Heartbeat(models.Model):
    """When the worker last did something; a worker that is alive but deaf is found out by it."""

    name = models.CharField(max_length=40, primary_key=True)
    beat_at = models.DateTimeField()

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")
