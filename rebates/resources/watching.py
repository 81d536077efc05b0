"""The watch list put into words: what a bracket brings, how the projection is made, and why a burst is noticed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from rebates.resources.figures import amount_text
from rebates.rules.distance import Outlook
from rebates.rules.loading import Loading
from rebates.rules.programs import RETROACTIVE
from rebates.rules.quantities import MICROS_PER_CENT, cents_text
from rebates.selectors.standings import Standing

OUTLOOKS: Mapping[Outlook, str | Promise] = {
    Outlook.CLOSE: gettext_lazy("About to miss"),
    Outlook.REACHES: gettext_lazy("About to reach"),
    Outlook.FAR: gettext_lazy("Far from it"),
    Outlook.CAPPED: gettext_lazy("Cap reached"),
    Outlook.TOP: gettext_lazy("Highest bracket reached"),
}
TONES: Mapping[Outlook, str] = {
    Outlook.CLOSE: "warn",
    Outlook.REACHES: "ok",
    Outlook.FAR: "",
    Outlook.CAPPED: "",
    Outlook.TOP: "",
}


def yuan(amount: int) -> str:
    """Micros as an amount for reading: to the fen, cut off."""
    return amount_text(cents_text(amount // MICROS_PER_CENT))


def projection_words(row: Standing) -> str:
    """How the projected base comes about."""
    going = row.pace
    return gettext("%(base)s in %(elapsed)s of %(total)s days; at the same pace %(projected)s at the end.") % {
        "base": yuan(row.distance.base),
        "elapsed": going.elapsed,
        "total": going.total,
        "projected": yuan(row.distance.projected),
    }


def bracket_words(row: Standing) -> str:
    """What reaching the next bracket brings, or why there is nothing to reach."""
    found = row.distance
    if found.outlook is Outlook.CAPPED:
        return gettext("The cap is reached; more adds nothing. A return below it takes it back.")
    if found.next is None:
        return gettext("The highest bracket is reached.")
    words = {
        "missing": yuan(found.missing),
        "edge": yuan(found.next.start),
        "brings": amount_text(cents_text(found.brings)),
        "jump": amount_text(cents_text(found.jump)),
    }
    if row.program.program.method == RETROACTIVE:
        return (
            gettext(
                "%(missing)s more reaches %(edge)s and brings %(brings)s, of which %(jump)s at once: the whole base "
                "earns at the higher rate."
            )
            % words
        )
    return gettext("%(missing)s more reaches %(edge)s and brings %(brings)s; what follows earns more.") % words


def loading_words(found: Loading, *, purchases: bool) -> str:
    """Why a burst is noticed, with its numbers: a hint to look, not a finding."""
    words: dict[str, Any] = {
        "days": found.days,
        "recent": yuan(found.recent),
        "a_day": yuan(found.a_day),
        "before": yuan(found.a_day_before),
        "edge": yuan(found.edge),
        "times": "" if found.times is None else f"{found.times / 1_000_000:.1f}",
        "cover": found.cover_days,
        "beyond": found.beyond_stock,
    }
    if found.times is None:
        said = gettext("%(recent)s in the last %(days)s days after nothing before crossed %(edge)s.")
    elif purchases:
        said = gettext(
            "Purchases of %(recent)s in the last %(days)s days, %(a_day)s a day against %(before)s before "
            "(%(times)s times), crossed %(edge)s."
        )
    else:
        said = gettext(
            "Sales of %(recent)s in the last %(days)s days, %(a_day)s a day against %(before)s before (%(times)s "
            "times), crossed %(edge)s."
        )
    sentences = [said % words]
    if found.cover_days is not None:
        sentences.append(gettext("The stock lasts %(cover)s days at the earlier sales.") % words)
    if found.beyond_stock:
        sentences.append(gettext("%(beyond)s units more were booked as sold than were there.") % words)
    return " ".join(sentences)
