"""Violations per dealer, kind and half-month as their lines stand now, and every state they had before.

Gathered from verdicts by :mod:`pricing.services.violations.gathering`; never a consequence by themselves.
"""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealers.models.guards import append_only
from dealers.models.stock import unconstrained
from pricing.choices import PRICE_VIOLATIONS, ViolationKind, ViolationState

_DECIDED = Q(decided_version__isnull=False, decided_at__isnull=False, decided_by__isnull=False)


class ViolationFigures(models.Model):
    """What the lines of a violation add up to.

    ``shortfall`` is the sum of |band edge - price| x quantity, rounded to the cent once; zero for kinds that are
    not about price. ``fingerprint`` tells apart two sets of lines that happen to add up to the same.
    """

    dealer = unconstrained("dealers.Dealer")
    lines = models.IntegerField(_("lines"))
    quantity = models.BigIntegerField(_("quantity"))
    amount = models.DecimalField(_("amount"), max_digits=26, decimal_places=6)
    shortfall = models.DecimalField(_("shortfall"), max_digits=20, decimal_places=2)
    first_sold_at = models.DateTimeField(_("first sold at"), null=True)
    last_sold_at = models.DateTimeField(_("last sold at"), null=True)
    fingerprint = models.DecimalField(_("fingerprint"), max_digits=40, decimal_places=0)
    #: Since when these figures are what we know.
    gathered_at = models.DateTimeField(_("gathered at"))

    class Meta:
        abstract = True


class Violation(ViolationFigures):
    """The breaches of one kind of a dealer in a half-month (``period`` is its continuous number).

    No lines left means that the breach no longer exists: its lines were revised or judged again. ``version``
    counts the sets of lines; ``decided_version`` is the one a person last looked at and decided about.
    """

    kind = models.CharField(_("kind"), max_length=24, choices=ViolationKind)
    period = models.IntegerField(_("half-month"))
    version = models.IntegerField(_("version"), default=1)
    state = models.CharField(_("state"), max_length=16, choices=ViolationState, default=ViolationState.GATHERED)
    decided_version = models.IntegerField(_("version decided about"), null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(_("reason"), blank=True)
    case_number = models.CharField(_("case"), max_length=32, blank=True)
    #: The case that confirmed it: what counts on the ladder, also while newer lines are in another case.
    confirmed_in = models.CharField(_("confirmed in case"), max_length=32, blank=True)

    class Meta:
        verbose_name = _("violation")
        verbose_name_plural = _("violations")
        ordering = ["-period", "-shortfall", "-id"]
        indexes = [
            models.Index(fields=["period", "shortfall", "id"], name="violation_by_period"),
            models.Index(fields=["state", "period"], name="violation_by_state"),
        ]
        constraints = [
            models.UniqueConstraint(name="a_violation_is_gathered_once", fields=["dealer", "kind", "period"]),
            models.CheckConstraint(
                name="only_a_price_violation_has_a_shortfall",
                condition=Q(shortfall=0) | Q(kind__in=PRICE_VIOLATIONS, shortfall__gt=0, lines__gt=0),
            ),
            models.CheckConstraint(
                name="a_decided_violation_says_by_whom_and_why",
                condition=Q(state=ViolationState.GATHERED)
                | (
                    Q(decided_version__isnull=False, decided_at__isnull=False, decided_by__isnull=False) & ~Q(reason="")
                ),
            ),
            models.CheckConstraint(
                name="a_violation_handed_over_names_its_case",
                condition=~Q(state=ViolationState.HANDED_OVER) | ~Q(case_number=""),
            ),
        ]
        triggers = [pgtrigger.Protect(name="violations_are_never_removed", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.kind} {self.period} {self.dealer_id}"


class ViolationVersion(ViolationFigures):
    """The figures of a violation as they were from ``gathered_at`` up to the next version. Append-only."""

    violation = models.ForeignKey(Violation, on_delete=models.PROTECT, related_name="versions")
    version = models.IntegerField(_("version"))

    class Meta:
        verbose_name = _("version of a violation")
        verbose_name_plural = _("versions of violations")
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(name="a_violation_version_is_kept_once", fields=["violation", "version"])
        ]
        triggers = [append_only("a_violation_version_is_never_changed")]


class GatheringDue(models.Model):
    """A dealer's half-month whose violations have to be gathered again. Written with the change of its lines.

    The journal of sales cannot tell: a revision may change who is short of what and leave every sum as it was.
    """

    dealer = unconstrained("dealers.Dealer")
    period = models.IntegerField(_("half-month"))

    class Meta:
        verbose_name = _("half-month to gather")
        verbose_name_plural = _("half-months to gather")
