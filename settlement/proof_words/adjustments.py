"""What the proofs of adjustments say: by finance, and those that follow from disputes."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from settlement.proof_words.words import Name, RuleWords

RULES: Mapping[str, RuleWords] = {
    "adjustment": RuleWords(
        title=_("Adjustment by finance"),
        names={
            "stated": Name(_("Amount on the statement line")),
            "adjusted_by": Name(_("Adjusted by")),
            "right": Name(_("Amount as it should be")),
            "adjustment": Name(_("Adjustment")),
        },
        subjects={
            "adjustment": _("Adjustment"),
            "line": _("Line"),
            "reason": _("Reason"),
        },
    ),
    "dispute": RuleWords(
        title=_("Adjustment after a dispute"),
        names={
            "stated": Name(_("Amount on the statement line")),
            "granted": Name(_("Granted in addition")),
            "right": Name(_("Amount as it should be")),
            "adjustment": Name(_("Adjustment")),
        },
        subjects={
            "dispute": _("Dispute"),
            "statement": _("Statement"),
            "line": _("Line"),
            "reason": _("Reason"),
        },
    ),
}
