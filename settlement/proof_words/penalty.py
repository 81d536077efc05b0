"""The words of penalties: for sales outside the band, and on the contract amount for fraud."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from settlement.proof_words.words import Name, RuleWords, Unit

RULES: Mapping[str, RuleWords] = {
    "penalty": RuleWords(
        _("Penalty"),
        {
            "shortfall": Name(_("Shortfall against the band")),
            "minimum": Name(_("Least basis of a penalty")),
            "multiple": Name(_("Multiple of the ladder"), Unit.NUMBER),
            "basis": Name(_("Basis of the penalty")),
            "penalty": Name(_("Penalty")),
            "decided": Name(_("Amount the judge decided on")),
            "lessened": Name(_("Penalty as decided")),
            "charged": Name(_("Charged on the statement")),
        },
        subjects={
            "violation": _("Violation"),
            "case": _("Case"),
            "document": _("Sale document"),
            "step": _("Step of the ladder"),
            "reason": _("Reason"),
        },
    ),
    "contract_penalty": RuleWords(
        _("Contract penalty"),
        {
            "contract_amount": Name(_("Contract amount")),
            "penalty_rate": Name(_("Rate of the policy"), Unit.RATE),
            "penalty": Name(_("Penalty")),
            "decided": Name(_("Amount the judge decided on")),
            "lessened": Name(_("Penalty as decided")),
            "charged": Name(_("Charged on the statement")),
        },
        subjects={
            "case": _("Case"),
            "reason": _("Reason"),
        },
    ),
}
