"""The dealer's plans: written down, changed, asked for, taken back."""

from __future__ import annotations

from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Q

from dealers.errors import NotPermitted
from dealers.foundation.clock import BUSINESS_ZONE, business_day
from dealers.foundation.findings import Finding, Severity
from dealers.foundation.money import ZERO
from dealers.foundation.refusals import msgid as _
from dealers.models import Dealer, Region, Territory
from dealers.services.audit import record_audit
from pricing.choices import STANDING_PROMO_STATES
from pricing.models import PromoRequest
from pricing.selectors.promos import promos_open_to
from rebates.errors import QuotaMissing, SupportInvalid
from rebates.models import SupportActivity, SupportQuota
from rebates.permissions import can
from rebates.rules.support_life import SupportAct
from rebates.rules.support_plan import SupportPlan, faults_in, faults_to_ask
from rebates.rules.support_quota import granted
from rebates.selectors.support_quotas import entitled_quota, pots_of
from rebates.services.support.acting import (
    Actor,
    audit_actor,
    label_of,
    locked_activity,
    move,
    person_of,
    require_state,
)
from rebates.services.support.telling import tell_managers

NUMBERING_LOCK = 0x5350


@transaction.atomic
def plan_activity(*, plan: SupportPlan, actor: Actor, at: datetime, key: str = "") -> SupportActivity:
    """Write down a plan as a draft that nobody else sees. The same ``key`` again gives the first one back.

    Raises :class:`~rebates.errors.SupportInvalid` or :class:`~dealers.errors.NotPermitted`.
    """
    dealer = _own_dealer(actor)
    if key and (sent := SupportActivity.objects.filter(dealer=dealer, key=key).first()):
        return sent
    promo = _checked(plan, dealer)
    activity = SupportActivity.objects.create(
        dealer=dealer,
        number=_next_number(dealer, at),
        promo=promo,
        key=key,
        created_at=at,
        created_by=label_of(actor),
        **_columns(plan),
    )
    activity.regions.set(Region.objects.filter(code__in=plan.regions))
    record_audit(
        actor=audit_actor(actor),
        action="support.plan",
        subject=activity,
        at=at,
        after=_told(plan),
        dealer_id=dealer.pk,
    )
    return activity


@transaction.atomic
def change_plan(*, number: str, plan: SupportPlan, actor: Actor, at: datetime) -> SupportActivity:
    """Change a draft; a rejected plan becomes a draft again. Raises as :func:`plan_activity`."""
    activity = own_activity(actor, number)
    require_state(activity, SupportAct.EDIT)
    promo = _checked(plan, activity.dealer)
    before = {"budget": f"{activity.budget:f}", "purpose": activity.purpose, "starts_on": activity.starts_on}
    for name, value in {**_columns(plan), "promo": promo, "quota": None, "reserved": None, "asked_at": None}.items():
        setattr(activity, name, value)
    move(activity, SupportAct.EDIT, amount=ZERO, actor=actor, at=at)
    activity.regions.set(Region.objects.filter(code__in=plan.regions))
    record_audit(
        actor=audit_actor(actor),
        action="support.change",
        subject=activity,
        at=at,
        before=before,
        after=_told(plan),
        dealer_id=activity.dealer_id,
    )
    return activity


@transaction.atomic
def ask_for_support(*, number: str, actor: Actor, at: datetime) -> SupportActivity:
    """Ask for the planned budget; it counts against the quota of the quarter in which the activity begins.

    Raises :class:`~rebates.errors.SupportInvalid`, :class:`~rebates.errors.QuotaMissing` or
    :class:`~rebates.errors.QuotaExceeded`.
    """
    activity = own_activity(actor, number)
    require_state(activity, SupportAct.ASK)
    plan = plan_of(activity)
    findings = list(faults_to_ask(plan, today=business_day(at), own_places=places_of(activity.dealer, plan.starts_on)))
    if findings:
        raise SupportInvalid(findings)
    activity.quota = _quota(activity.dealer, plan, at)
    activity.quarter, activity.asked_at = str(plan.quarter), at
    move(activity, SupportAct.ASK, amount=activity.budget, actor=actor, at=at)
    tell_managers(activity, at=at)
    return activity


@transaction.atomic
def withdraw_support(*, number: str, reason: str, actor: Actor, at: datetime) -> SupportActivity:
    """Give an activity up before its proof is handed in; what it held is free again."""
    activity = own_activity(actor, number)
    move(activity, SupportAct.WITHDRAW, amount=ZERO, actor=actor, at=at, reason=reason.strip())
    return activity


def own_activity(actor: Actor, number: str) -> SupportActivity:
    """The actor's own activity, locked. HQ acts for no dealer: raises :class:`~dealers.errors.NotPermitted`."""
    activity = locked_activity(actor, number)
    _own_dealer(actor)
    return activity


