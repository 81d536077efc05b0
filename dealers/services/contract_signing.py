"""An agreed renewal becomes the next contract: with the signed paper, or without it for a reason on record.

Agreeing and signing are two things: agreed terms go to the dealer, and what comes back signed is in force.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from dealers.choices import DealerState, NoticeKind, RenewalKind, RequestState
from dealers.errors import NotFound, Refused
from dealers.foundation.file_kinds import PDF, PICTURES
from dealers.models import Contract, ContractRenewal, Dealer, StoredFile, User
from dealers.permissions import require
from dealers.selectors.contracts import visible_contracts
from dealers.services.audit import record_audit
from dealers.services.files import keep_file
from dealers.services.notices import managers_of_dealers, people_of_dealers, tell
from dealers.services.supply_answers import note_supply_answers


class ContractOverlaps(Refused):
    code = "contract_overlaps"
    sentence = _("Another contract of this dealer covers some of these days, from %(first)s on.")


class NothingToSign(Refused):
    code = "nothing_to_sign"
    sentence = _("This renewal is not agreed, or its signed contract is on file already.")


class SignedContractMissing(Refused):
    code = "signed_contract_missing"
    sentence = _("Attach the signed contract, or say why it is to be in force without it.")
    status = 422


@transaction.atomic
def sign_renewal(
    *,
    renewal: ContractRenewal,
    actor: User,
    at: datetime,
    filename: str = "",
    content: bytes | UploadedFile | None = None,
    reason: str = "",
) -> ContractRenewal:
    """Put an agreed renewal in force with its signed contract; or, by who may decide renewals, without it for a reason.

    A paper that was missing is added the same way. Raises :class:`NothingToSign`, :class:`SignedContractMissing`,
    :class:`ContractOverlaps` or what keeping the file raises.
    """
    require(actor, "contracts.propose" if content is not None else "contracts.decide")
    contract_in_sight(renewal.contract, actor)
    renewal = (
        ContractRenewal.objects.select_for_update(of=("self",))
        .select_related("dealer", "contract", "made")
        .get(pk=renewal.pk)
    )
    agreed = renewal.state == RequestState.AGREED and renewal.kind != RenewalKind.LET_END
    if not agreed or (renewal.made is not None and (renewal.made.file_id is not None or content is None)):
        raise NothingToSign()
    if content is None and not reason.strip():
        raise SignedContractMissing()
    if content is not None:
        renewal.file = keep_contract(renewal, filename, content, actor, at)
    if renewal.made is not None:
        _add_paper(renewal, renewal.made, actor, at)
        return renewal
    renewal.unsigned_reason = "" if content is not None else reason.strip()[:500]
    start_contract(renewal, actor, at)
    people = [
        *people_of_dealers([renewal.dealer_id]).get(renewal.dealer_id, []),
        *managers_of_dealers([renewal.dealer_id]).get(renewal.dealer_id, []),
    ]
    tell_of_renewal(renewal, "renewal_agreed", people, at)
    return renewal


def start_contract(renewal: ContractRenewal, actor: User, at: datetime) -> None:
    """Make the contract that follows. Raises :class:`ContractOverlaps`."""
    assert renewal.amount is not None  # checked when it was proposed
    refuse_overlap(renewal)
    renewal.made = Contract.objects.create(
        dealer=renewal.dealer, number=renewal.number, amount=renewal.amount, valid=renewal.valid, file=renewal.file
    )
    renewal.save(update_fields=["made", "file", "unsigned_reason"])
    record_audit(
        actor=actor,
        action="contract.start",
        subject=renewal.made,
        at=at,
        dealer_id=renewal.dealer_id,
        reason=renewal.unsigned_reason,
        after={
            "number": renewal.number,
            "amount": str(renewal.amount),
            "valid": str(renewal.made.valid),
            "signed": renewal.file.sha256 if renewal.file is not None else None,
        },
    )
    note_supply_answers(dealer_ids=[renewal.dealer_id], at=at)


def refuse_overlap(renewal: ContractRenewal) -> None:
    """Raises :class:`ContractOverlaps`; whoever makes a contract of this dealer at once waits."""
    Dealer.objects.select_for_update(no_key=True).get(pk=renewal.dealer_id)
    other = Contract.objects.filter(dealer=renewal.dealer_id, valid__overlap=renewal.valid).order_by("valid").first()
    if other is not None:
        raise ContractOverlaps(first=str(other.valid.lower))


def keep_contract(
    renewal: ContractRenewal, filename: str, content: bytes | UploadedFile, actor: User, at: datetime
) -> StoredFile:
    """Keep the signed contract among the dealer's files. Raises what keeping a file raises."""
    return keep_file(
        actor=actor, name=filename, content=content, dealer_id=renewal.dealer_id, at=at, accepts=(PDF, *PICTURES)
    )


def contract_in_sight(contract: Contract, actor: User) -> Contract:
    """The contract, locked, if the person sees it and its dealer has not left."""
    found = visible_contracts(actor).filter(pk=contract.pk).exclude(dealer__state=DealerState.TERMINATED).first()
    if found is None:
        raise NotFound(what=_("contract"), key=contract.number)
    return Contract.objects.select_for_update(of=("self",)).select_related("dealer").get(pk=found.pk)


def tell_of_renewal(renewal: ContractRenewal, reason: str, people: list[User], at: datetime) -> None:
    """One notice about a renewal to each of some people."""
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


def _add_paper(renewal: ContractRenewal, made: Contract, actor: User, at: datetime) -> None:
    made.file = renewal.file
    made.save(update_fields=["file"])
    renewal.save(update_fields=["file"])
    record_audit(
        actor=actor,
        action="contract.paper",
        subject=made,
        at=at,
        dealer_id=renewal.dealer_id,
        after={"number": made.number, "signed": made.file.sha256 if made.file is not None else None},
    )
