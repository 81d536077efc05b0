"""Forfeiting the rebates of a calendar year, and lifting that again."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from dealers.foundation.barrier import enter_intake
from dealers.models import Dealer, User
from dealers.services.audit import record_audit
from rebates import permissions
from rebates.choices import ForfeitureAct
from rebates.errors import NotForfeited
from rebates.models import Forfeiture


def impose_forfeiture(
    *, dealer: Dealer, year: int, reference: str, reason: str, actor: User | None, at: datetime
) -> Forfeiture:
    """Cancel all rebates of a calendar year because of the decision ``reference``. Repeating it changes nothing.

    From the next settlement on the year's settled rebates are taken back and later ones cancelled line by line.
    """
    return _record(
        dealer=dealer,
        year=year,
        act=ForfeitureAct.IMPOSED,
        reference=reference,
        reason=reason,
        actor=actor,
        at=at,
    )


def lift_forfeiture(
    *, dealer: Dealer, year: int, reference: str, reason: str, actor: User | None, at: datetime
) -> Forfeiture:
    """Give back everything the decision ``reference`` cancelled, to the cent. Repeating it changes nothing.

    A year that another decision forfeits too stays forfeited. Raises :class:`~rebates.errors.NotForfeited`.
    """
    return _record(
        dealer=dealer,
        year=year,
        act=ForfeitureAct.LIFTED,
        reference=reference,
        reason=reason,
        actor=actor,
        at=at,
    )


def _record(
    *, dealer: Dealer, year: int, act: ForfeitureAct, reference: str, reason: str, actor: User | None, at: datetime
) -> Forfeiture:
    """Append the fact unless it is on record; the dealer's row makes two who act at once take turns."""
    if actor is not None:
        permissions.require(actor, "forfeitures.decide")
    with transaction.atomic():
        with connection.cursor() as cursor:
            enter_intake(cursor)
        Dealer.objects.select_for_update(no_key=True).get(pk=dealer.pk)
        of_decision = Forfeiture.objects.filter(dealer=dealer, year=year, reference=reference)
        known = {fact.act: fact for fact in of_decision}
        if act in known:
            return known[act]
        if act == ForfeitureAct.LIFTED and ForfeitureAct.IMPOSED not in known:
            raise NotForfeited(reference=reference, year=year)
        fact = Forfeiture.objects.create(
            dealer=dealer,
            year=year,
            act=act,
            reference=reference,
            reason=reason[:500],
            known_from=at,
            recorded_by=actor,
        )
        record_audit(
            actor=actor,
            action="forfeiture.impose" if act == ForfeitureAct.IMPOSED else "forfeiture.lift",
            subject=fact,
            at=at,
            reason=reason,
            dealer_id=dealer.pk,
            after={"year": year, "reference": reference},
        )
    return fact
