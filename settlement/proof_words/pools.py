"""The words of pooled rebates."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from settlement.proof_words.words import Name, RuleWords, Unit

#: Policies with more brackets than these show the further ones by their plain names.
_BRACKETS = range(1, 13)

RULES = {
    "pooled_rebate": RuleWords(
        _("Pooled rebate"),
        {
            "compliant_sales": Name(_("Own compliant sales")),
            "purchases": Name(_("Own purchases")),
            "others": Name(_("The other members together")),
            "others_counting": Name(_("The others' contributions above zero")),
            "pool_rounding": Name(_("Rounding of the pool to the cent")),
            "pool": Name(_("The pool")),
            "earned": Name(_("What the pool earns")),
            "reached_rate": Name(_("Rate reached"), Unit.RATE),
            "pool_cap": Name(_("Cap of the pool")),
            "within_cap": Name(_("Within the cap")),
            "pool_entitlement": Name(_("The pool's rebate")),
            "counting": Name(_("Contributions above zero")),
            "share": Name(_("Own share")),
            "pool_rate": Name(_("What the pool's rebate is of its contributions"), Unit.RATE),
            "share_rounding": Name(_("Rounding of the rate and of the shares")),
            **{f"from_{n}": Name(_("From")) for n in _BRACKETS},
            **{f"rate_{n}": Name(_("Rate"), Unit.RATE) for n in _BRACKETS},
            **{f"slice_{n}": Name(_("Slice")) for n in _BRACKETS},
        },
        {"program": _("Program"), "alliance": _("Alliance")},
        {"totals_hidden": _("Fewer than two others contributed: their figures are theirs, so the total is not shown.")},
    )
}
