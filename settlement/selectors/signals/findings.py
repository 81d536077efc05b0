"""Findings and runs for people: who may see them, narrowed for the list, and one with what became of its lines."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, Exists, OuterRef, QuerySet, Value, When

from dealers.models import Dealer, JobRun
from settlement.choices import SignalState
from settlement.errors import SignalNotFound
from settlement.models import SignalFinding, SignalRun, SignalSuppression
from settlement.permissions import can
from settlement.selectors.signals.lines import revised_since
from settlement.selectors.signals.suppressions import in_force


def visible_signals(user: Any, *, at: datetime) -> QuerySet[Any]:
    """The findings with their ``state`` as of ``at``, the newest first; for those who investigate, judge and audit."""
    if not can(user, "signals.view"):
        return SignalFinding.objects.none()
    suppressed = SignalSuppression.objects.filter(in_force(at), dealer=OuterRef("dealer"), rule=OuterRef("rule"))
    state = Case(
        When(case__isnull=False, then=Value(SignalState.IN_CASE.value)),
        When(gone_at__isnull=False, then=Value(SignalState.GONE.value)),
        When(Exists(suppressed), then=Value(SignalState.SUPPRESSED.value)),
        default=Value(SignalState.OPEN.value),
        output_field=CharField(),
    )
    found = SignalFinding.objects.annotate(state=state)
    return found.select_related("dealer", "latest", "case", "suppression").order_by("-id")


def narrowed_signals(user: Any, *, at: datetime, rule: str, state: str, dealer: str) -> QuerySet[Any]:
    """The findings in sight that fit; ``dealer`` is a code, or part of a name."""
    found = visible_signals(user, at=at)
    if rule:
        found = found.filter(rule=rule)
    if state:
        found = found.filter(state=state)
    if dealer:
        named = Dealer.objects.filter(code__iexact=dealer) | Dealer.objects.filter(name__icontains=dealer)
        found = found.filter(dealer__in=named.values("pk"))
    return found


def signal_of(user: Any, pk: int, *, at: datetime) -> Any:
    """One finding. Raises :class:`SignalNotFound` also for one not to be seen."""
    found = visible_signals(user, at=at).filter(pk=pk).first()
    if found is None:
        raise SignalNotFound(key=str(pk))
    return found


def open_signals(user: Any, *, at: datetime) -> int:
    """How many findings wait to be looked at."""
    return visible_signals(user, at=at).filter(state=SignalState.OPEN).order_by().count()


def changed_lines(pieces: list[dict[str, Any]]) -> dict[tuple[str, str, int], Any]:
    """The lines among pieces of evidence that say something else today; two queries."""
    codes = {str(piece["dealer"]) for piece in pieces if piece["kind"] == "sale_line"}
    return revised_since(pieces, dict(Dealer.objects.filter(code__in=codes).values_list("code", "pk")))


def visible_runs(user: Any) -> QuerySet[SignalRun]:
    """Every run, the newest first."""
    if not can(user, "signals.view"):
        return SignalRun.objects.none()
    return SignalRun.objects.select_related("requested_by", "policy", "trial_policy").order_by("-id")


def job_of_run(run: SignalRun, task: str) -> JobRun | None:
    """The job that answers a run."""
    return JobRun.objects.filter(task=task, key=str(run.pk)).order_by("-id").first()
