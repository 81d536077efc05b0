"""The journal of what windows have settled."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from dealers.models.guards import append_only
from dealers.models.stock import unconstrained
from rebates.choices import WindowedKind


class Accrual(models.Model):
    """What one approved half-month settled for a dealer, kind of earning, program and window. Append-only.

    What a window has settled so far is the sum of ``due`` over its accruals; ``entitlement`` is what the cumulative
    ``base`` had earned at that point. ``for_period`` is the window's last half-month up to which ``base`` reaches:
    the settled period itself, or the end of an earlier window that received late facts.
    """

    dealer = unconstrained("dealers.Dealer")
    kind = models.CharField(_("kind"), max_length=20, choices=WindowedKind, default=WindowedKind.REBATE)
    program = models.CharField(_("program"), max_length=64)
    window = models.CharField(_("window"), max_length=10)
    period = models.IntegerField(_("settled in half-month"))
    for_period = models.IntegerField(_("for half-month"))
    policy = unconstrained("dealers.PolicyVersion")
    base = models.DecimalField(_("base"), max_digits=26, decimal_places=6)
    entitlement = models.DecimalField(_("entitlement"), max_digits=18, decimal_places=2)
    due = models.DecimalField(_("due"), max_digits=18, decimal_places=2)
    posted_at = models.DateTimeField(_("posted at"))

    class Meta:
        verbose_name = _("accrual")
        verbose_name_plural = _("accruals")
        constraints = [
            models.UniqueConstraint(
                name="a_window_is_settled_once_a_period", fields=["dealer", "kind", "program", "window", "period"]
            ),
        ]
        triggers = [append_only("accruals_are_append_only")]
