"""`seed_demo [--dealers N] [--lines N] [--seed S]`: a synthetic company of any size."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.demo.people import Login
from config.demo.story import Story, demo_keys
from dealers.foundation import clock
from dealers.models import Dealer


class Command(BaseCommand):
    help = "Fill an empty installation with a synthetic company; prints one login per role and two API keys, once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dealers", type=int, default=16, metavar="N")
        parser.add_argument("--lines", type=int, default=9000, metavar="N", help="sale lines, about")
        parser.add_argument("--seed", type=int, default=2026, metavar="S", help="the same seed makes the same company")
        parser.add_argument("--today", metavar="DATE", help="let the company live up to this day instead of today")

    def handle(self, *args: Any, **options: Any) -> str:
        if Dealer.objects.exists():
            raise CommandError("There are dealers already; the demo company is only made in an empty installation.")
        if options["dealers"] < 1 or options["lines"] < 1:
            raise CommandError("--dealers and --lines are at least 1.")
        now = clock.now()
        if options["today"]:
            now = clock.start_of_day(clock.parse_date(options["today"])) + (
                now - clock.start_of_day(clock.business_day(now))
            )
        story = Story(options["dealers"], options["lines"], options["seed"], now, say=self._say)
        staff = story.live()
        keys = demo_keys(now)
        return _table(list(staff.logins), keys)

    def _say(self, text: str) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"  {text}")


def _table(logins: list[Login], keys: dict[str, str]) -> str:
    lines = [f"{'role':22} {'login':14} {'password':18} who"]
    lines += [f"{login.role:22} {login.username:14} {login.password:18} {login.who}" for login in logins]
    lines += ["", "API keys (Authorization: Bearer …)"]
    lines += [f"{owner:22} {secret}" for owner, secret in keys.items()]
    return "\n".join(lines)
