"""Master data that changes after the fact changes the verdicts of the lines it concerns, and of no others."""

from __future__ import annotations

from decimal import Decimal

import pytest

from config.imports import import_file
from dealers.choices import Door, JobState
from dealers.models import JobRun
from pricing.choices import Flag, Verdict
from pricing.models import SaleLine, SaleLineHistory, SalesTally

pytestmark = pytest.mark.django_db

TABLES = {
    "regions": "code,name_zh,name_en,kind,parent,city_tier\nP1,浙江,Zhejiang,province,,\nC1,杭州,Hangzhou,city,P1,1\n"
    "P2,江苏,Jiangsu,province,,\nC2,南京,Nanjing,city,P2,1\n",
    "dealers": "code,name,uscc,industry,annual_revenue,territory,activated_on,contract_no,contract_amount,"
    "contract_start,contract_end,tier\n"
    "D1,一号,{uscc},electronics,9000000,P1,2025-01-01,HT1,100000,2025-01-01,2030-01-01,T3\n",
    "products": "sku,name_zh,name_en,category,industry\nA1,甲,A,cat,electronics\nB1,乙,B,cat,electronics\n",
    "bands": "sku,scope,scope_code,floor,ceiling,enforcement,valid_from,legal_basis,legal_basis_until\n"
    "A1,national,,100,120,enforced,2026-01-01,LB,2030-01-01\nB1,national,,100,120,enforced,2026-01-01,LB,2030-01-01\n",
    "sales": "dealer,doc_no,line_no,sold_at,sku,quantity,unit_price,region\n"
    "D1,X,1,2026-05-10T10:00:00+08:00,A1,1,110,C1\nD1,X,2,2026-05-20T10:00:00+08:00,A1,1,110,C1\n"
    "D1,X,3,2026-05-20T10:00:00+08:00,B1,1,110,C1\nD1,X,4,2026-05-20T10:00:00+08:00,B1,1,110,C2\n",
}


def take_in(tmp_path, kind, text, door=Door.COMMAND):
    path = tmp_path / f"{kind}.csv"
    path.write_text(text, encoding="utf-8")
    delivery = import_file(kind=kind, given=path, actor=None, door=door)
    assert delivery.quarantined == 0
    return delivery


@pytest.fixture
def company(tmp_path):
    from dealers.foundation.uscc import make_uscc

    for kind, text in TABLES.items():
        take_in(tmp_path, kind, text.replace("{uscc}", make_uscc(1)))
    return tmp_path


def verdicts():
    return [Verdict(verdict) for verdict in SaleLine.objects.order_by("line_no").values_list("verdict", flat=True)]


def earning():
    return sum(SalesTally.objects.values_list("earning", flat=True), Decimal(0))


def test_a_later_band_judges_the_lines_from_its_first_day_on_again(company):
    assert verdicts() == [Verdict.IN_BAND] * 4
    assert earning() == 330, "the line outside the territory earns nothing"
    take_in(
        company,
        "bands",
        "sku,scope,scope_code,floor,ceiling,enforcement,valid_from,legal_basis,legal_basis_until\n"
        "A1,national,,115,120,enforced,2026-05-15,LB,2030-01-01\n",
    )
    assert verdicts() == [Verdict.IN_BAND, Verdict.BELOW_FLOOR, Verdict.IN_BAND, Verdict.IN_BAND]
    assert SaleLineHistory.objects.get().line_no == 2
    assert earning() == 220


def test_a_wider_territory_takes_the_flag_away(company):
    assert SaleLine.objects.get(line_no=4).flags & Flag.OUT_OF_TERRITORY
    text = TABLES["dealers"].replace("electronics,9000000,P1,2025-01-01", "electronics,9000000,P1;P2,2026-05-01")
    from dealers.foundation.uscc import make_uscc

    take_in(company, "dealers", text.replace("{uscc}", make_uscc(1)))
    assert not SaleLine.objects.get(line_no=4).flags & Flag.OUT_OF_TERRITORY
    assert earning() == 440


def test_a_door_without_time_leaves_the_judging_to_the_worker(company):
    take_in(
        company,
        "bands",
        "sku,scope,scope_code,floor,ceiling,enforcement,valid_from,legal_basis,legal_basis_until\n"
        "B1,national,,115,120,enforced,2026-05-15,LB,2030-01-01\n",
        door=Door.PORTAL,
    )
    assert verdicts() == [Verdict.IN_BAND] * 4
    assert JobRun.objects.get(state=JobState.QUEUED).task == "pricing.rejudge"
