"""Newcomers for tests: a policy in force, the people of headquarters, and applications at every point of the way."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from dealers.choices import DocumentKind, PaperVerdict, Recommendation, Role
from dealers.foundation.clock import parse_instant
from dealers.foundation.uscc import make_uscc
from dealers.models import Application, Dealer
from dealers.services.admission.activating import NewContract, activate_dealer, record_contract
from dealers.services.admission.answering import submit_application
from dealers.services.admission.deciding import decide_application
from dealers.services.admission.filling import NewPaper, hand_in_paper, save_facts, save_regions
from dealers.services.admission.links import token_of
from dealers.services.admission.opening import begin_application, invite
from dealers.services.admission.reviewing import check_paper, recommend, take_up
from tests import factories
from tests.policies import published_policy, variation

MONDAY = parse_instant("2026-05-18T09:00:00+08:00")
TODAY = date(2026, 5, 18)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj"
OPEN = ("min_annual_revenue: {fmcg", "open: true\n    min_annual_revenue: {fmcg")


def stage(*edits: tuple[str, str]) -> SimpleNamespace:
    """A policy, a province with two cities, and who works at headquarters; ``near`` is responsible for the province."""
    published_policy(variation(*edits))
    province = factories.Province(code="P1")
    return SimpleNamespace(
        province=province,
        city=factories.City(code="C1", parent=province),
        other_city=factories.City(code="C2", parent=province),
        near=factories.User(role=Role.CHANNEL_MANAGER, username="near", regions=[province]),
        far=factories.User(role=Role.CHANNEL_MANAGER, username="far", regions=[factories.Province(code="P9")]),
        legal=factories.User(role=Role.LEGAL_REVIEWER, username="legal"),
        policy=factories.User(role=Role.POLICY_MANAGER, username="policy"),
        general=factories.User(role=Role.GENERAL_MANAGER, username="general"),
    )


def begun(cast: SimpleNamespace, at: datetime = MONDAY) -> Application:
    """An application begun by an invitation."""
    invitation = invite(company="明日商贸有限公司", email="boss@example.com", actor=cast.near, at=at)
    return begin_application(language="zh-hans", consented=True, invitation_token=token_of(invitation), at=at)


def filled(cast: SimpleNamespace, at: datetime = MONDAY, number: int = 77, **facts: Any) -> Application:
    """An application that says everything and has every required paper."""
    application = begun(cast, at)
    told = {
        "name": "明日商贸有限公司",
        "uscc": make_uscc(number),
        "industry": "electronics",
        "annual_revenue": Decimal("21000000"),
        "contact": "王明",
        "phone": "13800138000",
        **facts,
    }
    save_facts(application=application, facts=told, at=at)
    save_regions(application=application, regions=[cast.city], at=at)
    for kind in (DocumentKind.BUSINESS_LICENSE, DocumentKind.TAX_REGISTRATION, DocumentKind.QUALIFICATION):
        hand_in(application, kind, at=at)
    application.refresh_from_db()
    return application


def hand_in(application: Application, kind: DocumentKind, at: datetime = MONDAY, **changed: Any) -> Any:
    last_day = date(2026, 12, 31) if kind == DocumentKind.QUALIFICATION else None
    given = {"filename": f"{kind}.pdf", "content": PDF, "last_day": last_day, **changed}
    paper = NewPaper(kind=kind, **given)
    return hand_in_paper(application=application, paper=paper, at=at)


def submitted(cast: SimpleNamespace, at: datetime = MONDAY, **facts: Any) -> Application:
    return submit_application(application=filled(cast, at, **facts), at=at)


def checked(cast: SimpleNamespace, at: datetime = MONDAY, **facts: Any) -> Application:
    """Taken up by the legal reviewer, who found every paper in order."""
    application = submitted(cast, at, **facts)
    take_up(number=application.number, actor=cast.legal, at=at)
    approve_papers(cast, application, at)
    application.refresh_from_db()
    return application


def approve_papers(cast: SimpleNamespace, application: Application, at: datetime = MONDAY) -> None:
    for paper in application.papers.filter(replaced_at=None):
        check_paper(
            number=application.number,
            paper_id=paper.pk,
            verdict=PaperVerdict.GOOD,
            remark="与原件一致",
            actor=cast.legal,
            at=at,
        )


def recommended(cast: SimpleNamespace, at: datetime = MONDAY, **facts: Any) -> Application:
    application = checked(cast, at, **facts)
    return recommend(
        number=application.number, recommendation=Recommendation.ADMIT, reason="资料齐全", actor=cast.legal, at=at
    )


def admitted(cast: SimpleNamespace, at: datetime = MONDAY, **facts: Any) -> Application:
    application = recommended(cast, at, **facts)
    return decide_application(number=application.number, admit=True, reason="同意准入", actor=cast.general, at=at)


def contract(**changed: Any) -> NewContract:
    given = {
        "number": "HT-2026-77",
        "amount": Decimal("2000000"),
        "first_day": TODAY,
        "last_day": date(2027, 5, 17),
        "filename": "contract.pdf",
        "content": PDF,
    }
    return NewContract(**{**given, **changed})


def contracted(cast: SimpleNamespace, at: datetime = MONDAY, **facts: Any) -> Application:
    application = admitted(cast, at, **facts)
    return record_contract(number=application.number, contract=contract(), actor=cast.near, at=at)


def activated(cast: SimpleNamespace, at: datetime = MONDAY, code: str = "NEW77") -> Dealer:
    return activate_dealer(number=contracted(cast, at).number, code=code, actor=cast.near, at=at)
