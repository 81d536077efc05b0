"""The sentences of notices: per reason, a title and a text that say what happened, why, and what to do by when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class NoticeText:
    """Title and body as gettext sentences with ``%(name)s`` places filled from the notice's params."""

    title: Any
    body: Any


#: Reason (``params["reason"]``, or the kind itself) to its sentences; every app's notices are worded here.
TEXTS: dict[str, NoticeText] = {
    "sync_late": NoticeText(
        _("Report overdue: %(feed)s"),
        _(
            "%(dealer)s has not reported %(feed)s since %(since)s. Deliver or declare the missing days before "
            "%(hold_at)s; after that supply is held automatically."
        ),
    ),
    "hold_placed": NoticeText(
        _("Supply held: %(dealer)s"),
        _("Supply to %(dealer)s is held since %(opened_at)s. %(detail)s"),
    ),
    "hold_lifted": NoticeText(
        _("Supply released: %(dealer)s"),
        _("The hold on supply to %(dealer)s was lifted at %(lifted_at)s. %(detail)s"),
    ),
    "exit_proposed": NoticeText(
        _("End of the contract of %(dealer)s: decide"),
        _("%(who)s proposes that the contract of %(dealer)s ends with %(last_day)s. Reason: %(detail)s"),
    ),
    "exit_agreed": NoticeText(
        _("The contract of %(dealer)s ends with %(last_day)s"),
        _(
            "Reason: %(detail)s Until the end of that day everything goes on as before; then supply stops and the API "
            "keys no longer work. The statement of that half-month clears the account."
        ),
    ),
    "exit_declined": NoticeText(
        _("The contract of %(dealer)s goes on"), _("The proposal to end it was declined. Remark: %(detail)s")
    ),
    "exit_withdrawn": NoticeText(
        _("The contract of %(dealer)s goes on"),
        _("The end planned for %(last_day)s was withdrawn. Reason: %(detail)s"),
    ),
    "dealer_terminated": NoticeText(
        _("The contract of %(dealer)s has ended"),
        _(
            "Its last day was %(last_day)s. Reason: %(detail)s Its API keys no longer work. The statement of that "
            "half-month clears the account; what becomes known later follows in a supplement."
        ),
    ),
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
    "statement_issued": NoticeText(
        _("Statement %(period)s is ready"),
        _("Closing balance %(closing)s. Confirm or dispute it by %(confirm_due_at)s; silence counts as confirmation."),
    ),
    "adjustment_proposed": NoticeText(
        _("Adjustment %(number)s awaits your approval"),
        _("%(amount)s for %(dealer)s, because: %(why)s Approve or decline it; nothing moves before."),
    ),
    "dispute_opened": NoticeText(
        _("%(dealer)s disputes its statement %(period)s"),
        _("Dispute %(number)s: %(why)s The disputed lines are not paid until it is decided; decide by %(due_at)s."),
    ),
    "dispute_answered": NoticeText(
        _("%(dealer)s answered in dispute %(number)s"),
        _("What was asked: %(why)s Look at the answer and decide by %(due_at)s."),
    ),
    "dispute_withdrawn": NoticeText(
        _("%(dealer)s withdrew dispute %(number)s"),
        _("The lines of statement %(period)s stand; nothing is to be done."),
    ),
    "dispute_accepted": NoticeText(
        _("Dispute %(number)s is accepted"),
        _("%(why)s The difference is settled as an adjustment in the next open half-month."),
    ),
    "dispute_rejected": NoticeText(
        _("Dispute %(number)s is rejected"), _("The lines of statement %(period)s stand. Reason: %(why)s")
    ),
    "dispute_needs_action": NoticeText(
        _("Dispute %(number)s needs something from you"),
        _("%(why)s Answer by %(due_at)s; without an answer the dispute is closed as rejected."),
    ),
    "dispute_lapsed": NoticeText(
        _("Dispute %(number)s is closed as rejected"),
        _("No answer came in time to: %(why)s The lines of statement %(period)s stand."),
    ),
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
    "remote_subsidy_requested": NoticeText(
        _("%(dealer)s applies for the remote-area subsidy"),
        _("From %(quarter)s on, because: %(why)s Agree or refuse it; until then nothing is subsidised."),
    ),
    "remote_subsidy_agreed": NoticeText(
        _("Your remote-area subsidy is agreed"),
        _("It is reckoned from %(quarter)s on and settled with the last half-month of each quarter. %(remark)s"),
    ),
    "remote_subsidy_refused": NoticeText(
        _("Your remote-area subsidy is refused"),
        _("Nothing is subsidised. Reason: %(remark)s You may apply again when that has changed."),
    ),
    "remote_subsidy_ended": NoticeText(
        _("Your remote-area subsidy ends"),
        _("From %(quarter)s on nothing is subsidised. Reason: %(remark)s"),
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
    "support_asked": NoticeText(
        _("%(dealer)s asks for market support"),
        _("%(number)s “%(purpose)s”, %(amount)s. Reserve the money or reject it with a reason."),
    ),
    "support_reserved": NoticeText(
        _("Market support %(number)s is reserved"),
        _(
            "%(amount)s is reserved for “%(purpose)s”. Attach the contract or quote and commit it by %(due_at)s, or "
            "the reservation lapses. %(remark)s"
        ),
    ),
    "support_rejected": NoticeText(
        _("Market support %(number)s is rejected"),
        _("“%(purpose)s” was rejected. Reason: %(remark)s You may change the plan and ask again."),
    ),
    "support_reserved_ends": NoticeText(
        _("The reservation of %(number)s lapses soon"),
        _("%(amount)s is reserved for “%(purpose)s” until %(due_at)s. Attach the contract or quote and commit it."),
    ),
    "support_proof_due": NoticeText(
        _("Proof of %(number)s is due soon"),
        _("Hand in pictures and invoices of “%(purpose)s” by %(due_at)s, or the %(amount)s lapses."),
    ),
    "support_lapsed": NoticeText(
        _("Market support %(number)s has lapsed"),
        _("“%(purpose)s” was not used in time; %(amount)s is free again if its quarter still runs."),
    ),
    "support_proven": NoticeText(
        _("Proof of %(number)s awaits your judgement"),
        _("%(dealer)s handed in proof of “%(purpose)s” and claims %(amount)s. Accept it, send it back or refuse it."),
    ),
    "support_sent_back": NoticeText(
        _("Proof of %(number)s is sent back"),
        _("Reason: %(remark)s Hand in better proof of “%(purpose)s” by %(due_at)s."),
    ),
    "support_accepted": NoticeText(
        _("Market support %(number)s is accepted"),
        _("%(amount)s for “%(purpose)s” stands on your next statement. %(remark)s"),
    ),
    "support_refused": NoticeText(
        _("Proof of %(number)s is refused"), _("Nothing is paid for “%(purpose)s”. Reason: %(remark)s")
    ),
    "support_reversed": NoticeText(
        _("Market support %(number)s is taken back"),
        _("%(amount)s for “%(purpose)s” is taken back on your next statement. Reason: %(remark)s"),
    ),
    "payment_bill_delivered": NoticeText(
        _("A bill of %(amount)s is yours: %(number)s"),
        _("Bill %(bill)s for %(periods)s falls due on %(due_on)s. Sign for it in your bank's bill system."),
    ),
    "payment_transfer_sent": NoticeText(
        _("%(amount)s is on its way to your bank account: %(number)s"),
        _("The transfer for %(periods)s goes to the account ending in %(account)s. Tell us if it does not arrive."),
    ),
    "payment_settled": NoticeText(
        _("Payment %(number)s of %(amount)s has been made"), _("It pays %(periods)s; nothing has to be done.")
    ),
    "payment_failed": NoticeText(
        _("Payment %(number)s of %(amount)s has failed"),
        _("Reason: %(remark)s. %(periods)s is owed to you again and will be paid anew; nothing is lost."),
    ),
    "bank_account_proposed": NoticeText(
        _("A new bank account for %(dealer)s waits to be confirmed"),
        _("%(who)s entered the account ending in %(account)s at %(bank)s. If that was not you, tell us at once."),
    ),
    "bank_account_confirmed": NoticeText(
        _("%(dealer)s is paid to another bank account from now on"),
        _("The account ending in %(account)s at %(bank)s is confirmed. If you do not know it, tell us at once."),
    ),
    "bank_account_declined": NoticeText(
        _("The new bank account for %(dealer)s is declined"),
        _("The account ending in %(account)s at %(bank)s is not used. Reason: %(remark)s"),
    ),
    "lead_assigned": NoticeText(
        _("A referred customer waits for your call: %(number)s"),
        _("Call by %(due_at)s and record what came of it. %(remark)s"),
    ),
    "lead_due": NoticeText(
        _("Call the customer of %(number)s soon"),
        _("The customer was to be called by %(due_at)s; after that the breach is recorded and it may go to others."),
    ),
    "lead_breached": NoticeText(
        _("The customer of %(number)s was not called in time"),
        _("%(dealer)s was to call by %(due_at)s. Call now; headquarters may give the customer to somebody else."),
    ),
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
        _("You reached %(points)s points; %(missing)s are missing to %(above)s. Your page shows what would do."),
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
            "%(missing)s are missing. Your page shows what would have done. %(remark)s"
        ),
    ),
    "tier_kept": NoticeText(
        _("Your tier stays %(tier)s after the review of %(quarter)s"),
        _("You reached %(points)s points; for %(needed)s %(missing)s are missing. %(remark)s"),
    ),
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
    "ticket_assigned": NoticeText(
        _("A customer waits for your answer: %(number)s"),
        _("Answer by %(due_at)s; after that the breach is recorded by itself. %(remark)s"),
    ),
    "ticket_unplaced": NoticeText(
        _("Nobody covers the place of ticket %(number)s"),
        _("Give it to a dealer, or answer the customer yourself by %(due_at)s."),
    ),
    "ticket_due": NoticeText(
        _("Answer ticket %(number)s soon"),
        _("The first answer is due by %(due_at)s; after that the breach is recorded by itself."),
    ),
    "ticket_missed": NoticeText(
        _("Ticket %(number)s was not answered in time"),
        _("%(dealer)s was to answer by %(due_at)s. Answer now, or see that somebody does."),
    ),
    "ticket_reopened": NoticeText(
        _("Ticket %(number)s is open again"),
        _("The customer of %(number)s says that it is not done. Look at it again."),
    ),
    "ticket_complaint": NoticeText(
        _("A complaint about ticket %(number)s"), _("Read what is said about %(number)s and speak with the customer.")
    ),
    "ticket_written": NoticeText(
        _("The customer of ticket %(number)s has written"), _("Read the message in %(number)s and answer it.")
    ),
    "certificate_ends": NoticeText(
        _("The certificate of %(name)s ends on %(until)s"),
        _("In %(days)s days %(number)s of %(name)s no longer counts. Renew it and hand in the new one before."),
    ),
    "certificate_ended": NoticeText(
        _("The certificate of %(name)s has ended"),
        _("%(number)s of %(name)s has not counted since %(until)s. Hand in a new one."),
    ),
    "certificate_declined": NoticeText(
        _("The certificate of %(name)s is declined"),
        _("%(number)s does not count. Reason: %(remark)s Hand in one that does."),
    ),
    "team_short": NoticeText(
        _("The after-sales team of %(dealer)s is too small"),
        _("Tier %(tier)s asks for %(needed)s certified people, %(certified)s are. Hand in certificates of the others."),
    ),
    "report_asked": NoticeText(
        _("The satisfaction report of %(quarter)s is due"),
        _("Look at your figures, write how it went and what you will do, and hand it in by %(due_at)s."),
    ),
    "report_due_soon": NoticeText(
        _("The satisfaction report of %(quarter)s is still missing"),
        _("Hand it in by %(due_at)s; after that it is a violation."),
    ),
    "report_overdue": NoticeText(
        _("The satisfaction report of %(quarter)s is overdue"),
        _("%(dealer)s was to hand it in by %(due_at)s. It is on record as a violation; hand it in now."),
    ),
    "report_submitted": NoticeText(
        _("%(dealer)s handed in its satisfaction report of %(quarter)s"), _("Read it and say what you think of it.")
    ),
    "report_read": NoticeText(
        _("Your satisfaction report of %(quarter)s was read"), _("Remark of headquarters: %(remark)s")
    ),
    "calendar_ends": NoticeText(
        _("Working-day calendar ends on %(covers_until)s"),
        _("Deadlines beyond it are provisional until the new State Council calendar is loaded."),
    ),
}
