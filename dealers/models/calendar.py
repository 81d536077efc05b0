"""The State Council's working-day calendar as versioned data."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class CalendarVersion(models.Model):
    """One loading of the calendar. ``covers_until`` is the first day it no longer knows for certain."""

    version = models.CharField(_("version"), max_length=64, unique=True)
    source = models.CharField(_("source"), max_length=200)
    covers_from = models.DateField(_("covers from"))
    covers_until = models.DateField(_("covers until"))
    loaded_at = models.DateTimeField(_("loaded at"))

    class Meta:
        verbose_name = _("working-day calendar")
        verbose_name_plural = _("working-day calendars")
        ordering = ["-loaded_at", "-id"]


class CalendarDay(models.Model):
    """A day that departs from Monday-to-Friday: a day off, or a make-up workday on a weekend."""

    calendar = models.ForeignKey(CalendarVersion, on_delete=models.PROTECT, related_name="days")
    day = models.DateField(_("day"))
    working = models.BooleanField(_("working day"))
    name = models.CharField(_("name"), max_length=100, blank=True)
    provisional = models.BooleanField(_("provisional"), default=False)

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        constraints = [models.UniqueConstraint(name="a_calendar_names_a_day_once", fields=["calendar", "day"])]
