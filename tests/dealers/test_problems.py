"""Sentences of refusals."""

from __future__ import annotations

import pytest
from django.utils import translation

from dealers.problems import PREDICATES, SENTENCES, render_problem


@pytest.mark.parametrize("code", [*SENTENCES, *PREDICATES])
def test_every_problem_reads_well_even_when_a_detail_is_missing(code: str) -> None:
    with translation.override("en"):
        sentence = render_problem(code, {})
    assert sentence and "%(" not in sentence


def test_a_predicate_is_said_of_the_value() -> None:
    with translation.override("en"):
        assert render_problem("not_a_whole_number", {"value": "1.5"}) == "“1.5” must be a whole number"


def test_an_unknown_code_uses_the_sentence_it_brought() -> None:
    params = {"message": "is 50% too high, at most %(most)s", "most": 3, "value": "9"}
    with translation.override("en"):
        assert render_problem("brand_new", {**params, "message": "is above %(most)s"}) == "“9” is above 3"
        assert "too high" in render_problem("brand_new", params)
        assert render_problem("brand_new", {}) == "brand_new"
