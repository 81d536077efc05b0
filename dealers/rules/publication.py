"""What publishing a policy version does to the ones that stand.

A version that begins inside the range of an earlier one takes over from there, and the earlier one ends. A version
that has not begun yet can be replaced. One that has begun is never moved away from under the decisions made with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dealers.foundation.findings import Finding, Findings
from dealers.foundation.refusals import msgid as _


@dataclass(frozen=True, slots=True)
class Span:
    """The range of a version, half-open; without an end it is open."""

    label: str
    starts_on: date
    ends_on: date | None = None

    def overlaps(self, other: Span) -> bool:
        return (self.ends_on is None or other.starts_on < self.ends_on) and (
            other.ends_on is None or self.starts_on < other.ends_on
        )


@dataclass(frozen=True, slots=True)
class Publication:
    """What will happen: versions that end when the new one begins, versions replaced, and what was found.

    Errors among the findings refuse the publication.
    """

    closes: tuple[Span, ...]
    replaces: tuple[Span, ...]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.is_error)


def plan_publication(new: Span, standing: Sequence[Span], today: date) -> Publication:
    """What publishing `new` on `today` does to the published versions `standing`."""
    findings = Findings()
    met = [span for span in standing if span.overlaps(new)]
    closes = tuple(span for span in met if span.starts_on < new.starts_on)
    later = [span for span in met if span.starts_on >= new.starts_on]
    replaces = tuple(span for span in later if span.starts_on > today)
    for span in later:
        if span.starts_on <= today:
            findings.error(
                "already_in_force",
                _("%(label)s is in force since %(start)s; a new version can only begin after that day"),
                field="effective_from",
                label=span.label,
                start=str(span.starts_on),
            )
    if standing and new.starts_on < today:
        findings.warning(
            "begins_in_the_past",
            _("begins on %(start)s, which has passed: what was decided since stays with the version it used"),
            field="effective_from",
            start=str(new.starts_on),
        )
    _note_gaps(new, [span for span in standing if span not in replaces], met, findings)
    return Publication(closes, replaces, tuple(findings))


def _note_gaps(new: Span, kept: Sequence[Span], met: Sequence[Span], findings: Findings) -> None:
    earlier = [span for span in kept if span.starts_on < new.starts_on]
    if earlier and not any(span.overlaps(new) or span.ends_on == new.starts_on for span in earlier):
        findings.warning(
            "gap_before",
            _("leaves the days from %(from)s to %(to)s without a policy"),
            field="effective_from",
            **{"from": str(max(span.ends_on for span in earlier if span.ends_on)), "to": str(new.starts_on)},
        )
    cut_short = [span for span in met if span.ends_on is None or (new.ends_on and span.ends_on > new.ends_on)]
    if new.ends_on and cut_short and not any(span.starts_on == new.ends_on for span in kept):
        findings.warning(
            "gap_after",
            _("ends on %(end)s, before the version it takes over from: nothing is in force after that"),
            field="effective_to",
            end=str(new.ends_on),
        )
