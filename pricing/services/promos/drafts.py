"""Drafting a promotion request and changing it while it is with its applicant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext_noop as _

from dealers.choices import Role
from dealers.errors import NotPermitted
from dealers.foundation.clock import BUSINESS_ZONE
from dealers.foundation.findings import Finding, Severity
from dealers.models import Dealer, Product, Region
from dealers.selectors.visibility import visible_dealers
from dealers.services.audit import record_audit
from pricing.choices import PromoState
from pricing.errors import PromoInvalid
from pricing.models import PromoGoal, PromoItem, PromoRequest
from pricing.permissions import can
from pricing.rules.promo_content import PromoContent, PromoItemContent, draft_faults_in
from pricing.rules.promo_flow import PromoAct
from pricing.rules.promo_goals import Goal
from pricing.selectors.promo_places import load_region_tree
from pricing.services.promos.acting import (
    Actor,
    audit_actor,
    label_of,
    locked_promo,
    may_request_for_dealer,
    move,
    person_of,
    require_applicant_side,
)

#: Serialises the numbering of one applicant's requests (first key of a pair; the second is the applicant).
NUMBERING_LOCK = 0x50524F4D


@dataclass(frozen=True)
class _Rows:
    """The rows a content names."""

    products: dict[str, Product]
    regions: list[Region]
    dealers: list[Dealer]


@transaction.atomic
def create_promo(*, content: PromoContent, actor: Actor, at: datetime) -> PromoRequest:
    """Draft a request in the name of the actor's dealer, or of HQ.

    It may still lack what a submission needs, so that it can be written step by step. Raises
    :class:`~dealers.errors.NotPermitted`, or :class:`~pricing.errors.PromoInvalid` naming every fault.
    """
    if not (may_request_for_dealer(actor) if actor.dealer_id is not None else can(actor, "promos.request_for_hq")):
        raise NotPermitted
    rows = _checked(content, actor)
    request = PromoRequest(
        code=_next_code(actor.dealer, at),
        applicant=actor.dealer,
        state=PromoState.DRAFT,
        created_by=person_of(actor),
        created_by_key="" if person_of(actor) else label_of(actor)[:80],
        created_at=at,
    )
    _write(request, content, rows)
    record_audit(
        actor=audit_actor(actor),
        action="promo.draft",
        subject=request,
        at=at,
        after=content.as_record(),
        dealer_id=request.applicant_id,
    )
    return request


@transaction.atomic
def change_promo(*, code: str, content: PromoContent, actor: Actor, at: datetime) -> PromoRequest:
    """Replace the content of a draft or a returned request. Raises as `create_promo`, or when it is not theirs now."""
    request = locked_promo(actor, code)
    require_applicant_side(actor, request)
    move(request, PromoAct.EDIT)
    rows = _checked(content, actor)
    before = content_of(request).as_record()
    _write(request, content, rows)
    record_audit(
        actor=audit_actor(actor),
        action="promo.change",
        subject=request,
        at=at,
        before=before,
        after=content.as_record(),
        dealer_id=request.applicant_id,
    )
    return request


def content_of(request: PromoRequest) -> PromoContent:
    """What the request says now."""
    return PromoContent(
        title=request.title,
        kind=request.kind,
        starts_on=request.starts_on,
        ends_on=request.ends_on,
        budget=request.budget,
        brand_share=request.brand_share,
        dealer_share=request.dealer_share,
        other_share=request.other_share,
        other_party=request.other_party,
        goals=tuple(Goal(goal.measure, goal.target) for goal in request.goals.all()),
        goal=request.goal,
        ad_copy=request.ad_copy,
        items=tuple(
            PromoItemContent(item.product.sku, item.promo_price) for item in request.items.select_related("product")
        ),
        regions=tuple(request.regions.values_list("code", flat=True)),
        dealers=() if request.applicant_id else tuple(request.dealers.values_list("code", flat=True)),
    )


def _write(request: PromoRequest, content: PromoContent, rows: _Rows) -> None:
    request.title = content.title
    request.kind = content.kind
    request.window = (content.starts_on, content.ends_on)
    request.budget = content.budget
    shares = content.shares
    request.brand_share = shares.brand
    request.dealer_share = shares.dealers
    request.other_share = shares.other
    request.other_party = shares.other_party
    request.goal = content.goal
    request.ad_copy = content.ad_copy
    request.save()
    request.items.all().delete()
    PromoItem.objects.bulk_create(
        PromoItem(request=request, product=rows.products[item.sku], promo_price=item.price) for item in content.items
    )
    request.goals.all().delete()
    PromoGoal.objects.bulk_create(
        PromoGoal(request=request, measure=goal.measure, target=goal.target) for goal in content.goals
    )
    request.regions.set(rows.regions)
    request.dealers.set([request.applicant] if request.applicant else rows.dealers)
    request.refresh_from_db(fields=["window"])


def _checked(content: PromoContent, actor: Actor) -> _Rows:
    """The rows named, or `PromoInvalid` with every fault of the content and every name unknown."""
    findings = list(draft_faults_in(content))
    products = Product.objects.in_bulk([item.sku for item in content.items], field_name="sku")
    regions = Region.objects.in_bulk(content.regions, field_name="code")
    dealers = visible_dealers(actor).in_bulk(content.dealers, field_name="code")
    for number, item in enumerate(content.items):
        if item.sku not in products:
            findings.append(_unknown(_("There is no product %(value)s."), f"items.{number}.sku", item.sku))
    findings += _unknown_in(content.regions, regions, _("There is no region %(value)s."), "regions")
    findings += _unknown_in(content.dealers, dealers, _("There is no dealer %(value)s."), "dealers")
    if getattr(actor, "role", None) == Role.CHANNEL_MANAGER:
        findings += _outside_own_regions(content.regions, actor)
    if findings:
        raise PromoInvalid(findings)
    return _Rows(products, list(regions.values()), list(dealers.values()))


def _outside_own_regions(wanted: tuple[str, ...], manager: Actor) -> list[Finding]:
    tree = load_region_tree()
    own = tree.covered_by(manager.regions.values_list("code", flat=True))  # type: ignore[union-attr]
    if not wanted:
        message = _("Name the regions; a channel manager asks for its own regions only.")
        return [Finding("regions_missing", Severity.ERROR, message, field="regions")]
    message = _("The region %(value)s is not one of yours.")
    return [_unknown(message, "regions", code, "not_your_region") for code in wanted if code not in own]


def _unknown_in(wanted: Iterable[str], known: Iterable[str], message: str, field: str) -> list[Finding]:
    found = set(known)
    return [_unknown(message, field, code) for code in wanted if code not in found]


def _unknown(message: str, field: str, value: str, code: str = "unknown") -> Finding:
    return Finding(code, Severity.ERROR, message, {"value": value}, field=field, value=value)


def _next_code(dealer: Dealer | None, at: datetime) -> str:
    """The next number of the applicant: counted per applicant, so that it tells nothing about anybody else's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [NUMBERING_LOCK, dealer.pk if dealer else 0])
    month = at.astimezone(BUSINESS_ZONE).strftime("%y%m")
    prefix = f"PR-{month}-{dealer.code if dealer else 'HQ'}-"
    taken = set(PromoRequest.objects.filter(code__startswith=prefix).values_list("code", flat=True))
    number = len(taken) + 1
    while f"{prefix}{number:03d}" in taken:
        number += 1
    return f"{prefix}{number:03d}"
