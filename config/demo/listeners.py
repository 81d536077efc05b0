"""Systems that listen to the demo company: the first dealer's ERP and HQ's own CRM, with what they were told.

Nobody is called: the answers are made up here, and the addresses end in ``.example``, which never leads anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from dealers.choices import Announcement
from dealers.foundation import clock
from dealers.models import Dealer
from dealers.services.outgoing import Answer
from dealers.services.webhook_endpoints import create_endpoint
from dealers.services.webhook_sending import send_due
from dealers.services.webhooks import hand_out

Event = tuple[datetime, Callable[[datetime], None]]
_ERP, _CRM = "https://erp.yunfan.example/halfmoon/events", "https://crm.halfmoon.example/channel/events"
_TOLD_EVERY = timedelta(hours=12)
#: The CRM was being maintained for its last calls: they failed and are to be tried again.
_MAINTAINED_FOR = timedelta(hours=30)


def listener_events(dealer: Dealer, opening: datetime, now: datetime) -> list[Event]:
    """The endpoints are made in the first days; from then on what happened is told twice a day."""
    events: list[Event] = [(opening + timedelta(days=1), lambda at: _listen(dealer, at))]
    since = now - timedelta(days=30)
    rounds = int((now - since) / _TOLD_EVERY)
    return [*events, *((since + n * _TOLD_EVERY, _tell(now)) for n in range(1, rounds + 1))]


def _listen(dealer: Dealer, at: datetime) -> None:
    elsewhere = (Announcement.PING, Announcement.REFERRAL_ASSIGNED)
    own = [event for event in Announcement if event not in elsewhere]
    create_endpoint(url=_ERP, events=own, actor=None, at=at, dealer=dealer, resolve=_somewhere)
    wanted = (Announcement.PROMO_DECIDED, Announcement.REFERRAL_ASSIGNED, Announcement.SUPPORT_DECIDED)
    create_endpoint(url=_CRM, events=wanted, actor=None, at=at, system="crm", resolve=_somewhere)


def _tell(now: datetime) -> Callable[[datetime], None]:
    def act(at: datetime) -> None:
        def answer(url: str, body: bytes, _headers: Mapping[str, str], **_rest: Any) -> Answer:
            if url == _CRM and at > now - _MAINTAINED_FOR:
                return Answer(503, "", 40 + len(body) % 30)
            return Answer(204, "", 60 + len(body) % 90)

        hand_out(at=at)
        send_due(present=clock.now, send=answer)

    return act


def _somewhere(_host: str, _port: int) -> list[str]:
    """A public address, so that a made-up name passes where a real one would be asked for."""
    return ["1.1.1.1"]
