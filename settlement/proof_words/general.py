"""The words of what is not a part of the business of its own: amounts taken back."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from settlement.proof_words.words import Name, RuleWords

RULES: Mapping[str, RuleWords] = {
    "reversal": RuleWords(
        title=_("Amount taken back"),
        names={"credit": Name(_("The amount as it was credited")), "reversed": Name(_("Amount reversed"))},
        subjects={"reason": _("Reason")},
    ),
}
