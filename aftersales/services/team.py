"""Keeping an after-sales team: members, certificates, the check by headquarters, and warnings in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.urls import reverse

from aftersales.choices import CertificateState, TeamRole
from aftersales.errors import (
    CertificateDecided,
    CertificateKnown,
    MemberLeft,
    MemberNotFound,
    RangeUnusable,
    ReasonMissing,
)
from aftersales.models import TeamCertificate, TeamMember
from aftersales.permissions import require
from aftersales.rules.staffing import warning_day
from aftersales.selectors.staffing import headcounts, visible_members
from dealers.choices import NoticeKind
from dealers.errors import NotPermitted
from dealers.foundation.clock import business_day
from dealers.foundation.file_kinds import PDF, PICTURES
from dealers.foundation.periods import Quarter
from dealers.models import Dealer, Notice, User
from dealers.selectors.policies import policy_in_force
from dealers.selectors.visibility import visible_dealers
from dealers.services.audit import record_audit
from dealers.services.files import keep_file
from dealers.services.notices import managers_of_dealers, people_of_dealers, tell, tell_all
from dealers.terms import dealers_terms


@transaction.atomic
def add_member(*, name: str, role: TeamRole, since: date, actor: User, at: datetime) -> TeamMember:
    """Add a person to the actor's own team, from a day on."""
    require(actor, "teams.manage")
    member = TeamMember.objects.create(
        dealer_id=_own(actor),
        name=name.strip()[:100],
        role=role,
        valid=(since, None),
        recorded_at=at,
        recorded_by=actor.get_username(),
    )
    _audit(member, "team.add", actor, at, {"name": member.name, "role": role, "since": since.isoformat()})
    return member


@transaction.atomic
def end_membership(*, key: int, last_day: date, actor: User, at: datetime) -> TeamMember:
    """Note a person's last day in the team; the row stays."""
    member = _own_member(actor, key)
    if member.valid.upper is not None:
        raise MemberLeft(name=member.name)
    until = last_day.fromordinal(last_day.toordinal() + 1)
    if until <= member.first_day:
        raise RangeUnusable
    member.valid = (member.first_day, until)
    member.save(update_fields=["valid"])
    _audit(member, "team.end", actor, at, {"name": member.name, "last_day": last_day.isoformat()})
    return member


@transaction.atomic
def add_certificate(
    *,
    key: int,
    title: str,
    number: str,
    issued_on: date,
    last_day: date,
    file: UploadedFile | None,
    actor: User,
    at: datetime,
) -> TeamCertificate:
    """Record a member's certificate; it counts once headquarters has checked it."""
    member = _own_member(actor, key)
    if member.valid.upper is not None and member.valid.upper <= business_day(at):
        raise MemberLeft(name=member.name)
    if last_day < issued_on:
        raise RangeUnusable
    held = member.certificates.exclude(state=CertificateState.DECLINED)
    if held.filter(number=number.strip()).exists():
        raise CertificateKnown(name=member.name, number=number)
    kept = None
    if file is not None:
        kept = keep_file(
            actor=actor,
            name=file.name or "",
            content=file,
            dealer_id=member.dealer_id,
            at=at,
            accepts=(*PICTURES, PDF),
        )
    made = TeamCertificate.objects.create(
        member=member,
        dealer_id=member.dealer_id,
        title=title.strip()[:200],
        number=number.strip()[:64],
        valid=(issued_on, last_day.fromordinal(last_day.toordinal() + 1)),
        file=kept,
        recorded_at=at,
        recorded_by=actor.get_username(),
    )
    _audit(made, "team.certificate", actor, at, {"member": member.name, "number": made.number})
    return made


