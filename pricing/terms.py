"""What the policy says about promotions and price violations."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Any

from pydantic import model_validator

from dealers.foundation.faults import Fault, warning
from dealers.foundation.refusals import msgid as _
from dealers.foundation.term_values import (
    Amount,
    Days,
    DaysOrNone,
    Factor,
    PositiveAmount,
    Share,
    WorkingDays,
    one_of,
    whole,
)
from dealers.foundation.terms import Complaint, Row, Section, StoredPolicy, Terms, refuse, rows

AUTHORITIES = ("marketing_director", "general_manager", "gm_office_meeting")
MEETING = "gm_office_meeting"


class Route(Terms):
    """Who decides a budget up to and including `up_to` (any, when absent), within how many working days.

    `quorum` is the least number of votes of a meeting.
    """

    up_to: PositiveAmount | None = None
    authority: Annotated[str, one_of("authority", *AUTHORITIES)]
    working_days: WorkingDays
    quorum: Annotated[int, whole(1, 99)] | None = None

    @property
    def is_meeting(self) -> bool:
        return self.authority == MEETING


def _check_routes(routes: list[Row]) -> Iterator[Complaint]:
    highest: Decimal | None = None
    endless_before = False
    for number, route in enumerate(routes):
        if endless_before:
            yield (number,), refuse("route_unreachable", _("is never reached: an earlier route has no upper limit"))
        elif route.up_to is not None:
            if highest is not None and route.up_to <= highest:
                yield (
                    (number, "up_to"),
                    refuse(
                        "route_unreachable",
                        _("must be above %(before)s, the limit of an earlier route; otherwise it is never reached"),
                        before=str(highest),
                    ),
                )
            else:
                highest = route.up_to
        endless_before = endless_before or not route.given("up_to")
        if route.authority is not None and route.authority != MEETING and route.given("quorum"):
            yield (number, "quorum"), refuse("quorum_without_meeting", _("is for a meeting only"))
        if route.authority == MEETING and not route.given("quorum"):
            yield (number, "quorum"), refuse("quorum_missing", _("is missing: a meeting needs its number of votes"))
    if routes[-1].given("up_to"):
        yield (
            (len(routes) - 1, "up_to"),
            refuse(
                "last_route_has_limit", _("must be absent in the last route, so that every budget has an authority")
            ),
        )


class Evaluation(Terms):
    """How an ended promotion is judged: by sales per yuan spent against the weeks before.

    `spend_working_days` (10 unless given) is how long after its end the applicant may take to record all it spent.
    """

    baseline_weeks: Annotated[int, whole(1, 52)]
    retire_below: Factor
    expand_above: Factor
    spend_working_days: WorkingDays = 10

    @model_validator(mode="after")
    def _retire_below_expand(self) -> Evaluation:
        if not self.retire_below < self.expand_above:
            raise refuse("retire_not_below_expand", _("retire_below must be smaller than expand_above"))
        return self


class PromoTerms(Terms):
    lead_working_days: DaysOrNone
    legal_working_days: WorkingDays
    routes: Annotated[tuple[Route, ...], rows(Route, _check_routes)]
    evaluation: Evaluation

    def route_for(self, budget: Decimal) -> Route:
        """The first route whose limit is not exceeded; the last has none."""
        return next(route for route in self.routes if route.up_to is None or budget <= route.up_to)


class LadderStep(Terms):
    """What a period with violations leads to. A penalty is the shortfall, but at least `minimum`, times `multiple`.

    So a step with the same minimum and twice the multiple is "the same penalty doubled".
    """

    action: Annotated[str, one_of("action", "warning", "penalty")]
    multiple: Factor | None = None
    minimum: Amount | None = None
    hold: bool = False

    @property
    def is_penalty(self) -> bool:
        return self.action == "penalty"


def _check_ladder(steps: list[Row]) -> Iterator[Complaint]:
    for number, step in enumerate(steps):
        for key in ("multiple", "minimum"):
            if step.action == "penalty" and not step.given(key):
                yield (number, key), refuse("missing", _("is missing"))
            if step.action == "warning" and step.given(key):
                yield (number, key), refuse("not_for_a_warning", _("is for a penalty only"))


class ViolationTerms(Terms):
    """The ladder of consequences; the last step stands for every later period too."""

    window_months: Annotated[int, whole(1, 120)]
    ladder: Annotated[tuple[LadderStep, ...], rows(LadderStep, _check_ladder)]
    reply_working_days: WorkingDays

    def step_for(self, earlier_periods: int) -> LadderStep:
        """The step after that many periods with violations within the rolling window."""
        return self.ladder[min(earlier_periods, len(self.ladder) - 1)]


class StockTerms(Terms):
    """How closely counts are compared, and how long stock should last. Optional in the document, key by key."""

    #: A count may lie off by so many units, or by this share of what was there and came, whichever is more.
    tolerance_units: Annotated[int, whole(0, 1_000_000)] = 1
    tolerance_rate: Share = Decimal("0.01")
    #: A shipment may be under way so many days before the shelf has it.
    arrival_days: DaysOrNone = 3
    #: An outage of ours at least this long makes the counts around it incomparable.
    outage_minutes: Annotated[int, whole(1, 100_000)] = 60
    #: Daily sales are averaged over so many days, and only if at least so many of them are known.
    average_days: Days = 28
    least_days: Days = 7
    #: Days until a delivery arrives, kept in reserve, ordered for, and too many.
    lead_days: DaysOrNone = 7
    reserve_days: DaysOrNone = 7
    target_days: Days = 30
    overstock_days: Days = 60

    @model_validator(mode="after")
    def _fit_together(self) -> StockTerms:
        if self.least_days > self.average_days:
            raise refuse("least_above_average_days", _("least_days must not exceed average_days"))
        if not self.lead_days + self.reserve_days <= self.target_days <= self.overstock_days:
            raise refuse(
                "stock_days_out_of_order",
                _("target_days must lie between lead_days + reserve_days and overstock_days"),
            )
        return self


class PricingTerms(Section):
    key = "pricing"

    stock: StockTerms = StockTerms()
    promo: PromoTerms
    violations: ViolationTerms

    def remarks(self) -> Iterator[Fault]:
        ladder = self.violations.ladder
        for number, (before, step) in enumerate(pairwise(ladder), start=1):
            if _weight(step) < _weight(before):
                yield warning(
                    ("violations", "ladder", number), "ladder_weakens", _("is milder than the step before it")
                )


def _weight(step: LadderStep) -> tuple[bool, bool, Decimal, Decimal]:
    return step.hold, step.is_penalty, step.multiple or Decimal(0), step.minimum or Decimal(0)


def parse(section: Any) -> tuple[PricingTerms | None, list[Fault]]:
    """The `pricing` section as terms, or why it cannot be."""
    return PricingTerms.parse(section)


def pricing_terms(policy: StoredPolicy) -> PricingTerms:
    """What a stored policy version says about promotions and price violations."""
    return PricingTerms.in_version(policy)
