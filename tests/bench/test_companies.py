"""The companies that benchmarks measure are made by SQL of their own: it has to fit the tables there are."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bench import books, busy, stock, sweep, violations
from dealers.models import Dealer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "fill",
    [
        pytest.param(lambda: busy.fill(dealers=20, products=120, lines=200, promos=20), id="busy"),
        pytest.param(lambda: books.fill(dealers=20, lines=200, deliveries=3), id="books"),
        pytest.param(lambda: stock.fill(20, 200, 3), id="stock"),
        pytest.param(lambda: sweep.fill(20, silent_every=5, outages=1), id="sweep"),
        pytest.param(lambda: violations.fill(200, 20), id="violations"),
    ],
)
def test_a_company_to_measure_can_be_made(fill: Callable[[], None]) -> None:
    fill()
    assert Dealer.objects.count() == 20
