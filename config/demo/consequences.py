"""What befell dealers of the demo company besides what they earned: prices that fell, a penalty, a forfeited year.

Each is on record while the half-month before the last is open, so that its statements show every kind of line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from config.demo.people import Staff
from dealers.foundation.clock import BUSINESS_ZONE
from dealers.foundation.half_months import HalfMonth
from dealers.models import Dealer, Shipment
from dealers.selectors.list_prices import PriceWish, list_prices
from dealers.services.price_changes import NewPrice, confirm_prices, propose_prices
from pricing.models import Violation
from pricing.selectors.ladder import standing_violations
from pricing.services.violations.gathering import gather_violations
from rebates.choices import CreditKind
from rebates.rules.proof_shape import prove
from rebates.services.credits import NewCredit, record_credits
from rebates.services.forfeitures import impose_forfeiture

_Act = Callable[[datetime], None]
_CENT = Decimal("0.01")
_LEAST = Decimal(1000)
#: The dealer whose year is forfeited; nobody's printed login.
_FORFEITED = "D00016"
_DECISION = "处理决定书 2026-003"
_PRICES_FALLEN = 1


def consequence_events(periods: Sequence[HalfMonth], staff: Staff) -> Iterator[tuple[datetime, _Act]]:
    """In the half-month before the last; nothing in a shorter story."""
    if len(periods) < 3:
        return
    open_now = periods[-2]
    falls_on = open_now.end - timedelta(days=2)
    noon = datetime(open_now.start.year, open_now.start.month, open_now.start.day, 12, tzinfo=BUSINESS_ZONE)
    yield noon + timedelta(days=4), lambda at: _punish(periods[-3], staff, at)
    yield noon + timedelta(days=6), lambda at: _forfeit(staff, at)
    at_ten = datetime(falls_on.year, falls_on.month, falls_on.day, 10, tzinfo=BUSINESS_ZONE) - timedelta(days=3)
    yield at_ten, lambda at: _lower_prices(falls_on, staff, at)


def _lower_prices(falls_on: date, staff: Staff, at: datetime) -> None:
    """The goods bought most lately get cheaper: proposed by one, confirmed by another."""
    lately = Shipment.objects.filter(shipped_at__gt=at - timedelta(days=20), quantity__gt=0)
    bought = list(lately.values_list("product_id", flat=True).distinct()[:_PRICES_FALLEN])
    prices = [row for row in list_prices(PriceWish(on=at.date())) if row.product_id in bought]
    if not prices:
        return
    change = propose_prices(
        prices=[NewPrice(row.product_id, (row.price * Decimal("0.95")).quantize(_CENT), falls_on) for row in prices],
        reason="面板成本下降，目录价下调 5%",
        actor=staff["channel"],
        at=at,
    )
    confirm_prices(change_id=change.pk, announced=None, actor=staff["gm"], at=at + timedelta(hours=3))


def _punish(period: HalfMonth, staff: Staff, at: datetime) -> None:
    """The largest violation of the half-month before costs its shortfall, at least 1,000."""
    gather_violations(at=at)
    worst = standing_violations().filter(period=period.ordinal, shortfall__gt=0).order_by("-shortfall", "pk").first()
    if worst is not None:
        record_credits([_penalty(worst, period)], actor=staff["judge"], at=at)


def _penalty(violation: Violation, period: HalfMonth) -> NewCredit:
    proof = prove(
        rule="penalty",
        row="pricing.violations.ladder.2",
        period=str(period),
        subject={"violation": f"{violation.get_kind_display()} {period}", "step": "2"},
        inputs=[{"of": "shortfall", "amount": violation.shortfall}],
        terms={"minimum": _LEAST, "multiple": "1"},
        steps=[
            ("basis", "max(shortfall, minimum)"),
            ("penalty", "basis * multiple"),
            ("charged", "-penalty"),
        ],
    )
    return NewCredit(
        violation.dealer_id,
        CreditKind.PENALTY,
        "penalty",
        f"demo:penalty:{violation.pk}",
        period,
        Decimal(proof["due"]),
        proof,
        base=violation.shortfall,
    )


def _forfeit(staff: Staff, at: datetime) -> None:
    """A confirmed fraud: what the year has settled is taken back, what it still earns is cancelled beside it."""
    dealer = Dealer.objects.filter(code=_FORFEITED).first()
    if dealer is not None:
        impose_forfeiture(
            dealer=dealer,
            year=at.year,
            reference=_DECISION,
            reason="申报的零售单据与客户回访不符，三十二笔交易查无此人，已书面告知并听取申辩。",
            actor=staff["judge"],
            at=at,
        )
