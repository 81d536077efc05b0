"""Dealers and what ties them to HQ: tiers, territory, contracts, addenda, alliances.

Everything effective-dated has a half-open ``valid`` range and never overlaps itself for the same key.
"""

from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import DateRangeField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from dealers.choices import DealerState, Industry, Tier
from dealers.models.guards import append_only, no_overlap

#: A change is in force from the next half-month on, a new dealer's membership from the half-month it was activated in.
_KEEP_MEMBERSHIP = """
    IF NEW.id < 0 OR (TG_OP = 'UPDATE' AND NEW.alliance_id IS NOT DISTINCT FROM OLD.alliance_id)
        OR (TG_OP = 'INSERT' AND NEW.alliance_id IS NULL) THEN
        RETURN NULL;
    END IF;
    INSERT INTO dealers_alliancemembership (dealer_id, alliance_id, from_period, recorded_at)
    SELECT NEW.id, NEW.alliance_id, extract(year FROM day) * 24 + (extract(month FROM day) - 1) * 2
        + CASE WHEN extract(day FROM day) < 16 THEN 0 ELSE 1 END + CASE WHEN TG_OP = 'UPDATE' THEN 1 ELSE 0 END, now()
    FROM (SELECT CASE WHEN TG_OP = 'UPDATE' THEN (now() AT TIME ZONE 'Asia/Shanghai')::date
        ELSE NEW.activated_on END AS day) moment;
    RETURN NULL;
"""


class Alliance(models.Model):
    """Sole proprietors of a region who are admitted together (rulebook: RegionalAlliance)."""

    code = models.CharField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=200)
    region = models.ForeignKey(
        "dealers.Region", on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("region")
    )

    class Meta:
        verbose_name = _("alliance")
        verbose_name_plural = _("alliances")

    def __str__(self) -> str:
        return self.name


class Dealer(models.Model):
    """A company authorized to sell the brand's goods. ``code`` is its name in every file and call."""

    code = models.CharField(_("code"), max_length=32, unique=True)
    name = models.CharField(_("name"), max_length=200)
    uscc = models.CharField(_("unified social credit code"), max_length=18, unique=True)
    industry = models.CharField(_("industry"), max_length=20, choices=Industry)
    annual_revenue = models.DecimalField(_("annual revenue"), max_digits=18, decimal_places=2)
    activated_on = models.DateField(_("active since"))
    state = models.CharField(_("state"), max_length=16, choices=DealerState, default=DealerState.ACTIVE)
    alliance = models.ForeignKey(
        Alliance, on_delete=models.PROTECT, null=True, blank=True, related_name="members", verbose_name=_("alliance")
    )
    home_region = models.ForeignKey(
        "dealers.Region",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("home region"),
    )
    created_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("dealer")
        verbose_name_plural = _("dealers")
        ordering = ["code"]
        triggers = [
            pgtrigger.Trigger(
                name="memberships_are_kept",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("alliance_id"),
                when=pgtrigger.After,
                func=_KEEP_MEMBERSHIP,
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_sandbox(self) -> bool:
        """Whether this is the twin of a dealer, whose data never counts (see :mod:`dealers.services.sandbox`)."""
        return self.pk < 0

    @property
    def sandbox_id(self) -> int:
        """The id of this dealer's twin."""
        return -int(self.pk)

    @property
    def reporting_codes(self) -> tuple[str, ...]:
        """The codes by which its own reports may name it: a twin answers to its dealer's code too."""
        return (self.code, self.code.removesuffix("-SANDBOX")) if self.is_sandbox else (self.code,)


class AllianceMembership(models.Model):
    """From which half-month on a dealer belongs to an alliance, or to none. Append-only, kept by the database.

    Of a half-month decides the row with the latest ``from_period`` (a continuous number) up to it, of several the last
    recorded one. No row reaches back before the half-month after it was recorded, except for a new dealer, so what
    was settled keeps the members it was settled with.
    """

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="memberships")
    alliance = models.ForeignKey(Alliance, on_delete=models.PROTECT, null=True, related_name="memberships")
    from_period = models.IntegerField(_("from half-month"))
    recorded_at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("alliance membership")
        verbose_name_plural = _("alliance memberships")
        triggers = [append_only("memberships_are_append_only")]


class DealerTier(models.Model):
    """The authorization tier of a dealer over a range of days."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="tiers")
    tier = models.CharField(_("tier"), max_length=2, choices=Tier)
    valid = DateRangeField(_("valid"))
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("dealer tier")
        verbose_name_plural = _("dealer tiers")
        constraints = [no_overlap("one_tier_at_a_time", "dealer")]


class Territory(models.Model):
    """A region a dealer may sell in; a province covers its cities. Exclusive or shared."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="territories")
    region = models.ForeignKey("dealers.Region", on_delete=models.PROTECT, related_name="territories")
    exclusive = models.BooleanField(_("exclusive"), default=False)
    valid = DateRangeField(_("valid"))

    class Meta:
        verbose_name = _("territory")
        verbose_name_plural = _("territories")
        constraints = [no_overlap("a_territory_is_granted_once", "dealer", "region")]


class Contract(models.Model):
    """The agreement under which a dealer is supplied; the amount is the base of a contract penalty."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="contracts")
    number = models.CharField(_("contract number"), max_length=64)
    amount = models.DecimalField(_("contract amount"), max_digits=18, decimal_places=2)
    valid = DateRangeField(_("valid"))
    file = models.ForeignKey("dealers.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        constraints = [no_overlap("one_contract_at_a_time", "dealer")]
        indexes = [GistIndex(fields=["valid"], name="contract_valid")]


class B2BAddendum(models.Model):
    """A signed addendum that allows bulk sales to businesses while it is in force."""

    dealer = models.ForeignKey(Dealer, on_delete=models.PROTECT, related_name="b2b_addenda")
    valid = DateRangeField(_("valid"))
    number = models.CharField(_("number"), max_length=64, blank=True)
    file = models.ForeignKey("dealers.StoredFile", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("B2B addendum")
        verbose_name_plural = _("B2B addenda")
        constraints = [no_overlap("one_b2b_addendum_at_a_time", "dealer")]
