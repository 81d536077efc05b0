"""The examples for curl and plain Java are run as a reader would run them, against the real server."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from dealers.foundation import clock
from dealers.models import InventoryLine
from dealers.services.keys import create_api_key
from pricing.models import SaleLine
from tests import factories

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "clients"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def surroundings(live_server: Any) -> dict[str, str]:
    """What the examples read from the environment."""
    factories.PolicyVersion()
    dealer = factories.Dealer(home_region=factories.City(code="C-1"))
    factories.PriceBand(product=factories.Product(sku="S-1"))
    _key, secret = create_api_key(name="till", actor=None, at=clock.now(), dealer=dealer)
    given = {"URL": f"{live_server.url}/api/v1", "KEY": secret, "SKU": "S-1", "REGION": "C-1"}
    return {**os.environ, **given, "NO_PROXY": "*", "no_proxy": "*"}


def run(command: list[str], surroundings: dict[str, str]) -> list[dict[str, Any]]:
    """The JSON documents that a command printed, one a line."""
    ran = subprocess.run(command, env=surroundings, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines() if line.strip()]


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_the_curl_example_reports_a_sale_and_a_count_and_asks_where_one_stands(surroundings: dict[str, str]) -> None:
    sales, stock, me = run(["sh", str(EXAMPLES / "curl" / "report.sh")], surroundings)
    assert (sales["feed"], sales["accepted"], stock["feed"], stock["accepted"]) == ("sales", 1, "inventory", 1)
    assert me["supply"]["eligible"] is True
    assert SaleLine.objects.count() == InventoryLine.objects.count() == 1


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_the_curl_example_fails_loudly_with_a_wrong_key(surroundings: dict[str, str]) -> None:
    ran = subprocess.run(
        ["sh", str(EXAMPLES / "curl" / "report.sh")],
        env={**surroundings, "KEY": "wrong.key"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ran.returncode != 0
    assert "unknown_key" in ran.stdout


@pytest.mark.skipif(not shutil.which("javac"), reason="no Java development kit is installed")
def test_the_java_example_reports_a_sale(surroundings: dict[str, str]) -> None:
    (receipt,) = run(["java", str(EXAMPLES / "java" / "Halfmoon.java")], surroundings)
    assert receipt["accepted"] == 1
    assert SaleLine.objects.get().unit_price == 999
