"""After master data changed: the lines that were judged by it are judged again.

The job is written in the import's own transaction, so it cannot be lost. A command judges at once, before it
ends, since nobody may be running a worker; every other door leaves it to the worker.
"""

from __future__ import annotations

from datetime import date

from dealers.models import JobRun, User
from dealers.services.imports.taking import Taking
from dealers.services.jobs import running_job
from pricing.services.rejudge import rejudge_as_asked, request_rejudge

#: More products or dealers than this are not named one by one: everything is judged again.
MOST_NAMED = 5_000
_FROM_THE_BEGINNING = date(2000, 1, 1)


class JudgingAgain:
    """Hears what an import touched (as its ``then``) and has the lines concerned judged again."""

    def __init__(self) -> None:
        self.job: JobRun | None = None

    def __call__(self, taking: Taking) -> None:
        touched = taking.touched
        since = touched.since or _FROM_THE_BEGINNING
        if not touched:
            return
        # Asked for even when no line is in sight: a report judged by the old facts may be about to commit.
        # A region's city tier or province decides about lines of any product and dealer.
        everything = bool(touched.regions)
        self.job = request_rejudge(
            products=None if everything else _named(touched.products),
            dealers=None if everything else _named(touched.dealers),
            first_day=since,
            last_day=None,
            key=f"import:{taking.delivery.receipt}",
            actor=taking.actor if isinstance(taking.actor, User) else None,
            at=taking.delivery.received_at,
        )

    def now(self) -> None:
        """Judge at once, unless a worker has taken the job already."""
        if self.job is None:
            return
        with running_job(self.job.pk) as taken:
            if taken is not None:
                job, progress = taken
                found = rejudge_as_asked(job.params, actor=job.requested_by, on_progress=progress.report)
                progress.result = found.summary()


def _named(ids: set[int]) -> list[int] | None:
    return sorted(ids) if 0 < len(ids) <= MOST_NAMED else None
