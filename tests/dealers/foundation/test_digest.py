"""Equal facts have one form and one fingerprint, whatever order they came in."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dealers.foundation.digest import canonical_json, sha256_hex
from dealers.foundation.effective import DateSpan
from dealers.foundation.periods import HalfMonth, Window


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Slice:
    base: Decimal
    rate: Decimal


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": None}, '{"a":null,"b":1}'),
        (Decimal("12.50"), '"12.50"'),
        (Decimal("1E+3"), '"1000"'),
        (Decimal("0.0000001"), '"0.0000001"'),
        (Decimal("-0.00"), '"0.00"'),
        ("半月", '"半月"'),
        (date(2026, 11, 5), '"2026-11-05"'),
        (datetime(2026, 11, 5, 9, 30, tzinfo=timezone(timedelta(hours=8))), '"2026-11-05T01:30:00.000000+00:00"'),
        (HalfMonth(2026, 11, 1), '"2026-11-H1"'),
        (Window.parse("2026-Q4"), '"2026-Q4"'),
        (UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        ({Colour.RED: (True, Colour.RED)}, '{"red":[true,"red"]}'),
        ({"b", "a"}, '["a","b"]'),
        (Slice(Decimal("100.00"), Decimal("0.02")), '{"base":"100.00","rate":"0.02"}'),
        (DateSpan(date(2026, 1, 1)), '{"lower":"2026-01-01","upper":null}'),
    ],
)
def test_every_value_has_one_text(value: object, text: str) -> None:
    assert canonical_json(value).decode() == text


@pytest.mark.parametrize(
    "value", [1.5, float("nan"), Decimal("NaN"), datetime(2026, 11, 5), b"bytes", object(), {1: "a", "1": "b"}, Slice]
)
def test_what_has_no_agreed_form_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        canonical_json({"value": [value]})


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(codec="utf-8"))
    | st.decimals(allow_nan=False, allow_infinity=False),
    lambda members: (
        st.lists(members, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=4), members, max_size=4)
    ),
    max_leaves=12,
)


@given(JSON)
def test_what_was_stored_keeps_its_fingerprint(value: object) -> None:
    stored = canonical_json(value)
    assert canonical_json(json.loads(stored)) == stored


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), st.integers()))
def test_the_order_of_keys_does_not_matter(mapping: dict[str, int]) -> None:
    assert sha256_hex(mapping) == sha256_hex(dict(reversed(mapping.items())))


def test_the_fingerprint_is_sha256_of_the_form() -> None:
    assert sha256_hex({}) == sha256_hex(b"{}") == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    assert sha256_hex({"at": datetime(2026, 1, 1, tzinfo=UTC)}) != sha256_hex({"at": datetime(2026, 1, 2, tzinfo=UTC)})
