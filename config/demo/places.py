"""Provinces and cities of the demo company's world, with city tiers and remote marks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class City:
    code: str
    name_zh: str
    name_en: str
    tier: int


@dataclass(frozen=True, slots=True)
class Province:
    code: str
    name_zh: str
    name_en: str
    remote: bool
    cities: tuple[City, ...]


def _province(code: str, name_zh: str, name_en: str, cities: str, *, remote: bool = False) -> Province:
    """``cities``: ``杭州 Hangzhou 1, 宁波 Ningbo 2``; their codes follow the province's."""
    named = (city.split() for city in cities.split(","))
    return Province(
        code,
        name_zh,
        name_en,
        remote,
        tuple(City(f"{code}{number:02}", zh, en, int(tier)) for number, (zh, en, tier) in enumerate(named, 1)),
    )


PROVINCES = (
    _province("ZJ", "浙江", "Zhejiang", "杭州 Hangzhou 1,宁波 Ningbo 2,温州 Wenzhou 2,金华 Jinhua 3"),
    _province("JS", "江苏", "Jiangsu", "南京 Nanjing 1,苏州 Suzhou 1,无锡 Wuxi 2,徐州 Xuzhou 3"),
    _province("SH", "上海", "Shanghai", "上海市 Shanghai-City 1"),
    _province("GD", "广东", "Guangdong", "广州 Guangzhou 1,深圳 Shenzhen 1,佛山 Foshan 2,湛江 Zhanjiang 3"),
    _province("BJ", "北京", "Beijing", "北京市 Beijing-City 1"),
    _province("SD", "山东", "Shandong", "济南 Jinan 2,青岛 Qingdao 2,临沂 Linyi 3"),
    _province("HB", "湖北", "Hubei", "武汉 Wuhan 1,宜昌 Yichang 3"),
    _province("SC", "四川", "Sichuan", "成都 Chengdu 1,绵阳 Mianyang 3"),
    _province("SN", "陕西", "Shaanxi", "西安 Xi'an 2,宝鸡 Baoji 3"),
    _province("LN", "辽宁", "Liaoning", "沈阳 Shenyang 2,大连 Dalian 2"),
    _province("GS", "甘肃", "Gansu", "兰州 Lanzhou 2,酒泉 Jiuquan 3", remote=True),
    _province("XZ", "西藏", "Tibet", "拉萨 Lhasa 3", remote=True),
)


def region_rows() -> list[dict[str, object]]:
    """The regions in the import format of the contract."""
    rows: list[dict[str, object]] = []
    for province in PROVINCES:
        remote = int(province.remote)
        rows.append(
            {
                "code": province.code,
                "name_zh": province.name_zh,
                "name_en": province.name_en,
                "kind": "province",
                "parent": "",
                "city_tier": "",
                "remote": remote,
            }
        )
        for city in province.cities:
            rows.append(
                {
                    "code": city.code,
                    "name_zh": city.name_zh,
                    "name_en": city.name_en.replace("-", " "),
                    "kind": "city",
                    "parent": province.code,
                    "city_tier": city.tier,
                    "remote": remote,
                }
            )
    return rows
