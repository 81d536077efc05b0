"""The words of referral rewards of partner dealers, employees and customers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from settlement.proof_words.words import Name, RuleWords, Unit

_SUBJECTS = {"lead": _("Referral lead"), "document": _("Sale document")}

RULES = {
    "referral_employee": RuleWords(
        _("Referral reward of an employee"),
        {"deal": Name(_("This deal")), "reward": Name(_("Reward"))},
        subjects=_SUBJECTS,
    ),
    "referral_voucher": RuleWords(
        _("Voucher of a customer who referred"),
        {"deal": Name(_("This deal")), "voucher": Name(_("Voucher")), "reward": Name(_("Reward"))},
        subjects=_SUBJECTS,
    ),
    "referral_partner": RuleWords(
        _("Referral reward"),
        {
            "rate": Name(_("Rate up to the edge"), Unit.RATE),
            "above": Name(_("Edge")),
            "rate_above": Name(_("Rate above the edge"), Unit.RATE),
            "before": Name(_("Earlier deals of the quarter")),
            "deal": Name(_("This deal")),
            "cumulated": Name(_("Deals of the quarter")),
            "up_to": Name(_("of that up to the edge")),
            "exceeding": Name(_("of that above the edge")),
            "earned": Name(_("Earned in the quarter")),
        },
        subjects=_SUBJECTS,
    ),
}
