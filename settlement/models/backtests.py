"""Backtests: what a draft policy would have settled over past half-months, beside what was settled."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealers.choices import Tier
from dealers.foundation.half_months import HalfMonth
from dealers.models.stock import unconstrained
from settlement.choices import LineKind


class Backtest(models.Model):
    """A question, and its answer once ``finished_at`` is set. ``title`` and ``digest`` say which document was tried.

    ``first`` and ``last`` are the continuous numbers of the half-months. ``totals`` holds the sums the page begins
    with; what belongs to dealers is in the rows.
    """

    title = models.CharField(_("policy"), max_length=200)
    digest = models.CharField(_("digest"), max_length=64)
    document = models.JSONField(_("terms"))
    first = models.IntegerField(_("from half-month"))
    last = models.IntegerField(_("to half-month"))
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField(_("requested at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)
    totals = models.JSONField(_("totals"), default=dict)

    class Meta:
        verbose_name = _("backtest")
        verbose_name_plural = _("backtests")
        ordering = ["-id"]
        constraints = [models.CheckConstraint(name="a_backtest_runs_forward", condition=Q(last__gte=F("first")))]

    def __str__(self) -> str:
        return self.title

    @property
    def first_period(self) -> HalfMonth:
        return HalfMonth.from_ordinal(self.first)

    @property
    def last_period(self) -> HalfMonth:
        return HalfMonth.from_ordinal(self.last)


class BacktestRow(models.Model):
    """What one kind of line came to for a dealer in a half-month, and what it would have come to."""

    backtest = models.ForeignKey(Backtest, on_delete=models.CASCADE, related_name="rows", db_index=False)
    dealer = unconstrained("dealers.Dealer")
    period = models.IntegerField(_("half-month"))
    kind = models.CharField(_("kind"), max_length=20, choices=LineKind)
    settled = models.DecimalField(_("settled"), max_digits=18, decimal_places=2)
    would_be = models.DecimalField(_("would be"), max_digits=18, decimal_places=2)

    class Meta:
        verbose_name = _("row of a backtest")
        verbose_name_plural = _("rows of a backtest")
        constraints = [
            models.UniqueConstraint(name="a_backtest_answers_once", fields=["backtest", "dealer", "period", "kind"])
        ]


class TierMove(models.Model):
    """A dealer whose tier the draft's review at the start of a quarter would have set differently."""

    backtest = models.ForeignKey(Backtest, on_delete=models.CASCADE, related_name="moves", db_index=False)
    dealer = unconstrained("dealers.Dealer")
    review = models.DateField(_("review on"))
    tier = models.CharField(_("tier"), max_length=2, choices=Tier)
    would_be = models.CharField(_("would be"), max_length=2, choices=Tier)
    points = models.DecimalField(_("points"), max_digits=6, decimal_places=2)

    class Meta:
        verbose_name = _("tier move of a backtest")
        verbose_name_plural = _("tier moves of a backtest")
        constraints = [
            models.UniqueConstraint(name="a_review_moves_a_dealer_once", fields=["backtest", "dealer", "review"])
        ]
