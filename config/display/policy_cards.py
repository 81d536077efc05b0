"""The terms of one policy version as cards of sentences and tables, for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.display.figures import money_text, number_text
from config.display.policy_words import KEYS, word, words
from config.policy import PolicyDocument
from dealers.foundation.term_values import TIERS
from pricing.terms import LadderStep, Route
from rebates.terms import Bracket, Program, Scale


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text under column heads; columns from `figures_from` on hold figures. `caption` names one of several."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    note: str = ""
    figures_from: int = 1


@dataclass(frozen=True, slots=True)
class Card:
    """One subject: pairs of label and value, then tables."""

    key: str
    title: str
    pairs: Sequence[tuple[str, str]] = ()
    tables: Sequence[Table] = field(default_factory=tuple)


def policy_cards(terms: PolicyDocument) -> list[Card]:
    """Every term of the document, in its order; nothing is left to be read from the YAML."""
    return [
        _admission(terms),
        _tiers(terms),
        _sync(terms),
        _promo(terms),
        _stock(terms),
        _violations(terms),
        _programs(terms),
        _support(terms),
        _referrals(terms),
        _scorecard(terms),
        _aftersales(terms),
        _settlement(terms),
        _fraud(terms),
    ]


def _label(key: str) -> str:
    return str(KEYS[key])


def _percent(rate: Decimal) -> str:
    return f"{number_text((rate * 100).normalize())}%"


def _whole_money(amount: Decimal) -> str:
    return money_text(amount, places=0)


def _days(count: int) -> str:
    return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}


def _hours(count: int) -> str:
    return ngettext("%(count)d hour", "%(count)d hours", count) % {"count": count}


def _working_days(count: int) -> str:
    return ngettext("%(count)d working day", "%(count)d working days", count) % {"count": count}


def _months(count: int) -> str:
    return ngettext("%(count)d month", "%(count)d months", count) % {"count": count}


def _admission(terms: PolicyDocument) -> Card:
    admission = terms.dealers.admission
    revenue = admission.min_annual_revenue
    industries = ("fmcg", "electronics", "home_building")
    thresholds = Table(
        [_("Industry"), _label("min_annual_revenue")],
        [[_label(industry), _whole_money(revenue[industry])] for industry in industries],
    )
    return Card(
        "admission",
        _label("admission"),
        [
            (_label("required_documents"), words(admission.required_documents)),
            (_label("document_warning_days"), " · ".join(_days(count) for count in admission.document_warning_days)),
            (_label("open"), _("yes") if admission.open else _("no, by invitation")),
            (_label("draft_days"), _days(admission.draft_days)),
            (_label("unsuccessful_days"), _days(admission.unsuccessful_days)),
            (_label("assessment_days"), _days(terms.dealers.contracts.assessment_days)),
            (_label("addendum_days"), _days(terms.dealers.contracts.addendum_days)),
        ],
        [thresholds],
    )


def _tiers(terms: PolicyDocument) -> Card:
    tiers = terms.dealers.tiers
    full = tiers.full_marks
    parts = Table(
        [_("Part of the score"), _label("weights"), _label("full_marks")],
        [
            [_label("scale"), _percent(tiers.weights.scale), _whole_money(full.annual_revenue)],
            [
                _label("performance"),
                _percent(tiers.weights.performance),
                f"{_whole_money(full.purchases_4q)} · {_label('kpi_share')} {_percent(tiers.kpi_share)}",
            ],
            [
                _label("coverage"),
                _percent(tiers.weights.coverage),
                ngettext("%(count)d city", "%(count)d cities", full.cities) % {"count": full.cities},
            ],
        ],
    )
    thresholds = Table(
        [_label("tier"), _label("thresholds")],
        [[tier, _("%(score)s and above") % {"score": score}] for tier, score in tiers.thresholds.items()],
    )
    return Card("tiers", _label("tiers"), tables=[parts, thresholds])


def _sync(terms: PolicyDocument) -> Card:
    sync = terms.dealers.sync
    return Card(
        "sync",
        _label("sync"),
        [
            (_label("feeds"), words(sync.feeds)),
            (_label("interval_hours"), _hours(sync.interval_hours)),
            (_label("grace_hours"), _hours(sync.grace_hours)),
            (_label("onboarding_days"), _days(sync.onboarding_days)),
            (_label("lift"), word(sync.lift)),
        ],
    )


def _promo(terms: PolicyDocument) -> Card:
    promo = terms.pricing.promo
    routes = Table(
        [_label("up_to"), _label("authority"), _label("working_days")],
        [
            [
                _("any amount") if route.up_to is None else _whole_money(route.up_to),
                _decider(route),
                _working_days(route.working_days),
            ]
            for route in promo.routes
        ],
        figures_from=2,
    )
    weeks = promo.evaluation.baseline_weeks
    return Card(
        "promo",
        _label("promo"),
        [
            (_label("lead_working_days"), _working_days(promo.lead_working_days)),
            (_label("legal_working_days"), _working_days(promo.legal_working_days)),
            (_label("baseline_weeks"), ngettext("%(count)d week", "%(count)d weeks", weeks) % {"count": weeks}),
            (_label("spend_working_days"), _working_days(promo.evaluation.spend_working_days)),
            (_label("retire_below"), _return_on_spend(promo.evaluation.retire_below)),
            (_label("expand_above"), _return_on_spend(promo.evaluation.expand_above)),
        ],
        [routes],
    )


def _stock(terms: PolicyDocument) -> Card:
    stock = terms.pricing.stock
    days = ("average_days", "least_days", "lead_days", "reserve_days", "target_days", "overstock_days")
    minutes = stock.outage_minutes
    return Card(
        "stock",
        _label("stock"),
        [
            (_label("tolerance_units"), number_text(Decimal(stock.tolerance_units))),
            (_label("tolerance_rate"), _percent(stock.tolerance_rate)),
            (_label("arrival_days"), _days(stock.arrival_days)),
            (_label("outage_minutes"), ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}),
            *((_label(key), _days(getattr(stock, key))) for key in days),
        ],
    )


def _decider(route: Route) -> str:
    authority = word(route.authority)
    if route.quorum is None:
        return authority
    votes = ngettext("%(count)d vote at least", "%(count)d votes at least", route.quorum) % {"count": route.quorum}
    return f"{authority} ({votes})"


def _return_on_spend(ratio: Decimal) -> str:
    return _("sales of %(ratio)s times the spend") % {"ratio": number_text(ratio)}


def _violations(terms: PolicyDocument) -> Card:
    violations = terms.pricing.violations
    last = len(violations.ladder)
    rows = [
        [_("%(number)s and later") % {"number": place} if place == last else str(place), _consequence(step)]
        for place, step in enumerate(violations.ladder, start=1)
    ]
    return Card(
        "violations",
        _label("violations"),
        [
            (_label("window_months"), _months(violations.window_months)),
            (_label("reply_working_days"), _working_days(violations.reply_working_days)),
        ],
        [Table([_("Half-month with violations"), _("Consequence")], rows, figures_from=9)],
    )


def _consequence(step: LadderStep) -> str:
    if not step.is_penalty:
        said = word(step.action)
    else:
        said = _("Penalty of %(multiple)s × the shortfall, which counts as at least %(minimum)s") % {
            "multiple": number_text(step.multiple or Decimal(0)),
            "minimum": _whole_money(step.minimum or Decimal(0)),
        }
    return f"{said} · {_('supply held')}" if step.hold else said


def _programs(terms: PolicyDocument) -> Card:
    return Card("programs", _label("programs"), tables=[_program(program) for program in terms.rebates.programs])


def _program(program: Program) -> Table:
    facts = [words(program.categories), word(program.base), word(program.window), word(program.method)]
    if program.cap is not None:
        facts.append(_("at most %(cap)s per window") % {"cap": _whole_money(program.cap)})
    return Table(
        [_("Base"), _label("rate")],
        [[_slice(*both), _percent(both[0].rate)] for both in _with_next(program.brackets)],
        caption=f"{program.tier} · {program.code}",
        note=" · ".join(facts),
    )


def _with_next(brackets: Sequence[Bracket]) -> Iterator[tuple[Bracket, Bracket | None]]:
    yield from pairwise(brackets)
    yield brackets[-1], None


def _slice(bracket: Bracket, following: Bracket | None) -> str:
    if following is None:
        return _("from %(start)s") % {"start": _whole_money(bracket.start)}
    both = {"start": _whole_money(bracket.start), "end": _whole_money(following.start)}
    return _("from %(start)s, below %(end)s") % both


def _support(terms: PolicyDocument) -> Card:
    rebates = terms.rebates
    protection = rebates.price_protection
    in_transit = _("Yes") if protection.include_in_transit else _("No")
    quotas = Table(
        [_label("tier"), _label("quota_per_quarter")],
        [[tier, _whole_money(quota)] for tier, quota in rebates.market_support.quota_per_quarter.items()],
        caption=_label("market_support"),
        note=" · ".join(
            f"{_label(key)} {_days(getattr(rebates.market_support, key))}" for key in ("reservation_days", "proof_days")
        ),
    )
    return Card(
        "support",
        _("Subsidies, support and price protection"),
        [
            (
                _label("remote_subsidy"),
                _("%(rate)s of purchases, from %(minimum)s a quarter")
                % {
                    "rate": _percent(rebates.remote_subsidy.rate),
                    "minimum": _whole_money(rebates.remote_subsidy.min_quarterly_purchases),
                },
            ),
            (_label("window_days"), _days(protection.window_days)),
            (_label("snapshot_max_age_hours"), _hours(protection.snapshot_max_age_hours)),
            (_label("include_in_transit"), in_transit),
        ],
        [quotas],
    )


def _referrals(terms: PolicyDocument) -> Card:
    referrals = terms.rebates.referrals
    partner = _("%(rate)s up to %(above)s, %(rate_above)s on what exceeds it") % {
        "rate": _percent(referrals.partner.rate),
        "above": _whole_money(referrals.partner.above),
        "rate_above": _percent(referrals.partner.rate_above),
    }
    return Card(
        "referrals",
        _label("referrals"),
        [
            (_label("duplicate_days"), _days(referrals.duplicate_days)),
            (_label("max_per_device_per_day"), str(referrals.max_per_device_per_day)),
            (_label("follow_up_hours"), _hours(referrals.follow_up_hours)),
            (_label("employee_rate"), _percent(referrals.employee_rate)),
            (_label("partner"), partner),
            (_label("sample_rate"), _percent(referrals.sample_rate)),
            (_label("keep_contact_days"), _days(referrals.keep_contact_days)),
        ],
        [
            Table(
                [_label("from"), _label("voucher")],
                [[_whole_money(step.start), _whole_money(step.voucher)] for step in referrals.customer_vouchers],
                caption=_label("customer_vouchers"),
            )
        ]
        if referrals.customer_vouchers
        else [],
    )


def _scorecard(terms: PolicyDocument) -> Card:
    weights = terms.rebates.scorecard.weights
    parts = {
        "attainment": _label("attainment"),
        "price": _label("price"),
        "sync": _("Reporting punctuality"),
        "response": _label("response"),
        "satisfaction": _("Satisfaction"),
        "growth": _label("growth"),
    }
    scorecard = terms.rebates.scorecard
    rows = [[label, *(_percent(getattr(weights[tier], part)) for tier in TIERS)] for part, label in parts.items()]
    scales = [
        [label, *(_scale(part, getattr(scorecard.targets[tier], part)) for tier in TIERS)]
        for part, label in parts.items()
    ]
    return Card(
        "scorecard",
        _label("scorecard"),
        [
            (_label("publish_days"), _days(scorecard.publish_days)),
            (_label("plan_below"), number_text(scorecard.plan_below)),
            (_label("plan_days"), _days(scorecard.plan_days)),
            (_label("commend_from"), number_text(scorecard.commend_from)),
        ],
        [
            Table([_("Part of the score"), *TIERS], rows, caption=_label("weights")),
            Table([_("Part of the score"), *TIERS], scales, caption=_label("targets")),
        ],
    )


def _scale(part: str, scale: Scale) -> str:
    """From where to where a part earns its points: a share in percent, satisfaction as a rating."""
    ends = (scale.zero, scale.full)
    return " – ".join(number_text(end.normalize()) if part == "satisfaction" else _percent(end) for end in ends)


def _aftersales(terms: PolicyDocument) -> Card:
    aftersales = terms.aftersales
    staff = Table(
        [_label("tier"), _label("min_staff")], [[tier, str(count)] for tier, count in aftersales.min_staff.items()]
    )
    return Card(
        "aftersales",
        _label("aftersales"),
        [
            (_label("first_response_hours"), _hours(aftersales.first_response_hours)),
            (_label("satisfaction"), word(aftersales.satisfaction.period)),
            (_label("due_days"), _days(aftersales.satisfaction.due_days)),
            (_label("reminder_days"), _days(aftersales.satisfaction.reminder_days)),
            (_label("reminder_hours"), _hours(aftersales.reminder_hours)),
            (_label("escalation_hours"), " · ".join(_hours(hours) for hours in aftersales.escalation_hours)),
            (_label("close_days"), _days(aftersales.close_days)),
            (_label("reopen_days"), _days(aftersales.reopen_days)),
            (_label("rating_days"), _days(aftersales.rating_days)),
            (_label("max_per_device_per_day"), str(aftersales.max_per_device_per_day)),
            (_label("keep_contact_days"), _days(aftersales.keep_contact_days)),
        ],
        [staff],
    )


def _settlement(terms: PolicyDocument) -> Card:
    settlement = terms.settlement
    return Card(
        "settlement",
        _label("settlement"),
        [
            (_label("confirm_working_days"), _working_days(settlement.confirm_working_days)),
            (_label("max_tenor_months"), _months(settlement.bill.max_tenor_months)),
            (_label("minimum_payout"), money_text(settlement.minimum_payout)),
        ],
    )


def _fraud(terms: PolicyDocument) -> Card:
    fraud = terms.settlement.fraud
    return Card(
        "fraud",
        _label("fraud"),
        [
            (_label("forfeit"), word(fraud.forfeit)),
            (_label("penalty_rate_of_contract"), _percent(fraud.penalty_rate_of_contract)),
            (_label("reply_working_days"), _working_days(fraud.reply_working_days)),
            (_label("appeal_working_days"), _working_days(fraud.appeal_working_days)),
            (_label("proportionality_warning"), number_text(fraud.proportionality_warning)),
        ],
    )
