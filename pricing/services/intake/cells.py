"""Cells of a sale line read once each: dictionaries that remember what a text means.

Reports repeat themselves, so most cells are known after a few thousand lines and cost one look-up. A text that is
met for the first time is checked strictly, ASCII shape before number; what is refused raises :class:`BadCell`.
Memory stays bounded: a dictionary that has grown large starts anew.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any, NamedTuple

from dealers.foundation.clock import business_day, parse_instant
from dealers.foundation.half_months import HalfMonth
from dealers.foundation.money import parse_decimal
from dealers.foundation.refusals import Refused
from pricing.rules.customer_references import customer_hash, hash_key
from pricing.selectors.standing_facts import instant_number, micros

LARGEST_INTEGER = 2**31 - 1
LONGEST_DOC_NO = 64
LONGEST_CUSTOMER = 256
EARLIEST_DAY = date(2000, 1, 1)
#: A sale may lie this far ahead of the report: clocks differ.
FUTURE_MINUTES = 10
_LAST_YEAR = 9000
_MOST_REMEMBERED = 200_000

_WHOLE = re.compile(r"-?[0-9]{1,10}")
_PRICE = re.compile(r"([0-9]{1,12})(?:\.([0-9]{1,6}))?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])")
_PLAIN_DOC_NO = re.compile(r"[!-\[\]-~]{1,64}")
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_DAY_MICROSECONDS = 86_400_000_000
_BEIJING_MICROSECONDS = 8 * 3600 * 1_000_000


class BadCell(Exception):
    """A cell that cannot be taken; ``code`` and ``params`` as in :mod:`dealers.problems`."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class Day(NamedTuple):
    """A business day with what is needed of it line by line."""

    date: date
    text: str
    midnight: int
    period: int
    number: int


class Moment(NamedTuple):
    """An instant: its day, microseconds since 1970, and its text for the database."""

    day: Day
    at: int
    text: str


class Remembered(dict[str, Any]):
    """Values by the text they were read from."""

    def __missing__(self, text: str) -> Any:
        value = self.read(text)
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        self[text] = value
        return value

    def read(self, text: str) -> Any:
        """What the text means. Raises BadCell."""
        raise NotImplementedError


class WholeNumbers(Remembered):
    """Whole numbers of 32 bits from ``lowest`` on."""

    def __init__(self, lowest: int) -> None:
        super().__init__()
        self.lowest = lowest

    def read(self, text: str) -> int:
        bare = text.strip(" ")
        if not bare:
            raise BadCell("missing_value")
        if not _WHOLE.fullmatch(bare):
            if len(bare) > 10 and re.fullmatch("-?[0-9]+", bare):
                raise BadCell("number_out_of_range", lowest=self.lowest, highest=LARGEST_INTEGER)
            raise BadCell("bad_whole_number")
        number = int(bare)
        if not self.lowest <= number <= LARGEST_INTEGER:
            raise BadCell("number_out_of_range", lowest=self.lowest, highest=LARGEST_INTEGER)
        return number


class Quantities(WholeNumbers):
    """Whole numbers other than 0; negative ones are returns."""

    def __init__(self) -> None:
        super().__init__(-LARGEST_INTEGER)

    def read(self, text: str) -> int:
        number = super().read(text)
        if number == 0:
            raise BadCell("zero_quantity")
        return number


class Revisions(WholeNumbers):
    """Revisions as text for the database; none given means the first."""

    def __init__(self) -> None:
        super().__init__(1)

    def read(self, text: str) -> str:  # type: ignore[override]
        return str(super().read(text)) if text.strip(" ") else "1"


class Prices(Remembered):
    """Unit prices in micro-yuan."""

    def read(self, text: str) -> int:
        bare = text.strip(" ")
        if not bare:
            raise BadCell("missing_value")
        plain = _PRICE.fullmatch(bare)
        if plain is not None:
            whole, places = plain.groups("")
            return int(whole) * 1_000_000 + int(places.ljust(6, "0"))
        try:
            price = parse_decimal(bare, max_digits=18, places=6)
        except Refused as refusal:
            raise BadCell(refusal.code, **refusal.params) from refusal
        if price < 0:
            raise BadCell("negative_price")
        return micros(price)


class Days(Remembered):
    """Business days since 2000; Beijing time has had no summer time since then."""

    def read(self, text: str) -> Day:
        if not _DAY.fullmatch(text):
            raise BadCell("bad_instant")
        try:
            day = date.fromisoformat(text)
        except ValueError as error:
            raise BadCell("date_not_real") from error
        return day_of(day)


class TimesOfDay(Remembered):
    """Times of day in microseconds after midnight."""

    def read(self, text: str) -> int:
        found = _TIME.fullmatch(text)
        if found is None:
            raise BadCell("bad_instant")
        hours, minutes, seconds = (int(part) for part in found.groups())
        return ((hours * 60 + minutes) * 60 + seconds) * 1_000_000


class Moments(Remembered):
    """Instants in any other way of writing than Beijing time to the second."""

    def read(self, text: str) -> Moment:
        bare = text.strip(" ")
        if not bare:
            raise BadCell("missing_value")
        try:
            instant = parse_instant(bare)
        except Refused as refusal:
            raise BadCell(refusal.code, **refusal.params) from refusal
        if instant.year < EARLIEST_DAY.year - 1:
            raise BadCell("too_long_ago", earliest=EARLIEST_DAY.isoformat())
        return Moment(day_of(business_day(instant)), instant_number(instant), instant.isoformat())


class Channels(Remembered):
    """Channels by their number as text for the database."""

    _NUMBERS = {"": "1", "retail": "1", "b2b": "2"}

    def read(self, text: str) -> str:
        number = self._NUMBERS.get(text.strip(" "))
        if number is None:
            raise BadCell("bad_choice", choices="retail, b2b")
        return number


class Customers(Remembered):
    """Keyed hashes of customer references, so that the same customer is recognised and never named."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = hash_key(key)

    def read(self, text: str) -> str:
        bare = text.strip()
        if not bare:
            return ""
        if len(bare) > LONGEST_CUSTOMER:
            raise BadCell("too_long", limit=LONGEST_CUSTOMER)
        return customer_hash(bare, self._key)


def day_of(day: date) -> Day:
    """What is needed of a business day. Raises BadCell when it is out of this world."""
    if day < EARLIEST_DAY:
        raise BadCell("too_long_ago", earliest=EARLIEST_DAY.isoformat())
    if day.year > _LAST_YEAR:
        raise BadCell("in_the_future", minutes=FUTURE_MINUTES)
    number = day.toordinal()
    midnight = (number - _EPOCH_ORDINAL) * _DAY_MICROSECONDS - _BEIJING_MICROSECONDS
    return Day(day, day.isoformat(), midnight, HalfMonth.containing(day).ordinal, number)


def read_doc_no(text: str) -> str:
    """A document number as the text format of ``COPY`` wants it. Raises BadCell."""
    if _PLAIN_DOC_NO.fullmatch(text):
        return text
    bare = text.strip()
    if not bare:
        raise BadCell("missing_value")
    if len(bare) > LONGEST_DOC_NO:
        raise BadCell("too_long", limit=LONGEST_DOC_NO)
    if not bare.isprintable() or not _is_storable(bare):
        raise BadCell("control_character")
    return bare.replace("\\", "\\\\")


def _is_storable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
