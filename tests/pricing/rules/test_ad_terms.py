"""What the advertising law scan finds, and what it lets pass."""

from __future__ import annotations

import pytest

from pricing.rules.ad_terms import Term, scan_ad_copy
from pricing.selectors.ad_terms import load_ad_terms

TERMS = (
    Term("最佳", "superlative", "ad_law_9_3"),
    Term("国家级", "superlative", "ad_law_9_3"),
    Term("第一", "superlative", "ad_law_9_3", unless=("第一时间", "第一步")),
    Term("世界第一", "superlative", "ad_law_9_3"),
    Term("100%", "absolute", "ad_law_28"),
    Term("best", "superlative", "ad_law_9_3"),
    Term("NO.1", "superlative", "ad_law_9_3"),
)


@pytest.mark.parametrize(
    ("copy", "found"),
    [
        ("普通的好产品，欢迎选购。", []),
        ("最佳选择", ["最佳"]),
        ("国 家 级工艺", ["国 家 级"]),
        ("最\u200b佳", ["最\u200b佳"]),
        ("国·家·级", ["国·家·级"]),
        ("世界第一品牌", ["世界第一"]),  # the longest term counts once
        ("第一时间发货，第一步下单", []),
        ("第一时间，第一品牌", ["第一"]),
        ("100 % 有效，2100%", ["100 %"]),
        ("The BEST price for besties", ["BEST"]),
        ("ＮＯ．１ 与 no.12", ["ＮＯ．１"]),
        ("最佳！最佳！", ["最佳", "最佳"]),
    ],
)
def test_the_scan_finds_terms_through_their_disguises(copy, found):
    hits = scan_ad_copy(copy, TERMS)
    assert [hit.text for hit in hits] == found
    assert all(copy[hit.start : hit.end] == hit.text for hit in hits)


def test_the_term_list_finds_what_the_law_names():
    copy = "国家级、最高级、最佳；顶级极品，全网最低，独家首选，绝对100%永久万能"
    assert {hit.term for hit in scan_ad_copy(copy, load_ad_terms())} >= {
        "国家级", "最高级", "最佳", "顶级", "极品", "全网最低", "独家", "首选", "绝对", "100%", "永久", "万能",
    }  # fmt: skip


def test_the_term_list_names_no_term_twice():
    terms = [term.text.casefold() for term in load_ad_terms()]
    assert len(terms) == len(set(terms)) > 250