@transaction.atomic
def decide_certificate(*, key: int, accept: bool, reason: str, actor: User, at: datetime) -> TeamCertificate:
    """Check a certificate: let it count, or decline it with a reason the dealer reads."""
    require(actor, "teams.check")
    seen = TeamCertificate.objects.filter(dealer__in=visible_dealers(actor).values("pk"))
    found = seen.select_for_update(of=("self",)).select_related("member").filter(pk=key).first()
    if found is None:
        raise MemberNotFound(key=key)
    if found.state != CertificateState.PENDING:
        raise CertificateDecided(number=found.number)
    if not accept and not reason.strip():
        raise ReasonMissing
    found.state = CertificateState.CONFIRMED if accept else CertificateState.DECLINED
    found.decided_at, found.decided_by, found.reason = at, actor, reason.strip()[:500]
    found.save(update_fields=["state", "decided_at", "decided_by", "reason"])
    _audit(found, "team.check", actor, at, {"state": found.state, "number": found.number}, found.reason)
    if not accept:
        tell(
            recipients=people_of_dealers([found.dealer_id]).get(found.dealer_id, []),
            kind=NoticeKind.AFTERSALES,
            key=f"certificate-declined-{found.pk}",
            params={
                "reason": "certificate_declined",
                "name": found.member.name,
                "number": found.number,
                "remark": found.reason,
            },
            at=at,
            url=reverse("service-team"),
        )
    return found


@dataclass(frozen=True)
class TeamsSwept:
    """What a sweep told people of."""

    warned: int
    short: int


def sweep_teams(*, at: datetime) -> TeamsSwept:
    """Warn of certificates that end, and of teams that are too small, each once; a few statements for any number."""
    day = business_day(at)
    return TeamsSwept(_warn_of_certificates(day, at), _warn_of_shortage(day, at))


def _warn_of_certificates(day: date, at: datetime) -> int:
    policy = policy_in_force(day)
    if policy is None:
        return 0
    ahead = dealers_terms(policy).admission.document_warning_days
    ending = TeamCertificate.objects.filter(
        state=CertificateState.CONFIRMED,
        member__valid__contains=day,
        valid__endswith__lte=day.fromordinal(day.toordinal() + max(ahead)),
        valid__endswith__gt=day.fromordinal(day.toordinal() - max(ahead)),
    ).select_related("member")
    warnings = [(one, warned) for one in ending if (warned := warning_day(one.until, day, ahead)) is not None]
    people = people_of_dealers({one.dealer_id for one, _warned in warnings}) if warnings else {}
    return tell_all(
        Notice(
            recipient=person,
            kind=NoticeKind.AFTERSALES,
            key=f"certificate-{one.pk}-{warned}",
            params={
                "reason": "certificate_ends" if warned else "certificate_ended",
                "name": one.member.name,
                "number": one.number,
                "until": one.until.isoformat(),
                "days": (one.until - day).days,
            },
            url=reverse("service-team"),
            created_at=at,
        )
        for one, warned in warnings
        for person in people.get(one.dealer_id, [])
    )


def _warn_of_shortage(day: date, at: datetime) -> int:
    """Once a quarter for as long as a team is too small: the dealer and its channel managers."""
    short = {key: found for key, found in headcounts(day).items() if found[1].short}
    if not short:
        return 0
    people, managers = people_of_dealers(short), managers_of_dealers(short)
    names = dict(Dealer.objects.filter(pk__in=short).values_list("pk", "name"))
    quarter = Quarter.containing(day)
    return tell_all(
        Notice(
            recipient=person,
            kind=NoticeKind.AFTERSALES,
            key=f"team-short-{key}-{quarter}-{tier}",
            params={
                "reason": "team_short",
                "dealer": names[key],
                "tier": tier,
                "needed": count.needed,
                "certified": count.certified,
            },
            url=reverse("service-team"),
            created_at=at,
        )
        for key, (tier, count) in short.items()
        for person in [*people.get(key, []), *managers.get(key, [])]
    )


def _own(actor: User) -> int:
    if actor.dealer_id is None:
        raise NotPermitted
    return actor.dealer_id


def _own_member(actor: User, key: int) -> TeamMember:
    require(actor, "teams.manage")
    _own(actor)
    found = visible_members(actor).select_for_update().filter(pk=key).first()
    if found is None:
        raise MemberNotFound(key=key)
    return found


def _audit(
    subject: TeamMember | TeamCertificate,
    action: str,
    actor: User,
    at: datetime,
    after: dict[str, Any],
    reason: str = "",
) -> None:
    record_audit(
        actor=actor, action=action, subject=subject, at=at, reason=reason, after=after, dealer_id=subject.dealer_id
    )
