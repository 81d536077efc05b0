"""Every action the code records has a name in the audit trail: no page shows a bare code beside words."""

from __future__ import annotations

import re
from pathlib import Path

from aftersales.rules.ticket_life import TicketAct
from dealers.web.audit_actions import ACTIONS
from pricing.rules.violations import ViolationAct
from rebates.rules.lead_life import LeadAct
from rebates.rules.support_life import SupportAct
from settlement.rules.case_life import CaseAct, CaseStep

ROOT = Path(__file__).resolve().parents[3]
APPS = ("dealers", "pricing", "aftersales", "rebates", "settlement", "config")
WRITTEN = re.compile(r'action="([a-z_]+(?:\.[a-z_]+)+)"')
LIVES = {
    "case": (*CaseAct, *CaseStep),
    "lead": tuple(LeadAct),
    "support": tuple(SupportAct),
    "ticket": tuple(TicketAct),
    "violation": tuple(ViolationAct),
}


def test_every_recorded_action_has_a_name() -> None:
    recorded = {
        action
        for app in APPS
        for source in (ROOT / app).rglob("*.py")
        if "migrations" not in source.parts
        for action in WRITTEN.findall(source.read_text(encoding="utf-8"))
    }
    recorded |= {f"{thing}.{act.value}" for thing, acts in LIVES.items() for act in acts}
    assert len(recorded) > 150
    assert sorted(recorded - set(ACTIONS)) == []
