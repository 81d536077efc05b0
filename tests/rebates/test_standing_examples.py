"""The worked examples of docs/scorecard.md and docs/tiers.md, reckoned by the rules."""

from __future__ import annotations

from decimal import Decimal

from dealers.rules.tier_score import measures, tier_score
from dealers.terms import DealersTerms
from rebates.rules.scorecard.attainment import SalesFacts
from rebates.rules.scorecard.facts import CardFacts
from rebates.rules.scorecard.growth import GrowthFacts
from rebates.rules.scorecard.price import PriceFacts
from rebates.rules.scorecard.reckoning import measured, reckoned
from rebates.rules.scorecard.response import ResponseFacts
from rebates.rules.scorecard.running import Elapsed
from rebates.rules.scorecard.satisfaction import RatingFacts
from rebates.rules.scorecard.sync import SyncFacts
from rebates.rules.tier_review import proposed
from rebates.terms import RebatesTerms, Scale
from tests.guides import DOCS, number, table
from tests.policies import document_of, example_source

DOCUMENT = document_of(example_source())
OVER = Elapsed(92, 92)


def test_the_guide_of_the_scorecard_reckons_as_the_rules_do() -> None:
    rows = {row["part"]: row for row in table("scorecard.md", "Worked example")}
    part = {name: number(row["part of"]) for name, row in rows.items()}
    whole = {name: number(row["whole"]) for name, row in rows.items()}
    facts = CardFacts(
        1,
        "T2",
        SalesFacts(part["attainment"], whole["attainment"]),
        PriceFacts(int(whole["price"]), int(whole["price"] - part["price"])),
        SyncFacts(int(whole["sync"]), int(part["sync"]), 0, 0),
        ResponseFacts(0, 0),
        RatingFacts(0, 0),
        GrowthFacts(part["growth"], whole["growth"], whole_year_before=True),
    )
    terms = RebatesTerms.of(DOCUMENT).scorecard

    card = reckoned(facts, terms, OVER)

    shown = {name: row for name, row in rows.items() if name != "score"}
    assert {one.name: one.value for one in measured(facts, OVER)} == {
        name: number(row["value"]) if row["value"] else None for name, row in shown.items()
    }
    assert {mark.name: (mark.weight, mark.possible, mark.points) for mark in card.marks} == {
        name: (number(row["weight"]), number(row["can earn"]), number(row["points"])) for name, row in shown.items()
    }
    assert card.score == number(rows["score"]["points"])


def test_the_guide_names_the_default_scale_of_every_part() -> None:
    text = {row["part"]: row for row in table_of_parts()}
    targets = RebatesTerms.of(DOCUMENT).scorecard.targets["T1"]
    scales: dict[str, Scale] = {name: getattr(targets, name) for name in text}
    assert {name: (scale.zero, scale.full) for name, scale in scales.items()} == {
        name: (number(row["`zero`"]), number(row["`full`"])) for name, row in text.items()
    }


def table_of_parts() -> list[dict[str, str]]:
    """The second table of the guide, which lists the parts."""
    lines = (DOCS / "scorecard.md").read_text(encoding="utf-8").split("| part | value |", 1)[1].splitlines()[2:]
    rows = [line.strip().strip("|").split("|") for line in lines[: lines.index("")]]
    return [
        dict(zip(("part", "value", "`zero`", "`full`"), (cell.strip() for cell in row), strict=True)) for row in rows
    ]


def test_the_guide_of_tiers_scores_and_proposes_as_the_rules_do() -> None:
    terms = DealersTerms.of(DOCUMENT).tiers
    for row in table("tiers.md", "Worked example"):
        kpi = number(row["KPI score"]) if row["KPI score"] else None
        found = measures(
            number(row["annual revenue"]), number(row["purchases"]), int(number(row["cities"])), terms, kpi=kpi
        )
        score = tier_score(found, terms.thresholds.points)
        points = {part.name: part.points for part in score.parts}
        expected = {"scale": "scale", "performance": "purchases earn", "coverage": "coverage"}
        expected |= {"kpi": "KPI earns"} if kpi is not None else {}
        assert points == {name: number(row[column]) for name, column in expected.items()}
        assert score.points == number(row["points"])
        proposal = proposed(score, "T2", terms.thresholds.points)
        assert proposal.tier == row["proposed"]
        missing = proposal.needed.missing if proposal.needed else Decimal(0)
        assert missing == number(row["missing to the next"])
