"""What an application still lacks, and what speaks against admitting the applicant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dealers.foundation.findings import Finding, Severity
from dealers.foundation.refusals import msgid as _
from dealers.foundation.uscc import check_uscc, is_sole_proprietor
from dealers.rules.admission import Applicant, Thresholds, check_admission


@dataclass(frozen=True, slots=True)
class Paper:
    """A document as the rule sees it; ``verdict`` is empty until a person has looked at it."""

    kind: str
    last_day: date | None = None
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class ApplicationFacts:
    """What an applicant told us; ``alliance_revenue`` is that of all members together, the applicant included.

    ``same_code`` names dealers and other applications with the same credit code, which only headquarters is shown.
    """

    number: str
    name: str
    uscc: str
    industry: str
    annual_revenue: Decimal | None
    regions: int
    contact: str
    phone: str
    email: str
    consented: bool
    papers: tuple[Paper, ...]
    alliance_wish: str = ""
    alliance_revenue: Decimal | None = None
    same_code: tuple[str, ...] = ()

    @property
    def is_sole_proprietor(self) -> bool:
        return is_sole_proprietor(self.uscc)


def missing_facts(facts: ApplicationFacts, required: Iterable[str]) -> tuple[Finding, ...]:
    """What has to be given before the application can be handed in; each finding's field is its place in the form."""

    def missing(field: str) -> Finding:
        return Finding("fact_missing", Severity.ERROR, _("is missing"), field=field)

    found = [
        missing(field)
        for field, given in (
            ("name", facts.name),
            ("industry", facts.industry),
            ("annual_revenue", facts.annual_revenue is not None),
            ("regions", facts.regions),
            ("contact", facts.contact),
            ("phone", facts.phone),
            ("consent", facts.consented),
        )
        if not given
    ]
    found += check_uscc(facts.uscc)
    if facts.is_sole_proprietor and not facts.alliance_wish:
        found.append(
            Finding(
                "alliance_missing",
                Severity.ERROR,
                _("is needed: a sole proprietor is admitted only as a member of an alliance"),
                field="alliance_wish",
            )
        )
    handed_in = {paper.kind for paper in facts.papers}
    found += [missing(kind) for kind in required if kind not in handed_in]
    return tuple(found)


def obstacles(
    facts: ApplicationFacts, required: Iterable[str], thresholds: Thresholds | Mapping[str, Decimal], *, on: date
) -> tuple[Finding, ...]:
    """What speaks against admission on that day; nothing when every demand of the policy is met.

    Every paper has to be found in order by a person, also those nobody asked for, and none may have run out.
    """
    found = list(missing_facts(facts, required))
    for other in facts.same_code:
        found.append(
            Finding(
                "code_taken", Severity.ERROR, _("belongs to %(other)s already"), {"other": other}, "uscc", facts.uscc
            )
        )
    for paper in facts.papers:
        if paper.verdict != "good":
            found.append(_against_paper(paper))
        elif paper.last_day is not None and paper.last_day < on:
            message = _("ran out on %(last_day)s")
            found.append(
                Finding("paper_expired", Severity.ERROR, message, {"last_day": paper.last_day.isoformat()}, paper.kind)
            )
    if facts.industry and facts.annual_revenue is not None:
        applicant = Applicant(
            code=facts.number,
            industry=facts.industry,
            annual_revenue=facts.annual_revenue,
            is_sole_proprietor=facts.is_sole_proprietor,
            alliance_revenue=facts.alliance_revenue,
        )
        found += check_admission(applicant, thresholds)
    return tuple(found)


def _against_paper(paper: Paper) -> Finding:
    if paper.verdict:
        return Finding("paper_bad", Severity.ERROR, _("was found not in order"), field=paper.kind)
    return Finding("paper_unchecked", Severity.ERROR, _("was not looked at yet"), field=paper.kind)
