"""Where the working-day calendar comes from.

Published years are read from `chinesecalendar`, which follows the State Council's yearly notice. The years
after it carry the statutory holidays `holidays` expects; their make-up days are not known yet, so everything
there stays provisional.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.metadata import version

import holidays
from chinese_calendar import constants

from dealers.foundation.work_calendar import WorkCalendar

_PROVISIONAL_YEARS = 3


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
