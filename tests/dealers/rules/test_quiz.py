"""The quiz of a bulletin, as a table."""

from __future__ import annotations

import pytest

from dealers.foundation.refusals import Refused
from dealers.rules.quiz import Question, Words, read_quiz, write_quiz, wrong_answers

TEXT = """
? 上半月何时截止？ | When does the first half end?
- 15日 12:00 | On the 15th at noon
* 16日 00:00 | On the 16th at midnight

? 没有销售的日子 | A day without sales
* 要申报 | is declared
- 可以略过 | is left out
"""


def test_a_quiz_is_read_as_it_is_written() -> None:
    first, second = read_quiz(TEXT)
    assert first == Question(
        Words("上半月何时截止？", "When does the first half end?"),
        (Words("15日 12:00", "On the 15th at noon"), Words("16日 00:00", "On the 16th at midnight")),
        1,
    )
    assert second.right == 0
    assert read_quiz(write_quiz((first, second))) == (first, second)
    assert read_quiz(" \n") == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("问 | ask", "line 1 begins with none of ? * -"),
        ("* 对 | yes", "line 1 is an option before any question"),
        ("? 问 | ask\n* 对", "line 2 needs Chinese | English"),
        ("? 问 | ask\n* 对 |", "line 2 needs Chinese | English"),
        ("? 问 | ask\n* 对 | yes", "“问” needs 2 to 5 options"),
        ("? 问 | ask\n- 对 | yes\n- 错 | no", "“问” needs exactly one right option, marked *"),
        ("? 问 | ask\n* 对 | yes\n* 错 | no", "“问” needs exactly one right option, marked *"),
        ("? 问 | ask\n* 对 | yes\n- 错 | no\n" * 6, "there may be at most 5 questions"),
        (f"? 问 | {'a' * 201}", "line 1 is longer than 200 characters"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(Refused) as refusal:
        read_quiz(text)
    assert str(refusal.value) == said


@pytest.mark.parametrize(
    ("answers", "wrong"), [({0: 1, 1: 0}, ()), ({0: 0, 1: 0}, (0,)), ({}, (0, 1)), ({0: 1, 1: 7}, (1,))]
)
def test_answers_are_marked_by_question(answers: dict[int, int], wrong: tuple[int, ...]) -> None:
    assert wrong_answers(read_quiz(TEXT), answers) == wrong
