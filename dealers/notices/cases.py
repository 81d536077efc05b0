"""Notices about cases, from the first question to the appeal."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dealers.notices.text import NoticeText

CASES: dict[str, NoticeText] = {
    "case_heard": NoticeText(
        _("Case %(number)s: please reply by %(due_at)s"),
        _(
            "Headquarters looks into something that may be held against %(dealer)s. Read the charge and the evidence, "
            "and reply by %(due_at)s, with files if you have any. Nothing is decided yet; without a reply it is "
            "decided on the evidence alone."
        ),
    ),
    "case_evidence_joined": NoticeText(
        _("Case %(number)s: there is more evidence"),
        _("More evidence joined case %(number)s. Your time to reply begins anew and ends on %(due_at)s."),
    ),
    "case_extended": NoticeText(
        _("Case %(number)s: you have more time to reply"), _("You may reply up to %(due_at)s. Reason: %(why)s")
    ),
    "case_assigned": NoticeText(
        _("Case %(number)s is yours now"), _("It is about %(dealer)s. Reason: %(why)s Act by %(due_at)s.")
    ),
    "case_replied": NoticeText(
        _("%(dealer)s replied in case %(number)s"), _("Read the reply; the judge decides when the time is over.")
    ),
    "case_ready": NoticeText(
        _("Case %(number)s can be decided"),
        _("%(dealer)s has said its last word, or its time to reply is over. Decide by %(due_at)s."),
    ),
    "case_dismissal_proposed": NoticeText(
        _("Case %(number)s: dismissal proposed"),
        _("The investigator proposes to dismiss the case about %(dealer)s: %(why)s Decide by %(due_at)s."),
    ),
    "case_dismissal_refused": NoticeText(
        _("Case %(number)s is to be investigated further"), _("It was not dismissed. Reason: %(why)s")
    ),
    "case_dismissed_unheard": NoticeText(_("Case %(number)s is dismissed"), _("As proposed. Reason: %(why)s")),
    "case_dismissed": NoticeText(
        _("Case %(number)s: nothing is held against you"),
        _("The case was decided in your favour and is closed. Reason: %(why)s"),
    ),
    "case_decided": NoticeText(
        _("Case %(number)s is decided"),
        _(
            "Read the decision with its reasons and what follows. You may appeal once, up to %(due_at)s; another "
            "person than the judge hears it. Reasons: %(why)s"
        ),
    ),
    "case_applied": NoticeText(
        _("Case %(number)s: the decision takes effect"),
        _("What it leads to is on the page of the case; amounts are on your next statement, each with its proof."),
    ),
    "case_held_back": NoticeText(
        _("Case %(number)s: the facts changed since the decision"),
        _("Nothing is applied until a judge has seen the differences. Look at them now."),
    ),
    "case_ladder_fell": NoticeText(
        _("Case %(number)s has to be looked at again"),
        _("Case %(other)s, which its place on the ladder counted, was overturned. Keep the amount or reckon it anew."),
    ),
    "case_reckoned_again": NoticeText(
        _("Case %(number)s: what follows became less"),
        _(
            "An earlier case was overturned, so this one counts as an earlier step of the ladder. The difference is on "
            "your next statement."
        ),
    ),
    "case_appealed": NoticeText(
        _("%(dealer)s appeals in case %(number)s"),
        _("A third person, neither investigator nor judge, hears the appeal by %(due_at)s."),
    ),
    "case_upheld": NoticeText(
        _("Case %(number)s: the decision stands"), _("Your appeal was heard by another person. Reasons: %(why)s")
    ),
    "case_overturned": NoticeText(
        _("Case %(number)s: the decision is overturned"),
        _("Everything that followed is taken back; amounts come with your next statement. Reasons: %(why)s"),
    ),
}
