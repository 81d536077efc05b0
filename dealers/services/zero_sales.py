"""Declaring that a day had no sales, so that it is not missing."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from dealers.choices import Coverage, Door, Feed
from dealers.errors import Refused
from dealers.foundation.barrier import enter_intake
from dealers.foundation.clock import business_day
from dealers.models import ApiKey, Dealer, FeedDay, FeedDelivery, User
from dealers.services.audit import record_audit
from dealers.services.deliveries import DeliveryCounts, close_delivery, cover_days, open_delivery


class DayNotBegun(Refused):
    code = "day_not_begun"
    sentence = _("%(day)s has not begun yet; declare a day when it is over.")
    status = 422


class DayBeforeActivation(Refused):
    code = "day_before_activation"
    sentence = _("%(day)s lies before the start of your authorization on %(activated_on)s.")
    status = 422


class DayHasSales(Refused):
    code = "day_has_sales"
    sentence = _("Sales of %(day)s are reported already; correct them by a revision or a return instead.")


def declare_zero_sales(
    *, dealer: Dealer, day: date, actor_label: str, at: datetime, door: Door, actor: User | ApiKey | None = None
) -> FeedDelivery:
    """Record that ``dealer`` sold nothing on ``day``; the same declaration again returns the first one's receipt.

    A shop may declare today when it closes. Raises :class:`DayNotBegun`, :class:`DayBeforeActivation` or
    :class:`DayHasSales`. Sales that turn up later are taken all the same.
    """
    if day > business_day(at):
        raise DayNotBegun(day=day.isoformat())
    if day < dealer.activated_on:
        raise DayBeforeActivation(day=day.isoformat(), activated_on=dealer.activated_on.isoformat())
    with transaction.atomic():
        with connection.cursor() as cursor:
            enter_intake(cursor)
        Dealer.objects.select_for_update(no_key=True).get(pk=dealer.pk)
        known = FeedDay.objects.select_related("delivery").filter(dealer=dealer, feed=Feed.SALES, day=day).first()
        if known is not None:
            if known.coverage == Coverage.DELIVERED:
                raise DayHasSales(day=day.isoformat())
            return known.delivery
        delivery = open_delivery(dealer=dealer, feed=Feed.SALES, door=door, delivered_by=actor_label, received_at=at)
        cover_days(delivery, {dealer.pk: [day]}, Coverage.DECLARED_ZERO)
        close_delivery(delivery, DeliveryCounts(0))
        record_audit(
            actor=actor,
            action="sales.declare_zero",
            subject=delivery,
            at=at,
            dealer_id=dealer.pk,
            after={"day": day.isoformat(), "declared_by": actor_label},
        )
    return delivery
