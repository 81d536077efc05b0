"""Formulas as people write them, ``(old_price - new_price) * units``, reckoned exactly.

A formula knows names, whole numbers, ``+ - * /``, brackets, ``min(a, b, …)``, ``max(a, b, …)`` and
``at_least(value, threshold)``, which is 1 or 0. Nothing else: a formula in a proof is data and never code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache

Values = Mapping[str, Fraction]
Formula = Callable[[Values], Fraction]

_TOKEN = re.compile(r"\s*(?:(\d+)|([a-z][a-z0-9_]*)|([-+*/(),]))")


class NotAFormula(ValueError):
    """The text is not a formula, or names something that is not there, or divides by zero."""


def _at_least(value: Fraction, threshold: Fraction) -> Fraction:
    return Fraction(value >= threshold)


_FUNCTIONS: Mapping[str, Callable[..., Fraction]] = {"min": min, "max": max, "at_least": _at_least}


def reckon(formula: str, values: Values) -> Fraction:
    """The value of ``formula``, exactly. Raises :class:`NotAFormula`."""
    try:
        return _read(formula)(values)
    except KeyError as error:
        raise NotAFormula(f"{formula}: nothing is called {error.args[0]}") from None
    except (ZeroDivisionError, TypeError) as error:
        raise NotAFormula(f"{formula}: {error}") from None


@lru_cache(maxsize=4096)
def names_in(formula: str) -> tuple[str, ...]:
    """The names a formula uses, each once, in the order they are written. Raises :class:`NotAFormula`."""
    words = [text for kind, text in tokens(formula) if kind == "name" and text not in _FUNCTIONS]
    return tuple(dict.fromkeys(words))


def tokens(formula: str) -> Iterator[tuple[str, str]]:
    """The parts of a formula as (kind, text); the kinds are ``number``, ``name``, ``function`` and ``sign``."""
    at = 0
    text = formula.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise NotAFormula(f"{formula}: {text[at:]} is not understood")
        at = found.end()
        number, name, sign = found.groups()
        if name in _FUNCTIONS:
            yield "function", name
        elif name:
            yield "name", name
        else:
            yield ("number", number) if number else ("sign", sign)


@lru_cache(maxsize=4096)
def _read(formula: str) -> Formula:
    return _Reader(formula).formula()


class _Reader:
    """Recursive descent over the tokens of one formula."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = [*tokens(text), ("end", "")]
        self.at = 0

    def formula(self) -> Formula:
        made = self.sum()
        if self.tokens[self.at][0] != "end":
            raise NotAFormula(f"{self.text}: {self.tokens[self.at][1]} is one too many")
        return made

    def sum(self) -> Formula:
        left = self.product()
        while sign := self.taken("+", "-"):
            left = _joined(sign, left, self.product())
        return left

    def product(self) -> Formula:
        left = self.single()
        while sign := self.taken("*", "/"):
            left = _joined(sign, left, self.single())
        return left

    def single(self) -> Formula:
        kind, text = self.tokens[self.at]
        self.at += 1
        if kind == "number":
            number = Fraction(int(text))
            return lambda values: number
        if kind == "name":
            return lambda values: values[text]
        if kind == "function":
            return self.called(_FUNCTIONS[text])
        if text == "-":
            inner = self.single()
            return lambda values: -inner(values)
        if text == "(":
            inner = self.sum()
            self.expect(")")
            return inner
        raise NotAFormula(f"{self.text}: a number or a name is missing")

    def called(self, function: Callable[..., Fraction]) -> Formula:
        self.expect("(")
        arguments = [self.sum()]
        while self.taken(","):
            arguments.append(self.sum())
        self.expect(")")
        return lambda values: function(*(argument(values) for argument in arguments))

    def taken(self, *signs: str) -> str:
        kind, text = self.tokens[self.at]
        if kind != "sign" or text not in signs:
            return ""
        self.at += 1
        return text

    def expect(self, sign: str) -> None:
        if not self.taken(sign):
            raise NotAFormula(f"{self.text}: {sign} is missing")


def _joined(sign: str, left: Formula, right: Formula) -> Formula:
    if sign == "+":
        return lambda values: left(values) + right(values)
    if sign == "-":
        return lambda values: left(values) - right(values)
    if sign == "*":
        return lambda values: left(values) * right(values)
    return lambda values: left(values) / right(values)
