"""Recording what a promotion really cost, entry by entry with proof. Mistakes are taken back, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max, Sum

from dealers.errors import NotPermitted
from dealers.foundation.clock import business_day
from dealers.models import Dealer
from dealers.services.audit import record_audit
from dealers.services.files import keep_file
from pricing.choices import STANDING_PROMO_STATES, PromoState
from pricing.errors import NotEnded, PromoStateRefused, ReasonMissing, SpendInvalid, SpendNotFound, SpendReversed
from pricing.models import PromoAccount, PromoRequest, PromoSpend, PromoSpendProof
from pricing.permissions import can
from pricing.rules.promo_spend import SpendEntry, faults_in, no_proof, unknown_dealer
from pricing.services.promos.acting import (
    Actor,
    audit_actor,
    label_of,
    locked_promo,
    may_request_for_dealer,
    person_of,
)
from pricing.services.promos.aftermath import tell_evaluators, tell_over_budget

_ENDED = (PromoState.ENDED, PromoState.EVALUATED)


@dataclass(frozen=True, slots=True)
class Proof:
    """A file to be attached."""

    name: str
    content: bytes | UploadedFile


@transaction.atomic
def record_spend(
    *, code: str, entry: SpendEntry, proofs: Sequence[Proof], actor: Actor, at: datetime, key: str = ""
) -> PromoSpend:
    """Record one payment for a promotion that was approved. The same ``key`` again gives the first entry back.

    Raises :class:`~pricing.errors.SpendInvalid` naming each fault, or :class:`~dealers.errors.NotPermitted`.
    """
    request = locked_promo(actor, code)
    require_bookkeeper(actor, request)
    if key and (sent := request.spends.filter(key=key).first()):
        return sent
    if request.state not in STANDING_PROMO_STATES:
        raise PromoStateRefused(code=request.code, state=PromoState(request.state).label)
    dealer = _dealer_of(entry, request)
    findings = [*faults_in(entry, first_day=business_day(request.approved_at or at), today=business_day(at))]
    if not proofs:
        findings.append(no_proof())
    if findings:
        raise SpendInvalid(findings)
    before = spend_of(request)
    spend = PromoSpend.objects.create(
        request=request,
        number=_next_number(request),
        dealer=dealer,
        spent_on=entry.spent_on,
        payee=entry.payee.strip(),
        purpose=entry.purpose.strip(),
        amount=entry.amount,
        borne_by=entry.borne_by,
        channel=entry.channel,
        key=key,
        recorded_by=person_of(actor),
        recorded_by_key="" if person_of(actor) else label_of(actor)[:80],
        recorded_at=at,
    )
    files = [
        keep_file(
            actor=audit_actor(actor),
            name=proof.name,
            content=proof.content,
            dealer_id=None if dealer is None else dealer.pk,
            at=at,
        )
        for proof in proofs
    ]
    PromoSpendProof.objects.bulk_create(PromoSpendProof(spend=spend, file=file) for file in files)
    _audit(spend, "promo.spend", actor, at, proofs=[file.sha256 for file in files])
    if before <= request.budget < before + spend.amount:
        tell_over_budget(request, before + spend.amount, at=at)
    return spend


@transaction.atomic
def reverse_spend(*, code: str, number: int, reason: str, actor: Actor, at: datetime) -> PromoSpend:
    """Take an entry back by one of the opposite amount. Raises when it is taken back already, or without a reason."""
    request = locked_promo(actor, code)
    require_bookkeeper(actor, request)
    spend = request.spends.filter(number=number).first()
    if spend is None:
        raise SpendNotFound(key=number)
    if not reason.strip():
        raise ReasonMissing
    if spend.reverses_id is not None or PromoSpend.objects.filter(reverses=spend).exists():
        raise SpendReversed(number=number)
    reversal = PromoSpend.objects.create(
        request=request,
        number=_next_number(request),
        dealer=spend.dealer,
        spent_on=spend.spent_on,
        payee=spend.payee,
        purpose=spend.purpose,
        amount=-spend.amount,
        borne_by=spend.borne_by,
        channel=spend.channel,
        reverses=spend,
        reason=reason.strip(),
        recorded_by=person_of(actor),
        recorded_by_key="" if person_of(actor) else label_of(actor)[:80],
        recorded_at=at,
    )
    _audit(reversal, "promo.spend_reversed", actor, at, reason=reason)
    return reversal


@transaction.atomic
def declare_spend_complete(*, code: str, actor: Actor, at: datetime) -> PromoAccount:
    """Say that everything spent is recorded, also when it is nothing. Said again, the first time stands."""
    request = locked_promo(actor, code)
    require_bookkeeper(actor, request)
    account = PromoAccount.objects.filter(request=request).first()
    if request.state not in _ENDED or account is None:
        raise NotEnded(code=request.code)
    if account.completed_at is not None:
        return account
    account.completed_at, account.completed_by = at, label_of(actor)[:200]
    account.save(update_fields=["completed_at", "completed_by"])
    total = spend_of(request)
    record_audit(
        actor=audit_actor(actor),
        action="promo.spend_complete",
        subject=request,
        at=at,
        after={"spend": format(total, "f")},
        dealer_id=request.applicant_id,
    )
    tell_evaluators(request, total, at=at)
    return account


def spend_of(request: PromoRequest) -> Decimal:
    """What is recorded as spent on the promotion so far."""
    return PromoSpend.objects.filter(request=request).aggregate(total=Sum("amount"))["total"] or Decimal(0)


def require_bookkeeper(actor: Actor, request: PromoRequest) -> None:
    """The actor is the dealer that asked, or one of HQ's who keep such books. Raises otherwise."""
    if actor.dealer_id is not None:
        if request.applicant_id != actor.dealer_id or not may_request_for_dealer(actor):
            raise NotPermitted
    elif not can(actor, "promos.record_spend"):
        raise NotPermitted


def _dealer_of(entry: SpendEntry, request: PromoRequest) -> Dealer | None:
    """In whose sight the entry lies. A dealer's own promotion is all its own; of HQ's, one taking part may be named."""
    if request.applicant_id is not None:
        return request.applicant
    if not entry.dealer:
        return None
    dealer = Dealer.objects.filter(code=entry.dealer).first()
    named = set(request.dealers.values_list("pk", flat=True))
    if dealer is None or (named and dealer.pk not in named):
        raise SpendInvalid([unknown_dealer(entry.dealer)])
    return dealer


def _next_number(request: PromoRequest) -> int:
    return int(request.spends.aggregate(last=Max("number"))["last"] or 0) + 1


def _audit(
    spend: PromoSpend, action: str, actor: Actor, at: datetime, *, reason: str = "", proofs: Sequence[str] = ()
) -> None:
    record_audit(
        actor=audit_actor(actor),
        action=action,
        subject=spend.request,
        at=at,
        reason=reason,
        after={
            "number": spend.number,
            "spent_on": spend.spent_on.isoformat(),
            "payee": spend.payee,
            "purpose": spend.purpose,
            "amount": format(spend.amount, "f"),
            "borne_by": spend.borne_by,
            "channel": spend.channel,
            "proofs": list(proofs),
        },
        dealer_id=spend.dealer_id,
    )
