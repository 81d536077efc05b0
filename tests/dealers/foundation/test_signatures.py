"""A signature says who sent these very bytes, and when."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dealers.foundation.signatures import problem_with, sign

AT = datetime(2026, 11, 5, 1, 30, tzinfo=UTC)
NOW = AT.timestamp()
BODY = '{"id":"1","dealer":"杭州"}'.encode()
HEADER = sign(BODY, secrets=["s1"], at=AT)


def test_the_right_secret_trusts_what_was_sent() -> None:
    assert problem_with(HEADER, BODY, secret="s1", now=NOW + 299) == ""


@pytest.mark.parametrize(
    ("header", "body", "secret", "now", "problem"),
    [
        ("", BODY, "s1", NOW, "missing"),
        ("v1=00", BODY, "s1", NOW, "malformed"),
        ("t=١,v1=00", BODY, "s1", NOW, "malformed"),
        ("t=1,t=2,v1=00", BODY, "s1", NOW, "malformed"),
        (HEADER, BODY + b" ", "s1", NOW, "wrong"),
        (HEADER, BODY, "s2", NOW, "wrong"),
        (HEADER.replace("t=1", "t=2"), BODY, "s1", NOW, "wrong"),
        (HEADER, BODY, "s1", NOW + 301, "too_old"),
        (HEADER, BODY, "s1", NOW - 301, "too_old"),
    ],
)
def test_what_is_not_trusted(header: str, body: bytes, secret: str, now: float, problem: str) -> None:
    assert problem_with(header, body, secret=secret, now=now) == problem


def test_while_a_secret_is_replaced_both_verify() -> None:
    header = sign(BODY, secrets=["new", "old"], at=AT)
    assert [problem_with(header, BODY, secret=secret, now=NOW) for secret in ("new", "old")] == ["", ""]
