"""A process that is killed in the middle of a large file, and its successor: every line exactly once."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from dealers.models import FeedDay, FeedDelivery, FileIntake, FilePart, InventoryLine
from pricing.models import SaleLine, SalesTally
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
LINES, PART = 12_000, 500
PATIENCE = 60.0
START = datetime(2026, 11, 1, 8)


@pytest.fixture
def company() -> None:
    factories.PriceBand(product=factories.Product(sku="A1"))
    factories.Dealer(code="D1", home_region=factories.City(code="HZ"))


def sales_file(folder: Path) -> Path:
    path = folder / "sales.csv"
    with path.open("w") as file:
        file.write("dealer,doc_no,line_no,sold_at,sku,quantity,unit_price,region\n")
        for number in range(LINES):
            sold_at = (START + timedelta(minutes=number % 1440)).isoformat()
            file.write(f"D1,S{number // 4},{number % 4 + 1},{sold_at}+08:00,A1,1,1000,HZ\n")
    return path


def inventory_file(folder: Path) -> Path:
    path = folder / "inventory.csv"
    with path.open("w") as file:
        file.write("dealer,as_of,sku,on_hand,warehouse\n")
        for number in range(LINES):
            file.write(f"D1,2026-11-01T08:00:00+08:00,A1,{number},W{number}\n")
    return path


def killed_after(parts: int, kind: str, path: Path) -> None:
    """Import by a process of its own and kill it when it has taken so many parts."""
    address = urlsplit(os.environ["DATABASE_URL"])
    database = urlunsplit(address._replace(path=f"/{connection.settings_dict['NAME']}"))
    command = [sys.executable, "manage.py", "import_data", kind, str(path), f"--part-lines={PART}"]
    process = subprocess.Popen(
        command,
        cwd=settings.BASE_DIR,
        env={**os.environ, "DATABASE_URL": database, "REDIS_URL": settings.REDIS_URL},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + PATIENCE
    while FilePart.objects.count() < parts:
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def import_again(kind: str, path: Path) -> dict[str, Any]:
    out = io.StringIO()
    call_command("import_data", kind, str(path), "--json", f"--part-lines={PART}", stdout=out)
    return dict(json.loads(out.getvalue()))


def stored_sales() -> int:
    assert sum(SalesTally.objects.values_list("lines", flat=True)) == SaleLine.objects.count()
    return SaleLine.objects.count()


@pytest.mark.parametrize(
    ("kind", "write", "stored"),
    [("sales", sales_file, stored_sales), ("inventory", inventory_file, InventoryLine.objects.count)],
    ids=["sales", "inventory"],
)
def test_a_killed_import_goes_on_where_it_stood(
    company: None, tmp_path: Path, kind: str, write: Callable[[Path], Path], stored: Callable[[], int]
) -> None:
    path = write(tmp_path)
    killed_after(3, kind, path)
    begun = FileIntake.objects.get()
    assert begun.finished_at is None and not FeedDay.objects.exists()
    # A part that was under way is there whole or not at all.
    assert stored() == begun.last_line - 1 < LINES and stored() % PART == 0

    receipt = import_again(kind, path)

    assert (receipt["read"], receipt["accepted"], receipt["duplicates"]) == (LINES, LINES, 0)
    assert stored() == LINES
    assert str(FeedDelivery.objects.get().receipt) == receipt["receipt"]
    assert FeedDay.objects.count() == (2 if kind == "sales" else 0)
    assert sum(FilePart.objects.values_list("lines", flat=True)) == LINES
