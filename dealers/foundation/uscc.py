"""The unified social credit code (GB 32100): eighteen characters with two check digits.

Position 1 names the registering authority, 2 the kind of entity, 3 to 8 the region, 9 to 17 the organisation
code, whose own check digit is position 17, and 18 checks the whole. python-stdnum reckons the last one; it
refuses letters in the first two positions, where they are legal, and does not look at position 17.
"""

from __future__ import annotations

from stdnum.cn import uscc as stdnum_uscc

from dealers.foundation.findings import Finding, Severity
from dealers.foundation.refusals import msgid as _

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
AUTHORITIES = "123456789ANY"
LENGTH = 18
SOLE_PROPRIETOR_PREFIX = "92"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def compact_uscc(text: str) -> str:
    """The code without the spaces and hyphens it is often printed with, in capitals."""
    return text.replace(" ", "").replace("-", "").strip().upper()


def check_uscc(code: str, *, field: str = "uscc") -> tuple[Finding, ...]:
    """What is wrong with a compact code; nothing when it is right.

    A wrong check digit is named with its position and what it should be by the characters before it.
    """

    def wrong(finding_code: str, message: str, **params: object) -> Finding:
        return Finding(finding_code, Severity.ERROR, message, params, field=field, value=code[:40])

    if not code:
        return (wrong("uscc_missing", _("is empty where a unified social credit code is needed")),)
    if len(code) != LENGTH:
        return (
            wrong("uscc_length", _("has %(found)s characters; a unified social credit code has 18"), found=len(code)),
        )
    illegal = [
        wrong(
            "uscc_character",
            _("has %(character)s in position %(position)s, where only %(allowed)s can stand"),
            character=character,
            position=position,
            allowed=_shown(allowed),
        )
        for position, character in enumerate(code, start=1)
        if character not in (allowed := _allowed_in(position))
    ]
    if illegal:
        return tuple(illegal)
    expected = {17: organisation_check_digit(code[8:16]), 18: stdnum_uscc.calc_check_digit(code[:17])}
    return tuple(
        wrong(
            "uscc_check_digit",
            _("has %(found)s in position %(position)s, where the characters before it ask for %(expected)s"),
            found=code[position - 1],
            position=position,
            expected=digit,
        )
        for position, digit in expected.items()
        if code[position - 1] != digit
    )


def slip_in(code: str, *, field: str = "uscc") -> Finding | None:
    """Where to look for the slip when a check digit is wrong; None when the code is right or malformed.

    The last digit checks all seventeen before it, position 17 only the eight from 9 to 16. One wrong character, or two
    neighbours changed over, always make the last digit wrong. So a single slip that makes both wrong is in 9 to 17; one
    that makes only the last wrong is in 1 to 8 or the last itself, except for characters in 9 to 16 taken for one whose
    value is 11, 22 or 33 away, which position 17 cannot tell apart; when only position 17 is wrong, two at least are.
    """
    wrong = {finding.params["position"] for finding in check_uscc(code) if finding.code == "uscc_check_digit"}
    sentences = {
        frozenset({17, 18}): _("The slip is most likely in positions 9 to 17."),
        frozenset({18}): _("The slip is most likely in positions 1 to 8, or the last character itself."),
        frozenset({17}): _("At least two characters are wrong; compare the whole code."),
    }
    sentence = sentences.get(frozenset(wrong))
    return Finding("uscc_slip", Severity.INFO, sentence, field=field, value=code) if sentence else None


def is_sole_proprietor(code: str) -> bool:
    """Whether the code was given to a sole proprietor (个体工商户)."""
    return code.startswith(SOLE_PROPRIETOR_PREFIX)


def organisation_check_digit(body: str) -> str:
    """The check digit of an organisation code's eight characters (GB 11714): modulo 11, 10 written X."""
    total = sum(
        _ORGANISATION_ALPHABET.index(character) * weight
        for character, weight in zip(body, _ORGANISATION_WEIGHTS, strict=True)
    )
    return "0123456789X"[-total % 11]


def make_uscc(organisation: int | str, *, authority: str = "9", kind: str = "1", region: str = "310000") -> str:
    """A code that passes the check, for demonstrations and tests; the same arguments give the same code.

    `organisation` is a number, or the eight characters themselves.
    """
    body = f"{organisation:08d}" if isinstance(organisation, int) else organisation
    start = f"{authority}{kind}{region}{body}{organisation_check_digit(body)}"
    code = start + stdnum_uscc.calc_check_digit(start)
    findings = check_uscc(code)
    if findings:
        raise ValueError(f"{code} {findings[0]}")
    return code


def _allowed_in(position: int) -> str:
    if position == 1:
        return AUTHORITIES
    if 3 <= position <= 8:
        return "0123456789"
    return ALPHABET


def _shown(allowed: str) -> str:
    return {AUTHORITIES: "1-9, A, N, Y", ALPHABET: "0-9, A-H, J-N, P-R, T, U, W-Y"}.get(allowed, "0-9")
