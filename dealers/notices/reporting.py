"""Notices about reports due, refused lines, exemptions, webhooks and the calendar."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dealers.notices.text import NoticeText

REPORTING: dict[str, NoticeText] = {
    "sync_late": NoticeText(
        _("Report overdue: %(feed)s"),
        _(
            "%(dealer)s has not reported %(feed)s since %(since)s. Deliver or declare the missing days before "
            "%(hold_at)s; after that supply is held automatically."
        ),
    ),
    "webhook_off": NoticeText(
        _("A webhook endpoint was switched off"),
        _(
            "%(url)s has taken nothing since %(since)s. Mend the receiver, switch the endpoint on again, and send what "
            "it missed once more."
        ),
    ),
    "exemption_requested": NoticeText(
        _("%(dealer)s asks to be excused from reporting"),
        _("From %(first)s to %(last)s, because: %(why)s Agree or refuse it; until then missing reports count."),
    ),
    "exemption_agreed": NoticeText(
        _("Your exemption from reporting is agreed"),
        _("From %(first)s to %(last)s nothing has to be reported. %(remark)s"),
    ),
    "exemption_refused": NoticeText(
        _("Your exemption from reporting is refused"),
        _("Reports are due from %(first)s to %(last)s as on any day. Reason: %(remark)s"),
    ),
    "lines_open": NoticeText(
        _("%(lines)s refused lines wait to be corrected"),
        _(
            "The oldest of %(dealer)s waits for %(days)s days. What is refused does not count as sold or counted; "
            "correct the lines in the quarantine, or withdraw them with a reason."
        ),
    ),
    "dealers_stuck": NoticeText(
        _("%(dealers)s dealers are stuck on refused lines"),
        _(
            "Together %(lines)s of their lines have waited for more than %(after)s days, the oldest for %(days)s. See "
            "who is stuck on what and help them."
        ),
    ),
    "calendar_ends": NoticeText(
        _("Working-day calendar ends on %(covers_until)s"),
        _("Deadlines beyond it are provisional until the new State Council calendar is loaded."),
    ),
}
