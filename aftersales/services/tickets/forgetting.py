"""Forgetting the customer of a ticket closed long ago: contact, words, and the pictures and papers attached to it.

What happened, when and how it was rated stays. The audit trail says what was erased and by which term, never what it
was; of a file its digest stays, by which a copy could be recognised.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from aftersales.choices import TicketState
from aftersales.models import Ticket, TicketEvent, TicketFile
from aftersales.terms import aftersales_terms
from dealers.models import PolicyVersion
from dealers.services.audit import AuditEvent, record_audits
from dealers.services.files import erase_files

#: So many tickets in one transaction, and so many of those with files, which may be megabytes each.
_AT_ONCE, _WITH_FILES = 5_000, 200
_COLUMNS = ("contact", "phone", "description", "serial", "purchase_doc", "device_key", "address_key")


@transaction.atomic
def forget_tickets(policy: PolicyVersion, *, at: datetime) -> int:
    """Forget tickets of a policy that were closed longer ago than it keeps contacts; returns how many.

    The keyed hash of the phone stays, for recognising the same caller.
    """
    days = aftersales_terms(policy).keep_contact_days
    old = Ticket.objects.filter(
        state=TicketState.CLOSED, erased_at=None, policy=policy, closed_at__lt=at - timedelta(days=days)
    )
    tickets = list(old.select_for_update(skip_locked=True).order_by("pk").only("pk", "dealer_id")[:_AT_ONCE])
    if not tickets:
        return 0
    keys = [ticket.pk for ticket in tickets]
    TicketEvent.objects.filter(ticket__in=keys).exclude(text="").update(text="")
    Ticket.objects.filter(pk__in=keys).update(**dict.fromkeys(_COLUMNS, ""), erased_at=at)
    record_audits(_erased(ticket, at, {"erased": [*_COLUMNS, "messages"], "after_days": days}) for ticket in tickets)
    return len(tickets)


def forget_files_left(*, at: datetime) -> int:
    """Erase the files of forgotten tickets, some at a time; returns of how many tickets."""
    done = 0
    while some := _forget_some_files(at):
        done += some
    return done


@transaction.atomic
def _forget_some_files(at: datetime) -> int:
    forgotten = Ticket.objects.filter(erased_at__isnull=False, pk__in=TicketFile.objects.values("ticket"))
    tickets = {
        ticket.pk: ticket
        for ticket in forgotten.select_for_update(skip_locked=True).order_by("pk").only("pk", "dealer_id")[:_WITH_FILES]
    }
    attached = TicketFile.objects.filter(ticket__in=tickets).order_by("pk")
    digests: dict[int, list[str]] = {key: [] for key in tickets}
    files = []
    for ticket_id, file_id, digest in attached.values_list("ticket_id", "file_id", "file__sha256"):
        digests[ticket_id].append(digest)
        files.append(file_id)
    attached.delete()
    erase_files(files, of_dealers=True)
    record_audits(_erased(tickets[key], at, {"erased": ["files"], "sha256": found}) for key, found in digests.items())
    return len(tickets)


def _erased(ticket: Ticket, at: datetime, after: Mapping[str, Any]) -> AuditEvent:
    return AuditEvent(None, "ticket.erase", ticket, at, after=after, dealer_id=ticket.dealer_id)
