"""A clearance holds as long as the sentence around the wording stays as it was."""

from __future__ import annotations

import pytest

from pricing.rules.ad_clearances import carried_clearances, sentence_around
from pricing.rules.ad_terms import Term, scan_ad_copy

TERMS = (Term("顶级", "superlative", "ad_law_9_3"), Term("第一", "superlative", "ad_law_9_3"))
NOTE = {"by": "legal", "note": "系列名称"}


def found(copy, cleared=True):
    return [
        {
            "start": hit.start,
            "end": hit.end,
            "text": hit.text,
            "term": hit.term,
            "category": hit.category,
            "reference": hit.reference,
            "cleared": dict(NOTE) if cleared else None,
        }
        for hit in scan_ad_copy(copy, TERMS)
    ]


@pytest.mark.parametrize(
    ("before", "after", "carried"),
    [
        ("顶级系列到店。", "顶级系列到店。", [True]),
        ("顶级系列到店。", "全新上市！顶级系列到店。欢迎选购。", [True]),  # moved, its sentence unchanged
        ("顶级系列到店。", "\n  顶级系列到店 。", [True]),
        ("顶级系列到店。", "顶级系列全部到店。", [False]),  # the sentence was changed
        ("顶级系列到店。", "全国顶级系列到店。", [False]),
        ("顶级系列到店。", "顶级系列到店。顶级系列到店。", [True, False]),  # one was looked at, not two
        ("顶级系列，第一批到店。", "顶级系列，第一批到店。", [True, True]),
        ("顶级系列。第一名。", "顶级系列。第一名！第一名。", [True, True, False]),
        ("顶级系列到店。", "欢迎选购。", []),
        ("", "顶级系列到店。", [False]),
    ],
)
def test_what_is_carried(before, after, carried):
    clearances = carried_clearances(before, found(before), after, scan_ad_copy(after, TERMS))
    assert [clearance is not None for clearance in clearances] == carried
    assert all(clearance in (None, NOTE) for clearance in clearances)


def test_what_was_not_cleared_is_not_carried():
    copy = "顶级系列到店。"
    assert carried_clearances(copy, found(copy, cleared=False), copy, scan_ad_copy(copy, TERMS)) == (None,)


def test_a_term_that_now_offends_another_provision_is_looked_at_anew():
    copy = "顶级系列到店。"
    stricter = (Term("顶级", "superlative", "ad_law_28"),)
    assert carried_clearances(copy, found(copy), copy, scan_ad_copy(copy, stricter)) == (None,)


@pytest.mark.parametrize(
    ("copy", "at", "sentence"),
    [
        ("甲。乙顶级丙。丁", 3, ("乙顶级丙", 2)),
        ("顶级", 0, ("顶级", 0)),
        ("价 9.5 折顶级", 7, ("价 9.5 折顶级", 0)),
        ("One. Two 顶级 three.", 9, ("Two 顶级 three", 5)),
    ],
)
def test_the_sentence_around_a_wording(copy, at, sentence):
    assert sentence_around(copy, at, at + 2) == sentence
