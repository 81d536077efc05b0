"""The audit trail in words: what an action is called, what it was done to, and what it changed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dealers.choices import Role
from dealers.models import AuditRecord
from dealers.services.audit import APPLICANT, SYSTEM

#: Every recorded action of every app; one that is missing is shown by its code.
ACTIONS: dict[str, str | Promise] = {
    "plan.draw_up": _("Payment plan drawn up"),
    "plan.release": _("Payment plan released"),
    "plan.refuse": _("Payment plan refused"),
    "plan.withdraw": _("Payment plan withdrawn"),
    "plan.end": _("Payment plan ended"),
    "payment.make": _("Payment made"),
    "payment.send": _("Transfer sent to the bank"),
    "payment.accept": _("Bill accepted"),
    "payment.deliver": _("Bill delivered"),
    "payment.settle": _("Payment settled"),
    "payment.refuse": _("Bill refused"),
    "payment.return": _("Payment returned"),
    "payment.overdue": _("Bill unpaid at maturity"),
    "payment.cancel": _("Transfer cancelled"),
    "bank_file.make": _("Bank file made"),
    "bank_account.propose": _("Bank account entered"),
    "bank_account.confirm": _("Bank account confirmed"),
    "bank_account.decline": _("Bank account declined"),
    "bills.consent": _("Consent to bills given"),
    "bills.withdraw_consent": _("Consent to bills withdrawn"),
    "signals.run": _("Search for fraud signals asked for"),
    "signals.suppress": _("Fraud signal suppressed"),
    "signals.lift": _("Suppression of a fraud signal lifted"),
    "signals.hand_over": _("Fraud signal put into a case"),
    "exit.propose": _("End of the contract proposed"),
    "exit.agree": _("End of the contract agreed"),
    "exit.decline": _("End of the contract declined"),
    "exit.withdraw": _("End of the contract withdrawn"),
    "returns.draw_up": _("Stock return list drawn up"),
    "returns.change": _("Stock return list changed"),
    "returns.offer": _("Stock return list put to the dealer"),
    "returns.confirm": _("Stock return list confirmed by the dealer"),
    "returns.object": _("Stock return list contested by the dealer"),
    "returns.fix": _("Stock return list fixed"),
    "archive.request": _("Archive of a dealer asked for"),
    "archive.fetch": _("Archive of a dealer fetched"),
    "dealer.terminate": _("Contract ended"),
    "admission.invite": _("Company invited to apply"),
    "admission.revoke": _("Invitation taken back"),
    "application.begin": _("Application begun"),
    "application.change": _("Application changed"),
    "application.hand_in": _("Document handed in"),
    "application.take_back": _("Document taken back"),
    "application.confirm_email": _("E-mail address confirmed"),
    "application.renew_link": _("New private link made"),
    "application.submit": _("Application handed in"),
    "application.take_up": _("Application taken up"),
    "application.check_paper": _("Document checked"),
    "application.ask": _("Applicant asked"),
    "application.answer": _("Applicant answered"),
    "application.put_into_alliance": _("Applicant put into an alliance"),
    "application.recommend": _("Application put up for decision"),
    "application.send_back": _("Application sent back"),
    "application.admit": _("Applicant admitted"),
    "application.refuse": _("Applicant not admitted"),
    "application.contract": _("Contract of an applicant recorded"),
    "application.activate": _("Applicant made an active dealer"),
    "application.claim": _("First account made"),
    "application.withdraw": _("Application withdrawn"),
    "application.erase": _("Personal data of an applicant erased"),
    "alliance.create": _("Alliance founded"),
    "dealer.suspend": _("Contract suspended"),
    "dealer.end_suspension": _("Suspension ended"),
    "certificate.hand_in": _("Certificate handed in"),
    "territory.request": _("Change of territory asked for"),
    "territory.agreed": _("Change of territory agreed"),
    "territory.refused": _("Change of territory refused"),
    "territory.withdrawn": _("Change of territory withdrawn"),
    "territory.change": _("Territory changed"),
    "contract.propose": _("Proposal for a contract that ends"),
    "contract.agreed": _("Proposal for a contract agreed"),
    "contract.refused": _("Proposal for a contract declined"),
    "certificate.confirmed": _("Certificate confirmed"),
    "certificate.declined": _("Certificate declined"),
    "certificate.replace": _("Certificate replaced by a renewed one"),
    "certificate.retired": _("Certificate no longer needed"),
    "hold.place": _("Supply held"),
    "hold.lift": _("Supply released"),
    "exemption.agree": _("Exemption from reporting agreed"),
    "exemption.revoke": _("Exemption from reporting revoked"),
    "exemption.request": _("Exemption from reporting asked for"),
    "exemption.agreed": _("Request for an exemption agreed"),
    "exemption.refused": _("Request for an exemption refused"),
    "exemption.withdrawn": _("Request for an exemption withdrawn"),
    "outage.record": _("Outage of ours recorded"),
    "outage.extend": _("Outage of ours went on"),
    "outage.revoke": _("Outage of ours revoked"),
    "webhook.create": _("Webhook endpoint made"),
    "webhook.rotate": _("Webhook secret rotated"),
    "webhook.switch": _("Webhook endpoint switched on or off"),
    "webhook.test": _("Webhook tested"),
    "webhook.redeliver": _("Webhook sent once more"),
    "trade_file.receive": _("File of trade messages received"),
    "trade_agreement.change": _("Agreement on trade messages changed"),
    "trade_place.set": _("Place in trade messages entered"),
    "trade_place.remove": _("Place in trade messages removed"),
    "key.create": _("API key made"),
    "key.rotate": _("API key rotated"),
    "key.revoke": _("API key revoked"),
    "person.create": _("Person added"),
    "person.change": _("Person changed"),
    "calendar.load": _("Working-day calendar loaded"),
    "policy.draft": _("Policy drafted"),
    "policy.publish": _("Policy published"),
    "policy.close": _("Policy ended"),
    "policy.replace": _("Policy replaced"),
    "dealer.change": _("Dealer's data changed"),
    "alliance.change": _("Alliance changed"),
    "product.change": _("Product changed"),
    "region.change": _("Region changed"),
    "territory.grant": _("Territory granted"),
    "territory.close": _("Territory ended"),
    "contract.start": _("Contract started"),
    "contract.close": _("Contract ended"),
    "contract.correct": _("Contract corrected"),
    "tier.start": _("Tier given"),
    "tier.close": _("Tier ended"),
    "tier.correct": _("Tier corrected"),
    "b2b_addendum.start": _("B2B addendum started"),
    "b2b_addendum.close": _("B2B addendum ended"),
    "b2b_addendum.correct": _("B2B addendum corrected"),
    "band.close": _("Price band ended"),
    "band.supersede": _("Price band corrected"),
    "list_price.close": _("List price ended"),
    "list_price.supersede": _("List price corrected"),
    "sales.declare_zero": _("Day declared without sales"),
    "sales.import": _("Sales delivered"),
    "inventory.import": _("Stock counts delivered"),
    "shipments.import": _("Shipments delivered"),
    "regions.import": _("Regions imported"),
    "alliances.import": _("Alliances imported"),
    "dealers.import": _("Dealers imported"),
    "products.import": _("Products imported"),
    "list_prices.import": _("List prices imported"),
    "bands.import": _("Price bands imported"),
    "promos.import": _("Promotions imported"),
    "quarantine.resubmit": _("Refused line corrected"),
    "quarantine.withdraw": _("Refused line withdrawn"),
    "promo.draft": _("Promotion drafted"),
    "promo.change": _("Promotion changed"),
    "promo.submit": _("Promotion submitted"),
    "promo.withdraw": _("Promotion withdrawn"),
    "promo.running": _("Promotion began"),
    "promo.ended": _("Promotion ended"),
    "promo.legal.approve": _("Promotion passed legal review"),
    "promo.legal.reject": _("Promotion rejected in legal review"),
    "promo.legal.return": _("Promotion returned in legal review"),
    "promo.legal.clear_wording": _("Wording cleared"),
    "promo.budget.approve": _("Promotion budget approved"),
    "promo.budget.reject": _("Promotion budget rejected"),
    "promo.budget.return": _("Promotion returned in budget review"),
    "promo.budget.vote": _("Vote cast"),
    "promo.deadline_reckoned": _("Deadline reckoned anew"),
    "violation.gather": _("Violations gathered anew"),
    "violation.reopen": _("Violation open again: its lines changed"),
    "violation.set_aside": _("Violation set aside"),
    "violation.take_up": _("Violation taken up again"),
    "violation.hand_over": _("Violation handed over"),
    "observation.record": _("Market observation recorded"),
    "observation.match_product": _("Product of a market observation named"),
    "observation.dismiss": _("Market observation dismissed"),
    "observation.hand_over": _("Market observation handed over"),
    "seller.confirm": _("Seller confirmed to be a dealer"),
    "sales_targets.import": _("Sales targets delivered"),
    "sales_target.set": _("Sales target set"),
    "scorecards.calculate": _("Scorecards calculated"),
    "scorecards.publish": _("Scorecards published"),
    "corrective_plan.submit": _("Corrective plan handed in"),
    "corrective_plan.send_back": _("Corrective plan sent back"),
    "corrective_plan.accept": _("Corrective plan accepted"),
    "corrective_plan.progress": _("Progress of a corrective plan reported"),
    "corrective_plan.complete": _("Corrective plan carried out"),
    "tiers.propose": _("Tiers reviewed"),
    "tier_proposal.confirm": _("Proposed tier confirmed"),
    "tier_proposal.override": _("Another tier decided"),
    "market_observations.import": _("Market observations delivered"),
    "case.open": _("Case opened"),
    "case.add_evidence": _("Evidence added to a case"),
    "settlement.calculate": _("Settlement calculated"),
    "settlement.put_up": _("Settlement put up for review"),
    "settlement.review": _("Outlier of a settlement looked at"),
    "settlement.approve": _("Settlement approved"),
    "forfeiture.impose": _("Rebates of a year forfeited"),
    "forfeiture.lift": _("Forfeiture lifted"),
    "remote_subsidy.request": _("Remote-area subsidy applied for"),
    "remote_subsidy.agree": _("Remote-area subsidy agreed"),
    "remote_subsidy.refuse": _("Remote-area subsidy refused"),
    "remote_subsidy.withdraw": _("Application for the remote-area subsidy withdrawn"),
    "remote_subsidy.end": _("Remote-area subsidy ended"),
    "settlement.close": _("Settlement closed"),
    "document.issue": _("Document issued"),
    "statement.confirm": _("Statement confirmed"),
    "statement.confirm_silent": _("Statement confirmed by silence"),
    "statement.dispute": _("Statement disputed"),
    "statement.move_deadline": _("Statement deadline moved"),
    "statement.confirm_rest": _("Undisputed rest confirmed by silence"),
    "statement.disputes_over": _("No dispute about the statement is left"),
    "settlement_adjustment.propose": _("Adjustment proposed"),
    "settlement_adjustment.approve": _("Adjustment approved"),
    "settlement_adjustment.decline": _("Adjustment declined"),
    "dispute.open": _("Dispute opened"),
    "dispute.attach": _("File attached to a dispute"),
    "dispute.prepare": _("Decision of a dispute prepared"),
    "dispute.send_back": _("Decision of a dispute sent back"),
    "dispute.accept": _("Dispute accepted"),
    "dispute.reject": _("Dispute rejected"),
    "dispute.ask": _("Dealer asked to do something in a dispute"),
    "dispute.answer": _("Dealer answered in a dispute"),
    "dispute.lapse": _("Dispute closed for want of an answer"),
    "dispute.withdraw": _("Dispute withdrawn"),
    "dispute.move_deadline": _("Deadline of a dispute moved"),
}

_GOOD, _BAD = {"lift", "approve", "confirm", "publish"}, {"place", "reject", "revoke", "dispute"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a record: what it said and what it says."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Told:
    """An audit record as people read it; also an entry of the timeline component."""

    record: AuditRecord
    title: str
    at: Any
    actor: str
    role: str
    subject: str
    quote: str
    tone: str
    differences: tuple[Difference, ...]


def told(records: Iterable[AuditRecord]) -> list[Told]:
    """The records in words, in the order given."""
    return [_tell(record) for record in records]


def action_words(action: str) -> str:
    """What an action is called; its code when nobody has named it."""
    return str(ACTIONS.get(action, action))


def subject_words(subject_type: str) -> str:
    """What kind of thing a record is about, as the model calls itself."""
    try:
        return str(apps.get_model(subject_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return subject_type


def differences(before: Any, after: Any) -> tuple[Difference, ...]:
    """Field by field what changed; equal fields are left out. Anything but two mappings is one difference."""
    if not isinstance(before or {}, dict) or not isinstance(after or {}, dict):
        return (Difference("", _text(before), _text(after)),) if before != after else ()
    old, new = before or {}, after or {}
    names = [*old, *(name for name in new if name not in old)]
    return tuple(
        Difference(name, _text(old.get(name)), _text(new.get(name))) for name in names if old.get(name) != new.get(name)
    )


def _tell(record: AuditRecord) -> Told:
    verb = record.action.rpartition(".")[2]
    role = str(Role(record.actor_role).label) if record.actor_role in Role.values else ""
    return Told(
        record=record,
        title=action_words(record.action),
        at=record.at,
        actor=_who(record.actor),
        role=role,
        subject=subject_words(record.subject_type),
        quote=record.reason,
        tone="ok" if verb in _GOOD else "bad" if verb in _BAD else "",
        differences=differences(record.before, record.after),
    )


def _who(actor: str) -> str:
    """The name in the record; the system and strangers with a private link in words."""
    if actor == SYSTEM:
        return str(_("System"))
    if actor.startswith(APPLICANT):
        return gettext("Applicant %(number)s") % {"number": actor.removeprefix(APPLICANT)}
    return actor


def _text(value: Any) -> str:
    if value is None or value == "":
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
