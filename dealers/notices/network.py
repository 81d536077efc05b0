"""Notices about applications, papers, territories and contracts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from dealers.notices.text import NoticeText

NETWORK: dict[str, NoticeText] = {
    "territory_requested": NoticeText(
        _("%(dealer)s: a change of territory awaits a decision"),
        _("%(region)s, from %(day)s, because: %(why)s Agree or refuse it; nothing changes before."),
    ),
    "territory_agreed": NoticeText(
        _("The territory of %(dealer)s changes on %(day)s"), _("%(region)s. The change is agreed. %(remark)s")
    ),
    "territory_refused": NoticeText(
        _("The territory of %(dealer)s does not change"), _("%(region)s stays as it is. Reason: %(remark)s")
    ),
    "renewal_proposed": NoticeText(
        _("Contract %(number)s of %(dealer)s: a proposal awaits your decision"),
        _("It ends on %(last_day)s. Decide with the facts on its page; whoever proposed cannot."),
    ),
    "renewal_agreed": NoticeText(
        _("The contract of %(dealer)s is renewed"),
        _("%(number)s ends on %(last_day)s and is followed by %(next)s. Nothing is to be done."),
    ),
    "renewal_refused": NoticeText(
        _("The proposal for contract %(number)s is declined"),
        _("%(dealer)s: it still ends on %(last_day)s. Reason: %(remark)s Propose anew."),
    ),
    "renewal_ends": NoticeText(
        _("The contract of %(dealer)s is not renewed"),
        _("%(number)s ends on %(last_day)s; supply stops after that day. %(remark)s"),
    ),
    "renewal_to_sign": NoticeText(
        _("The renewal of the contract of %(dealer)s is agreed: to be signed"),
        _(
            "%(number)s ends on %(last_day)s; %(next)s follows once the signed contract is on file. Without it supply "
            "stops after that day."
        ),
    ),
    "contract_ends": NoticeText(
        _("Contract %(number)s of %(dealer)s ends on %(last_day)s"),
        _("In %(days)s days supply stops. Open its assessment and propose what is to become of it."),
    ),
    "contract_ends_own": NoticeText(
        _("Your contract %(number)s ends on %(last_day)s"),
        _("In %(days)s days supply stops unless another follows. Headquarters assesses it; ask your channel manager."),
    ),
    "contract_to_sign": NoticeText(
        _("The renewal for %(dealer)s is not signed yet"),
        _("%(number)s ends on %(last_day)s, in %(days)s days. Attach the signed contract on its page."),
    ),
    "contract_to_sign_own": NoticeText(
        _("Your new contract is to be signed"),
        _("%(number)s ends on %(last_day)s, in %(days)s days. Send the signed contract back to your channel manager."),
    ),
    "paper_ends": NoticeText(
        _("%(paper)s of %(dealer)s ends on %(last_day)s"),
        _("In %(days)s days it runs out; then supply is held. Hand in a renewed one in time to be confirmed."),
    ),
    "paper_submitted": NoticeText(
        _("%(dealer)s handed in a renewed certificate"), _("%(paper)s, until %(last_day)s. Confirm or decline it.")
    ),
    "paper_confirmed": NoticeText(
        _("%(paper)s is confirmed"), _("It is good until %(last_day)s. Nothing is to be done.")
    ),
    "paper_declined": NoticeText(_("%(paper)s is declined"), _("Reason: %(remark)s Hand in a better one.")),
    "application_submitted": NoticeText(
        _("%(company)s applies to become a dealer"),
        _("Application %(number)s is complete. Take it up and check its documents."),
    ),
    "application_answered": NoticeText(
        _("%(company)s answered your question"), _("The check of application %(number)s can go on.")
    ),
    "application_withdrawn": NoticeText(
        _("%(company)s withdrew its application"), _("Nothing is to be done about application %(number)s any more.")
    ),
    "application_recommended": NoticeText(
        _("Application %(number)s awaits a decision"),
        _("%(company)s was checked. Decide with reasons; whoever took part in the check cannot."),
    ),
    "application_sent_back": NoticeText(
        _("Application %(number)s was sent back"),
        _("The check of %(company)s has to go on; what is missing is on its page."),
    ),
    "application_admitted": NoticeText(
        _("%(company)s is admitted"), _("Sign and record the contract of application %(number)s, then make it active.")
    ),
}
