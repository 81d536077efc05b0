"""People who log in."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dealers.choices import DEALER_ROLES, Role


class User(AbstractUser):
    """A person with exactly one role; people of a dealer belong to it, HQ people to none.

    ``regions`` limits a channel manager to these provinces or cities; empty means no region at all for a
    channel manager and is ignored for every other role.
    """

    role = models.CharField(_("role"), max_length=32, choices=Role)
    dealer = models.ForeignKey(
        "dealers.Dealer",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("dealer"),
    )
    regions = models.ManyToManyField("dealers.Region", blank=True, related_name="managers", verbose_name=_("regions"))
    language = models.CharField(_("language"), max_length=10, default="zh-hans")

    REQUIRED_FIELDS = ["role"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(
                name="dealer_people_belong_to_a_dealer",
                condition=Q(role__in=[*DEALER_ROLES], dealer__isnull=False)
                | (~Q(role__in=[*DEALER_ROLES]) & Q(dealer__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return self.first_name or self.username

    @property
    def is_dealer_side(self) -> bool:
        return self.role in DEALER_ROLES
