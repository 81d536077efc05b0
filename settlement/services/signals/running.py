"""Answering a run of the signals: examination by examination and window by window, each in its own transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict

from django.db import connection, transaction

from dealers.foundation import clock
from dealers.foundation.money import round_money
from dealers.foundation.periods import Window
from settlement.choices import DifferenceKind, SignalRunKind
from settlement.models import ShadowDifference, SignalRun
from settlement.selectors.signals.asked import Asked, Found
from settlement.selectors.signals.examinations import Examination, examinations
from settlement.selectors.signals.scope import revised_since
from settlement.services.signals.recording import Counts, record_found
from settlement.signal_terms import SignalTerms

#: One run writes at a time.
_TURN = 0x5349474E
Step = tuple[Examination, Examination, Window]


def _untold(percent: int) -> None:
    """Nobody wants to know how far it is."""


def answer_run(run: SignalRun, *, on_progress: Callable[[int], None] = _untold) -> SignalRun:
    """Do what the run asks. A run that is finished stays as it is; one that was broken off is done again, which
    records nothing twice."""
    if run.finished_at is not None:
        return run
    began = clock.now()
    is_trial = run.kind == SignalRunKind.SHADOW
    totals: dict[str, Counts] = defaultdict(Counts)
    differences: dict[str, int] = defaultdict(int)
    steps = list(_steps(run))
    for number, (live, trial, window) in enumerate(steps, start=1):
        with transaction.atomic():
            _take_turn()
            asked = Asked(window, run.at, is_past=revised_since(run.at))
            if is_trial:
                differences[live.rule] += _compare(run, live, trial, asked)
            else:
                totals[live.rule] += _find(run, live, asked)
        on_progress(100 * number // (len(steps) + 1))
    run.counts = (
        {rule: {"differences": count} for rule, count in differences.items()}
        if is_trial
        else {rule: asdict(counts) for rule, counts in totals.items()}
    )
    run.finished_at = clock.now()
    run.seconds = (run.finished_at - began).total_seconds()
    run.save(update_fields=["counts", "finished_at", "seconds"])
    return run


def _steps(run: SignalRun) -> Iterator[Step]:
    """Each examination in each window it looks at, beside the one on trial; in shadow only what may differ."""
    live = examinations(run.versions)
    trial = examinations({**run.versions, **run.trial_versions})
    terms, others = SignalTerms.model_validate(run.limits), _trial_terms(run)
    windows = [Window.parse(key) for key in run.windows]
    for one, other in zip(live, trial, strict=True):
        if run.kind == SignalRunKind.SHADOW and (one, terms.of(one.rule)) == (other, others.of(one.rule)):
            continue
        yield from ((one, other, window) for window in windows if window.kind in one.windows)


def _find(run: SignalRun, examination: Examination, asked: Asked) -> Counts:
    found = _once(examination.examine(asked, SignalTerms.model_validate(run.limits)))
    evidence = examination.evidence(asked, found) if found else []
    return record_found(run=run, examination=examination, window=asked.window, found=found, evidence=evidence)


def _compare(run: SignalRun, live: Examination, trial: Examination, asked: Asked) -> int:
    """Keep what only one of the two finds, or finds with other figures; how many differences there are."""
    now = {_key(one): one for one in live.examine(asked, SignalTerms.model_validate(run.limits))}
    tried = {_key(one): one for one in trial.examine(asked, _trial_terms(run))}
    rows = []
    for key in sorted(now.keys() | tried.keys()):
        one, other = now.get(key), tried.get(key)
        said = None if one is None else one.signal.said.as_record()
        tells = None if other is None else other.signal.said.as_record()
        if said is not None and tells is not None and said["params"] == tells["params"]:
            continue
        shown = other or one
        assert shown is not None
        kind = DifferenceKind.CHANGED
        if one is None or other is None:
            kind = DifferenceKind.ONLY_SHADOW if one is None else DifferenceKind.ONLY_LIVE
        rows.append(
            ShadowDifference(
                run=run,
                kind=kind,
                rule=live.rule,
                dealer_id=key[0],
                facts=key[1],
                live=said,
                trial=tells,
                amount=round_money(shown.signal.amount),
            )
        )
    ShadowDifference.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    return len(rows)


def _trial_terms(run: SignalRun) -> SignalTerms:
    return SignalTerms.model_validate(run.trial_limits or run.limits)


def _once(found: list[Found]) -> list[Found]:
    """Each facts of a dealer once."""
    return list({_key(one): one for one in found}.values())


def _key(one: Found) -> tuple[int, str]:
    return one.signal.dealer_id, one.signal.facts


def _take_turn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [_TURN])
        cursor.execute("SET LOCAL work_mem = '64MB'")
