"""The demo company's newcomers: one was asked something, one awaits its decision, one has just applied."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from config.demo.people import Staff
from dealers.choices import DocumentKind, PaperVerdict, Recommendation
from dealers.foundation.clock import business_day
from dealers.foundation.uscc import make_uscc
from dealers.models import Application, Region
from dealers.services.admission.answering import submit_application
from dealers.services.admission.filling import NewPaper, hand_in_paper, save_facts, save_regions
from dealers.services.admission.links import token_of
from dealers.services.admission.opening import begin_application, invite
from dealers.services.admission.reviewing import ask_applicant, check_paper, recommend, take_up

Event = tuple[datetime, Callable[[datetime], None]]
_PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n% "


@dataclass(frozen=True, slots=True)
class _Newcomer:
    name: str
    uscc: str
    industry: str
    revenue: str
    region: str
    contact: str
    phone: str
    days_ago: int
    stage: str
    alliance: str = ""


_NEWCOMERS = (
    _Newcomer(
        "苏州晨曦电子有限公司",
        make_uscc(90001),
        "electronics",
        "26800000",
        "JS02",
        "顾晨",
        "13912345601",
        9,
        "to_decide",
    ),
    _Newcomer(
        "温州海川商贸有限公司", make_uscc(90002), "fmcg", "7600000", "ZJ03", "林海", "13812345602", 4, "questions"
    ),
    _Newcomer(
        "临沂老周建材经营部",
        make_uscc(90003, kind="2"),
        "home_building",
        "2300000",
        "SD03",
        "周建国",
        "13712345603",
        1,
        "applied",
        "鲁南建材联盟",
    ),
)


def newcomer_events(staff: Staff, now: datetime) -> list[Event]:
    """Each newcomer applies on its day and gets as far as its stage; one more company was only invited."""
    events = [(now - timedelta(days=newcomer.days_ago), _applies(newcomer, staff)) for newcomer in _NEWCOMERS]
    return [*events, (now - timedelta(days=2), _invited(staff))]


def _invited(staff: Staff) -> Callable[[datetime], None]:
    def act(at: datetime) -> None:
        invite(company="佛山新筑家居有限公司", actor=staff["channel"], at=at)

    return act


def _applies(newcomer: _Newcomer, staff: Staff) -> Callable[[datetime], None]:
    def act(at: datetime) -> None:
        invitation = invite(company=newcomer.name, actor=staff["channel"], at=at)
        begun = begin_application(
            language="zh-hans", consented=True, invitation_token=token_of(invitation), at=at + timedelta(hours=2)
        )
        submitted_at = at + timedelta(hours=5)
        _fill(begun, newcomer, submitted_at)
        application = submit_application(application=begun, at=submitted_at)
        if newcomer.stage != "applied":
            _check(application, newcomer, staff, submitted_at + timedelta(hours=16))

    return act


def _fill(application: Application, newcomer: _Newcomer, at: datetime) -> None:
    facts = {
        "name": newcomer.name,
        "uscc": newcomer.uscc,
        "industry": newcomer.industry,
        "annual_revenue": Decimal(newcomer.revenue),
        "alliance_wish": newcomer.alliance,
        "contact": newcomer.contact,
        "phone": newcomer.phone,
    }
    save_facts(application=application, facts=facts, at=at)
    save_regions(application=application, regions=[Region.objects.get(code=newcomer.region)], at=at)
    for kind, name in (
        (DocumentKind.BUSINESS_LICENSE, ""),
        (DocumentKind.TAX_REGISTRATION, ""),
        (DocumentKind.QUALIFICATION, "产品经营资质证书"),
    ):
        paper = NewPaper(
            kind=kind,
            filename=f"{kind.label}.pdf",
            content=_PAPER + newcomer.uscc.encode(),
            name=name,
            last_day=business_day(at) + timedelta(days=400) if kind == DocumentKind.QUALIFICATION else None,
        )
        hand_in_paper(application=application, paper=paper, at=at)


def _check(application: Application, newcomer: _Newcomer, staff: Staff, at: datetime) -> None:
    legal = staff["legal"]
    take_up(number=application.number, actor=legal, at=at)
    for paper in application.papers.order_by("pk"):
        if newcomer.stage == "questions" and paper.kind == DocumentKind.QUALIFICATION:
            continue
        check_paper(
            number=application.number,
            paper_id=paper.pk,
            verdict=PaperVerdict.GOOD,
            remark="与公示信息一致",
            actor=legal,
            at=at,
        )
    if newcomer.stage == "questions":
        question = "资质证书上的经营地址与营业执照不同，请说明或补充变更后的证书。"
        ask_applicant(number=application.number, text=question, actor=legal, at=at)
        return
    recommend(
        number=application.number,
        recommendation=Recommendation.ADMIT,
        reason="资料齐全，苏州区域专业电子渠道，上年营业收入达到门槛。",
        actor=legal,
        at=at + timedelta(hours=1),
    )
