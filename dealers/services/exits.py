"""What happens when the contract of a dealer ends; see :mod:`dealers.services.exit_plans` for how that is decided."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from dealers.choices import DealerState, NoticeKind
from dealers.errors import Refused
from dealers.foundation.barrier import enter_intake
from dealers.foundation.clock import business_day
from dealers.models import ApiKey, Dealer, DealerExit, User
from dealers.services.audit import record_audit
from dealers.services.holds import ReasonMissing
from dealers.services.keys import revoke_api_key
from dealers.services.notices import managers_of_dealers, people_of_dealers, tell
from dealers.services.supply_answers import note_supply_answers


class AlreadyTerminated(Refused):
    code = "already_terminated"
    sentence = _("The contract of %(dealer)s has ended already, on %(last_day)s.")


class LastDayNotReached(Refused):
    code = "last_day_not_reached"
    sentence = _("The last day %(last_day)s lies in the future; end the contract on that day, not before.")
    status = 400


class LastDayBeforeFirst(Refused):
    code = "last_day_before_first"
    sentence = _("The last day %(last_day)s lies before %(first_day)s, when the dealer became active.")
    status = 400


@transaction.atomic
def terminate_dealer(*, dealer: Dealer, last_day: date, reason: str, actor: User | None, at: datetime) -> DealerExit:
    """End a contract: supply stops, the dealer's keys (its sandbox's too) are revoked, its people and managers told.

    The dealer's people can still sign in, to see and confirm what is settled. The intake barrier is entered first, so
    that a settlement either knows of the end or leaves it to the next one. ``last_day`` is today or earlier, and
    ``actor`` who decided it. Raises :class:`AlreadyTerminated`, :class:`LastDayNotReached`,
    :class:`LastDayBeforeFirst` and :class:`~dealers.services.holds.ReasonMissing`.
    """
    with connection.cursor() as cursor:
        enter_intake(cursor)
    dealer = Dealer.objects.select_for_update().get(pk=dealer.pk)
    _refuse(dealer, last_day, reason, at)
    ended = DealerExit.objects.create(
        dealer=dealer, last_day=last_day, reason=reason.strip(), known_from=at, recorded_by=actor
    )
    before, dealer.state = dealer.state, DealerState.TERMINATED.value
    dealer.save(update_fields=["state"])
    record_audit(
        actor=actor,
        action="dealer.terminate",
        subject=dealer,
        at=at,
        reason=ended.reason,
        dealer_id=dealer.pk,
        before={"state": before},
        after={"state": dealer.state, "last_day": last_day},
    )
    for key in ApiKey.objects.filter(dealer_id__in=(dealer.pk, dealer.sandbox_id), revoked=False).order_by("pk"):
        revoke_api_key(key=key, actor=actor, at=at)
    note_supply_answers(dealer_ids=[dealer.pk], at=at)
    _tell(ended, dealer, at)
    return ended


def _refuse(dealer: Dealer, last_day: date, reason: str, at: datetime) -> None:
    ended = DealerExit.objects.filter(dealer=dealer).first()
    if ended is not None:
        raise AlreadyTerminated(dealer=dealer.name, last_day=ended.last_day.isoformat())
    if not reason.strip():
        raise ReasonMissing()
    if last_day > business_day(at):
        raise LastDayNotReached(last_day=last_day.isoformat())
    if last_day < dealer.activated_on:
        raise LastDayBeforeFirst(last_day=last_day.isoformat(), first_day=dealer.activated_on.isoformat())


def _tell(ended: DealerExit, dealer: Dealer, at: datetime) -> None:
    people = [
        *people_of_dealers([dealer.pk]).get(dealer.pk, []),
        *managers_of_dealers([dealer.pk]).get(dealer.pk, []),
    ]
    said = {
        "reason": "dealer_terminated",
        "dealer": dealer.name,
        "last_day": ended.last_day.isoformat(),
        "detail": ended.reason,
    }
    tell(recipients=people, kind=NoticeKind.EXIT, key=f"dealer_terminated:{dealer.pk}", params=said, at=at)
