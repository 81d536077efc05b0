"""The list of the stock that goes back to headquarters when a contract ends, line by line with its purchase."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from dealers.choices import ReturnReason, ReturnState


class StockReturn(models.Model):
    """One drawing of the list: the stock as of ``as_of``, what is taken back of it, and how far that is.

    Drawn up again it gets the next ``edition`` and the earlier one is superseded; one that is fixed never changes, nor
    do its lines.
    ``offers`` counts how often it was put to the dealer, so that nobody confirms what has changed meanwhile.
    """

    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="stock_returns")
    edition = models.PositiveSmallIntegerField(_("edition"))
    state = models.CharField(_("state"), max_length=12, choices=ReturnState, default=ReturnState.DRAFT)
    last_day = models.DateField(_("last day"))
    as_of = models.DateTimeField(_("stock as of"))
    in_transit = models.BigIntegerField(_("units on their way"), default=0)
    drawn_up_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drawn_up_at = models.DateTimeField(_("drawn up at"))
    offers = models.PositiveSmallIntegerField(_("times put to the dealer"), default=0)
    offered_at = models.DateTimeField(_("put to the dealer at"), null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(_("answered at"), null=True)
    answer = models.CharField(_("the dealer's answer"), max_length=1000, blank=True)
    fixed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    fixed_at = models.DateTimeField(_("fixed at"), null=True)
    fix_note = models.CharField(_("remark"), max_length=1000, blank=True)
    units = models.BigIntegerField(_("units on hand"), default=0)
    accepted = models.BigIntegerField(_("units taken back"), default=0)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2, default=0)

    class Meta:
        verbose_name = _("stock return list")
        verbose_name_plural = _("stock return lists")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(name="one_stock_return_of_an_edition", fields=["dealer", "edition"]),
            models.UniqueConstraint(
                name="one_stock_return_at_a_time", fields=["dealer"], condition=~Q(state=ReturnState.SUPERSEDED)
            ),
            models.CheckConstraint(
                name="who_draws_up_a_stock_return_does_not_fix_it",
                condition=Q(fixed_by__isnull=True) | ~Q(fixed_by=F("drawn_up_by")),
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="a_fixed_stock_return_never_changes",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state=ReturnState.FIXED.value),
            )
        ]


class StockReturnLine(models.Model):
    """Units of one product from one purchase. Without ``doc_no`` no purchase on record brought them.

    ``cost`` is the unit price at which they were bought, ``price`` the one at which they are taken back.
    """

    stock_return = models.ForeignKey(StockReturn, on_delete=models.PROTECT, related_name="lines")
    dealer = models.ForeignKey("dealers.Dealer", on_delete=models.PROTECT, related_name="+")
    line_no = models.PositiveIntegerField(_("line"))
    product = models.ForeignKey("dealers.Product", on_delete=models.PROTECT, related_name="+")
    counted_at = models.DateTimeField(_("counted at"))
    doc_no = models.CharField(_("purchase"), max_length=64, blank=True)
    doc_line = models.IntegerField(_("line of the purchase"), null=True)
    received_at = models.DateTimeField(_("received at"), null=True)
    cost = models.DecimalField(_("bought at"), max_digits=18, decimal_places=6, null=True)
    units = models.BigIntegerField(_("units on hand"))
    accepted = models.BigIntegerField(_("units taken back"))
    price = models.DecimalField(_("take-back price"), max_digits=18, decimal_places=6)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    reason = models.CharField(_("reason"), max_length=16, choices=ReturnReason, blank=True)
    note = models.CharField(_("remark"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("line of a stock return list")
        verbose_name_plural = _("lines of stock return lists")
        ordering = ["stock_return", "line_no"]
        constraints = [
            models.UniqueConstraint(name="one_line_of_a_stock_return", fields=["stock_return", "line_no"]),
            models.CheckConstraint(
                name="no_more_is_taken_back_than_there_is", condition=Q(accepted__gte=0, accepted__lte=F("units"))
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="the_lines_of_a_fixed_stock_return_stay",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func="""
    IF EXISTS (
        SELECT 1 FROM dealers_stockreturn list
        WHERE list.id IN (OLD.stock_return_id, NEW.stock_return_id) AND list.state = 'fixed'
    ) THEN
        RAISE EXCEPTION 'the lines of a fixed stock return list stay as they are';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
""",
            )
        ]
