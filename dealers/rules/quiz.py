"""The short quiz of a bulletin: written as plain text, read strictly, and marked.

A question is a line that begins with ``?``; its options follow, one a line, ``*`` before the right one and ``-`` before
the others. Every line says the same in Chinese and in English, parted by ``|``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dealers.foundation.refusals import Refused
from dealers.foundation.refusals import msgid as _

MOST_QUESTIONS = 5
MOST_OPTIONS = 5
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Words:
    """The same in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, what can be chosen, and the place (from 0) of the right option."""

    asked: Words
    options: tuple[Words, ...]
    right: int


def read_quiz(text: str) -> tuple[Question, ...]:
    """The questions of ``text``, none for an empty one. Raises :class:`Refused`, which names line and remedy."""
    drafts: list[tuple[Words, list[Words], list[int]]] = []
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line:
            continue
        mark = line[0]
        if mark not in "?*-":
            raise Refused("quiz_mark", _("line %(line)s begins with none of ? * -"), line=number)
        words = _words(line[1:], number)
        if mark == "?":
            drafts.append((words, [], []))
        elif not drafts:
            raise Refused("quiz_option_first", _("line %(line)s is an option before any question"), line=number)
        else:
            _asked, options, right = drafts[-1]
            if mark == "*":
                right.append(len(options))
            options.append(words)
    return _sound(drafts)


def write_quiz(questions: Sequence[Question]) -> str:
    """The text that :func:`read_quiz` reads as these questions."""
    lines = []
    for question in questions:
        lines.append(f"? {question.asked.zh} | {question.asked.en}")
        lines += [
            f"{'*' if place == question.right else '-'} {option.zh} | {option.en}"
            for place, option in enumerate(question.options)
        ]
    return "\n".join(lines)


def wrong_answers(questions: Sequence[Question], answers: Mapping[int, int]) -> tuple[int, ...]:
    """The places (from 0) of the questions that are not answered rightly; ``answers`` maps question to option."""
    return tuple(place for place, question in enumerate(questions) if answers.get(place) != question.right)


def _words(text: str, line: int) -> Words:
    zh, mark, en = (part.strip() for part in text.partition("|"))
    if not mark or not zh or not en:
        raise Refused("quiz_one_language", _("line %(line)s needs Chinese | English"), line=line)
    if max(len(zh), len(en)) > _LONGEST:
        raise Refused("quiz_too_long", _("line %(line)s is longer than %(most)s characters"), line=line, most=_LONGEST)
    return Words(zh, en)


def _sound(drafts: Sequence[tuple[Words, list[Words], list[int]]]) -> tuple[Question, ...]:
    if len(drafts) > MOST_QUESTIONS:
        raise Refused("quiz_too_many", _("there may be at most %(most)s questions"), most=MOST_QUESTIONS)
    for asked, options, right in drafts:
        if not 2 <= len(options) <= MOST_OPTIONS:
            raise Refused(
                "quiz_options", _("“%(asked)s” needs 2 to %(most)s options"), asked=asked.zh, most=MOST_OPTIONS
            )
        if len(right) != 1:
            raise Refused("quiz_right", _("“%(asked)s” needs exactly one right option, marked *"), asked=asked.zh)
    return tuple(Question(asked, tuple(options), right[0]) for asked, options, right in drafts)
