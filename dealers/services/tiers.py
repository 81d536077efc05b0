"""A dealer's authorization tier changes from a half-month boundary on; earlier days keep the tier they had."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from dealers.choices import Announcement
from dealers.errors import Refused
from dealers.foundation.clock import business_day
from dealers.foundation.effective import DateSpan, Outcome, StandingRow, place_new_span
from dealers.foundation.half_months import is_half_month_boundary
from dealers.models import Dealer, DealerTier, User
from dealers.services.audit import record_audit
from dealers.services.webhooks import announce


class TierChangeNotAhead(Refused):
    code = "tier_change_not_ahead"
    sentence = _("A tier changes at a half-month boundary still to come, not on %(day)s.")


class TierChangesThen(Refused):
    code = "tier_changes_then"
    sentence = _("The tier of %(dealer)s changes on %(day)s already; decide again when that is in force.")


@transaction.atomic
def change_tier(*, dealer_id: int, tier: str, on: date, reason: str, actor: User, at: datetime) -> DealerTier:
    """Put ``tier`` in force from ``on`` until a change that stands already. The same again changes nothing.

    Systems that listen are told at once, before the tier is in force.

    Raises :class:`TierChangeNotAhead` or :class:`TierChangesThen`.
    """
    if on <= business_day(at) or not is_half_month_boundary(on):
        raise TierChangeNotAhead(day=on.isoformat())
    dealer = Dealer.objects.select_for_update(no_key=True).get(pk=dealer_id)
    rows = {row.pk: row for row in DealerTier.objects.filter(dealer=dealer)}
    standing = [StandingRow(pk, _span(row), (row.tier,)) for pk, row in rows.items()]
    placed = place_new_span(standing, DateSpan(on), (tier,))
    if placed.outcome is Outcome.DUPLICATE:
        return next(row for row in rows.values() if on in row.valid)
    if placed.supersede is not None:
        raise TierChangesThen(dealer=dealer.name, day=on.isoformat())
    if placed.close is not None:
        closed = rows[placed.close]
        before = {"tier": closed.tier, "valid": str(_span(closed))}
        closed.valid = DateRange(closed.valid.lower, on)
        closed.save(update_fields=["valid"])
        after = {"tier": closed.tier, "valid": str(_span(closed))}
        record_audit(
            actor=actor, action="tier.close", subject=closed, at=at, before=before, after=after, dealer_id=dealer.pk
        )
    span = DateRange(placed.span.lower, placed.span.upper)
    new = DealerTier.objects.create(dealer=dealer, tier=tier, valid=span, reason=reason[:500])
    record_audit(
        actor=actor,
        action="tier.start",
        subject=new,
        at=at,
        reason=reason,
        after={"tier": tier, "valid": str(placed.span)},
        dealer_id=dealer.pk,
    )
    before_tier = next((row.tier for row in rows.values() if on - timedelta(days=1) in row.valid), "")
    data = {"tier": tier, "before": before_tier, "effective_on": on.isoformat(), "reason": new.reason}
    announce(event=Announcement.TIER_CHANGED, dealer_id=dealer.pk, data=data, at=at)
    return new


def _span(row: DealerTier) -> DateSpan:
    assert row.valid.lower is not None  # every tier has a first day
    return DateSpan(row.valid.lower, row.valid.upper)
