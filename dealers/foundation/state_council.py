"""Where the working-day calendar comes from.

Published years are read from `chinesecalendar`, which follows the State Council's yearly notice. The years
after it carry the statutory holidays `holidays` expects; their make-up days are not known yet, so everything
there stays provisional.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.metadata import version

import holidays
from chinese_calendar import constants

from dealers.foundation.refusals import msgid as _
from dealers.foundation.work_calendar import WorkCalendar

_PROVISIONAL_YEARS = 3
_FESTIVALS = (
    (_("Spring Festival"), "spring festival"),
    (_("Spring Festival"), "chinese new year"),
    (_("New Year's Day"), "new year's day"),
    (_("Tomb-sweeping Day"), "tomb-sweeping"),
    (_("Labour Day"), "labo"),
    (_("Dragon Boat Festival"), "dragon boat"),
    (_("National Day"), "national day"),
    (_("Mid-autumn Festival"), "mid-autumn"),
    (_("Victory Day, 70th anniversary"), "anti-fascist"),
)


@cache
def load_state_council_calendar() -> WorkCalendar:
    """The calendar of the installed packages; a new version arrives with an update of them."""
    published_off = frozenset(constants.holidays)
    first_unknown = date(max(published_off).year + 1, 1, 1)
    expected = holidays.country_holidays(
        "CN", years=range(first_unknown.year, first_unknown.year + _PROVISIONAL_YEARS), language="zh_CN"
    )
    return WorkCalendar(
        version=f"chinesecalendar-{version('chinesecalendar')}+holidays-{version('holidays')}",
        covers_until=first_unknown,
        off=published_off,
        make_up=frozenset(constants.workdays),
        provisional_off=frozenset(day for day in expected if day >= first_unknown),
    )


@cache
def names_of_days() -> Mapping[date, str]:
    """The festival each day off or make-up day belongs to, as a msgid; a page puts it into the reader's language."""
    published = {**constants.holidays, **constants.workdays}
    first_unknown = load_state_council_calendar().covers_until
    expected = holidays.country_holidays(
        "CN", years=range(first_unknown.year, first_unknown.year + _PROVISIONAL_YEARS), language="en_US"
    )
    found = {day: name for day, name in expected.items() if day >= first_unknown}
    found.update({day: str(getattr(name, "value", name)) for day, name in published.items()})
    return {day: _festival(name) for day, name in found.items()}


def _festival(name: str) -> str:
    """The libraries' many spellings ("Labor Day (observed)") under one name each."""
    folded = name.casefold()
    return next((festival for festival, mark in _FESTIVALS if mark in folded), name)
