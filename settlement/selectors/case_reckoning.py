"""What a case would lead to if it were confirmed now: the rules asked with the facts of the dealer's record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from dealers.foundation.clock import business_day
from dealers.foundation.half_months import HalfMonth
from dealers.foundation.money import ZERO, round_money
from dealers.models import Contract, PolicyVersion
from dealers.selectors.policies import policy_in_force, required_policy
from pricing.choices import PRICE_VIOLATIONS
from pricing.rules.violations import PERIODS_PER_MONTH, Consequence, consequence
from pricing.selectors.ladder import confirmed_violations
from pricing.terms import ViolationTerms, pricing_terms
from rebates.selectors.forfeitures import rebates_settled_in
from settlement.choices import CaseKind, CaseOutcome
from settlement.models import Case, CaseDecision
from settlement.rules.case_consequences import InFull, Proportion, by_breach, by_fraud, by_ladder, proportion
from settlement.rules.case_fairness import Examination
from settlement.rules.case_life import STANDING_STATES
from settlement.rules.case_proofs import contract_penalty, ladder_penalty
from settlement.terms import CaseTerms, SettlementTerms, settlement_terms


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The working days of a case's path by the policy in force when they begin."""

    investigate: int
    reply: int
    decide: int
    appeal: int
    decide_appeal: int


def deadlines_of(kind: str, *, at: datetime) -> Deadlines:
    """Price and territory have the shorter window of price violations to reply, everything else that of fraud."""
    policy = required_policy(business_day(at))
    terms = settlement_terms(policy)
    short = kind in (CaseKind.PRICE, CaseKind.TERRITORY)
    return Deadlines(
        investigate=terms.cases.investigate_working_days,
        reply=pricing_terms(policy).violations.reply_working_days if short else terms.fraud.reply_working_days,
        decide=terms.cases.decide_working_days,
        appeal=terms.fraud.appeal_working_days,
        decide_appeal=terms.cases.decide_appeal_working_days,
    )


def investigation_days(*, at: datetime) -> int:
    """The working days for investigating; those that hold unless said otherwise where no policy is in force."""
    policy = policy_in_force(business_day(at))
    return (settlement_terms(policy).cases if policy else CaseTerms()).investigate_working_days


def period_of(case: Case) -> HalfMonth:
    """The half-month a case is about; the one in which it was opened where it names none."""
    return HalfMonth.parse(case.period) if case.period else HalfMonth.containing(case.opened_at)


def policy_for(case: Case) -> PolicyVersion:
    """The policy in force when it happened, by which it is judged; the present one where none was."""
    return policy_in_force(period_of(case).start) or required_policy(business_day(case.opened_at))


def breach_of(case: Case) -> str:
    """The kind of price violation a case is about; empty for others."""
    kind = case.facts.partition(":")[0]
    return kind if kind in PRICE_VIOLATIONS else ""


@dataclass(frozen=True, slots=True)
class Reckoned:
    """What follows in full, with everything its proof needs."""

    full: InFull
    policy: PolicyVersion
    step: Consequence | None = None
    contract: Contract | None = None
    forfeited: Decimal = ZERO

    def terms(self) -> SettlementTerms:
        return settlement_terms(self.policy)

    def proof(self, case: Case, found: Examination, *, charged: Decimal, reason: str) -> dict[str, Any]:
        """The proof of a penalty of ``charged`` yuan."""
        policy = (self.policy.code, self.policy.version)
        if self.contract is not None:
            return contract_penalty(
                case=case.number,
                contract=self.contract.number,
                amount=self.contract.amount,
                rate=self.terms().fraud.penalty_rate_of_contract,
                charged=charged,
                full=self.full.penalty,
                policy=policy,
                reason=reason,
            )
        assert self.step is not None, "only the ladder and a contract make penalties"
        return ladder_penalty(
            case=case.number,
            lines=[each for each in found.standing if each.key[0] in PRICE_VIOLATIONS],
            step=self.step.step,
            standing=self.step.standing,
            charged=charged,
            full=self.full.penalty,
            policy=policy,
            reason=reason,
        )

    def proportion_of(self, *, penalty: Decimal, forfeits: bool, proven_loss: Decimal) -> Proportion | None:
        """Whether what a fraud costs is out of proportion to the proven loss, by the policy's factor.

        None for other kinds: the ladder of price violations is the policy's own proportion.
        """
        if self.full.forfeit_year is None:
            return None
        factor = self.terms().fraud.proportionality_warning
        forfeited = self.forfeited if forfeits else ZERO
        return proportion(penalty=penalty, forfeited=forfeited, proven_loss=proven_loss, factor=factor)


