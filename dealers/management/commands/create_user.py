"""`create_user NAME --role ROLE`: a person who can log in."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dealers.choices import Role
from dealers.errors import Refused
from dealers.foundation import clock
from dealers.models import Dealer, Region
from dealers.services.people import create_user


class Command(BaseCommand):
    help = "Make a person; prints a generated password if none is given."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="login name")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--dealer", metavar="CODE", help="the dealer a dealer_owner or dealer_operator belongs to")
        parser.add_argument("--regions", metavar="CODES", default="", help="a channel manager's regions, joined by ;")
        parser.add_argument("--password", metavar="P")
        parser.add_argument("--display-name", default="")
        parser.add_argument("--email", default="")
        parser.add_argument("--language", choices=["zh-hans", "en"], default="zh-hans")

    def handle(self, *args: Any, **options: Any) -> None:
        codes = [code for code in options["regions"].replace(",", ";").split(";") if code]
        regions = list(Region.objects.filter(code__in=codes))
        if missing := sorted(set(codes) - {region.code for region in regions}):
            raise CommandError(f"--regions: unknown region {', '.join(missing)}")
        try:
            user, password = create_user(
                username=options["name"],
                role=Role(options["role"]),
                actor=None,
                at=clock.now(),
                dealer=_dealer(options["dealer"]),
                regions=regions,
                password=options["password"],
                display_name=options["display_name"],
                email=options["email"],
                language=options["language"],
            )
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{user.username} {user.role}")
        if not options["password"]:
            self.stdout.write(f"password: {password}")


def _dealer(code: str | None) -> Dealer | None:
    if code is None:
        return None
    dealer = Dealer.objects.filter(code=code).first()
    if dealer is None:
        raise CommandError(f"--dealer: there is no dealer {code}")
    return dealer
