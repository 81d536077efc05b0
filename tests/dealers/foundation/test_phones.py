"""Phone numbers as people write them."""

from __future__ import annotations

import pytest

from dealers.foundation.phones import masked_phone, plain_phone


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("138 0013 8000", "13800138000"),
        ("+86-138-0013-8000", "13800138000"),
        ("1380013８０００", "13800138000"),
        ("0571-8888 6666", "057188886666"),
        ("12345", ""),
        ("23800138000", ""),
        ("", ""),
    ],
)
def test_a_phone_is_the_same_however_it_is_written(written: str, read: str) -> None:
    assert plain_phone(written) == read


def test_a_phone_is_shown_without_its_middle() -> None:
    assert (masked_phone("13800138000"), masked_phone("")) == ("138****8000", "")
