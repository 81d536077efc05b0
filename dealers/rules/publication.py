"""What publishing a policy version does to the ones that stand.

A version that begins inside the range of an earlier one takes over from there, and the earlier one ends. A version
that has not begun yet can be replaced. One that has begun is never moved away from under the decisions made with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dealers.foundation.effective import DateSpan
from dealers.foundation.findings import Finding, Findings
from dealers.foundation.refusals import msgid as _


@dataclass(frozen=True, slots=True)
class Version:
    """A version as far as publication is concerned: what it is called and when it is in force."""

    label: str
    days: DateSpan


@dataclass(frozen=True, slots=True)
class Publication:
    """What will happen: versions that end when the new one begins, versions replaced, and what was found.

    Errors among the findings refuse the publication.
    """

    closes: tuple[Version, ...]
    replaces: tuple[Version, ...]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.is_error)


def plan_publication(new: Version, standing: Sequence[Version], today: date) -> Publication:
    """What publishing `new` on `today` does to the published versions `standing`."""
    findings = Findings()
    met = [version for version in standing if version.days.overlaps(new.days)]
    closes = tuple(version for version in met if version.days.lower < new.days.lower)
    later = [version for version in met if version.days.lower >= new.days.lower]
    replaces = tuple(version for version in later if version.days.lower > today)
    for version in later:
        if version not in replaces:
            findings.error(
                "already_in_force",
                _("%(label)s is in force since %(start)s; a new version can only begin after that day"),
                field="effective_from",
                label=version.label,
                start=str(version.days.lower),
            )
    if findings.has_errors:
        return Publication(closes, replaces, tuple(findings))
    if standing and new.days.lower < today:
        findings.warning(
            "begins_in_the_past",
            _("It begins on %(start)s, which has passed; what was decided since stays with the version it used"),
            field="effective_from",
            start=str(new.days.lower),
        )
    _note_gaps(new, [version for version in standing if version not in replaces], met, findings)
    return Publication(closes, replaces, tuple(findings))


def _note_gaps(new: Version, kept: Sequence[Version], met: Sequence[Version], findings: Findings) -> None:
    start, end = new.days.lower, new.days.upper
    ends_before = [v.days.upper for v in kept if v.days.upper is not None and v.days.upper <= start]
    if ends_before and max(ends_before) < start and not any(v.days.lower < start for v in met):
        findings.warning(
            "gap_before",
            _("From %(first)s up to %(start)s no policy is in force"),
            field="effective_from",
            first=str(max(ends_before)),
            start=str(start),
        )
    cut_short = [v for v in met if end is not None and (v.days.upper is None or v.days.upper > end)]
    if cut_short and not any(v.days.lower == end for v in kept):
        findings.warning(
            "gap_after",
            _("It ends on %(end)s, before the version it takes over from would; nothing is in force after that"),
            field="effective_to",
            end=str(end),
        )
