"""A small company whose facts are told line by line, with the tallies intake would keep."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from dealers.choices import Role
from dealers.foundation.half_months import HalfMonth
from dealers.models import Dealer, DealerTier, Product, Shipment, ShipmentTally
from pricing.choices import EXCLUDING_FLAGS, Flag, Verdict
from pricing.models import SaleLine, SaleLineHistory, SalesTally
from settlement.models import SettlementRun, Statement, StatementLine
from settlement.services.approval import approve_run, put_up_for_review
from settlement.services.calculation import calculate_run
from tests import factories

EARNING = (Verdict.IN_BAND, Verdict.PROMO, Verdict.NO_BAND, Verdict.RETURN)
_documents = count(1)


def half(text: str) -> HalfMonth:
    return HalfMonth.parse(text)


def after(period: str, days: int = 1) -> datetime:
    """An instant so many days after the half-month has ended."""
    return half(period).ends_at + timedelta(days=days)


def dealer(code: str, tier: str | None = "T1", since: str = "2026-01-H1", **fields: Any) -> Dealer:
    made = factories.Dealer(code=code, dealings=False, **fields)
    if tier:
        DealerTier.objects.create(dealer=made, tier=tier, valid=(half(since).start, None))
    return made


def change_tier(dealer: Dealer, tier: str, since: str) -> None:
    now = DealerTier.objects.get(dealer=dealer, valid__endswith=None)
    now.valid = (now.valid.lower, half(since).start)
    now.save()
    DealerTier.objects.create(dealer=dealer, tier=tier, valid=(half(since).start, None))


def sell(
    dealer: Dealer,
    period: str,
    amount: str | Decimal,
    *,
    known: datetime | None = None,
    verdict: Verdict | None = None,
    flags: int = 0,
    category: str = "projectors",
    revises: SaleLine | None = None,
) -> SaleLine:
    """Report a sale of one piece at ``amount`` (negative: a return) in the half-month, or revise an earlier line."""
    price = Decimal(amount)
    quantity = -1 if price < 0 else 1
    month = half(period)
    known = known or month.starts_at + timedelta(days=1)
    product = factories.Product(sku=f"SKU-{category}", category=category)
    line = SaleLine(
        dealer=dealer,
        doc_no=revises.doc_no if revises else f"X{next(_documents)}",
        line_no=1,
        revision=revises.revision + 1 if revises else 1,
        product=product,
        region_id=1,
        sold_at=month.starts_at + timedelta(hours=3),
        sold_on=month.start,
        quantity=quantity,
        unit_price=abs(price),
        verdict=verdict or (Verdict.RETURN if quantity < 0 else Verdict.IN_BAND),
        flags=flags,
        reported_at=known,
        known_from=known,
        delivery_id=1,
    )
    if revises is not None:
        _archive(revises, known)
        _tally(revises, known, -1)
        SaleLine.objects.filter(dealer=dealer, doc_no=line.doc_no, line_no=1).delete()
    line.save(force_insert=True)
    _tally(line, known, 1)
    return line


def ship(
    dealer: Dealer,
    period: str,
    amount: str | Decimal,
    *,
    known: datetime | None = None,
    category: str = "projectors",
    remote: bool = False,
) -> None:
    """Ship goods of that value in the half-month (negative: returned to HQ), into a remote region or not."""
    price = Decimal(amount)
    month = half(period)
    known = known or month.starts_at + timedelta(days=1)
    quantity = -1 if price < 0 else 1
    Shipment.objects.create(
        doc_no=f"S{next(_documents)}",
        line_no=1,
        dealer=dealer,
        product=factories.Product(sku=f"SKU-{category}", category=category),
        remote=remote,
        quantity=quantity,
        unit_price=abs(price),
        shipped_at=month.starts_at,
        shipped_on=month.start,
        known_from=known,
        delivery_id=1,
    )
    ShipmentTally.objects.create(
        delivery_id=1,
        dealer=dealer,
        category=category,
        period=month.ordinal,
        known_at=known,
        lines=1,
        quantity=quantity,
        amount=price,
        remote_amount=price if remote else 0,
    )


def earns(line: SaleLine) -> bool:
    compliant = line.verdict in EARNING or bool(line.flags & Flag.NOT_ENFORCED)
    return compliant and not line.flags & EXCLUDING_FLAGS


def _tally(line: SaleLine, known: datetime, sign: int) -> None:
    amount = line.quantity * line.unit_price * sign
    earning = earns(line)
    SalesTally.objects.create(
        dealer=line.dealer,
        category=Product.objects.get(pk=line.product_id).category,
        period=HalfMonth.containing(line.sold_on).ordinal,
        known_at=known,
        lines=sign,
        quantity=line.quantity * sign,
        amount=amount,
        earning_lines=sign if earning else 0,
        earning=amount if earning else 0,
        breach_lines=0,
        breach=0,
    )


def _archive(line: SaleLine, known: datetime) -> None:
    values = {
        field.attname: getattr(line, field.attname) for field in SaleLine._meta.concrete_fields if field.attname != "pk"
    }
    SaleLineHistory.objects.create(**values, known_until=known)


def approver() -> Any:
    return factories.User(role=Role.FINANCE_APPROVER)


def calculate(period: str, *, at: datetime | None = None, **kwargs: Any) -> SettlementRun:
    return calculate_run(period=half(period), actor=None, at=at or after(period), **kwargs)


def close(period: str, *, at: datetime | None = None, **kwargs: Any) -> SettlementRun:
    """Calculate, put up and approve."""
    at = at or after(period)
    calculate(period, at=at, **kwargs)
    put_up_for_review(period=half(period), actor=None, at=at)
    return approve_run(period=half(period), actor=approver(), at=at)


def lines(period: str, of: Dealer | None = None) -> list[StatementLine]:
    run = SettlementRun.objects.get(period=period)
    found = StatementLine.objects.filter(statement__run=run, statement__draft=run.draft)
    if of is not None:
        found = found.filter(dealer=of)
    return list(found.order_by("dealer__code", "line_no"))


def amounts(period: str, of: Dealer | None = None) -> list[tuple[str, str, str]]:
    """Program, half-month it is for, and amount of every line."""
    return [(line.program, line.for_period, str(line.amount)) for line in lines(period, of)]


def statement(period: str, of: Dealer) -> Statement:
    run = SettlementRun.objects.get(period=period)
    return Statement.objects.get(run=run, draft=run.draft, dealer=of)


def told(moments: Iterable[str]) -> list[datetime]:
    return [datetime.fromisoformat(moment).astimezone(UTC) for moment in moments]
