"""The words of forfeited years."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from settlement.proof_words.words import Name, RuleWords

_NAMES = {
    "rebate": Name(_("Rebate in full")),
    "cancelled_before": Name(_("Cancelled by forfeiture lines")),
    "cancelled": Name(_("To be cancelled in all")),
    "taken_back": Name(_("To be taken back in all")),
}
_SUBJECTS = {"program": _("Program"), "year": _("Calendar year"), "decision": _("Reference of the decision")}
_REASONS = {
    "forfeited": _("A confirmed fraud cancels all rebates of its calendar year."),
    "lifted": _("The decision was overturned: everything it cancelled is given back."),
}

RULES = {
    "forfeiture": RuleWords(_("Forfeiture"), _NAMES, _SUBJECTS, _REASONS),
    "clawback": RuleWords(_("Clawback"), _NAMES, _SUBJECTS, _REASONS),
}
