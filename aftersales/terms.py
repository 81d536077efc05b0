"""What the policy says about after-sales service."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any

from pydantic import AfterValidator

from dealers.foundation.faults import Fault
from dealers.foundation.refusals import msgid as _
from dealers.foundation.term_values import ByTier, Days, Hours, HoursOrNone, one_of, several, whole
from dealers.foundation.terms import Section, StoredPolicy, Terms, refuse

#: Who is told, one after another: the dealer's owner, the after-sales supervisors, the channel manager.
ESCALATION_LEVELS = 3


def _one_per_level(hours: tuple[int, ...]) -> tuple[int, ...]:
    if len(hours) != ESCALATION_LEVELS:
        raise refuse("not_three_levels", _("must have three entries: for owner, supervisor and channel manager"))
    if any(later < earlier for earlier, later in pairwise(hours)):
        raise refuse("not_ascending", _("must be above the step before it"))
    return hours


class SatisfactionTerms(Terms):
    """How often a satisfaction report is due, and how many days after the end of what it covers.

    Optional: it is reminded of `reminder_days` before.
    """

    period: Annotated[str, one_of("period", "quarter")]
    due_days: Days
    reminder_days: Days = 3


class AftersalesTerms(Section):
    """Everything below `satisfaction` is optional in the document; the defaults stand here."""

    key = "aftersales"

    first_response_hours: Hours
    min_staff: ByTier[Annotated[int, whole(0, 10_000)]]
    satisfaction: SatisfactionTerms
    #: The dealer is reminded so many hours before the first response is due.
    reminder_hours: HoursOrNone = 6
    #: So many hours after it was due, and missed, owner, supervisor and channel manager are told.
    escalation_hours: Annotated[tuple[HoursOrNone, ...], several, AfterValidator(_one_per_level)] = (0, 4, 24)
    #: A resolved ticket closes by itself when the customer says nothing for so long.
    close_days: Days = 7
    #: A closed one can be reopened, and a resolved one rated, for so long.
    reopen_days: Days = 30
    rating_days: Days = 14
    #: So many requests a day are taken from one device or address.
    max_per_device_per_day: Annotated[int, whole(1, 1000)] = 10
    #: What names the customer is erased so long after the ticket was closed.
    keep_contact_days: Days = 180


def parse(section: Any) -> tuple[AftersalesTerms | None, list[Fault]]:
    """The `aftersales` section as terms, or why it cannot be."""
    return AftersalesTerms.parse(section)


def aftersales_terms(policy: StoredPolicy) -> AftersalesTerms:
    """What a stored policy version says about after-sales service."""
    return AftersalesTerms.in_version(policy)
