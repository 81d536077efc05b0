"""The words of a proof of price protection."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from rebates.resources.price_protection import REASONS
from rebates.rules.protected_days import RULE
from settlement.proof_words.words import Name, RuleWords, Unit

RULES: Mapping[str, RuleWords] = {
    RULE: RuleWords(
        title=_("Price protection"),
        names={
            "credit": Name(_("Fall of the list price × units protected")),
            "old_price": Name(_("List price before")),
            "new_price": Name(_("List price from the day on")),
            "units": Name(_("Units protected"), Unit.NUMBER),
            "held": Name(_("On hand of this receipt"), Unit.NUMBER),
            "protected_before": Name(_("Of these protected before"), Unit.NUMBER),
            "protected": Name(_("All products together")),
            "window_days": Name(_("Received within so many days before"), Unit.NUMBER),
            "snapshot_max_age_hours": Name(_("The count is no older than so many hours"), Unit.NUMBER),
            "include_in_transit": Name(_("Units on the way count (1 yes, 0 no)"), Unit.NUMBER),
        },
        reasons=REASONS,
    ),
}
