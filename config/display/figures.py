"""Money, rates and times as text."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import ngettext

from dealers.foundation.clock import BUSINESS_ZONE

MINUS = "\u2212"
NOTHING = "\u2014"
_CENT = Decimal("0.01")
_SHOWN_UNITS = 2


def money_text(amount: Decimal, *, places: int = 2, signed: bool = False) -> str:
    """``¥1,234.50``; a negative amount carries a real minus, a positive one a plus when ``signed``.

    Digits beyond ``places`` that are not zero stay (unit prices have up to six), so nothing shown is rounded.
    """
    shown = max(places, _decimals(amount))
    return f"{_sign(amount, signed)}¥{abs(amount):,.{shown}f}"


def number_text(value: Decimal | int, *, places: int | None = None, signed: bool = False) -> str:
    """A grouped number with a real minus; ``places`` fixes the decimals, rounding half up."""
    number = Decimal(value)
    if places is not None:
        number = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    decimals = _decimals(number) if places is None else places
    return f"{_sign(number, signed)}{abs(number):,.{decimals}f}"


def percent_text(ratio: Decimal | float, *, places: int = 1, signed: bool = False) -> str:
    """``0.125`` as ``12.5%``, rounded half up."""
    return f"{number_text(Decimal(str(ratio)) * 100, places=places, signed=signed)}%"


def day_text(day: date | datetime) -> str:
    """``2026-11-22``; an instant shows its business day."""
    if isinstance(day, datetime):
        day = day.astimezone(BUSINESS_ZONE).date()
    return day.isoformat()


def instant_text(instant: datetime, *, style: str = "") -> str:
    """An instant in Shanghai time: ``2026-11-22 09:30``, ``short`` without the year, ``exact`` with seconds."""
    pattern = {"short": "%m-%d %H:%M", "exact": "%Y-%m-%d %H:%M:%S"}.get(style, "%Y-%m-%d %H:%M")
    return instant.astimezone(BUSINESS_ZONE).strftime(pattern)


def duration_text(length: timedelta) -> str:
    """The two largest units of a length of time in the page's language; its sign is left out."""
    seconds = abs(int(length.total_seconds()))
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, left = divmod(rest, 60)
    parts = [
        (days, ngettext("%(count)d day", "%(count)d days", days)),
        (hours, ngettext("%(count)d h", "%(count)d h", hours)),
        (minutes, ngettext("%(count)d min", "%(count)d min", minutes)),
    ]
    first = next((at for at, (count, _pattern) in enumerate(parts) if count), None)
    if first is None:
        return ngettext("%(count)d s", "%(count)d s", left) % {"count": left}
    shown = [pattern % {"count": count} for count, pattern in parts[first : first + _SHOWN_UNITS] if count]
    return " ".join(shown)


def _sign(value: Decimal, signed: bool) -> str:
    if value < 0:
        return MINUS
    return "+" if signed and value > 0 else ""


def _decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
