"""What some dealers of the demo company did that the signals of fraud find."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal

from config.demo.company import DemoDealer
from config.demo.goods import CENT, Good
from config.demo.people import Staff
from config.imports import import_records
from dealers.choices import Door
from dealers.foundation.clock import BUSINESS_ZONE, start_of_day
from dealers.foundation.half_months import HalfMonth
from dealers.models import Dealer
from settlement.choices import SignalRule
from settlement.services.signals.asking import make_run
from settlement.services.signals.running import answer_run
from settlement.services.signals.suppressing import suppress_rule

Event = tuple[datetime, Callable[[datetime], None]]
#: Punctual dealers by their place: a ring of three, and one that books late into a half-month that is over.
RING, LATE = (6, 10, 14), 12
LEAST_DEALERS = 15
_EACH = Decimal(14_000)
_LATE_LINES, _LATE_DAYS = 12, 10


def fraud_events(network: Sequence[DemoDealer], goods: Sequence[Good], now: datetime) -> Iterator[Event]:
    """Three dealers sell to each other in a circle; another reports the end of a half-month ten days after it."""
    if len(network) < LEAST_DEALERS:
        return
    today = now.astimezone(BUSINESS_ZONE).date()
    for place, number in enumerate(RING):
        buyer = network[RING[(place + 1) % len(RING)]]
        for week in (1, 2):
            day = today - timedelta(days=4 + place + 7 * week)
            yield _evening(day), _reporter(network[number], _circle(network[number], buyer, goods, day))
    ended = HalfMonth.containing(today - timedelta(days=_LATE_DAYS + 1)).start
    yield (
        start_of_day(ended + timedelta(days=_LATE_DAYS)) + timedelta(hours=11),
        _reporter(network[LATE], _after_the_end(network[LATE], goods, ended)),
    )


def look_for_frauds(network: Sequence[DemoDealer], staff: Staff, now: datetime) -> None:
    """Run the signals as the night would have; one rule is suppressed for a dealer with an explanation."""
    if len(network) > LATE:
        suppress_rule(
            dealer=Dealer.objects.get(code=network[0].code),
            rule=SignalRule.CUSTOMER_SHARE,
            last_day=now.astimezone(BUSINESS_ZONE).date() + timedelta(days=60),
            reason="政府集采项目，合同已核实，占比高属正常。",
            actor=staff["investigator"],
            at=now,
        )
    answer_run(make_run(at=now, actor=None))


def _circle(seller: DemoDealer, buyer: DemoDealer, goods: Sequence[Good], day: date) -> list[dict[str, object]]:
    good = max((good for good in goods[:64] if good.industry == seller.industry), key=lambda good: good.street)
    quantity = int((_EACH / good.street).to_integral_value(ROUND_CEILING))
    return [_line(seller, good, f"XS{day:%y%m%d}-9001", line, day, quantity, buyer.uscc) for line in (1, 2)]


def _after_the_end(dealer: DemoDealer, goods: Sequence[Good], ended: date) -> list[dict[str, object]]:
    own = [good for good in goods[:64] if good.industry == dealer.industry]
    return [
        _line(
            dealer,
            own[number % len(own)],
            f"XS{ended:%y%m%d}-8{number:03}",
            1,
            ended - timedelta(days=2 + number % 2),
            8,
            "",
        )
        for number in range(_LATE_LINES)
    ]


def _line(
    dealer: DemoDealer, good: Good, doc_no: str, line_no: int, day: date, quantity: int, customer: str
) -> dict[str, object]:
    sold_at = start_of_day(day) + timedelta(hours=10, minutes=7 * line_no)
    return {
        "doc_no": doc_no,
        "line_no": line_no,
        "sold_at": sold_at.astimezone(BUSINESS_ZONE).isoformat(),
        "sku": good.sku,
        "quantity": quantity,
        "unit_price": str(good.street.quantize(CENT)),
        "region": dealer.cities[0].code,
        "customer": customer,
    }


def _reporter(dealer: DemoDealer, records: list[dict[str, object]]) -> Callable[[datetime], None]:
    def report(at: datetime) -> None:
        known = Dealer.objects.get(code=dealer.code)
        import_records(kind="sales", records=records, actor=None, door=Door.API, dealer=known)

    return report


def _evening(day: date) -> datetime:
    return start_of_day(day) + timedelta(hours=21)
