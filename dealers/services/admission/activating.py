"""From the decision to the active dealer: the contract, the dealer itself, its first account and key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dealers.choices import CertificateState, Door, Role
from dealers.errors import Refused
from dealers.foundation.clock import business_day
from dealers.foundation.effective import DateSpan
from dealers.models import Application, Certificate, Contract, Dealer, DealerTier, QuarantinedLine, Territory, User
from dealers.permissions import require
from dealers.problems import render_problem
from dealers.rules.admission_life import ApplicationAct
from dealers.selectors.admission import papers_of
from dealers.selectors.territory import conflicts_of_application
from dealers.services.admission.acting import (
    ApplicationStateRefused,
    applicant_of,
    locked_application,
    locked_in_sight,
    move,
    require_act,
)
from dealers.services.admission.filling import PAPERS
from dealers.services.admission.mails import write_mail
from dealers.services.admission.reviewing import require_no_obstacle
from dealers.services.audit import record_audit
from dealers.services.files import copy_file, keep_file
from dealers.services.imports.dealers import DEALERS
from dealers.services.imports.importing import import_rows, in_turn
from dealers.services.imports.sources import RecordSource
from dealers.services.keys import create_api_key
from dealers.services.people import create_user
from dealers.services.territory import TerritoryTaken, lock_regions

#: The first key of a new dealer lives a year.
_KEY_DAYS = 365


class ContractFileMissing(Refused):
    code = "contract_file_missing"
    sentence = _("Attach the signed contract.")
    status = 400


class ContractIncomplete(Refused):
    code = "contract_incomplete"
    sentence = _("A contract has a number, an amount, a first day and a later last day.")
    status = 400


class ContractNotInForce(Refused):
    code = "contract_not_in_force"
    sentence = _("The contract runs from %(first)s to %(last)s; a dealer becomes active on one of these days.")


class CodeInUse(Refused):
    code = "code_in_use"
    sentence = _("There is already a dealer %(code)s; choose another code.")


class NotActivated(Refused):
    code = "not_activated"
    sentence = _("The dealer could not be made: %(why)s")


class AlreadyClaimed(Refused):
    code = "already_claimed"
    sentence = _("The first account was made already; sign in with it.")


@dataclass(frozen=True, slots=True)
class NewContract:
    """What was signed: ``first_day`` and ``last_day`` both belong to it."""

    number: str
    amount: Decimal
    first_day: date
    last_day: date
    filename: str = ""
    content: bytes | UploadedFile | None = None
    exclusive_regions: tuple[int, ...] = ()


class Welcome(NamedTuple):
    """What a newcomer takes with it: its person, and the key that is shown once."""

    owner: User
    secret: str


@transaction.atomic
def record_contract(*, number: str, contract: NewContract, actor: User, at: datetime) -> Application:
    """Record the signed contract, and which regions it makes exclusive; may be corrected until the dealer is active.

    Raises :class:`ContractIncomplete` and :class:`ContractFileMissing`.
    """
    require(actor, "admission.contract")
    application = locked_in_sight(actor, number)
    require_act(application, ApplicationAct.CONTRACT)
    if not contract.number.strip() or contract.amount <= 0 or contract.last_day < contract.first_day:
        raise ContractIncomplete()
    if contract.content is not None:
        application.contract_file = keep_file(
            actor=actor, name=contract.filename, content=contract.content, dealer_id=None, at=at, accepts=PAPERS
        )
    if application.contract_file is None:
        raise ContractFileMissing()
    application.contract_number = contract.number.strip()[:64]
    application.contract_amount = contract.amount
    application.contract_valid = (contract.first_day, contract.last_day + timedelta(days=1))
    for row in application.regions.all():
        row.exclusive = row.region_id in contract.exclusive_regions
        row.save(update_fields=["exclusive"])
    move(
        application,
        ApplicationAct.CONTRACT,
        actor=actor,
        at=at,
        after={
            "contract": application.contract_number,
            "amount": str(contract.amount),
            "first_day": contract.first_day,
            "last_day": contract.last_day,
            "exclusive": sorted(contract.exclusive_regions),
            "sha256": application.contract_file.sha256,
        },
    )
    write_mail("contracted", application=application, at=at)
    return application


@transaction.atomic
def activate_dealer(*, number: str, code: str, actor: User, at: datetime) -> Dealer:
    """Make the dealer, with tier, territory, contract, certificates and sync clock, by the import of dealers.

    It is active from today, which has to lie within its contract. Of two who do it at once the second is refused.
    Raises :class:`CodeInUse`, :class:`ContractNotInForce`, :class:`TerritoryTaken`,
    :class:`~dealers.services.admission.acting.NotAdmissible` or :class:`NotActivated`.
    """
    require(actor, "admission.contract")
    # Turns before rows, as every import does.
    in_turn(DEALERS, None)
    application = locked_in_sight(actor, number)
    require_act(application, ApplicationAct.ACTIVATE)
    code = code.strip()
    if Dealer.objects.filter(code=code).exists():
        raise CodeInUse(code=code)
    require_no_obstacle(application, at)
    today = business_day(at)
    span = _contract_span(application)
    if today not in span:
        last = span.upper - timedelta(days=1) if span.upper else None
        raise ContractNotInForce(first=span.lower.isoformat(), last=last.isoformat() if last else "")
    lock_regions(application.regions.values_list("region", flat=True))
    if found := conflicts_of_application(application, DateSpan(today)):
        raise TerritoryTaken(found)
    dealer = _make_dealer(application, code, today, span, actor)
    _grant(application, dealer, actor, at)
    application.dealer, application.activated_at = dealer, at
    move(application, ApplicationAct.ACTIVATE, actor=actor, at=at, after={"dealer": dealer.code})
    write_mail("active", application=application, at=at)
    return dealer


@transaction.atomic
def claim_account(
    *, application: Application, username: str, password: str, display_name: str, language: str, at: datetime
) -> Welcome:
    """The newcomer makes the owner's account and takes its first key; both once, by the private link.

    Raises :class:`AlreadyClaimed` or what :func:`~dealers.services.people.create_user` raises.
    """
    application = locked_application(application.pk)
    if application.claimed_at is not None:
        raise AlreadyClaimed()
    if application.dealer is None:
        raise ApplicationStateRefused(number=application.number, state=application.get_state_display())
    owner, _given = create_user(
        username=username,
        role=Role.DEALER_OWNER,
        actor=None,
        at=at,
        dealer=application.dealer,
        password=password,
        display_name=display_name,
        email=application.email,
        language=language,
    )
    _key, secret = create_api_key(
        name="ERP", actor=owner, at=at, dealer=application.dealer, expires_at=at + timedelta(days=_KEY_DAYS)
    )
    application.claimed_at = at
    # The link has done its work; from here on there is an account.
    application.link_ends_at = at
    application.save(update_fields=["claimed_at", "link_ends_at"])
    record_audit(
        actor=applicant_of(application),
        action="application.claim",
        subject=application,
        at=at,
        dealer_id=application.dealer_id,
        after={"username": username},
    )
    return Welcome(owner, secret)


def _make_dealer(application: Application, code: str, today: date, span: DateSpan, actor: User) -> Dealer:
    regions = application.regions.select_related("region").order_by("pk")
    row = {
        "code": code,
        "name": application.name,
        "uscc": application.uscc,
        "industry": application.industry,
        "annual_revenue": str(application.annual_revenue),
        "territory": ";".join(wanted.region.code for wanted in regions),
        "activated_on": today.isoformat(),
        "contract_no": application.contract_number,
        "contract_amount": str(application.contract_amount),
        "contract_start": span.lower.isoformat(),
        "contract_end": span.upper.isoformat() if span.upper else "",
        "alliance": application.alliance.code if application.alliance else "",
        "tier": application.tier,
    }
    source = RecordSource([row], DEALERS.layout, filename=application.number)
    delivery = import_rows(DEALERS, source, actor=actor, door=Door.PORTAL)
    if delivery.accepted != 1:
        why = [
            f"{line.field}: {render_problem(line.code, line.params)}"
            for line in QuarantinedLine.objects.filter(delivery=delivery)
        ]
        raise NotActivated(why="; ".join(why) or delivery.filename)
    return Dealer.objects.get(code=code)


def _grant(application: Application, dealer: Dealer, actor: User, at: datetime) -> None:
    """What the import does not know: exclusive regions, the signed file, the reason of the tier, certificates."""
    exclusive = application.regions.filter(exclusive=True).values("region")
    Territory.objects.filter(dealer=dealer, region__in=exclusive).update(exclusive=True)
    reason = application.tier_reason or application.recommendation_reason[:500]
    DealerTier.objects.filter(dealer=dealer).update(reason=reason)
    if application.contract_file is not None:
        signed = copy_file(application.contract_file, dealer_id=dealer.pk, at=at)
        Contract.objects.filter(dealer=dealer).update(file=signed)
    first_day = business_day(at)
    for paper in papers_of(application):
        Certificate.objects.create(
            dealer=dealer,
            kind=paper.kind,
            name=paper.name,
            number=paper.number,
            file=copy_file(paper.file, dealer_id=dealer.pk, at=at),
            valid=(first_day, paper.last_day + timedelta(days=1) if paper.last_day else None),
            state=CertificateState.CONFIRMED,
            handed_in_at=paper.handed_in_at,
            decided_by=paper.checked_by,
            decided_at=paper.checked_at,
            remark=paper.remark,
        )


def _contract_span(application: Application) -> DateSpan:
    valid = application.contract_valid
    if valid is None or valid.lower is None:
        raise ContractIncomplete()
    return DateSpan(valid.lower, valid.upper)
