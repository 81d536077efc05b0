"""Who may keep which bands: some people everywhere, others only those of their own regions."""

from __future__ import annotations

from collections.abc import Collection


def may_keep_band(
    *, everywhere: bool, region_id: int | None, province_id: int | None, own_regions: Collection[int]
) -> bool:
    """Whether a person may set or end a band.

    ``region_id`` is None for a band of the whole country or of a city tier, which reaches beyond any region; a
    province among the person's own regions covers its cities.
    """
    if everywhere:
        return True
    return region_id is not None and (region_id in own_regions or province_id in own_regions)
