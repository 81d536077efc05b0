"""The words of penalties for sales outside the band."""

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
            "charged": Name(_("Charged on the statement")),
        },
        subjects={
            "violation": _("Violation"),
            "case": _("Case"),
            "document": _("Sale document"),
            "step": _("Step of the ladder"),
            "reason": _("Reason"),
        },
    )
}
