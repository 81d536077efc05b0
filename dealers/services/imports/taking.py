"""One delivery while its rows are taken: what is counted, refused, remarked, audited and touched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from dealers.foundation.clock import business_day
from dealers.foundation.findings import Finding, Severity
from dealers.foundation.refusals import msgid as _
from dealers.foundation.tabular import Row
from dealers.models import ApiKey, Dealer, FeedDelivery, User
from dealers.services.audit import AuditEvent, record_audits
from dealers.services.deliveries import DeliveryCounts, Refusal, close_delivery, refuse_lines

Actor = User | ApiKey | None
_KEPT_BACK = 5_000
MOST_REMARKS = 1_000


@dataclass(slots=True)
class Touched:
    """Which standing facts a delivery changed, so that what was judged by them can be judged again.

    ``since`` is the first day that is different now; None when nothing changed.
    """

    dealers: set[int] = field(default_factory=set)
    products: set[int] = field(default_factory=set)
    regions: set[int] = field(default_factory=set)
    since: date | None = None

    def __bool__(self) -> bool:
        return bool(self.dealers or self.products or self.regions)

    def from_day(self, day: date) -> None:
        self.since = day if self.since is None else min(self.since, day)


class Taking:
    """Counts and keeps aside; a few thousand refusals and audit records at a time go to the database.

    ``at`` is the instant from which the rows are known, for a part of a file that was received earlier.
    """

    def __init__(
        self, delivery: FeedDelivery, *, actor: Actor, dealer: Dealer | None, at: datetime | None = None
    ) -> None:
        self.delivery = delivery
        self.actor = actor
        #: The dealer that delivers, or None when HQ delivers for many.
        self.dealer = dealer
        self.at: datetime = at or delivery.received_at
        self.today: date = business_day(delivery.received_at)
        self.touched = Touched()
        self.accepted = 0
        self.duplicates = 0
        self.revised = 0
        self._quarantined = 0
        self._refusals: list[Refusal] = []
        self._events: list[AuditEvent] = []
        self._remarks: list[Finding] = []
        self._remarks_left_out = 0

    def refuse(self, row: Row, finding: Finding, *, dealer_id: int | None = None) -> None:
        """Put a row into the quarantine."""
        self.refuse_line(row.line_no, finding, content=row.values, dealer_id=dealer_id)

    def refuse_line(self, line: int, finding: Finding, *, content: Any, dealer_id: int | None = None) -> None:
        """Put a line into the quarantine whose row is no longer at hand."""
        self._refusals.append(Refusal.from_finding(line, finding, content, dealer_id))
        self._quarantined += 1
        if len(self._refusals) >= _KEPT_BACK:
            self._flush()

    def remark(self, code: str, message: str, /, *, line: int | None = None, column: str = "", **params: Any) -> None:
        """Note something about a row that was taken all the same."""
        if len(self._remarks) < MOST_REMARKS:
            self._remarks.append(Finding(code, Severity.WARNING, message, params, column, line=line))
        else:
            self._remarks_left_out += 1

    def audit(
        self,
        action: str,
        subject: tuple[str, str],
        *,
        before: Mapping[str, Any] | None,
        after: Mapping[str, Any] | None,
        dealer_id: int | None = None,
    ) -> None:
        """Record that a standing row changed, with what it said before and says now."""
        reason = str(self.delivery.receipt)
        self._events.append(
            AuditEvent(self.actor, action, subject, self.at, f"receipt {reason}", before, after, dealer_id)
        )
        if len(self._events) >= _KEPT_BACK:
            self._flush()

    def close(self) -> FeedDelivery:
        """Write what was kept aside, the counts, and the record of the delivery itself."""
        close_delivery(self.delivery, self.end(), self.remarks())
        return self.delivery

    def end(self) -> DeliveryCounts:
        """Write what was kept aside; the counts of the rows taken."""
        self._flush()
        lines = self.accepted + self.duplicates + self.revised + self._quarantined
        return DeliveryCounts(lines, self.accepted, self.duplicates, self.revised, self._quarantined)

    def remarks(self) -> list[dict[str, Any]]:
        """The remarks as they are kept on the receipt."""
        remarks = [finding.as_record() for finding in self._remarks]
        if self._remarks_left_out:
            remarks.append(more_remarks(self._remarks_left_out).as_record())
        return remarks

    def _flush(self) -> None:
        refusals, self._refusals = self._refusals, []
        if refusals:
            refuse_lines(self.delivery, refusals)
        events, self._events = self._events, []
        if events:
            record_audits(events)


def more_remarks(count: int) -> Finding:
    """The remark that stands for those that were too many to keep."""
    return Finding("more_remarks", Severity.INFO, _("%(count)s more remarks were left out"), {"count": count})
