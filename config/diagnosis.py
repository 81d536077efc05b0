"""What is set up how, and what is not right: the findings that ``manage.py doctor`` prints."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

import redis
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from config.health import WORKER_SILENCE, broker_problem, database_problem, last_heartbeat, pending_migrations
from dealers.foundation import clock
from dealers.selectors.calendar import calendar_coverage

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Level(StrEnum):
    GOOD = "good"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True)
class Finding:
    level: Level
    topic: str
    sentence: str


def diagnose() -> Iterator[Finding]:
    """Every finding, one after another. What needs a server is left out when that server does not answer."""
    yield from check_address()
    yield from check_home()
    if problem := database_problem():
        yield Finding(
            Level.FAULT,
            _("database"),
            _("It cannot be reached: %(problem)s. Check DATABASE_URL.") % {"problem": problem},
        )
    else:
        for check in DATABASE_CHECKS:
            yield from check()
    if problem := broker_problem():
        yield Finding(
            Level.FAULT, _("broker"), _("It cannot be reached: %(problem)s. Check REDIS_URL.") % {"problem": problem}
        )
    else:
        yield from check_broker()
    yield from check_translations()


def check_address() -> Iterator[Finding]:
    url = urlsplit(settings.APP_URL)
    topic = _("address")
    yield Finding(
        Level.GOOD,
        topic,
        _("APP_URL is %(url)s; allowed hosts, CSRF origins and cookie security follow from it.")
        % {"url": settings.APP_URL},
    )
    if url.scheme != "https" and url.hostname not in _LOOPBACK:
        yield Finding(
            Level.WARNING,
            topic,
            _("Passwords travel unencrypted to %(host)s. Put a proxy with TLS in front and set APP_URL to https://…")
            % {"host": url.hostname},
        )
    if settings.DEBUG:
        yield Finding(Level.WARNING, topic, _("HALFMOON_DEBUG is on; error pages show internals."))


def check_home() -> Iterator[Finding]:
    topic = _("secrets")
    home = Path(settings.HALFMOON_HOME)
    readable = [path.name for path in sorted((home / "secrets").glob("*")) if path.stat().st_mode & 0o077]
    if readable:
        yield Finding(
            Level.FAULT,
            topic,
            _("Others can read %(files)s in %(folder)s; take the right away with chmod 600.")
            % {"files": ", ".join(readable), "folder": home / "secrets"},
        )
    else:
        yield Finding(
            Level.GOOD, topic, _("Secrets lie in %(folder)s, for their owner only.") % {"folder": home / "secrets"}
        )


def check_role() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        role, is_superuser, bypasses = cursor.fetchone()
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
    topic = _("database")
    where = settings.DATABASES["default"].get("HOST")
    yield Finding(
        Level.GOOD,
        topic,
        _("PostgreSQL %(version)s at %(host)s, as %(role)s.") % {"version": version, "host": where, "role": role},
    )
    if is_superuser or bypasses:
        yield Finding(
            Level.FAULT,
            topic,
            _(
                "The role %(role)s bypasses row-level security, so the second wall between dealers is open. "
                "Use a role that is neither superuser nor BYPASSRLS."
            )
            % {"role": role},
        )


def check_migrations() -> Iterator[Finding]:
    if pending := pending_migrations():
        yield Finding(
            Level.FAULT,
            _("migrations"),
            _("Not applied: %(names)s. Run `python manage.py migrate`.") % {"names": ", ".join(pending)},
        )
        return
    yield Finding(Level.GOOD, _("migrations"), _("All are applied."))
    yield from check_calendar()
    yield from check_worker()


def check_calendar() -> Iterator[Finding]:
    topic = _("working days")
    coverage = calendar_coverage(clock.business_day(clock.now()))
    level = Level.GOOD if not coverage.ends_soon else Level.WARNING if coverage.days_left > 0 else Level.FAULT
    covers_until = coverage.covers_until
    sentence = (
        _("Known for certain until %(date)s.")
        if level is Level.GOOD
        else _("Known for certain until %(date)s only; load the State Council's notice for the next year.")
    )
    yield Finding(level, topic, sentence % {"date": covers_until})


def check_worker() -> Iterator[Finding]:
    topic = _("worker")
    beat = last_heartbeat()
    if beat is None:
        yield Finding(Level.WARNING, topic, _("No task ever ran. `make run` starts workers and scheduler."))
    elif clock.now() - beat > WORKER_SILENCE:
        yield Finding(
            Level.WARNING,
            topic,
            _("The last task ran at %(time)s. If Halfmoon is running, its workers are deaf: start it again.")
            % {"time": beat.isoformat(timespec="seconds")},
        )
    else:
        yield Finding(
            Level.GOOD, topic, _("The last task ran at %(time)s.") % {"time": beat.isoformat(timespec="seconds")}
        )


def check_broker() -> Iterator[Finding]:
    topic = _("broker")
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=5, decode_responses=True)
    try:
        facts = client.info()
    finally:
        client.close()
    version = facts.get("valkey_version") or facts["redis_version"]
    yield Finding(Level.GOOD, topic, _("Version %(version)s answers.") % {"version": version})
    if not facts.get("aof_enabled"):
        yield Finding(
            Level.WARNING,
            topic,
            _(
                "It keeps no append-only file; jobs queued when it dies come back only through the relay. "
                "Set appendonly yes."
            ),
        )
    if (policy := facts.get("maxmemory_policy", "noeviction")) != "noeviction":
        yield Finding(
            Level.FAULT,
            topic,
            _("It may throw queued jobs away (maxmemory-policy %(policy)s). Set noeviction.") % {"policy": policy},
        )


def check_translations() -> Iterator[Finding]:
    topic = _("translations")
    folder = Path(settings.BASE_DIR) / "locale" / "zh_Hans"
    compiled = folder / "LC_MESSAGES" / "django.mo"
    sources = [*folder.glob("parts/*.po")]
    if not compiled.exists():
        yield Finding(Level.FAULT, topic, _("Not compiled; pages appear in English only. Run `make translations`."))
    elif any(source.stat().st_mtime > compiled.stat().st_mtime for source in sources):
        yield Finding(Level.WARNING, topic, _("Older than their sources. Run `make translations`."))
    else:
        yield Finding(Level.GOOD, topic, _("Compiled."))


DATABASE_CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (check_role, check_migrations)
