"""Applications in words: what their facts are called, what is missing, and how far they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dealers.choices import ApplicationState, DocumentKind
from dealers.foundation.findings import Finding

#: What the facts of an application are called, and the step of the form each stands in.
FACTS: Mapping[str, tuple[str | Promise, str]] = {
    "name": (gettext_lazy("Company name"), "company"),
    "uscc": (gettext_lazy("Unified social credit code"), "company"),
    "industry": (gettext_lazy("Industry"), "company"),
    "annual_revenue": (gettext_lazy("Annual revenue"), "company"),
    "alliance": (gettext_lazy("Regional alliance"), "company"),
    "alliance_wish": (gettext_lazy("Regional alliance"), "company"),
    "regions": (gettext_lazy("Regions"), "territory"),
    "contact": (gettext_lazy("Whom to ask for"), "contact"),
    "phone": (gettext_lazy("Phone"), "contact"),
    "consent": (gettext_lazy("Consent"), "contact"),
    **{kind.value: (kind.label, "documents") for kind in DocumentKind},
}
STEPS: Mapping[str, str | Promise] = {
    "company": gettext_lazy("Company"),
    "territory": gettext_lazy("Territory"),
    "contact": gettext_lazy("Contact and bank"),
    "documents": gettext_lazy("Your documents"),
}
#: What an applicant is shown of the way, and from which state on each part is behind it.
_STAGES: tuple[tuple[str | Promise, tuple[str, ...]], ...] = (
    (gettext_lazy("Apply"), (ApplicationState.DRAFT,)),
    (
        gettext_lazy("Review"),
        (ApplicationState.APPLIED, ApplicationState.CHECKING, ApplicationState.QUESTIONS),
    ),
    (gettext_lazy("Decision"), (ApplicationState.RECOMMENDED,)),
    (gettext_lazy("Contract"), (ApplicationState.ADMITTED, ApplicationState.CONTRACTED)),
    (gettext_lazy("Active dealer"), ()),
)


def said(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings with the name of what they are about and the step it stands in."""
    return [
        {
            "label": str(FACTS[finding.field][0]) if finding.field in FACTS else finding.field,
            "step": FACTS[finding.field][1] if finding.field in FACTS else "",
            "what": _("still missing") if finding.code in ("fact_missing", "uscc_missing") else finding.render(),
            "code": finding.code,
        }
        for finding in findings
    ]


def stages(state: str) -> list[dict[str, Any]]:
    """How far an application is, for the list of steps; empty when it ended without a dealer."""
    if state in (ApplicationState.REFUSED, ApplicationState.WITHDRAWN):
        return []
    reached = next((place for place, (_name, states) in enumerate(_STAGES) if state in states), len(_STAGES))
    return [
        {"label": str(name), "state": "done" if place < reached else "current" if place == reached else "ahead"}
        for place, (name, _states) in enumerate(_STAGES)
    ]


def score_rows(score: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A kept score part by part, in words."""
    names = {"scale": _("Scale"), "performance": _("Past performance"), "coverage": _("Coverage")}
    return [{**part, "label": names[part["name"]]} for part in score.get("parts", ())]
