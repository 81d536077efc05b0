"""The demo company's people: at least one of every role."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from config.demo.company import DemoDealer
from config.demo.places import PROVINCES
from dealers.choices import Role
from dealers.models import Dealer, Region, User
from dealers.services.people import create_user

R = Role

#: Login name, display name, role, provinces a channel manager is responsible for.
_HEADQUARTERS: tuple[tuple[str, str, Role, tuple[str, ...]], ...] = (
    ("policy", "周政", R.POLICY_MANAGER, ()),
    ("channel", "陈渠", R.CHANNEL_MANAGER, tuple(province.code for province in PROVINCES[:6])),
    ("channel2", "沈渠", R.CHANNEL_MANAGER, tuple(province.code for province in PROVINCES[6:])),
    ("legal", "方正", R.LEGAL_REVIEWER, ()),
    ("marketing", "林若溪", R.MARKETING_DIRECTOR, ()),
    ("gm", "高远", R.GENERAL_MANAGER, ()),
    ("office1", "韩冰", R.GM_OFFICE_MEMBER, ()),
    ("office2", "罗敏", R.GM_OFFICE_MEMBER, ()),
    ("office3", "许诺", R.GM_OFFICE_MEMBER, ()),
    ("clerk", "钱细", R.FINANCE_CLERK, ()),
    ("approver", "郑准", R.FINANCE_APPROVER, ()),
    ("investigator", "何查", R.RISK_INVESTIGATOR, ()),
    ("judge", "包明", R.RISK_JUDGE, ()),
    ("service", "温暖", R.AFTERSALES_SUPERVISOR, ()),
    ("auditor", "严审", R.AUDITOR, ()),
    ("admin", "管理员", R.ADMINISTRATOR, ()),
)
_DEALER_SIDE = (("owner", "王老板", R.DEALER_OWNER), ("operator", "小李", R.DEALER_OPERATOR))


@dataclass(frozen=True)
class Login:
    """What a visitor types: one line of the printed table."""

    role: str
    username: str
    password: str
    who: str


@dataclass(frozen=True)
class Staff:
    """The people by login name, and the logins to print."""

    users: dict[str, User]
    logins: Sequence[Login]

    def __getitem__(self, username: str) -> User:
        return self.users[username]

    def owners(self) -> Iterable[User]:
        return [user for user in self.users.values() if user.role == Role.DEALER_OWNER]


def hire(network: Sequence[DemoDealer], *, with_owners: int, at: datetime) -> Staff:
    """Make everyone: HQ, an owner for each of the first dealers, and an operator for the first.

    The first of each role gets a printed login, and of the dealers the second and the first of a remote province too;
    the rest exist so that the story has its actors.
    """
    users: dict[str, User] = {}
    logins: list[Login] = []
    for username, name, role, provinces in _HEADQUARTERS:
        regions = list(Region.objects.filter(code__in=provinces))
        user, password = create_user(
            username=username, role=role, actor=None, at=at, regions=regions, display_name=name
        )
        users[username] = user
        logins.append(Login(role.value, username, password, name))
    dealers = {
        dealer.code: dealer for dealer in Dealer.objects.filter(code__in=[d.code for d in network[:with_owners]])
    }
    remote = [number for number, demo in enumerate(network[:with_owners]) if demo.province.remote]
    shown = (0, 1, *remote[:1])
    for number, demo in enumerate(network[:with_owners]):
        for username, name, role in _DEALER_SIDE if number == 0 else _DEALER_SIDE[:1]:
            login = username if number == 0 else f"{username}{number + 1}"
            user, password = create_user(
                username=login, role=role, actor=None, at=at, dealer=dealers[demo.code], display_name=name
            )
            users[login] = user
            if number in shown:
                logins.append(Login(role.value, login, password, f"{name} · {dealers[demo.code].name}"))
    return Staff(users, logins)
