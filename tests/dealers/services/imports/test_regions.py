"""Regions and alliances from tables."""

from __future__ import annotations

import pytest

from dealers.models import Alliance, AuditRecord, Region
from dealers.services.imports.alliances import ALLIANCES
from dealers.services.imports.regions import REGIONS
from tests.tables import changed, counts, refusals, remark_codes, take

pytestmark = pytest.mark.django_db
HEADER = "code,name_zh,name_en,kind,parent,city_tier,remote"
PROVINCE = "P1,浙江,Zhejiang,province,,,0"
CITY = "C1,杭州,Hangzhou,city,P1,1,0"


def test_a_city_may_stand_before_its_province() -> None:
    assert counts(take(REGIONS, f"{HEADER}\n{CITY}\n{PROVINCE}\n")) == (2, 0, 0, 0)
    assert Region.objects.get(code="C1").parent == Region.objects.get(code="P1")


def test_a_city_may_name_a_province_of_an_earlier_file() -> None:
    take(REGIONS, f"{HEADER}\n{PROVINCE}\n")
    assert counts(take(REGIONS, f"{HEADER}\n{CITY}\n")) == (1, 0, 0, 0)


def test_the_same_file_again_is_all_duplicates() -> None:
    table = f"{HEADER}\n{CITY}\n{PROVINCE}\n"
    take(REGIONS, table)
    assert counts(take(REGIONS, table)) == (0, 2, 0, 0)


def test_columns_stand_in_any_order_and_optional_ones_may_be_absent() -> None:
    assert counts(take(REGIONS, "kind,code,name_en,name_zh\nprovince,P1,Zhejiang,浙江\n")) == (1, 0, 0, 0)


def test_a_changed_name_is_recorded_with_before_and_after() -> None:
    take(REGIONS, f"{HEADER}\n{PROVINCE}\n")
    delivery = take(REGIONS, f"{HEADER}\n{changed(PROVINCE, HEADER, name_zh='浙江省')}\n")
    record = AuditRecord.objects.get(action="region.change")
    assert counts(delivery) == (0, 0, 1, 0)
    assert (record.subject_id, record.before, record.after) == ("P1", {"name_zh": "浙江"}, {"name_zh": "浙江省"})


def test_an_empty_optional_cell_leaves_what_stands() -> None:
    take(REGIONS, f"{HEADER}\n{changed(PROVINCE, HEADER, remote='1')}\n{CITY}\n")
    delivery = take(
        REGIONS, f"{HEADER}\n{changed(PROVINCE, HEADER, remote='')}\n{changed(CITY, HEADER, city_tier='')}\n"
    )
    assert counts(delivery) == (0, 2, 0, 0)
    assert Region.objects.get(code="P1").remote


def test_a_city_without_province_or_tier_is_taken_with_a_remark() -> None:
    delivery = take(REGIONS, "code,name_zh,name_en,kind\nC1,杭州,Hangzhou,city\n")
    assert delivery.accepted == 1
    assert remark_codes(delivery) == ["city_without_province", "city_without_tier"]


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (changed(CITY, HEADER, code=""), "code", "missing_value"),
        (changed(CITY, HEADER, code="C 1"), "code", "not_a_code"),
        (changed(CITY, HEADER, code="C" * 33), "code", "too_long"),
        (changed(CITY, HEADER, name_zh=""), "name_zh", "missing_value"),
        (changed(CITY, HEADER, name_en=""), "name_en", "missing_value"),
        (changed(CITY, HEADER, kind="village"), "kind", "bad_choice"),
        (changed(CITY, HEADER, kind="province"), "parent", "province_with_parent"),
        (changed(PROVINCE, HEADER, code="P2", city_tier="1"), "city_tier", "province_with_city_tier"),
        (changed(PROVINCE, HEADER, kind="city"), "kind", "region_kind_is_fixed"),
        (changed(CITY, HEADER, parent="P9"), "parent", "unknown_province"),
        (changed(CITY, HEADER, parent="C0"), "parent", "parent_not_a_province"),
        (changed(CITY, HEADER, city_tier="4"), "city_tier", "bad_choice"),
        (changed(CITY, HEADER, remote="yes"), "remote", "bad_choice"),
        ("C1,杭州,Hangzhou", "", "wrong_cell_count"),
    ],
)
def test_a_broken_row_names_its_column(row: str, column: str, code: str) -> None:
    take(REGIONS, f"{HEADER}\n{PROVINCE}\n{changed(CITY, HEADER, code='C0')}\n")
    delivery = take(REGIONS, f"{HEADER}\n{PROVINCE}\n{row}\n")
    assert refusals(delivery) == [(3, column, code)]
    assert counts(delivery) == (0, 1, 0, 1)


def test_an_alliance_is_taken_once_and_renamed_with_a_record() -> None:
    take(REGIONS, f"{HEADER}\n{PROVINCE}\n")
    assert counts(take(ALLIANCES, "code,name,region\nA1,浙北联盟,P1\nA1,浙北联盟,P1\n")) == (1, 1, 0, 0)
    assert counts(take(ALLIANCES, "code,name\nA1,浙江联盟\n")) == (0, 0, 1, 0)
    alliance = Alliance.objects.get()
    assert (alliance.name, alliance.region) == ("浙江联盟", Region.objects.get())
    assert AuditRecord.objects.filter(action="alliance.change").count() == 1


def test_an_alliance_in_an_unknown_region_is_refused() -> None:
    assert refusals(take(ALLIANCES, "code,name,region\nA1,浙北联盟,P9\n")) == [(2, "region", "unknown_region")]
