"""What becomes of a contract that ends: proposed with its facts by one person, decided by another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dealers.choices import DealerState, NoticeKind, RenewalKind, RequestState
from dealers.errors import NotFound, OwnWork, Refused
from dealers.foundation.file_kinds import PDF, PICTURES
from dealers.models import Contract, ContractRenewal, Dealer, User
from dealers.permissions import CAPABILITIES, require
from dealers.selectors.contracts import assessment_of, visible_contracts
from dealers.services.audit import record_audit
from dealers.services.files import keep_file
from dealers.services.notices import managers_of_dealers, people_of_dealers, tell
from dealers.services.supply_answers import note_supply_answers


class RenewalIncomplete(Refused):
    code = "renewal_incomplete"
    sentence = _("A renewed contract has a number, an amount above zero and a last day after its first.")
    status = 400


class RenewalReasonMissing(Refused):
    code = "renewal_reason_missing"
    sentence = _("Give a reason in words.")
    status = 400


class RenewalWaits(Refused):
    code = "renewal_waits"
    sentence = _("A proposal for this contract is waiting already.")


class RenewalDecided(Refused):
    code = "renewal_decided"
    sentence = _("This proposal was decided already.")


class ContractOverlaps(Refused):
    code = "contract_overlaps"
    sentence = _("Another contract of this dealer covers some of these days, from %(first)s on.")


@dataclass(frozen=True, slots=True)
class NextContract:
    """The contract that is to follow: from the day the present one ends, up to and including ``last_day``."""

    number: str
    amount: Decimal
    last_day: date
    filename: str = ""
    content: bytes | UploadedFile | None = None


@transaction.atomic
def propose_renewal(
    *,
    contract: Contract,
    kind: RenewalKind,
    reason: str,
    actor: User,
    at: datetime,
    following: NextContract | None = None,
) -> ContractRenewal:
    """Propose to renew a contract, to renew it with changes, or to let it end; the facts of the day are kept with it.

    Raises :class:`RenewalIncomplete`, :class:`RenewalReasonMissing`, :class:`RenewalWaits`,
    :class:`ContractOverlaps` or what keeping the file raises.
    """
    require(actor, "contracts.propose")
    contract = _in_sight(contract, actor)
    if not reason.strip():
        raise RenewalReasonMissing()
    if contract.renewals.filter(state=RequestState.OPEN).exists():
        raise RenewalWaits()
    renewal = ContractRenewal(
        dealer=contract.dealer,
        contract=contract,
        kind=kind,
        reason=reason.strip()[:1000],
        requested_by=actor,
        requested_at=at,
        assessment=assessment_of(contract, at=at).as_record(),
    )
    if kind != RenewalKind.LET_END:
        _fill(renewal, following, actor, at)
    renewal.save()
    record_audit(
        actor=actor,
        action="contract.propose",
        subject=renewal,
        at=at,
        reason=renewal.reason,
        dealer_id=contract.dealer_id,
        after={"kind": kind, "number": renewal.number, "amount": renewal.amount and str(renewal.amount)},
    )
    deciders = User.objects.filter(role__in=CAPABILITIES["contracts.decide"], is_active=True).exclude(pk=actor.pk)
    _tell(renewal, "renewal_proposed", list(deciders), at)
    return renewal


@transaction.atomic
def decide_renewal(*, renewal: ContractRenewal, agree: bool, note: str, actor: User, at: datetime) -> ContractRenewal:
    """Agree, which makes the contract that follows, or decline with a reason; never by whoever proposed.

    Raises :class:`RenewalDecided`, :class:`~dealers.errors.OwnWork`, :class:`RenewalReasonMissing` or
    :class:`ContractOverlaps`.
    """
    require(actor, "contracts.decide")
    _in_sight(renewal.contract, actor)
    renewal = ContractRenewal.objects.select_for_update(of=("self",)).select_related("dealer").get(pk=renewal.pk)
    if renewal.state != RequestState.OPEN:
        raise RenewalDecided()
    if renewal.requested_by_id == actor.pk:
        raise OwnWork()
    if not agree and not note.strip():
        raise RenewalReasonMissing()
    renewal.state = RequestState.AGREED if agree else RequestState.REFUSED
    renewal.decided_by, renewal.decided_at, renewal.decision_note = actor, at, note.strip()[:1000]
    renewal.save()
    record_audit(
        actor=actor,
        action=f"contract.{renewal.state}",
        subject=renewal,
        at=at,
        reason=renewal.decision_note,
        dealer_id=renewal.dealer_id,
        before={"state": RequestState.OPEN},
        after={"state": renewal.state, "kind": renewal.kind},
    )
    if agree and renewal.kind != RenewalKind.LET_END:
        _sign(renewal, actor, at)
    dealer_people = people_of_dealers([renewal.dealer_id]).get(renewal.dealer_id, []) if agree else []
    managers = managers_of_dealers([renewal.dealer_id]).get(renewal.dealer_id, [])
    outcome = "refused" if not agree else "ends" if renewal.kind == RenewalKind.LET_END else "agreed"
    _tell(renewal, f"renewal_{outcome}", [*dealer_people, *managers, renewal.requested_by], at)
    return renewal


def _fill(renewal: ContractRenewal, following: NextContract | None, actor: User, at: datetime) -> None:
    first = renewal.contract.valid.upper
    if following is None or first is None:
        raise RenewalIncomplete()
    if not following.number.strip() or following.amount <= 0 or following.last_day < first:
        raise RenewalIncomplete()
    renewal.number, renewal.amount = following.number.strip()[:64], following.amount
    renewal.valid = (first, following.last_day + timedelta(days=1))
    _refuse_overlap(renewal)
    if following.content is not None:
        renewal.file = keep_file(
            actor=actor,
            name=following.filename,
            content=following.content,
            dealer_id=renewal.dealer_id,
            at=at,
            accepts=(PDF, *PICTURES),
        )


def _sign(renewal: ContractRenewal, actor: User, at: datetime) -> None:
    if renewal.amount is None:
        raise RenewalIncomplete()
    _refuse_overlap(renewal)
    made = Contract.objects.create(
        dealer=renewal.dealer, number=renewal.number, amount=renewal.amount, valid=renewal.valid, file=renewal.file
    )
    record_audit(
        actor=actor,
        action="contract.start",
        subject=made,
        at=at,
        dealer_id=renewal.dealer_id,
        after={"number": made.number, "amount": str(made.amount), "valid": str(made.valid)},
    )
    note_supply_answers(dealer_ids=[renewal.dealer_id], at=at)


def _refuse_overlap(renewal: ContractRenewal) -> None:
    """Raises :class:`ContractOverlaps`; whoever makes a contract of this dealer at once waits."""
    Dealer.objects.select_for_update(no_key=True).get(pk=renewal.dealer_id)
    other = Contract.objects.filter(dealer=renewal.dealer_id, valid__overlap=renewal.valid).order_by("valid").first()
    if other is not None:
        raise ContractOverlaps(first=str(other.valid.lower))


def _in_sight(contract: Contract, actor: User) -> Contract:
    found = visible_contracts(actor).filter(pk=contract.pk).exclude(dealer__state=DealerState.TERMINATED).first()
    if found is None:
        raise NotFound(what=_("contract"), key=contract.number)
    return Contract.objects.select_for_update(of=("self",)).select_related("dealer").get(pk=found.pk)


def _tell(renewal: ContractRenewal, reason: str, people: list[User], at: datetime) -> None:
    ends = renewal.contract.valid.upper
    tell(
        recipients={person.pk: person for person in people}.values(),
        kind=NoticeKind.AGREEMENT,
        key=f"{reason}:{renewal.pk}",
        params={
            "reason": reason,
            "dealer": renewal.dealer.name,
            "number": renewal.contract.number,
            "next": renewal.number,
            "last_day": (ends - timedelta(days=1)).isoformat() if ends else "—",
            "remark": renewal.decision_note,
        },
        at=at,
        url="" if reason == "renewal_ends" else f"/contracts/{renewal.contract_id}/",
    )
