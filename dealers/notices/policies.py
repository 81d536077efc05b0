"""Notices about the channel policy, its bulletins and legal bases."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dealers.notices.text import NoticeText

POLICIES: dict[str, NoticeText] = {
    "policy_published": NoticeText(
        _("Channel policy %(code)s published"), _("It takes effect on %(effective_from)s. Please read what changes.")
    ),
    "bulletin_published": NoticeText(
        _("Please acknowledge: %(title)s"),
        _("Headquarters published “%(title)s”. Read it and acknowledge it for %(dealer)s."),
    ),
    "bulletin_open": NoticeText(
        _("Still to be acknowledged: %(title)s"),
        _("“%(title)s” was published on %(day)s and %(dealer)s has not acknowledged it yet. Read it and do so now."),
    ),
    "legal_basis_ends": NoticeText(
        _("Legal basis %(reference)s ends on %(until)s"),
        _(
            "In %(days)s days %(floors)s floors that rest on %(reference)s stop being enforced. Renew it with evidence "
            "before %(until)s, or end or recommend these bands."
        ),
    ),
}
