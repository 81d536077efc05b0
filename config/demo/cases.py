"""Cases of the demo company: two half-months below the floor decided, a fraud being heard, a licence looked into."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

from config.demo.people import Staff
from dealers.foundation.half_months import HalfMonth
from dealers.models import User
from pricing.choices import PRICE_VIOLATIONS
from pricing.models import Violation
from pricing.services.violations.gathering import gather_violations
from settlement.choices import CaseKind, CaseOutcome
from settlement.models import Case
from settlement.services.case_intake import hand_over_violation
from settlement.services.case_path.appealing import appeal
from settlement.services.case_path.applying import apply_decided_cases
from settlement.services.case_path.by_hand import open_by_hand
from settlement.services.case_path.deciding import Verdict, decide_case
from settlement.services.case_path.hearing import hear_dealer, mark_opened, reply
from settlement.services.case_path.sweeping import sweep_cases
from settlement.services.case_path.working import add_note, take_case

Event = tuple[datetime, Callable[[datetime], None]]
_HOUR = timedelta(hours=1)


def case_events(staff: Staff, now: datetime) -> list[Event]:
    """What happens, with its instants: the dealers with people in the demo are those concerned."""
    owners = list(staff.owners())
    events = [(now - timedelta(days=16), _below_the_floor(owners, staff))]
    if len(owners) > 1:
        events.append((now - timedelta(days=1, hours=3), _fraud_heard(owners[1], staff)))
    if len(owners) > 2:
        events.append((now - timedelta(days=2), _licence(owners[2], staff)))
    if len(owners) > 4:
        events.append((now - timedelta(days=4), _answered(owners[4], staff)))
        events.append((now - timedelta(days=7), _appealed(owners[3], staff)))
    return [*events, (now, _sweep)]


def _sweep(at: datetime) -> None:
    sweep_cases(at=at)


def _below_the_floor(owners: list[User], staff: Staff) -> Callable[[datetime], None]:
    """The first two half-months of the dealer with the most of them: a warning, then a penalty."""

    def act(at: datetime) -> None:
        gather_violations(at=at)
        for owner in owners:
            past = Violation.objects.filter(dealer=owner.dealer_id, lines__gt=0, kind__in=PRICE_VIOLATIONS)
            past = past.filter(period__lt=HalfMonth.containing(at).ordinal)
            found = list(past.order_by("kind", "period", "pk")[:2])
            for violation, (charge, said, reasons) in zip(found, _PRICE_WORDS, strict=False):
                case = hand_over_violation(
                    violation_id=violation.pk,
                    version=violation.version,
                    reason="低于限价，立案核查。",
                    actor=staff["investigator"],
                    at=at,
                )
                _heard(case, charge, staff, at + _HOUR)
                mark_opened(case=Case.objects.get(pk=case.pk), actor=owner, at=at + 3 * _HOUR)
                reply(number=case.number, text=said, final=True, actor=owner, at=at + 5 * _HOUR)
                verdict = Verdict(CaseOutcome.CONFIRMED, reasons)
                decide_case(number=case.number, verdict=verdict, actor=staff["judge"], at=at + 26 * _HOUR)
                apply_decided_cases(at=at + 27 * _HOUR)
            if found:
                return

    return act


def _fraud_heard(owner: User, staff: Staff) -> Callable[[datetime], None]:
    def act(at: datetime) -> None:
        case = _opened(
            owner, CaseKind.FRAUD, "同一终端客户在半月内购入量远超常理，疑似虚假交易。", "核查函 2026-031", staff, at
        )
        take_case(number=case.number, actor=staff["investigator"], at=at)
        add_note(
            number=case.number,
            text="已电话联系该终端客户，对方称只买过两台；录音已存档。",
            actor=staff["investigator"],
            at=at + _HOUR,
        )
        hear_dealer(
            number=case.number,
            charge="贵司上报的销售中，有 38 台卖给同一终端客户，该客户称只买过两台。请说明其余各台的去向并附签收单。",
            alleged_loss=Decimal("21600.00"),
            actor=staff["investigator"],
            at=at + 2 * _HOUR,
        )

    return act


def _answered(owner: User, staff: Staff) -> Callable[[datetime], None]:
    """A dealer has said all it has to say: the judge is to decide."""

    def act(at: datetime) -> None:
        case = _opened(owner, CaseKind.TERRITORY, "在未授权城市设点销售。", "巡店记录 XD-0409", staff, at)
        _heard(case, "贵司在未授权城市设有临时展位并成交。", staff, at + _HOUR)
        reply(number=case.number, text="展位由商场主办，我司已撤回人员。", final=True, actor=owner, at=at + 26 * _HOUR)

    return act


def _appealed(owner: User, staff: Staff) -> Callable[[datetime], None]:
    """A warning the dealer does not accept: somebody else is to hear the appeal."""

    def act(at: datetime) -> None:
        case = _opened(owner, CaseKind.DOCUMENT, "经营场所与营业执照登记地址不一致。", "巡店记录 XD-0398", staff, at)
        _heard(case, "现场经营地址与营业执照不一致，且未办理变更。", staff, at + _HOUR)
        reply(number=case.number, text="变更登记正在办理。", final=True, actor=owner, at=at + 5 * _HOUR)
        verdict = Verdict(CaseOutcome.CONFIRMED, "检查当日未办妥变更。", proven_loss=Decimal(0))
        decide_case(number=case.number, verdict=verdict, actor=staff["judge"], at=at + 26 * _HOUR)
        grounds = "变更登记已于检查前受理，附受理通知书编号 2026-1187。"
        appeal(number=case.number, grounds=grounds, actor=owner, at=at + 50 * _HOUR)

    return act


def _licence(owner: User, staff: Staff) -> Callable[[datetime], None]:
    def act(at: datetime) -> None:
        case = _opened(
            owner, CaseKind.DOCUMENT, "门店现场未能出示有效的产品资质证书原件。", "巡店记录 XD-0417", staff, at
        )
        take_case(number=case.number, actor=staff["investigator"], at=at + _HOUR)

    return act


def _opened(owner: User, kind: CaseKind, reason: str, reference: str, staff: Staff, at: datetime) -> Case:
    assert owner.dealer is not None, "an owner belongs to a dealer"
    return open_by_hand(
        dealer_code=owner.dealer.code,
        kind=kind,
        period=str(HalfMonth.containing(at - timedelta(days=10))),
        reason=reason,
        references=[reference],
        actor=staff["investigator"],
        at=at,
    )


def _heard(case: Case, charge: str, staff: Staff, at: datetime) -> None:
    take_case(number=case.number, actor=staff["investigator"], at=at)
    hear_dealer(number=case.number, charge=charge, actor=staff["investigator"], at=at)


_PRICE_WORDS = (
    (
        "本半月有销售明细的成交价超出强制限价区间，且没有已批准的促销申请。",
        "新来的店员不了解限价，已培训，今后不再发生。",
        "明细属实，且无促销申请。首次认定，书面警告。",
    ),
    (
        "再次出现超出强制限价区间的销售明细。",
        "对手门店降价，我司跟价清库存。",
        "明细属实；跟价应事先提交促销申请。第二次认定，按阶梯处以罚款。",
    ),
)
