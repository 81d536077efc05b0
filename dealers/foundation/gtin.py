"""Article numbers (GTIN-8, -12, -13 and -14) and their check digit."""

from __future__ import annotations

from stdnum import ean

from dealers.foundation.findings import Finding, Severity
from dealers.foundation.refusals import msgid as _

LENGTHS = (8, 12, 13, 14)


def check_gtin(number: str, *, field: str = "gtin") -> tuple[Finding, ...]:
    """What is wrong with an article number; nothing when it is right."""

    def wrong(code: str, message: str, **params: object) -> tuple[Finding, ...]:
        return (Finding(code, Severity.ERROR, message, params, field=field, value=number[:40]),)

    if not (number.isascii() and number.isdigit()):
        return wrong("gtin_not_digits", _("must consist of the digits 0 to 9"))
    if len(number) not in LENGTHS:
        return wrong("gtin_length", _("has %(found)s digits; an article number has 8, 12, 13 or 14"), found=len(number))
    expected = ean.calc_check_digit(number[:-1])
    if number[-1] != expected:
        return wrong(
            "gtin_check_digit",
            _("ends with %(found)s, where the digits before it ask for %(expected)s"),
            found=number[-1],
            expected=expected,
        )
    return ()


def make_gtin(number: int, *, prefix: str = "690") -> str:
    """A GTIN-13 that passes the check, for demonstrations and tests. 690 to 699 are China's."""
    body = f"{prefix}{number:0{12 - len(prefix)}d}"
    return body + ean.calc_check_digit(body)
