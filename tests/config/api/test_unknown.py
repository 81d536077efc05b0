"""Addresses under /api/ that are none are answered like every other error, whatever is in them."""

from __future__ import annotations

import pytest
from django.test import Client

ADDRESSES = (
    "/api/",
    "/api/v1/",
    "/api/v1/nothing",
    "/api/v1/me%0A",
    "/api/v1/a%00b",
    "/api/v1/%FF",
    "/api/v2/me",
    "/api//",
)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_an_unknown_address_is_a_problem_and_no_page(address: str, method: str) -> None:
    answer = getattr(Client(), method)(address)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["code"] == "not_found"
