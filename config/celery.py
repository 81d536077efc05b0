"""The Celery application and its schedule.

What must not be lost is a row in PostgreSQL first; the broker only carries a hint. Every task may run twice.
"""

from __future__ import annotations

import os
import signal
import warnings

from celery import Celery
from celery.exceptions import SecurityWarning
from celery.schedules import crontab
from celery.signals import worker_process_init

from config.embedded.processes import follow_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# Run by root, the workers are what they are meant to be: messages are JSON, which cannot carry code.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("halfmoon")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.task_routes = {
    "settlement.issue_documents": {"queue": "import"},
    "settlement.find_signals": {"queue": "import"},
    "settlement.write_archive": {"queue": "import"},
    "settlement.*": {"queue": "settle"},
    "pricing.rejudge": {"queue": "import"},
    "config.take_upload": {"queue": "import"},
    "pricing.check_stock": {"queue": "import"},
    "rebates.estimate_protection": {"queue": "import"},
}
app.conf.beat_schedule = {
    "sweep-sync-clock": {"task": "dealers.sweep_sync", "schedule": crontab(minute="*/15")},
    "sweep-certificates": {"task": "dealers.sweep_certificates", "schedule": crontab(minute="2-59/15")},
    "sweep-supply-answers": {"task": "dealers.sweep_supply_answers", "schedule": crontab(minute="*/5")},
    "carry-out-exits": {"task": "dealers.carry_out_exits", "schedule": crontab(minute="*/5")},
    "send-webhooks": {"task": "dealers.send_webhooks", "schedule": 15.0},
    "forget-old-webhooks": {"task": "dealers.forget_old_webhooks", "schedule": crontab(hour="4", minute="50")},
    "deliver-notices": {"task": "dealers.deliver_notices", "schedule": 30.0},
    "deliver-daily-mails": {"task": "dealers.deliver_daily_mails", "schedule": crontab(minute="*/10")},
    "send-admission-mails": {"task": "dealers.send_admission_mails", "schedule": 30.0},
    "erase-applications": {"task": "dealers.erase_applications", "schedule": crontab(hour="4", minute="35")},
    "forget-old-answers": {"task": "dealers.forget_old_answers", "schedule": crontab(hour="4", minute="40")},
    "forget-uploads": {"task": "dealers.forget_uploads", "schedule": crontab(minute="20")},
    "remind-of-open-lines": {"task": "dealers.remind_of_open_lines", "schedule": crontab(hour="9", minute="10")},
    "remind-of-bulletins": {"task": "dealers.remind_of_bulletins", "schedule": crontab(hour="9", minute="20")},
    "remind-of-contracts": {"task": "dealers.remind_of_contracts", "schedule": crontab(hour="9", minute="15")},
    "relay-jobs": {"task": "dealers.relay_jobs", "schedule": 15.0},
    "seal-audit": {"task": "dealers.seal_audit", "schedule": 60.0},
    "advance-promotions": {"task": "pricing.advance_promotions", "schedule": 300.0},
    "match-observations": {"task": "pricing.match_observations", "schedule": crontab(hour="3", minute="20")},
    "gather-violations": {"task": "pricing.gather_violations", "schedule": 300.0},
    "forget-exports": {"task": "settlement.forget_exports", "schedule": crontab(hour="4", minute="30")},
    "confirm-silent-statements": {"task": "settlement.confirm_silent_statements", "schedule": crontab(minute="5")},
    "reject-unanswered-disputes": {"task": "settlement.reject_unanswered_disputes", "schedule": crontab(minute="7")},
    "sweep-cases": {"task": "settlement.sweep_cases", "schedule": crontab(minute="*/15")},
    "apply-cases": {"task": "settlement.apply_cases", "schedule": crontab(minute="*/10")},
    "keep-calendar": {"task": "dealers.keep_calendar", "schedule": crontab(hour="8", minute="0")},
    "refresh-sandboxes": {"task": "dealers.refresh_sandboxes", "schedule": crontab(hour="3", minute="20")},
    "remind-of-legal-bases": {
        "task": "pricing.remind_of_legal_bases",
        "schedule": crontab(hour="8", minute="10"),
    },
    "look-for-signals": {"task": "settlement.look_for_signals", "schedule": crontab(hour="5", minute="45")},
    "check-stock": {"task": "pricing.check_stock", "schedule": crontab(hour="5", minute="15")},
    "sweep-support": {"task": "rebates.sweep_support", "schedule": crontab(minute="*/15")},
    "sweep-leads": {"task": "rebates.sweep_leads", "schedule": 300.0},
    "keep-scorecards": {"task": "rebates.keep_scorecards", "schedule": crontab(hour="6", minute="30")},
    "sweep-tickets": {"task": "aftersales.sweep_tickets", "schedule": 120.0},
    "compare-breaches": {"task": "aftersales.compare_breaches", "schedule": crontab(hour="3", minute="40")},
    "sweep-satisfaction-reports": {"task": "aftersales.sweep_reports", "schedule": crontab(minute="*/15")},
    "take-up-breaches": {"task": "settlement.take_up_breaches", "schedule": crontab(minute="4-59/15")},
    "sweep-teams": {"task": "aftersales.sweep_teams", "schedule": crontab(hour="8", minute="20")},
    "heartbeat": {"task": "dealers.heartbeat", "schedule": 30.0},
}


@worker_process_init.connect
def _end_with_the_worker(**_: object) -> None:
    """A killed worker leaves no child behind that would go on with a task given to somebody else."""
    follow_parent(signal.SIGKILL)
