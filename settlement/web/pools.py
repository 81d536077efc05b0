"""Alliances that reach brackets together: what the pool has come to, and who has which part in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dealers.foundation import clock
from dealers.foundation.half_months import HalfMonth
from dealers.models import Alliance, Dealer
from dealers.selectors.visibility import visible_dealers
from dealers.web.access import capability_required, person
from dealers.web.downloads import table_response
from dealers.web.listing import Filter, choice_of
from rebates.permissions import can
from rebates.resources.watching import OUTLOOKS, TONES
from rebates.rules.quantities import MICROS_PER_CENT, cents_text, micros_text
from rebates.selectors.pool_standings import PoolMember, PoolStanding
from settlement.models import SettlementRun
from settlement.selectors.pools import PoolsOf, pools_of_period

COLUMNS = (
    *("period", "alliance", "program", "window", "pool_base", "pool_rate", "pool_rebate", "dealer", "contribution"),
    *("share", "settled", "due"),
)
#: So many half-months back can be chosen.
_CHOICES = 48


@dataclass(frozen=True, slots=True)
class InSight:
    """A pool, its members in the person's sight, and what the others add up to."""

    pool: PoolStanding
    members: list[PoolMember]
    others: list[PoolMember]


@require_GET
@capability_required("watch.view", can=can)
def alliance_pools(request: HttpRequest) -> HttpResponse:
    """The pools of a half-month, the running one unless another is chosen."""
    chosen = _chosen(request)
    found, in_sight = _in_sight(request, chosen)
    ids = {member.dealer_id for one in in_sight for member in one.members}
    dealers = Dealer.objects.in_bulk(ids)
    names = dict(Alliance.objects.filter(code__in={one.pool.alliance for one in in_sight}).values_list("code", "name"))
    context = {
        "found": found,
        "chosen": chosen,
        "pools": [_shown(one, dealers, names) for one in in_sight],
        "alliances": len(names),
        "dealers": len(ids),
        "earned": cents_text(sum(one.pool.pool.entitlement.amount for one in in_sight)),
        "query": request.GET.urlencode(),
    }
    return render(request, "settlement/alliance_pools.html", context)


@require_GET
@capability_required("watch.view", can=can)
def pools_export(request: HttpRequest, written: str) -> HttpResponseBase:
    """A row for each member in sight, decimals in full."""
    found, in_sight = _in_sight(request, _chosen(request))
    return table_response(request, written, f"alliance-pools-{found.period}", COLUMNS, _file_rows(found, in_sight))


def _chosen(request: HttpRequest) -> Filter:
    present = HalfMonth.containing(clock.now())
    ran = SettlementRun.objects.exclude(ordinal=present.ordinal).order_by("-ordinal")
    settled = ran.values_list("period", flat=True)[:_CHOICES]
    return choice_of(request, "period", _("Running now"), [(period, period) for period in settled])


def _in_sight(request: HttpRequest, chosen: Filter) -> tuple[PoolsOf, list[InSight]]:
    at = clock.now()
    period = HalfMonth.parse(chosen.value) if chosen.value else HalfMonth.containing(at)
    found = pools_of_period(period, at=at)
    ids = {member.dealer_id for pool in found.pools for member in pool.members}
    seen = set(visible_dealers(person(request)).filter(pk__in=ids).values_list("pk", flat=True))
    in_sight = [
        InSight(
            pool,
            [member for member in pool.members if member.dealer_id in seen],
            [member for member in pool.members if member.dealer_id not in seen],
        )
        for pool in found.pools
    ]
    return found, [one for one in in_sight if one.members]


def _shown(one: InSight, dealers: Mapping[int, Dealer], names: Mapping[str, str]) -> dict[str, Any]:
    standing = one.pool
    found, program = standing.distance, standing.program.program
    return {
        "alliance": standing.alliance,
        "name": names.get(standing.alliance, standing.alliance),
        "program": program,
        "window": standing.program.window,
        "line": f"{program.code}@{standing.alliance}",
        "outlook": OUTLOOKS[found.outlook],
        "state": found.outlook,
        "tone": TONES[found.outlook],
        "base": yuan(found.base),
        "rate": micros_text(found.rate),
        "reached": yuan(found.reached),
        "next": None if found.next is None else yuan(found.next.start),
        "next_rate": None if found.next is None else micros_text(found.next.rate),
        "missing": yuan(found.missing),
        "brings": cents_text(found.brings),
        "projected": yuan(found.projected),
        "pace": standing.pace,
        "earned": cents_text(found.earned),
        "members": [_member(member, standing, dealers[member.dealer_id]) for member in one.members],
        "others": len(one.others),
        "others_sum": _sum(one.others),
        "total": _sum(standing.members),
    }


def _member(member: PoolMember, standing: PoolStanding, dealer: Dealer) -> dict[str, Any]:
    counting = standing.pool.counting
    part = Decimal(max(member.contribution, 0)) / counting if counting else Decimal(0)
    return {"dealer": dealer, "present": member.present, "part": part, **_sum([member])}


def _sum(members: Any) -> dict[str, Any]:
    share = sum(member.share for member in members)
    settled = sum(member.settled for member in members)
    return {
        "contribution": yuan(sum(member.contribution for member in members)),
        "share": cents_text(share),
        "settled": cents_text(settled),
        "due": cents_text(share - settled),
    }


def yuan(amount: int) -> Decimal:
    """A base for reading: to the fen, cut off."""
    return Decimal(cents_text(amount // MICROS_PER_CENT))


def _file_rows(found: PoolsOf, in_sight: list[InSight]) -> Iterator[tuple[object, ...]]:
    for one in in_sight:
        pool, program = one.pool, one.pool.program
        for member in one.members:
            yield (
                str(found.period),
                pool.alliance,
                program.program.code,
                program.window,
                micros_text(pool.pool.base),
                micros_text(pool.pool.entitlement.rate),
                cents_text(pool.pool.entitlement.amount),
                member.code,
                micros_text(member.contribution),
                cents_text(member.share),
                cents_text(member.settled),
                cents_text(member.pending),
            )
