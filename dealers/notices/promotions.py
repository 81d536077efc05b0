"""Notices about promotion requests, their review and what they brought."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dealers.notices.text import NoticeText

PROMOTIONS: dict[str, NoticeText] = {
    "promo_submitted": NoticeText(
        _("Promotion %(code)s awaits your review"), _("%(applicant)s submitted %(code)s. Decide by %(due_at)s.")
    ),
    "promo_approved": NoticeText(_("Promotion %(code)s is approved"), _("%(code)s was approved. Remark: %(remark)s")),
    "promo_rejected": NoticeText(_("Promotion %(code)s is rejected"), _("%(code)s was rejected. Reason: %(remark)s")),
    "promo_returned": NoticeText(
        _("Promotion %(code)s is returned for changes"),
        _("%(code)s was returned. Reason: %(remark)s Change it and submit it again early enough before its start."),
    ),
    "promo_delegated": NoticeText(
        _("%(delegate)s stands in for %(delegator)s"),
        _(
            "From %(first_day)s to %(last_day)s %(delegate)s decides promotion requests in the place of %(delegator)s. "
            "Reason: %(remark)s"
        ),
    ),
    "promo_late": NoticeText(
        _("Review of promotion %(code)s is late"),
        _(
            "The review of %(code)s by %(applicant)s was due on %(due_at)s. It is not approved by itself; "
            "decide it now."
        ),
    ),
    "promo_spend_due": NoticeText(
        _("Promotion %(code)s has ended: record what it cost"),
        _("Record what was spent on %(code)s, with proof, and declare it complete by %(due_at)s."),
    ),
    "promo_spend_late": NoticeText(
        _("Spend of promotion %(code)s is overdue"),
        _(
            "The spend of %(code)s by %(applicant)s was to be complete by %(due_at)s; %(spend)s is recorded so far. "
            "Record the rest and declare it complete; it can be judged without it from now on."
        ),
    ),
    "promo_over_budget": NoticeText(
        _("Promotion %(code)s is over its budget"),
        _("%(spend)s is recorded as spent on %(code)s by %(applicant)s; %(budget)s was granted."),
    ),
    "promo_to_evaluate": NoticeText(
        _("Promotion %(code)s can be evaluated"),
        _("The spend of %(code)s by %(applicant)s is complete: %(spend)s. Judge what it brought and keep the lessons."),
    ),
    "promo_evaluated": NoticeText(
        _("Promotion %(code)s was evaluated"),
        _("HQ judged what %(code)s brought. The figures and their proof are on its page."),
    ),
}
