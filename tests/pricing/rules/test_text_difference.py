"""Differences of texts, word by word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing.rules.text_difference import Mark, text_difference


def marked(before, after):
    signs = {Mark.SAME: "{}", Mark.TAKEN_OUT: "[-{}-]", Mark.PUT_IN: "[+{}+]"}
    return "".join(signs[piece.mark].format(piece.text) for piece in text_difference(before, after))


@pytest.mark.parametrize(
    ("before", "after", "difference"),
    [
        ("", "", ""),
        ("夏日好价", "夏日好价", "夏日好价"),
        ("全国第一的投影仪", "备受欢迎的投影仪", "[-全国第一-][+备受欢迎+]的投影仪"),
        ("Best price in town", "Good price in town", "[-Best-][+Good+] price in town"),
        ("限时 9.5 折", "限时 9.8 折", "限时 [-9.5-][+9.8+] 折"),
        ("", "新增", "[+新增+]"),
        ("删去", "", "[-删去-]"),
        ("甲乙丙丁", "子乙丑丁", "[-甲乙丙-][+子乙丑+]丁"),  # a lone character between changes is part of them
        ("第一行\n第二行", "第一行\n第三行", "第一行\n第[-二-][+三+]行"),
    ],
)
def test_a_difference_reads_as_one_text(before, after, difference):
    assert marked(before, after) == difference


@given(st.text("甲乙 ab1.,\n", max_size=40), st.text("甲乙 ab1.,\n", max_size=40))
def test_both_texts_can_be_read_out_of_it(before, after):
    pieces = text_difference(before, after)
    assert "".join(piece.text for piece in pieces if piece.mark != Mark.PUT_IN) == before
    assert "".join(piece.text for piece in pieces if piece.mark != Mark.TAKEN_OUT) == after


def test_very_long_texts_are_compared_by_line():
    before = "\n".join(f"第{n}行好价欢迎选购" for n in range(600))
    pieces = text_difference(before, before + "\n末行")
    assert "".join(piece.text for piece in pieces if piece.mark != Mark.PUT_IN) == before
