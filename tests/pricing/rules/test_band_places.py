"""Who may keep which bands."""

from __future__ import annotations

import pytest

from pricing.rules.band_places import may_keep_band

CITY, PROVINCE, ELSEWHERE = 11, 1, 2

TABLE = [
    # everywhere, region, its province, own regions -> may
    (True, None, None, (), True),
    (True, CITY, PROVINCE, (), True),
    (False, None, None, (PROVINCE,), False),
    (False, CITY, PROVINCE, (CITY,), True),
    (False, CITY, PROVINCE, (PROVINCE,), True),
    (False, PROVINCE, None, (PROVINCE,), True),
    (False, PROVINCE, None, (CITY,), False),
    (False, CITY, PROVINCE, (ELSEWHERE,), False),
    (False, CITY, PROVINCE, (), False),
]


@pytest.mark.parametrize(("everywhere", "region", "province", "own", "may"), TABLE)
def test_some_keep_bands_everywhere_others_in_their_regions(
    everywhere: bool, region: int | None, province: int | None, own: tuple[int, ...], may: bool
) -> None:
    assert may_keep_band(everywhere=everywhere, region_id=region, province_id=province, own_regions=own) is may
