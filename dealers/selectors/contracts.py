"""Contracts and addenda as headquarters sees them, and the facts a contract that ends is assessed by."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from dealers.choices import CertificateState, DealerState, HoldKind, RenewalKind, RequestState
from dealers.foundation.clock import business_day
from dealers.foundation.half_months import HalfMonth
from dealers.models import (
    B2BAddendum,
    Certificate,
    Contract,
    ContractRenewal,
    DealerTier,
    ShipmentTally,
    SupplyHold,
    SyncWarning,
)
from dealers.permissions import can
from dealers.selectors.admission import admission_terms
from dealers.selectors.policies import policy_at
from dealers.selectors.visibility import visible_dealers
from dealers.terms import ContractTerms, dealers_terms


@dataclass(frozen=True, slots=True)
class Assessment:
    """What this app knows of a dealer when its contract ends; counts are of the twelve months before."""

    tier: str
    annual_revenue: Decimal
    threshold: Decimal | None
    purchases: Decimal
    contract_amount: Decimal
    holds: dict[str, int]
    open_holds: tuple[str, ...]
    warnings: int
    papers_ending: int

    def as_record(self) -> dict[str, Any]:
        """As it is kept with a proposal."""
        return {name: str(value) if isinstance(value, Decimal) else value for name, value in asdict(self).items()}


def contract_terms(at: datetime) -> ContractTerms:
    """From when on contracts and addenda that end are shown; the defaults without a policy in force."""
    policy = policy_at(at)
    return ContractTerms() if policy is None else dealers_terms(policy).contracts


def visible_contracts(user: Any) -> QuerySet[Contract]:
    """The contracts of the dealers in sight."""
    contracts = Contract.objects.select_related("dealer", "file")
    if not can(user, "contracts.view"):
        return contracts.none()
    return contracts.filter(dealer__in=visible_dealers(user)).order_by("-id")


def contracts_in_force(contracts: QuerySet[Contract], *, today: date) -> QuerySet[Contract]:
    """Those in force of dealers that have not left."""
    return contracts.filter(valid__contains=today).exclude(dealer__state=DealerState.TERMINATED)


def ending_contracts(contracts: QuerySet[Contract], *, today: date, within: int) -> QuerySet[Contract]:
    """Those in force that end within so many days and that none follows, the next first.

    ``proposed`` tells whether a proposal waits, ``to_sign`` whether one is agreed and its signed contract missing.
    """
    following = Contract.objects.filter(dealer=OuterRef("dealer"), valid__startswith__gte=OuterRef("valid__endswith"))
    soon = contracts_in_force(contracts, today=today).filter(valid__endswith__lte=today + timedelta(days=within))
    renewals = ContractRenewal.objects.filter(contract=OuterRef("pk"))
    unfollowed = soon.exclude(Exists(following)).annotate(
        proposed=Exists(renewals.filter(state=RequestState.OPEN)),
        to_sign=Exists(renewals.filter(state=RequestState.AGREED, made=None).exclude(kind=RenewalKind.LET_END)),
    )
    return unfollowed.order_by("valid__endswith", "pk")


def open_renewals(user: Any) -> QuerySet[ContractRenewal]:
    """Proposals that wait, of the dealers in sight."""
    waiting = ContractRenewal.objects.filter(state=RequestState.OPEN, contract__in=visible_contracts(user).values("pk"))
    return waiting.select_related("dealer", "contract", "requested_by").order_by("contract__valid__endswith", "pk")


def unsigned_renewals(user: Any) -> QuerySet[ContractRenewal]:
    """Renewals that are agreed and whose signed contract is missing, of the dealers in sight, the next end first.

    One that another took the place of, because it was never signed, is left out.
    """
    agreed = ContractRenewal.objects.filter(
        state=RequestState.AGREED,
        kind__in=[RenewalKind.RENEW, RenewalKind.CHANGE],
        contract__in=visible_contracts(user).values("pk"),
    )
    signed = ContractRenewal.objects.filter(contract=OuterRef("contract"), made__isnull=False)
    missing = agreed.filter((Q(made=None) & ~Exists(signed)) | Q(made__isnull=False, made__file=None))
    staying = missing.exclude(dealer__state=DealerState.TERMINATED)
    return staying.select_related("dealer", "contract", "requested_by").order_by("contract__valid__endswith", "pk")


def decidable_renewals(user: Any) -> QuerySet[ContractRenewal]:
    """Proposals this person can decide: those of others."""
    waiting = open_renewals(user)
    return waiting.exclude(requested_by=user) if can(user, "contracts.decide") else waiting.none()


def visible_addenda(user: Any) -> QuerySet[B2BAddendum]:
    """The B2B addenda of the dealers in sight."""
    addenda = B2BAddendum.objects.select_related("dealer", "file")
    if not can(user, "addenda.view"):
        return addenda.none()
    return addenda.filter(dealer__in=visible_dealers(user)).order_by("-id")


def ending_addenda(addenda: QuerySet[B2BAddendum], *, today: date, within: int) -> QuerySet[B2BAddendum]:
    """Those in force that end within so many days and that none follows."""
    following = B2BAddendum.objects.filter(
        dealer=OuterRef("dealer"), valid__startswith__gte=OuterRef("valid__endswith")
    )
    soon = addenda.filter(valid__contains=today, valid__endswith__lte=today + timedelta(days=within))
    return soon.exclude(Exists(following)).order_by("valid__endswith", "pk")


def assessment_of(contract: Contract, *, at: datetime) -> Assessment:
    """What is known of the dealer today: size, tier, purchases, holds, warnings for late reports, papers that end."""
    dealer, today = contract.dealer, business_day(at)
    since = at - timedelta(days=365)
    holds: dict[str, int] = {kind.value: 0 for kind in HoldKind}
    for kind in SupplyHold.objects.filter(dealer=dealer, opened_at__gte=since).values_list("kind", flat=True):
        holds[kind] += 1
    still_open = SupplyHold.objects.filter(dealer=dealer, lifted_at=None).values_list("kind", flat=True)
    first, last = HalfMonth.containing(today - timedelta(days=365)), HalfMonth.containing(today)
    bought = ShipmentTally.objects.filter(dealer=dealer, period__range=(first.ordinal, last.ordinal))
    terms = admission_terms(at)
    tier = DealerTier.objects.filter(dealer=dealer, valid__contains=today).values_list("tier", flat=True).first()
    papers = Certificate.objects.filter(dealer=dealer, state=CertificateState.CONFIRMED, valid__contains=today)
    return Assessment(
        tier=tier or "",
        annual_revenue=dealer.annual_revenue,
        threshold=terms.min_annual_revenue[dealer.industry] if terms else None,
        purchases=bought.aggregate(together=Sum("amount"))["together"] or Decimal(0),
        contract_amount=contract.amount,
        holds={kind: count for kind, count in holds.items() if count},
        open_holds=tuple(still_open),
        warnings=SyncWarning.objects.filter(dealer=dealer, warned_at__gte=since).count(),
        papers_ending=papers.filter(valid__endswith__lte=today + timedelta(days=90)).count(),
    )
