"""What a reviewer may remark on: a field of the request, or a wording found in its ad copy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dealers.foundation.findings import Finding, Severity
from dealers.foundation.refusals import msgid as _
from pricing.rules.promo_content import FIELDS

LONGEST_REMARK = 2000
MOST_REMARKS = 50


@dataclass(frozen=True, slots=True)
class RemarkContent:
    """`finding` is the number of a wording; `field` is then the ad copy."""

    field: str
    text: str
    finding: int | None = None


def faults_in_remarks(remarks: Iterable[RemarkContent], findings: int) -> Iterator[Finding]:
    """Every remark that is about nothing; `findings` is how many wordings the scan found."""
    for number, remark in enumerate(remarks):
        where = f"remarks.{number}"
        if number >= MOST_REMARKS:
            yield Finding("too_many_remarks", Severity.ERROR, _("There are too many remarks; join some."), field=where)
            return
        if remark.field not in FIELDS:
            yield Finding(
                "unknown_field",
                Severity.ERROR,
                _("There is no field %(value)s."),
                {"value": remark.field},
                field=f"{where}.field",
            )
        if remark.finding is not None and not 0 <= remark.finding < findings:
            yield Finding(
                "unknown_finding",
                Severity.ERROR,
                _("There is no finding number %(value)s in the ad copy."),
                {"value": remark.finding},
                field=f"{where}.finding",
            )
        if not remark.text.strip():
            yield Finding("remark_empty", Severity.ERROR, _("A remark says something."), field=f"{where}.text")
        elif len(remark.text) > LONGEST_REMARK:
            yield Finding("remark_too_long", Severity.ERROR, _("The remark is too long."), field=f"{where}.text")
