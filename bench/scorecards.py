"""How long a quarter's scorecards and the tier review after them take for a whole company, and the pages about them.

    python bench/scorecards.py --dealers 10000

Makes a scratch database with a company that was judged, counted and served for a year (`bench/standing.py`); calculates
the cards of the last quarter, again with nothing to do, publishes them, reviews the tiers, tries other weights on them,
lets a channel manager decide five hundred at once, and asks for every page. The floor is one aggregate by dealer over
each table the cards are reckoned from, in the same run.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.gauges import alone, cost_of, peak_megabytes
from bench.scratch import scratch_database

Answer = dict[str, float | int | str]
#: (who asks, address); {q} is the quarter.
PAGES = (
    ("anybody", "/healthz"),
    ("policy_manager", "/scorecards/?quarter={q}"),
    ("policy_manager", "/scorecards/?quarter={q}&tier=T2&page=60"),
    ("policy_manager", "/scorecards/?quarter={q}&q=D000123"),
    ("channel_manager", "/scorecards/?quarter={q}"),
    ("policy_manager", "/scorecards/{q}/D000007/"),
    ("dealer_owner", "/scorecards/?quarter={q}"),
    ("dealer_owner", "/scorecards/"),
    ("channel_manager", "/tier-reviews/{q}/"),
    ("policy_manager", "/tier-reviews/{q}/?all=1&page=100"),
    ("policy_manager", "/tier-reviews/what-if/"),
    ("dealer_owner", "/my-tier/"),
    ("policy_manager", "/sales-targets/"),
    ("policy_manager", "/corrective-plans/"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dealers", type=int, default=10_000)
    parser.add_argument("--lines", type=int, default=1_000_000, help="sale lines of the quarter")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with scratch_database("scorecards"):
        found = measure(options.dealers, options.lines)
    if options.json:
        print(json.dumps(found))
        return
    for row in found:
        print(
            "  ".join(f"{name} {value:,.2f}" if isinstance(value, float) else str(value) for name, value in row.items())
        )


def measure(dealers: int, lines: int) -> list[Answer]:
    """Each step with its cost and the ratio to the floor, then the pages with their statements."""
    from bench.desk import asked
    from bench.standing import QUARTER, fill, floor
    from dealers.choices import Role
    from dealers.foundation.clock import as_if_at, start_of_day
    from dealers.models import Region
    from rebates.models import PublishedScorecard, Scorecard, TierProposal
    from rebates.services.scorecards.calculating import calculate_scorecards
    from rebates.services.scorecards.publishing import publish_scorecards
    from rebates.services.tiers.deciding import decide_proposals
    from rebates.services.tiers.proposing import propose_tiers
    from tests import factories

    fill(dealers=dealers, lines=lines)
    alone()
    at = start_of_day(QUARTER.end + timedelta(days=15)) + timedelta(hours=6)
    manager = factories.User(role=Role.CHANNEL_MANAGER)
    manager.regions.set(Region.objects.filter(parent=None))
    floor()
    least = min(cost_of(floor).processor for _time in range(3))
    found: list[Answer] = [{"step": f"{'floor':<28}", "processor s": least, "MB": peak_megabytes()}]

    def step(name: str, work: Callable[[], Any]) -> None:
        before = peak_megabytes()
        with as_if_at(at):
            cost = cost_of(work)
        found.append(
            {
                "step": f"{name:<28}",
                "s": cost.seconds,
                "processor s": cost.processor,
                "of it Python": cost.own,
                "ratio": cost.processor / least,
                "MB before": before,
                "MB": peak_megabytes(),
            }
        )

    step("calculate every card", lambda: calculate_scorecards(quarter=QUARTER, at=at - timedelta(days=1)))
    assert Scorecard.objects.count() == dealers, "not every dealer has a card"
    step("calculate again, no news", lambda: calculate_scorecards(quarter=QUARTER, at=at))
    assert Scorecard.objects.count() == dealers, "a second calculation made news of nothing"
    step("publish", lambda: publish_scorecards(quarter=QUARTER, actor=None, at=at))
    assert PublishedScorecard.objects.count() == dealers
    step("review the tiers", lambda: propose_tiers(quarter=QUARTER, at=at))
    moving = list(TierProposal.objects.exclude(move="none").values_list("pk", flat=True)[:500])
    assert TierProposal.objects.count() == dealers and moving, "the review moves nobody"
    step(
        f"decide {len(moving)} of them",
        lambda: decide_proposals(pks=moving, tier=None, reason="", actor=manager, at=at),
    )
    step("what if", _try_other_weights)
    with as_if_at(at + timedelta(hours=1)):
        found += [asked(role, address.format(q=QUARTER)) for role, address in PAGES]
    return found


def _try_other_weights() -> None:
    from dealers.foundation import clock
    from dealers.models import PolicyVersion
    from dealers.terms import dealers_terms
    from rebates.selectors.tier_what_if import what_if

    standing = dealers_terms(PolicyVersion.objects.get()).tiers
    what_if(standing, standing, at=clock.now())


if __name__ == "__main__":
    main()
