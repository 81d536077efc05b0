"""`create_api_key (--dealer CODE | --system NAME)`: a key for a machine client, printed once."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dealers.errors import Refused
from dealers.foundation import clock
from dealers.foundation.refusals import Refused as ValueRefused
from dealers.models import Dealer
from dealers.services.keys import DEALER_SCOPES, SYSTEM_SCOPES, create_api_key


class Command(BaseCommand):
    help = "Make an API key; it is printed once and stored hashed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        owner = parser.add_mutually_exclusive_group(required=True)
        owner.add_argument("--dealer", metavar="CODE")
        owner.add_argument("--system", metavar="NAME")
        parser.add_argument(
            "--scopes",
            nargs="*",
            default=[],
            help=f"default all. Dealer: {' '.join(DEALER_SCOPES)}. System: {' '.join(SYSTEM_SCOPES)}",
        )
        parser.add_argument("--expires", metavar="DATE", help="first day the key no longer works")
        parser.add_argument("--sandbox", action="store_true", help="nothing sent with the key ever counts")
        parser.add_argument("--name", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        dealer = Dealer.objects.filter(code=options["dealer"]).first() if options["dealer"] else None
        if options["dealer"] and dealer is None:
            raise CommandError(f"--dealer: there is no dealer {options['dealer']}")
        scopes = [scope for given in options["scopes"] for scope in given.replace(";", ",").split(",") if scope]
        try:
            expires_at = clock.start_of_day(clock.parse_date(options["expires"])) if options["expires"] else None
            _, secret = create_api_key(
                name=options["name"] or options["dealer"] or options["system"],
                actor=None,
                at=clock.now(),
                dealer=dealer,
                system=options["system"] or "",
                scopes=scopes,
                expires_at=expires_at,
                sandbox=options["sandbox"],
            )
        except (Refused, ValueRefused) as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(secret)