def plan_of(activity: SupportActivity) -> SupportPlan:
    """What an activity says, as the rules read it."""
    return SupportPlan(
        kind=activity.kind,
        purpose=activity.purpose,
        description=activity.description,
        starts_on=activity.starts_on,
        ends_on=activity.ends_on,
        budget=activity.budget,
        regions=tuple(activity.regions.order_by("code").values_list("code", flat=True)),
        promo=activity.promo.code if activity.promo else "",
    )


def places_of(dealer: Dealer, day: date) -> set[str]:
    """The codes of the regions a dealer may sell in on a day, cities of its provinces included."""
    granted_to = Territory.objects.filter(dealer=dealer, valid__contains=day).values("region")
    found = Region.objects.filter(Q(pk__in=granted_to) | Q(parent__in=granted_to))
    return set(found.values_list("code", flat=True))


def promos_to_link(dealer_id: int) -> dict[str, PromoRequest]:
    """The approved promotions an activity of the dealer may belong to, by number, the newest first."""
    own = PromoRequest.objects.filter(applicant=dealer_id, state__in=STANDING_PROMO_STATES, deleted_at=None)
    found = [*own.order_by("-pk")[:100], *promos_open_to(dealer_id).order_by("-pk").distinct()[:100]]
    return {promo.code: promo for promo in found}


def _own_dealer(actor: Actor) -> Dealer:
    dealer = actor.dealer
    if dealer is None or (person_of(actor) is not None and not can(actor, "support.ask")):
        raise NotPermitted(capability="support.ask")
    return dealer


def _checked(plan: SupportPlan, dealer: Dealer) -> PromoRequest | None:
    """The promotion the plan names. Raises :class:`SupportInvalid` for what is wrong with the plan in itself."""
    findings = list(faults_in(plan))
    known = set(Region.objects.filter(code__in=plan.regions).values_list("code", flat=True))
    if unknown := sorted(set(plan.regions) - known):
        findings.append(_unknown(_("There is no region %(value)s."), "regions", ", ".join(unknown)))
    promo = promos_to_link(dealer.pk).get(plan.promo) if plan.promo else None
    if plan.promo and promo is None:
        findings.append(_unknown(_("%(value)s is no approved promotion of yours."), "promo", plan.promo))
    if findings:
        raise SupportInvalid(findings)
    return promo


def _unknown(message: str, field: str, value: str) -> Finding:
    return Finding("unknown", Severity.ERROR, message, {"value": value}, field=field, value=value)


def _quota(dealer: Dealer, plan: SupportPlan, at: datetime) -> SupportQuota:
    """The quota of the plan's quarter, locked and brought up to what the dealer's tier gives."""
    quarter = plan.quarter
    entitled = entitled_quota(dealer.pk, quarter)
    if entitled is None:
        raise QuotaMissing(quarter=str(quarter))
    decided = {"tier": entitled.tier, "policy_id": entitled.policy, "decided_on": entitled.on}
    SupportQuota.objects.get_or_create(
        dealer=dealer, quarter=str(quarter), defaults={**decided, "granted": entitled.amount}
    )
    quota = SupportQuota.objects.select_for_update().get(dealer=dealer, quarter=str(quarter))
    amount = granted(entitled.amount, pots_of(quota).used)
    if (quota.granted, quota.tier, quota.policy_id) != (amount, entitled.tier, entitled.policy):
        before = {"granted": f"{quota.granted:f}", "tier": quota.tier}
        quota.granted = amount
        for name, value in decided.items():
            setattr(quota, name, value)
        quota.save()
        record_audit(
            actor=None,
            action="support.quota",
            subject=quota,
            at=at,
            before=before,
            after={"granted": f"{amount:f}", "tier": entitled.tier},
            dealer_id=dealer.pk,
        )
    return quota


def _columns(plan: SupportPlan) -> dict[str, object]:
    return {
        "kind": plan.kind,
        "purpose": plan.purpose.strip(),
        "description": plan.description.strip(),
        "starts_on": plan.starts_on,
        "ends_on": plan.ends_on,
        "budget": plan.budget,
        "quarter": str(plan.quarter),
    }


def _told(plan: SupportPlan) -> dict[str, object]:
    return {
        "purpose": plan.purpose,
        "kind": plan.kind,
        "starts_on": plan.starts_on,
        "ends_on": plan.ends_on,
        "budget": f"{plan.budget:f}",
        "regions": list(plan.regions),
        "promo": plan.promo,
    }


def _next_number(dealer: Dealer, at: datetime) -> str:
    """The dealer's next number: counted per dealer, so that it tells nothing about anybody else's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [NUMBERING_LOCK, dealer.pk])
    prefix = f"MS-{at.astimezone(BUSINESS_ZONE):%y%m}-{dealer.code}-"
    taken = SupportActivity.objects.filter(number__startswith=prefix).count()
    return f"{prefix}{taken + 1:03d}"
