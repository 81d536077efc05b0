"""Who traded with whom by the signal in a case, and what each reported as sold to the other."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dealers.foundation.periods import Window
from dealers.models import Dealer
from pricing.models import SaleLine
from pricing.rules.customer_references import customer_hash, hash_key
from settlement.choices import SignalRule
from settlement.models import CaseEvidence
from settlement.rules.signals.circles import Facts, Limits, find
from settlement.rules.signals.dealer_trades import Trade
from settlement.selectors.case_network import network_in, trades_between
from tests import factories
from tests.breaches import breach, market
from tests.settlement.casework import accused, heard, people, signal
from tests.visitors import signed_in

pytestmark = pytest.mark.django_db
WINDOW = "2026-Q4"


@pytest.fixture
def ring() -> list[Dealer]:
    market()
    dealers = [factories.Dealer(code=f"D{number}") for number in range(1, 4)]
    key = hash_key(settings.CUSTOMER_HASH_KEY)
    for seller, buyer in zip(dealers, [*dealers[1:], dealers[0]], strict=True):
        breach(seller, "1000", "500", quantity=10, doc_no=f"S-{seller.code}")
        SaleLine.objects.filter(dealer=seller, line_no=1).update(customer=customer_hash(buyer.code, key))
        SaleLine.objects.filter(dealer=seller, line_no=2).update(customer=customer_hash(buyer.name, key))
    return dealers


def circle_signal(dealers: list[Dealer]) -> Any:
    """The signal the rule itself makes of the ring."""
    ids = {dealer.pk: dealer.code for dealer in dealers}
    ends = zip(dealers, [*dealers[1:], dealers[0]], strict=True)
    trades = tuple(Trade(one.pk, other.pk, other.code, Decimal(15000), 2) for one, other in ends)
    found = next(iter(find(Facts(WINDOW, trades, ids), Limits())))
    said = found.said.as_record()
    piece = signal(7)
    piece.summary.update({"rule": SignalRule.CIRCLES, "window": WINDOW, "said": said, "told": found.told.as_record()})
    return piece


def test_the_circle_is_drawn_in_its_order_with_what_went_round(ring: list[Dealer]) -> None:
    of = people(ring[0])
    case = accused(of, evidence=circle_signal(ring))
    found = network_in(case.evidence.all())
    assert found is not None
    assert found.circle == ("D1", "D2", "D3")
    assert [(trade.seller, trade.buyer, trade.amount, trade.quantity) for trade in found.trades] == [
        ("D1", "D2", Decimal("15000.00"), 20),
        ("D2", "D3", Decimal("15000.00"), 20),
        ("D3", "D1", Decimal("15000.00"), 20),
    ]


def test_headquarters_sees_the_picture_and_the_dealer_never(ring: list[Dealer]) -> None:
    of = people(ring[0])
    case = accused(of, evidence=circle_signal(ring))
    told = signed_in(of.judge).get(f"/cases/{case.number}/").content.decode()
    assert "the circle is D1 → D2 → D3 → D1" in told and "¥15,000" in told

    heard(of, case)
    own = signed_in(of.owner).get(f"/cases/{case.number}/").content.decode()
    assert "D2" not in own and "no end customers" in own


def test_a_case_without_such_a_signal_has_no_picture(ring: list[Dealer]) -> None:
    case = accused(people(ring[0]))
    assert network_in(CaseEvidence.objects.filter(case=case)) is None


def test_one_query_reads_the_trades_of_any_number_of_dealers(ring: list[Dealer]) -> None:
    with CaptureQueriesContext(connection) as queries:
        trades_between(ring, Window.parse(WINDOW))
    assert len(queries) == 1
