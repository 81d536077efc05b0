"""Keeping what an examination found in a window: each finding once, and what changed about it as a new sighting."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dealers.foundation.digest import canonical_json, sha256_hex
from dealers.foundation.money import round_money
from dealers.foundation.periods import Window
from settlement.choices import SightingKind
from settlement.models import SignalFinding, SignalRun, SignalSighting
from settlement.selectors.signals.asked import Evidence, Found
from settlement.selectors.signals.examinations import Examination
from settlement.selectors.signals.suppressions import suppressions_at

_ROWS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Counts:
    """What an examination came to: found now, of them new, with other figures and suppressed; and no longer found."""

    found: int = 0
    new: int = 0
    changed: int = 0
    suppressed: int = 0
    gone: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.found + other.found,
            self.new + other.new,
            self.changed + other.changed,
            self.suppressed + other.suppressed,
            self.gone + other.gone,
        )


def record_found(
    *, run: SignalRun, examination: Examination, window: Window, found: Sequence[Found], evidence: Sequence[Evidence]
) -> Counts:
    """Bring the findings of one examination in one window up to date; the queries do not grow with them.

    The caller holds the lock of the runs. Recording the same again changes nothing but when it was last found. What a
    later run has seen is left as that one saw it. Findings of another version of the rule are no longer found.
    """
    seen = {
        (one.signal.dealer_id, one.signal.facts): _contents(one, pieces)
        for one, pieces in zip(found, evidence, strict=True)
    }
    known = SignalFinding.objects.filter(rule=examination.rule, window=window.key).select_related("latest")
    standing: dict[tuple[int, str], SignalFinding] = {}
    gone: list[SignalFinding] = []
    for finding in known:
        if finding.version == examination.version:
            standing[finding.dealer_id, finding.facts] = finding
        is_found = finding.version == examination.version and (finding.dealer_id, finding.facts) in seen
        if not is_found and finding.gone_at is None and finding.seen_at <= run.at:
            gone.append(finding)
    suppressed = suppressions_at(run.at, examination.rule)
    new = {key: contents for key, contents in seen.items() if key not in standing}
    added = _add(run, examination, window, new, suppressed)
    changed = _look_again(run, seen, standing)
    _leave(run, gone)
    return Counts(len(seen), added, changed, sum(dealer in suppressed for dealer, _facts in seen), len(gone))


def _contents(one: Found, evidence: Evidence) -> dict[str, Any]:
    said = one.signal.said.as_record()
    told = said if one.signal.told is None else one.signal.told.as_record()
    contents: dict[str, Any] = json.loads(
        canonical_json({"said": said, "told": told, "evidence": evidence.pieces, "evidence_total": evidence.total})
    )
    return {**contents, "amount": round_money(one.signal.amount), "digest": sha256_hex(canonical_json(contents))}


def _add(
    run: SignalRun,
    examination: Examination,
    window: Window,
    new: dict[tuple[int, str], dict[str, Any]],
    suppressed: dict[int, int],
) -> int:
    findings = SignalFinding.objects.bulk_create(
        (
            SignalFinding(
                rule=examination.rule,
                version=examination.version,
                dealer_id=dealer_id,
                window=window.key,
                facts=facts,
                found_at=run.at,
                seen_at=run.at,
                amount=contents["amount"],
                suppression_id=suppressed.get(dealer_id),
            )
            for (dealer_id, facts), contents in new.items()
        ),
        batch_size=_ROWS_AT_ONCE,
    )
    _see(run, [(one, SightingKind.FIRST, new[one.dealer_id, one.facts]) for one in findings])
    return len(findings)


def _look_again(
    run: SignalRun, seen: dict[tuple[int, str], dict[str, Any]], standing: dict[tuple[int, str], SignalFinding]
) -> int:
    found_again = [one for key, one in standing.items() if key in seen and one.seen_at <= run.at]
    changed = []
    for finding in found_again:
        contents = seen[finding.dealer_id, finding.facts]
        if finding.gone_at is not None:
            changed.append((finding, SightingKind.AGAIN, contents))
        elif finding.latest.digest != contents["digest"]:
            changed.append((finding, SightingKind.CHANGED, contents))
    SignalFinding.objects.filter(pk__in=[one.pk for one in found_again]).update(seen_at=run.at, gone_at=None)
    _see(run, changed)
    return len(changed)


def _leave(run: SignalRun, gone: Sequence[SignalFinding]) -> None:
    _see(run, [(one, SightingKind.GONE, _last(one)) for one in gone])
    SignalFinding.objects.filter(pk__in=[one.pk for one in gone]).update(gone_at=run.at)


def _last(finding: SignalFinding) -> dict[str, Any]:
    """What was seen last, without the evidence: that is what is no longer there."""
    last = finding.latest
    return {
        "said": last.said,
        "told": last.told,
        "evidence": [],
        "evidence_total": 0,
        "amount": last.amount,
        "digest": "",
    }


def _see(run: SignalRun, sightings: Sequence[tuple[SignalFinding, SightingKind, dict[str, Any]]]) -> None:
    made = SignalSighting.objects.bulk_create(
        (
            SignalSighting(finding=finding, dealer_id=finding.dealer_id, run=run, kind=kind, at=run.at, **contents)
            for finding, kind, contents in sightings
        ),
        batch_size=_ROWS_AT_ONCE,
    )
    for sighting, (finding, kind, contents) in zip(made, sightings, strict=True):
        if kind != SightingKind.GONE:  # the page goes on showing what was found
            finding.latest = sighting
            finding.amount = contents["amount"]
    shown = [finding for finding, kind, _contents in sightings if kind != SightingKind.GONE]
    SignalFinding.objects.bulk_update(shown, ["latest", "amount"], batch_size=_ROWS_AT_ONCE)
