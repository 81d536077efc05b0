"""What becomes of a contract that ends: proposed with its facts by one person, decided by another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dealers.choices import RenewalKind, RequestState
from dealers.errors import OwnWork, Refused
from dealers.models import Contract, ContractRenewal, User
from dealers.permissions import CAPABILITIES, require
from dealers.selectors.contracts import assessment_of
from dealers.services.audit import record_audit
from dealers.services.contract_signing import (
    contract_in_sight,
    keep_contract,
    refuse_overlap,
    start_contract,
    tell_of_renewal,
)
from dealers.services.notices import managers_of_dealers, people_of_dealers


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
    facts: Mapping[str, Any] | None = None,
) -> ContractRenewal:
    """Propose to renew a contract, to renew it with changes, or to let it end; the facts of the day are kept with it.

    ``facts`` are those other apps know, as JSON, kept beside this app's own. Raises :class:`RenewalIncomplete`,
    :class:`RenewalReasonMissing`, :class:`RenewalWaits`,
    :class:`~dealers.services.contract_signing.ContractOverlaps` or what keeping the file raises.
    """
    require(actor, "contracts.propose")
    contract = contract_in_sight(contract, actor)
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
        assessment=assessment_of(contract, at=at).as_record() | dict(facts or {}),
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
    tell_of_renewal(renewal, "renewal_proposed", list(deciders), at)
    return renewal


@transaction.atomic
def decide_renewal(*, renewal: ContractRenewal, agree: bool, note: str, actor: User, at: datetime) -> ContractRenewal:
    """Agree or decline with a reason; never by whoever proposed.

    What was proposed with the signed contract is in force by agreeing; without it
    :func:`~dealers.services.contract_signing.sign_renewal` comes next. Raises :class:`RenewalDecided`,
    :class:`~dealers.errors.OwnWork`, :class:`RenewalReasonMissing` or
    :class:`~dealers.services.contract_signing.ContractOverlaps`.
    """
    require(actor, "contracts.decide")
    contract_in_sight(renewal.contract, actor)
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
    renews = renewal.kind != RenewalKind.LET_END
    if agree and renews and renewal.file_id is not None:
        start_contract(renewal, actor, at)
    dealer_people = people_of_dealers([renewal.dealer_id]).get(renewal.dealer_id, []) if agree else []
    managers = managers_of_dealers([renewal.dealer_id]).get(renewal.dealer_id, [])
    outcome = "refused" if not agree else "ends" if not renews else "agreed" if renewal.made_id else "to_sign"
    tell_of_renewal(renewal, f"renewal_{outcome}", [*dealer_people, *managers, renewal.requested_by], at)
    return renewal


def _fill(renewal: ContractRenewal, following: NextContract | None, actor: User, at: datetime) -> None:
    first = renewal.contract.valid.upper
    if following is None or first is None:
        raise RenewalIncomplete()
    if not following.number.strip() or following.amount <= 0 or following.last_day < first:
        raise RenewalIncomplete()
    renewal.number, renewal.amount = following.number.strip()[:64], following.amount
    renewal.valid = (first, following.last_day + timedelta(days=1))
    refuse_overlap(renewal)
    if following.content is not None:
        renewal.file = keep_contract(renewal, following.filename, following.content, actor, at)
