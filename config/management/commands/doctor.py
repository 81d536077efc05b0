"""``manage.py doctor``: what is set up how, and what to do about what is not right."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from config.diagnosis import Level, diagnose


class Command(BaseCommand):
    help = "Explain the settings of this installation and name what is not right. Exits 1 when something is broken."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        words = {
            Level.GOOD: self.style.SUCCESS(_("good")),
            Level.WARNING: self.style.WARNING(_("warning")),
            Level.FAULT: self.style.ERROR(_("fault")),
        }
        broken = False
        for finding in diagnose():
            broken |= finding.level is Level.FAULT
            self.stdout.write(f"{words[finding.level]}  {finding.topic}: {finding.sentence}")
        if broken:
            sys.exit(1)
