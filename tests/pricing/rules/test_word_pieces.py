"""Words found in texts written with and without spaces."""

from __future__ import annotations

import pytest

from pricing.rules.word_pieces import pieces_of, pieces_of_term, plain_words, terms_of

LESSON = plain_words("PR-2606-D0001-001", "六月促销", "赠品 Gift 比直降更有效；堆头位置靠近ＡＢＣ收银台")


@pytest.mark.parametrize(
    "query", ["赠品", "直降更有效", "gift", "GIFT", "abc", "ａｂｃ", "堆", "pr-2606", "收银台 赠品"]
)
def test_a_text_with_the_words_has_all_their_pieces(query):
    pieces = set(pieces_of(LESSON))
    assert all(set(pieces_of_term(term)) <= pieces and term in LESSON for term in terms_of(query))


@pytest.mark.parametrize("query", ["买赠", "降直", "gifts", "台收"])
def test_a_text_without_them_has_not(query):
    pieces = set(pieces_of(LESSON))
    assert not all(set(pieces_of_term(term)) <= pieces and term in LESSON for term in terms_of(query))


def test_a_query_of_blanks_asks_for_nothing():
    assert terms_of(" \u3000\t ") == ()
