"""Asking for a run of the signals, live or in shadow; a job answers it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from dealers.foundation.clock import business_day
from dealers.models import PolicyVersion, User
from dealers.services.audit import record_audit
from dealers.services.jobs import request_job
from settlement import permissions
from settlement.choices import SignalRunKind
from settlement.errors import NothingOnTrial
from settlement.models import SignalRun
from settlement.selectors.signals.examinations import LIVE
from settlement.selectors.signals.scope import signal_terms, terms_at, windows_at, windows_revised
from settlement.signal_terms import SignalTerms

FIND_SIGNALS = "settlement.find_signals"


def request_signals(*, actor: User | None, at: datetime) -> SignalRun:
    """Ask for a live run of everything as known now; ``actor`` None is the schedule."""
    if actor is not None:
        permissions.require(actor, "signals.run")
    with transaction.atomic():
        run = make_run(at=at, actor=actor)
        _send(run, actor, at)
    return run


def request_trial(
    *,
    policy: PolicyVersion | None,
    versions: Mapping[str, int],
    actor: User,
    at: datetime,
    as_of: datetime | None = None,
) -> SignalRun:
    """Ask for a run in shadow by the limits of another policy version (a draft too) and by rule versions on trial.

    Everything is taken as known at ``as_of``, the present by default. Raises :class:`NothingOnTrial` when nothing
    would be different.
    """
    permissions.require(actor, "signals.run")
    with transaction.atomic():
        run = make_trial(at=at, actor=actor, policy=policy, versions=versions, as_of=as_of)
        _send(run, actor, at)
    return run


def make_run(*, at: datetime, actor: User | None) -> SignalRun:
    """The row of a live run, with the limits in force and every window to be looked at."""
    policy, terms = terms_at(at)
    windows = windows_at(at, terms)
    return SignalRun.objects.create(
        kind=SignalRunKind.LIVE,
        at=at,
        requested_by=actor,
        requested_at=at,
        policy=policy,
        limits=_stored(terms),
        versions=_live_versions(),
        windows=[window.key for window in [*windows_revised(windows), *windows]],
    )


def make_trial(
    *,
    at: datetime,
    actor: User | None,
    policy: PolicyVersion | None,
    versions: Mapping[str, int],
    as_of: datetime | None = None,
) -> SignalRun:
    """The row of a run in shadow."""
    moment = as_of or at
    in_force, terms = terms_at(moment)
    trial_terms = terms if policy is None else signal_terms(policy)
    live = _live_versions()
    tried = {rule: version for rule, version in versions.items() if live[rule] != version}
    if trial_terms == terms and not tried:
        raise NothingOnTrial
    return SignalRun.objects.create(
        kind=SignalRunKind.SHADOW,
        at=moment,
        requested_by=actor,
        requested_at=at,
        policy=in_force,
        limits=_stored(terms),
        versions=live,
        trial_policy=policy,
        trial_limits=_stored(trial_terms),
        trial_versions=tried,
        windows=[window.key for window in windows_at(moment, terms)],
    )


def _send(run: SignalRun, actor: User | None, at: datetime) -> None:
    record_audit(
        actor=actor,
        action="signals.run",
        subject=run,
        at=at,
        after={"kind": run.kind, "day": business_day(run.at), "trial": run.trial_versions},
    )
    request_job(task=FIND_SIGNALS, key=str(run.pk), params={"run": run.pk}, actor=actor, at=at)


def _live_versions() -> dict[str, int]:
    return {one.rule.value: one.version for one in LIVE}


def _stored(terms: SignalTerms) -> dict[str, Any]:
    return terms.model_dump(mode="json", by_alias=True)
