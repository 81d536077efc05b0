"""Notices about scorecards, corrective plans and tiers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dealers.notices.text import NoticeText

STANDING: dict[str, NoticeText] = {
    "scorecard_none": NoticeText(
        _("Your scorecard of %(quarter)s: %(score)s points"),
        _("You are number %(place)s of %(ranked)s in tier %(tier)s. The card shows every part and its facts."),
    ),
    "scorecard_commended": NoticeText(
        _("Commended: %(score)s points in %(quarter)s"),
        _("You are number %(place)s of %(ranked)s in tier %(tier)s. Headquarters thanks you for this quarter."),
    ),
    "scorecard_plan_due": NoticeText(
        _("Your scorecard of %(quarter)s: %(score)s points; a corrective plan is due"),
        _("You are number %(place)s of %(ranked)s in tier %(tier)s. Write by %(due_on)s what you will do about it."),
    ),
    "plan_submit": NoticeText(
        _("%(dealer)s handed in its corrective plan for %(quarter)s"),
        _("The score was %(score)s. Accept the plan or send it back with a word."),
    ),
    "plan_send_back": NoticeText(
        _("Your corrective plan for %(quarter)s is sent back"),
        _("Reason: %(remark)s Mend it and hand it in again by %(due_on)s."),
    ),
    "plan_accept": NoticeText(
        _("Your corrective plan for %(quarter)s is accepted"),
        _("Carry it out and report how far it is. %(remark)s"),
    ),
    "plan_complete": NoticeText(
        _("Your corrective plan for %(quarter)s is carried out"), _("Nothing more is to be done. %(remark)s")
    ),
    "plan_late": NoticeText(
        _("The corrective plan of %(dealer)s for %(quarter)s is overdue"),
        _("It was to be handed in by %(due_on)s; the score was %(score)s. Write it now."),
    ),
    "tiers_proposed": NoticeText(
        _("Tier review of %(quarter)s: %(count)s changes wait for you"),
        _("Confirm what the scores propose, or decide otherwise with a reason. A change holds from a half-month on."),
    ),
    "tier_stands": NoticeText(
        _("Your tier stays %(tier)s after the review of %(quarter)s"),
        _("You reached %(points)s points; %(missing)s are missing to %(above)s. %(ways)s"),
    ),
    "tier_stands_highest": NoticeText(
        _("Your tier stays %(tier)s after the review of %(quarter)s"),
        _("You reached %(points)s points; there is no higher tier."),
    ),
    "tier_promoted": NoticeText(
        _("Your tier rises from %(tier)s to %(decided)s on %(from)s"),
        _(
            "You reached %(points)s points in the review of %(quarter)s. From that half-month the terms of %(decided)s "
            "apply. %(remark)s"
        ),
    ),
    "tier_demoted": NoticeText(
        _("Your tier falls from %(tier)s to %(decided)s on %(from)s"),
        _(
            "You reached %(points)s points in the review of %(quarter)s; for %(needed)s %(threshold)s were needed, so "
            "%(missing)s are missing. %(ways)s %(remark)s"
        ),
    ),
    "tier_kept": NoticeText(
        _("Your tier stays %(tier)s after the review of %(quarter)s"),
        _("You reached %(points)s points; for %(needed)s %(missing)s are missing. %(ways)s %(remark)s"),
    ),
}
