"""What headquarters of the demo company told its dealers, and who has acknowledged it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from config.demo.people import Staff
from dealers.foundation.clock import start_of_day
from dealers.models import Bulletin, PolicyVersion
from dealers.rules.quiz import read_quiz
from dealers.services.bulletins import Draft, acknowledge, publish_bulletin, write_bulletin

Event = tuple[datetime, Callable[[datetime], None]]

_POLICY = Draft(
    title_zh="年度渠道政策发布：三件事请先知道",
    title_en="The channel policy of the year: three things to know first",
    text_zh="每天上报库存和销售，没有销售也要申报。\n\n限价以城市、省、城市级别、全国的顺序取最具体的一条。\n\n每月结算两次，"
    "结算单送达后 5 个工作日内确认或提出异议。",
    text_en="Report stock and sales every day, and declare a day without sales.\n\nOf the price bands the most "
    "specific one counts: city, province, tier of the city, the whole country.\n\nAccounts are settled twice a month; "
    "confirm or dispute a statement within 5 working days of its delivery.",
    quiz="? 没有销售的日子怎么办？ | What about a day without sales?\n* 申报零销售 | Declare zero sales\n"
    "- 不用上报 | Nothing has to be reported\n? 结算单多久内确认？ | By when is a statement confirmed?\n"
    "- 3 个自然日 | Within 3 calendar days\n* 5 个工作日 | Within 5 working days",
)
_COUNT = Draft(
    title_zh="年末盘点安排",
    title_en="Counting stock at the end of the year",
    text_zh="请在 12 月 31 日营业结束后盘点全部仓库，并于次日 12:00 前上报库存。差异请以库存调整说明原因。",
    text_en="Please count all warehouses after closing on 31 December and report the stock by noon of the next day. "
    "Explain differences by stock adjustments.",
)


def write_policy_bulletin(version: PolicyVersion, staff: Staff, at: datetime) -> None:
    """The author of the policy says what dealers should know first."""
    write_bulletin(draft=_POLICY, actor=staff["policy"], at=at, policy=version)


def bulletin_events(staff: Staff, opening: datetime, today: date) -> Iterator[Event]:
    """Most dealers acknowledge the policy in its first days; a fresh bulletin has reached some of them."""
    first, *others = staff.owners()

    def read_by(number: int, title: str) -> Callable[[datetime], None]:
        def act(at: datetime) -> None:
            bulletin = Bulletin.objects.get(title_en=title)
            right = {place: question.right for place, question in enumerate(read_quiz(bulletin.quiz))}
            acknowledge(bulletin=bulletin, answers=right, actor=[first, *others][number], at=at)

        return act

    def published(at: datetime) -> None:
        written = write_bulletin(draft=_COUNT, actor=staff["policy"], at=at - timedelta(hours=3))
        publish_bulletin(bulletin=written, actor=staff["gm"], at=at)

    for number in range(len(others)):
        if number % 6 != 5:
            yield opening + timedelta(hours=20 + 7 * number), read_by(number, _POLICY.title_en)
    told = start_of_day(today - timedelta(days=2)) + timedelta(hours=10)
    yield told, published
    for number in range(1, len(others), 3):
        yield told + timedelta(hours=2 + number), read_by(number, _COUNT.title_en)
