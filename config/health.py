"""Whether this installation can serve: ``/healthz`` for the process, ``/readyz`` for all it stands on."""

from __future__ import annotations

from datetime import datetime, timedelta

import psycopg2
import redis
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from dealers.foundation import clock
from dealers.models import Heartbeat

#: A worker that has done nothing for so long is worth a look; the scheduler asks it every half minute.
WORKER_SILENCE = timedelta(minutes=5)
_PROBE_SECONDS = 3


def database_problem() -> str | None:
    """Why the database cannot be used, found out on a connection of its own within seconds; None when it can."""
    parameters = connection.get_connection_params()
    wanted = {key: parameters[key] for key in ("host", "port", "user", "password", "dbname") if key in parameters}
    try:
        psycopg2.connect(**wanted, connect_timeout=_PROBE_SECONDS).close()
    except psycopg2.OperationalError as error:
        return str(error).strip().splitlines()[0]
    return None


def broker_problem() -> str | None:
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=_PROBE_SECONDS, socket_timeout=_PROBE_SECONDS
    )
    try:
        client.ping()
    except redis.RedisError as error:
        return str(error)
    finally:
        client.close()
    return None


def pending_migrations() -> list[str]:
    """Migrations of this code that the database has not seen. Needs the database."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def last_heartbeat() -> datetime | None:
    """When a worker last ran a task; None when none ever did. Needs the database."""
    return Heartbeat.objects.order_by("-beat_at").values_list("beat_at", flat=True).first()


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process is up and answers."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 when requests can be served, else 503 with what is missing.

    A silent worker is told as a warning: pages and reports work without it, and a web process that is taken out
    of service would not bring the worker back.
    """
    missing: dict[str, object] = {}
    warnings: dict[str, object] = {}
    if problem := database_problem():
        missing["database"] = problem
    elif pending := pending_migrations():
        missing["migrations"] = pending
    elif (beat := last_heartbeat()) is None or clock.now() - beat > WORKER_SILENCE:
        warnings["worker"] = {"last_task_at": beat.isoformat() if beat else None}
    if problem := broker_problem():
        missing["broker"] = problem
    answer = {"status": "missing" if missing else "ready", "missing": missing, "warnings": warnings}
    return JsonResponse(answer, status=503 if missing else 200)
