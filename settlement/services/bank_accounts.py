"""Where dealers are paid: entered by one person, confirmed by another, and everybody concerned is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from dealers.choices import DEALER_ROLES, NoticeKind, Role
from dealers.errors import NotPermitted, OwnWork
from dealers.foundation.file_kinds import PDF, PICTURES
from dealers.foundation.refusals import Refused as NotPossible
from dealers.foundation.refusals import msgid as _
from dealers.models import Dealer, StoredFile, User
from dealers.services.audit import record_audit
from dealers.services.files import keep_file
from dealers.services.notices import tell
from settlement import permissions
from settlement.choices import BankAccountState
from settlement.errors import (
    BankAccountDecided,
    BankAccountNotFound,
    BankAccountWaits,
    PaymentRefused,
    ReasonMissing,
)
from settlement.models import BankAccount
from settlement.rules.bank_accounts import account_number, bank_number
from settlement.services.disputes.acting import GivenFile


@dataclass(frozen=True, slots=True)
class AccountGiven:
    holder: str
    bank: str
    bank_number: str
    number: str


def propose_account(
    *,
    dealer: Dealer,
    given: AccountGiven,
    reason: str = "",
    proof: GivenFile | None = None,
    actor: User,
    at: datetime,
) -> BankAccount:
    """Enter a bank account of a dealer, to be confirmed by somebody else; until then the one before stays in force.

    ``proof`` is the certificate of the account, a PDF or picture. Raises :class:`PaymentRefused` naming the field,
    :class:`BankAccountWaits`, what :func:`~dealers.services.files.keep_file` raises, and
    :class:`~dealers.errors.NotPermitted` for another dealer's people.
    """
    permissions.require(actor, "bank_accounts.propose")
    if actor.dealer_id not in (None, dealer.pk):
        raise NotPermitted
    checked = _checked(given)
    try:
        with transaction.atomic():
            account = BankAccount.objects.create(
                dealer=dealer,
                holder=checked.holder,
                bank=checked.bank,
                bank_number=checked.bank_number,
                number=checked.number,
                reason=reason.strip(),
                proof=_kept(proof, dealer, actor, at),
                proposed_by=actor,
                proposed_at=at,
            )
            record_audit(
                actor=actor,
                action="bank_account.propose",
                subject=account,
                at=at,
                reason=account.reason,
                after=_record(account),
                dealer_id=dealer.pk,
            )
            _tell(account, "bank_account_proposed", "", at)
    except IntegrityError as error:
        raise BankAccountWaits(dealer=dealer.code) from error
    return account


def confirm_account(*, account: BankAccount, note: str = "", actor: User, at: datetime) -> BankAccount:
    """Put an account in force from now on and end the one before; never by whoever entered it."""
    with transaction.atomic():
        locked = _to_decide(account, actor)
        if locked.state == BankAccountState.CONFIRMED and locked.decided_by_id == actor.pk:
            return locked
        _refuse_decided(locked, actor)
        current = _in_force(locked.dealer_id)
        if current is not None:
            current.valid = (current.valid.lower, at)
            current.save(update_fields=["valid"])
        _decide(locked, BankAccountState.CONFIRMED, note, actor, at, _record(current) if current else None)
        _tell(locked, "bank_account_confirmed", note, at)
    return locked


def decline_account(*, account: BankAccount, note: str, actor: User, at: datetime) -> BankAccount:
    """Refuse an account, with a reason; the one before stays in force."""
    if not note.strip():
        raise ReasonMissing
    with transaction.atomic():
        locked = _to_decide(account, actor)
        _refuse_decided(locked, actor)
        _decide(locked, BankAccountState.DECLINED, note, actor, at, None)
        _tell(locked, "bank_account_declined", note, at)
    return locked


def _kept(proof: GivenFile | None, dealer: Dealer, actor: User, at: datetime) -> StoredFile | None:
    if proof is None:
        return None
    accepts = (PDF, *PICTURES)
    return keep_file(actor=actor, name=proof.name, content=proof.content, dealer_id=dealer.pk, at=at, accepts=accepts)


def _checked(given: AccountGiven) -> AccountGiven:
    for field, text in (("holder", given.holder), ("bank", given.bank)):
        if not text.strip():
            raise PaymentRefused.of(field, "", NotPossible("missing", _("is missing")))
    read = {}
    for field, value, reader in (
        ("bank_number", given.bank_number, bank_number),
        ("number", given.number, account_number),
    ):
        try:
            read[field] = reader(value)
        except NotPossible as refusal:
            raise PaymentRefused.of(field, value[:40], refusal) from refusal
    return AccountGiven(given.holder.strip(), given.bank.strip(), read["bank_number"], read["number"])


def _to_decide(account: BankAccount, actor: User) -> BankAccount:
    permissions.require(actor, "bank_accounts.confirm")
    # The dealer first: confirmations of its accounts follow one another.
    Dealer.objects.select_for_update().get(pk=account.dealer_id)
    found = BankAccount.objects.select_for_update(of=("self",)).select_related("dealer").filter(pk=account.pk).first()
    if found is None:
        raise BankAccountNotFound(what="", key=account.pk)
    return found


def _refuse_decided(account: BankAccount, actor: User) -> None:
    if account.state != BankAccountState.PROPOSED:
        raise BankAccountDecided
    if account.proposed_by_id == actor.pk:
        raise OwnWork


def _in_force(dealer_id: int) -> BankAccount | None:
    confirmed = BankAccount.objects.select_for_update().filter(dealer=dealer_id, state=BankAccountState.CONFIRMED)
    return confirmed.filter(valid__endswith=None).first()


def _decide(
    account: BankAccount,
    state: BankAccountState,
    note: str,
    actor: User,
    at: datetime,
    before: dict[str, str] | None,
) -> None:
    account.state = state
    account.valid = (at, None) if state == BankAccountState.CONFIRMED else None
    account.decided_by, account.decided_at, account.decision_note = actor, at, note.strip()
    account.save(update_fields=["state", "valid", "decided_by", "decided_at", "decision_note"])
    record_audit(
        actor=actor,
        action="bank_account.confirm" if state == BankAccountState.CONFIRMED else "bank_account.decline",
        subject=account,
        at=at,
        reason=account.decision_note,
        before=before,
        after={"state": state, **_record(account)},
        dealer_id=account.dealer_id,
    )


def _record(account: BankAccount) -> dict[str, str]:
    return {
        "holder": account.holder,
        "bank": account.bank,
        "bank_number": account.bank_number,
        "number": account.number,
    }


def _tell(account: BankAccount, reason: str, note: str, at: datetime) -> None:
    """The dealer's people, always: whoever diverts payments counts on nobody looking. And those who confirm."""
    people = list(User.objects.filter(dealer=account.dealer_id, is_active=True, role__in=DEALER_ROLES))
    if reason == "bank_account_proposed":
        people += User.objects.filter(is_active=True, role=Role.FINANCE_APPROVER)
    for person in people:
        own = person.dealer_id is not None
        tell(
            recipients=[person],
            kind=NoticeKind.PAYMENT,
            key=f"{reason}:{account.pk}",
            params={
                "reason": reason,
                "dealer": account.dealer.name,
                "who": account.proposed_by.get_full_name() or account.proposed_by.get_username(),
                "account": account.number[-4:],
                "bank": account.bank,
                "remark": note.strip(),
            },
            at=at,
            url="/my-payments/" if own else f"/payments/bank-accounts/{account.pk}/",
        )
