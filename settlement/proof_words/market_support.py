"""The words of market support."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from settlement.proof_words.words import Name, RuleWords

RULES = {
    "market_support": RuleWords(
        _("Market support"),
        {
            "quota": Name(_("Quota of the quarter")),
            "asked": Name(_("Asked for")),
            "reserved": Name(_("Reserved")),
            "committed": Name(_("Committed")),
            "claimed": Name(_("Claimed with proof")),
            "not_accepted": Name(_("Not accepted")),
            "accepted": Name(_("Approved amount")),
        },
        subjects={"activity": _("Activity"), "purpose": _("What for")},
    )
}
