"""Suppressing a rule for a dealer, for a time and with a reason; and lifting that before its end."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from dealers.foundation.clock import business_day, start_of_day
from dealers.models import Dealer, User
from dealers.services.audit import record_audit
from pricing.errors import UnexplainedDecision
from settlement import permissions
from settlement.choices import SignalRule
from settlement.errors import SuppressionEndsWrong, SuppressionInForce, SuppressionNotFound, SuppressionOver
from settlement.models import SignalSuppression
from settlement.selectors.signals.scope import terms_at
from settlement.selectors.signals.suppressions import in_force


def suppress_rule(
    *, dealer: Dealer, rule: SignalRule, last_day: date, reason: str, actor: User, at: datetime
) -> SignalSuppression:
    """Ask nobody to look at what the rule finds about the dealer up to and with ``last_day``. Findings are kept.

    The same again changes nothing. Raises :class:`UnexplainedDecision`, :class:`SuppressionEndsWrong` (a policy says
    for how long it may be) and :class:`SuppressionInForce`.
    """
    permissions.require(actor, "signals.suppress")
    if not reason.strip():
        raise UnexplainedDecision
    _policy, terms = terms_at(at)
    today = business_day(at)
    last = today + timedelta(days=terms.longest_suppression_days)
    if not today < last_day <= last:
        raise SuppressionEndsWrong(days=terms.longest_suppression_days, last=last.isoformat())
    until = start_of_day(last_day + timedelta(days=1))
    with transaction.atomic():
        present = SignalSuppression.objects.filter(in_force(at), dealer=dealer, rule=rule).first()
        if present is not None and (present.reason, present.until) == (reason.strip(), until):
            return present
        try:
            with transaction.atomic():
                made = SignalSuppression.objects.create(
                    dealer=dealer,
                    rule=rule,
                    span=DateTimeTZRange(at, until),
                    reason=reason.strip(),
                    created_by=actor,
                    created_at=at,
                )
        except IntegrityError as error:  # the database lets no two overlap, also of two people at once
            standing = SignalSuppression.objects.filter(dealer=dealer, rule=rule, lifted_at__isnull=True)
            ends = max((one.until for one in standing), default=until)
            raise SuppressionInForce(until=business_day(ends - timedelta(seconds=1)).isoformat()) from error
        record_audit(
            actor=actor,
            action="signals.suppress",
            subject=made,
            at=at,
            reason=made.reason,
            after={"rule": rule, "until": last_day},
            dealer_id=dealer.pk,
        )
    return made


def lift_suppression(*, suppression_id: int, reason: str, actor: User, at: datetime) -> SignalSuppression:
    """End a suppression now. Raises :class:`SuppressionOver` for one that has ended already."""
    permissions.require(actor, "signals.suppress")
    if not reason.strip():
        raise UnexplainedDecision
    with transaction.atomic():
        found = SignalSuppression.objects.select_for_update().filter(pk=suppression_id).first()
        if found is None:
            raise SuppressionNotFound(key=str(suppression_id))
        if found.lifted_at is not None or found.until <= at:
            raise SuppressionOver
        found.lifted_at, found.lifted_by, found.lift_reason = at, actor, reason.strip()
        found.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
        record_audit(
            actor=actor,
            action="signals.lift",
            subject=found,
            at=at,
            reason=found.lift_reason,
            after={"rule": found.rule},
            dealer_id=found.dealer_id,
        )
    return found
