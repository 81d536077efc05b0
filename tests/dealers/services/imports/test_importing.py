"""The frame of every import: turns, the barrier, and one transaction."""

from __future__ import annotations

from threading import Event, Thread

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dealers.foundation.barrier import INTAKE_LOCK
from dealers.models import FeedDelivery, Product, Region
from dealers.services.imports.inventory import OWN_INVENTORY
from dealers.services.imports.products import product_importer
from dealers.services.imports.regions import REGIONS
from dealers.services.imports.shipments import SHIPMENTS
from tests import factories
from tests.tables import call, take

REGION = "code,name_zh,name_en,kind\nP1,浙江,Zhejiang,province\n"


def holds_barrier() -> bool:
    """Whether this transaction holds the intake lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1 AND pid = pg_backend_pid() "
            "AND (classid::bigint << 32) + objid::bigint = %s",
            [INTAKE_LOCK],
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db
def test_what_a_settlement_reckons_with_comes_in_through_the_barrier() -> None:
    factories.Product(sku="A1")
    held = []
    take(REGIONS, REGION, then=lambda taking: held.append(holds_barrier()))
    call(SHIPMENTS, {"doc_no": "S1"}, then=lambda taking: held.append(holds_barrier()))
    assert held == [False, True]


@pytest.mark.django_db(transaction=True)
def test_when_what_comes_after_fails_nothing_of_the_file_is_kept() -> None:
    def fail(_taking: object) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        take(REGIONS, REGION, then=fail)
    assert not Region.objects.exists()
    assert not FeedDelivery.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_counts_of_two_dealers_do_not_wait_for_each_other() -> None:
    factories.Product(sku="A1")
    near, far = factories.Dealer(), factories.Dealer()
    line = {"as_of": "2026-01-05T09:00:00+08:00", "sku": "A1", "on_hand": 1}
    inside, leave = Event(), Event()

    def hold(_taking: object) -> None:
        inside.set()
        assert leave.wait(20)

    def slowly() -> None:
        try:
            call(OWN_INVENTORY, line, dealer=near, then=hold)
        finally:
            connection.close()

    thread = Thread(target=slowly)
    thread.start()
    try:
        assert inside.wait(20)
        assert call(OWN_INVENTORY, line, dealer=far).accepted == 1
        assert take(product_importer(), "sku,name_zh,name_en,category,industry\nB1,名,n,c,fmcg\n").accepted == 1
    finally:
        leave.set()
        thread.join()
    assert Product.objects.count() == 2


@pytest.mark.django_db
def test_reading_a_file_costs_no_query_per_row() -> None:
    importer = product_importer()
    header = "sku,name_zh,name_en,category,industry\n"
    spent = []
    for size in 5, 500:
        with CaptureQueriesContext(connection) as queries:
            take(importer, header + "".join(f"S{size}-{n},名,n,c,fmcg\n" for n in range(size)))
        spent.append(len(queries))
    assert spent[0] == spent[1]