def reckon(case: Case, found: Examination, *, at_most: int | None = None) -> Reckoned:
    """What follows in full if the case is confirmed on the evidence that stands.

    ``at_most`` is the place on the ladder a decision was about: a later look never moves the dealer further up.
    """
    policy = policy_for(case)
    if case.kind == CaseKind.FRAUD:
        return _fraud(case, policy)
    if breach_of(case) and any(each.key[0] in PRICE_VIOLATIONS for each in found.standing):
        return _price(case, found, policy, at_most)
    if case.kind == CaseKind.PRICE:  # a price seen in the market is never a penalty by itself
        return Reckoned(by_ladder(None), policy)
    terms = settlement_terms(policy).cases
    earlier = earlier_breaches(case, terms.breach_window_months * PERIODS_PER_MONTH)
    earlier = earlier if at_most is None else min(earlier, at_most - 1)
    return Reckoned(by_breach(case.kind, earlier, hold_from=terms.breach_hold_from), policy)


def _fraud(case: Case, policy: PolicyVersion) -> Reckoned:
    year = period_of(case).start.year
    contract = contract_on(case.dealer_id, period_of(case).start)
    rate = settlement_terms(policy).fraud.penalty_rate_of_contract
    full = by_fraud(contract.amount if contract else ZERO, rate, year)
    forfeited = rebates_settled_in(case.dealer_id, year)
    return Reckoned(full, policy, contract=contract, forfeited=forfeited)


def _price(case: Case, found: Examination, policy: PolicyVersion, at_most: int | None) -> Reckoned:
    terms: ViolationTerms = pricing_terms(policy).violations
    earlier = earlier_confirmed(case, terms.window_months * PERIODS_PER_MONTH)
    earlier = earlier if at_most is None else min(earlier, at_most - 1)
    step = consequence(breach_of(case), found.shortfall, earlier, terms)
    return Reckoned(by_ladder(step), policy, step=step)


def contract_on(dealer_id: int, day: date) -> Contract | None:
    """The contract in force on a day, else the dealer's latest one that began before; None without any."""
    contracts = Contract.objects.filter(dealer=dealer_id)
    begun = contracts.filter(valid__startswith__lte=day).order_by("-valid").first()
    return contracts.filter(valid__contains=day).first() or begun or contracts.order_by("valid").first()


def earlier_confirmed(case: Case, window: int) -> int:
    """The half-months of the rolling window before this case's in which the same price violation was confirmed."""
    period = period_of(case).ordinal
    counted = confirmed_violations().filter(dealer=case.dealer_id, kind=breach_of(case))
    return counted.filter(period__lt=period, period__gt=period - window).count()


def earlier_breaches(case: Case, window: int) -> int:
    """The half-months of the window before this case's in which a breach of its kind was confirmed."""
    period = period_of(case)
    names = {str(HalfMonth.from_ordinal(number)) for number in range(period.ordinal - window + 1, period.ordinal)}
    found = Case.objects.filter(dealer=case.dealer_id, kind=case.kind, period__in=names)
    return standing_cases(found).values("period").distinct().count()


def standing_cases(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Those in which a decision against the dealer stands."""
    return cases.filter(state__in=STANDING_STATES, outcome__in=(CaseOutcome.CONFIRMED, CaseOutcome.PARTLY))


def later_on_the_ladder(case: Case) -> QuerySet[CaseDecision]:
    """The standing decisions whose place on the ladder counted this case, the earliest half-month first."""
    policy = policy_for(case)
    if case.kind == CaseKind.PRICE:
        months = pricing_terms(policy).violations.window_months
    else:
        months = settlement_terms(policy).cases.breach_window_months
    ordinal = period_of(case).ordinal
    names = [str(HalfMonth.from_ordinal(n)) for n in range(ordinal + 1, ordinal + months * PERIODS_PER_MONTH)]
    found = standing_cases(Case.objects.filter(dealer=case.dealer_id, kind=case.kind, period__in=names))
    if breach_of(case):
        found = found.filter(facts__startswith=f"{breach_of(case)}:")
    return CaseDecision.objects.filter(case__in=found, standing__gt=1).order_by("case__period", "pk")


def proven_shortfall(found: Examination) -> Decimal:
    """The loss proven by the lines that stand, to the cent."""
    return round_money(found.shortfall)
