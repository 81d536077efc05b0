"""`policy import|export|check`: the channel policy as a YAML file."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.policy import check_policy, document_of, export_policy, import_policy, publish_policy
from dealers.choices import PolicyState
from dealers.errors import Refused
from dealers.foundation import clock
from dealers.foundation.faults import Fault
from dealers.models import PolicyVersion, User
from dealers.services.policies import CheckedPolicy, plan_of

UNSOUND = 2


class Command(BaseCommand):
    help = "Check, import, publish and export the channel policy as a YAML document."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        check = verbs.add_parser("check", help=_("print every fault with its place; exit 2 if there is one"))
        take = verbs.add_parser("import", help=_("keep the document as a draft, or publish it at once"))
        for verb in (check, take):
            verb.add_argument("file", help=_("the YAML file, or - for standard input"))
        take.add_argument("--publish-as", metavar="USER", help=_("publish it in this person's name"))
        export = verbs.add_parser("export", help=_("print the document of a version"))
        export.add_argument("code", help=_("the code of the policy; the version in force, else the newest"))
        export.add_argument("--version-number", type=int, help=_("another version of that code"))
        for verb in (check, take, export):
            verb.add_argument("--json", action="store_true", help=_("for machines"))

    def handle(self, *args: Any, **options: Any) -> None:
        match options["verb"]:
            case "check":
                self._check(options)
            case "import":
                self._import(options)
            case "export":
                self._export(options)

    def _check(self, options: dict[str, Any]) -> None:
        checked = check_policy(_read(options["file"]))
        self._report(checked, as_json=options["json"])
        if checked.errors:
            sys.exit(UNSOUND)

    def _import(self, options: dict[str, Any]) -> None:
        source = _read(options["file"])
        checked = check_policy(source)
        if checked.errors:
            self._report(checked, as_json=options["json"])
            sys.exit(UNSOUND)
        publisher = _person(options["publish_as"]) if options["publish_as"] else None
        at = clock.now()
        try:
            version = import_policy(source=checked.source, actor=None, at=at)
            remarks = [finding.render() for finding in plan_of(version, at).findings] if publisher else []
            if publisher is not None:
                version = publish_policy(version=version, actor=publisher, at=at)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(version, checked.faults), ensure_ascii=False))
            return
        for fault in checked.faults:
            self.stdout.write(_sentence(fault))
        for remark in remarks:
            self.stdout.write(remark)
        self.stdout.write(self.style.SUCCESS(_summary(version)))

    def _export(self, options: dict[str, Any]) -> None:
        version = _version(options["code"], options["version_number"])
        if options["json"]:
            self.stdout.write(json.dumps(document_of(version), ensure_ascii=False, indent=2))
        else:
            self.stdout.write(export_policy(version), ending="")

    def _report(self, checked: CheckedPolicy, *, as_json: bool) -> None:
        errors, warnings = len(checked.errors), len(checked.faults) - len(checked.errors)
        if as_json:
            report = {
                "sound": not errors,
                "errors": errors,
                "warnings": warnings,
                "faults": [fault.as_json() for fault in checked.faults],
            }
            self.stdout.write(json.dumps(report, ensure_ascii=False))
            return
        for fault in checked.faults:
            style = self.style.ERROR if fault.is_error else self.style.WARNING
            self.stdout.write(style(_sentence(fault)))
        if errors:
            self.stdout.write(ngettext("%(count)s fault", "%(count)s faults", errors) % {"count": errors})
        elif warnings:
            said = ngettext("Sound, with %(count)s remark", "Sound, with %(count)s remarks", warnings)
            self.stdout.write(self.style.SUCCESS(said % {"count": warnings}))
        else:
            self.stdout.write(self.style.SUCCESS(_("Sound")))


def _read(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise CommandError(_("%(file)s cannot be read: %(why)s") % {"file": name, "why": error.strerror}) from error


def _person(username: str) -> User:
    person = User.objects.filter(username=username).first()
    if person is None:
        raise CommandError(_("There is no person called %(name)s.") % {"name": username})
    return person


def _version(code: str, number: int | None) -> PolicyVersion:
    versions = PolicyVersion.objects.filter(code=code)
    if number is not None:
        found = versions.filter(version=number).first()
    else:
        published = versions.filter(state=PolicyState.PUBLISHED)
        found = published.order_by("-version").first() or versions.order_by("-version").first()
    if found is None:
        raise CommandError(_("There is no policy %(code)s.") % {"code": code})
    return found


def _sentence(fault: Fault) -> str:
    place = fault.path or _("document")
    kind = "" if fault.is_error else _("remark") + ": "
    line = _("line %(line)s") % {"line": fault.line} if fault.line else ""
    return f"{f'{line}  ' if line else ''}{place}  {kind}{fault.render()} [{fault.code}]"


def _summary(version: PolicyVersion) -> str:
    if version.state == PolicyState.PUBLISHED:
        end = version.valid.upper or "…"
        return _("Published %(version)s, in force [%(start)s, %(end)s)") % {
            "version": version,
            "start": version.valid.lower,
            "end": end,
        }
    return _("Draft %(version)s kept; a second person publishes it") % {"version": version}


def _as_json(version: PolicyVersion, faults: tuple[Fault, ...]) -> dict[str, Any]:
    return {
        "code": version.code,
        "version": version.version,
        "state": str(version.state),
        "effective_from": str(version.valid.lower),
        "effective_to": str(version.valid.upper) if version.valid.upper else None,
        "digest": version.digest,
        "warnings": [fault.as_json() for fault in faults],
    }
