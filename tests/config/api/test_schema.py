"""The API's own description: whole, committed, and kept by what the calls really answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import schemathesis
import yaml
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.wsgi import application
from dealers.api.problem_codes import PROBLEM_CODES
from dealers.api.throttling import PrincipalThrottle
from dealers.foundation import clock
from dealers.services.keys import create_api_key
from tests.callers import key_of
from tests.factories import City, Dealer, PolicyVersion, Product
from tests.issued import PERIOD, issued_statement

COMMITTED = Path(__file__).parents[3] / "docs" / "openapi.yaml"
#: Read by libyaml: in Python alone it takes as long as forty of these tests.
DESCRIPTION = yaml.load(COMMITTED.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def test_the_description_is_valid_and_the_committed_one(tmp_path: Path) -> None:
    fresh = tmp_path / "openapi.yaml"

    call_command("spectacular", validate=True, fail_on_warn=True, lang="en", file=str(fresh))

    assert fresh.read_text(encoding="utf-8") == COMMITTED.read_text(encoding="utf-8"), (
        "the API changed; write the description anew: "
        "python manage.py spectacular --validate --fail-on-warn --lang en --file docs/openapi.yaml"
    )


def test_every_write_may_be_retried_and_every_call_says_who_may_ask() -> None:
    assert DESCRIPTION["openapi"] == "3.1.0"
    for path, operations in DESCRIPTION["paths"].items():
        for method, operation in operations.items():
            named = {parameter["name"] for parameter in operation.get("parameters", ())}
            assert operation["security"] == [{"apiKey": []}, {"session": []}], path
            assert (method == "post") == ("Idempotency-Key" in named), path
            assert {"401", "403", "429"} <= set(operation["responses"]), path


@pytest.mark.django_db
def test_the_pages_load_their_script_from_files_and_explain_every_code() -> None:
    page = Client(headers={"Accept-Language": "en"}).get("/api/v1/docs")

    text = page.content.decode()
    assert page.status_code == 200
    assert "script-src 'self'" in page["Content-Security-Policy"]
    assert "<script>" not in text and "http://" not in text and "https://" not in text
    for _status, code, _meaning in PROBLEM_CODES:
        assert f'id="problem-{code}"' in text


CALLS = [(path, method) for path, methods in DESCRIPTION["paths"].items() for method in methods]
OF_HQ = {"/api/v1/shipments", "/api/v1/supply-eligibility"}
PROMISES = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@pytest.fixture
def secrets(db: None) -> Iterator[tuple[str, str]]:
    """The keys of a dealer with a little of everything and of an HQ system, in a company whose limits are far."""
    PolicyVersion()
    dealer = Dealer(code="D-1", home_region=City(code="C-1"))
    Product(sku="S-1")
    issued_statement(dealer)
    # As Django's own test client does: the test's transaction lives in this connection.
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    with patch.object(PrincipalThrottle, "THROTTLE_RATES", {"principal": "100000/min"}):
        yield key_of(dealer)[1], create_api_key(name="erp", actor=None, at=clock.now(), system="erp")[1]
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


def described_calls() -> Any:
    """The calls to be made up from the description alone.

    Schemathesis would also read the constants of every module loaded so far: that takes longer than the calls, and what
    is asked would depend on which tests ran before.
    """
    described = schemathesis.openapi.from_dict(DESCRIPTION)
    described.config.analysis.constants.enabled = False
    described.app = application
    return described


DESCRIBED = described_calls()


@pytest.mark.parametrize(("path", "method"), CALLS)
def test_whatever_is_asked_the_answer_is_one_of_those_described(
    path: str, method: str, secrets: tuple[str, str]
) -> None:
    @settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
    @given(case=DESCRIBED[path][method].as_strategy())
    def ask(case: Any) -> None:
        if "period" in case.path_parameters:
            case.path_parameters["period"] = PERIOD  # the only one there is; others are all 404
        answer = case.call(headers={"Authorization": f"Bearer {secrets[path in OF_HQ]}"})
        case.validate_response(answer, checks=PROMISES)

    ask()
