"""Doorways for the worker and the schedule; each may run twice."""

from __future__ import annotations

from celery import shared_task

from dealers.foundation import clock
from dealers.models import Heartbeat
from dealers.selectors.sync import sweep_terms
from dealers.services.admission.erasing import erase_applications as erase
from dealers.services.admission.mails import send_admission_mails as send_mails
from dealers.services.answers import forget_old_answers as forget
from dealers.services.audit import seal_audit as seal
from dealers.services.bulletins import remind_of_bulletins as remind_of_unacknowledged
from dealers.services.calendar import load_calendar, warn_of_calendar_end
from dealers.services.certificate_sweep import sweep_certificates as sweep_papers
from dealers.services.contract_reminders import remind_of_contracts as remind_of_ends
from dealers.services.exit_plans import carry_out_exits as carry_out
from dealers.services.jobs import relay_jobs as relay
from dealers.services.notice_mail import deliver_daily_mails as deliver_daily
from dealers.services.notice_mail import deliver_notices as deliver
from dealers.services.quarantine_reminders import remind_of_open_lines as remind
from dealers.services.sandbox import refresh_sandboxes as refresh
from dealers.services.supply_answers import sweep_supply_answers as sweep_answers
from dealers.services.sync import sweep_sync as sweep
from dealers.services.uploads import forget_uploads as forget_files
from dealers.services.webhook_sending import send_due
from dealers.services.webhooks import forget_old_webhooks as forget_webhooks
from dealers.services.webhooks import hand_out


@shared_task(name="dealers.carry_out_exits")
def carry_out_exits() -> None:
    """End the contracts whose agreed last day is over."""
    carry_out(at=clock.now())


@shared_task(name="dealers.deliver_notices")
def deliver_notices() -> None:
    deliver(at=clock.now())


@shared_task(name="dealers.deliver_daily_mails")
def deliver_daily_mails() -> None:
    deliver_daily(at=clock.now())


@shared_task(name="dealers.send_admission_mails")
def send_admission_mails() -> None:
    """Mail those who apply and have no account."""
    send_mails(at=clock.now())


@shared_task(name="dealers.erase_applications")
def erase_applications() -> None:
    """Forget abandoned drafts, and the people behind applications nothing came of."""
    erase(at=clock.now())


@shared_task(name="dealers.forget_old_answers")
def forget_old_answers() -> None:
    forget(at=clock.now())


@shared_task(name="dealers.forget_uploads")
def forget_uploads() -> None:
    """Remove files that were tried and never handed in."""
    forget_files(at=clock.now())


@shared_task(name="dealers.remind_of_open_lines")
def remind_of_open_lines() -> None:
    """Tell whose refused lines stay uncorrected; once a week each."""
    remind(at=clock.now())


@shared_task(name="dealers.remind_of_bulletins")
def remind_of_bulletins() -> None:
    """Tell which bulletins wait to be acknowledged; once a week each dealer."""
    remind_of_unacknowledged(at=clock.now())


@shared_task(name="dealers.relay_jobs")
def relay_jobs() -> None:
    relay(at=clock.now())


@shared_task(name="dealers.sweep_certificates")
def sweep_certificates() -> None:
    """Warn of papers that run out, hold supply for those that did, and lift what was renewed."""
    sweep_papers(at=clock.now())


@shared_task(name="dealers.remind_of_contracts")
def remind_of_contracts() -> None:
    """Remind of contracts that end and none follows."""
    remind_of_ends(at=clock.now())


@shared_task(name="dealers.seal_audit")
def seal_audit() -> None:
    seal()


@shared_task(name="dealers.sweep_sync")
def sweep_sync() -> None:
    """Place, lift and warn for everyone, as of now."""
    now = clock.now()
    terms = sweep_terms(at=now)
    if terms is not None:
        sweep(terms=terms, at=now)


@shared_task(name="dealers.sweep_supply_answers")
def sweep_supply_answers() -> None:
    """Notice what the calendar changed: contracts that began or ended."""
    sweep_answers(at=clock.now())


@shared_task(name="dealers.send_webhooks")
def send_webhooks() -> None:
    """Hand out what was announced, and send what is due."""
    while hand_out(at=clock.now()):
        continue
    send_due()


@shared_task(name="dealers.forget_old_webhooks")
def forget_old_webhooks() -> None:
    forget_webhooks(at=clock.now())


@shared_task(name="dealers.keep_calendar")
def keep_calendar() -> None:
    """Take a new working-day calendar as soon as its package is installed, and say when the present one runs out."""
    at = clock.now()
    load_calendar(actor=None, at=at)
    warn_of_calendar_end(at=at)


@shared_task(name="dealers.heartbeat")
def heartbeat() -> None:
    """Leave a sign that beat, broker and worker work together; readiness looks at it."""
    Heartbeat.objects.update_or_create(name="worker", defaults={"beat_at": clock.now()})


@shared_task(name="dealers.refresh_sandboxes")
def refresh_sandboxes() -> None:
    """What a dealer has been granted meanwhile holds in its sandbox too."""
    refresh()
