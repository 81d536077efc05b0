"""The words of the remote-area subsidy."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from settlement.proof_words.words import Name, RuleWords, Unit

RULES = {
    "remote_subsidy": RuleWords(
        _("Remote-area subsidy"),
        {
            "approved": Name(_("Agreed for the quarter (1 is yes)"), Unit.NUMBER),
            "purchases": Name(_("Purchases less returns")),
            "remote_purchases": Name(_("Of them into remote regions")),
            "min_quarterly_purchases": Name(_("Minimum of the quarter")),
            "rate": Name(_("Rate"), Unit.RATE),
            "missing": Name(_("Short of the minimum")),
            "reached": Name(_("Minimum reached (1 is yes)"), Unit.NUMBER),
            "subsidised": Name(_("Subsidised purchases")),
            "subsidy": Name(_("Subsidy")),
        },
        reasons={
            "not_approved": _("The subsidy is not agreed for this quarter."),
            "minimum_missed": _("The purchases of the quarter do not reach the minimum."),
            "nothing_remote": _("Nothing was shipped into remote regions, or as much came back."),
        },
    )
}
