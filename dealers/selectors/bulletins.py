"""Bulletins in sight, whom they are for, and who has not acknowledged one."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from dealers.choices import DealerState, PolicyState
from dealers.foundation.clock import business_day, start_of_day
from dealers.models import Bulletin, BulletinReading, BulletinReceipt, Dealer
from dealers.permissions import can


def visible_bulletins(user: Any) -> QuerySet[Bulletin]:
    """What a person may read: who writes or publishes also sees drafts, a dealer what was published in its time."""
    if not can(user, "bulletins.view"):
        return Bulletin.objects.none()
    found = Bulletin.objects.select_related("policy", "written_by", "published_by").order_by("-id")
    if can(user, "bulletins.write") or can(user, "bulletins.publish"):
        return found
    return found.filter(published_at__isnull=False)


def addressees(bulletin: Bulletin) -> QuerySet[Dealer]:
    """The dealers a bulletin is for: those that are not terminated, sandboxes apart.

    A dealer that joins later owes the acknowledgement of a policy that still holds or is yet to begin, and of nothing
    else that was published before it.
    """
    dealers = Dealer.objects.filter(pk__gt=0).exclude(state=DealerState.TERMINATED)
    if bulletin.published_at is None or bulletin.policy_id is not None:
        return dealers
    return dealers.filter(activated_on__lte=business_day(bulletin.published_at))


def waiting_for_acknowledgement(bulletin: Bulletin) -> QuerySet[Dealer]:
    """The dealers that have not acknowledged it."""
    given = BulletinReceipt.objects.filter(bulletin=bulletin, dealer=OuterRef("pk"))
    opened = BulletinReading.objects.filter(bulletin=bulletin, dealer=OuterRef("pk"))
    return addressees(bulletin).filter(~Exists(given)).annotate(opened=Exists(opened)).order_by("code")


def owed_by(dealer: Dealer, *, on: date) -> QuerySet[Bulletin]:
    """The bulletins a dealer has yet to acknowledge on a day, the oldest first; not those of policies that ended."""
    given = BulletinReceipt.objects.filter(bulletin=OuterRef("pk"), dealer=dealer)
    lasting = Q(policy__state=PolicyState.PUBLISHED) & (
        Q(policy__valid__upper_inf=True) | Q(policy__valid__endswith__gt=on)
    )
    own = Q(policy=None, published_at__gte=start_of_day(dealer.activated_on))
    published = Bulletin.objects.filter(published_at__isnull=False).filter(own | lasting)
    return published.filter(~Exists(given)).order_by("published_at")
