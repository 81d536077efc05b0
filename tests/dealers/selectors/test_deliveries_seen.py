"""Who sees which receipts and refused lines."""

from __future__ import annotations

from typing import Any

import pytest

from dealers.choices import Door, Feed, Role
from dealers.models import ApiKey, FeedDelivery
from dealers.principals import MachineClient
from dealers.scope import row_scope
from dealers.selectors.deliveries import delivery_by_receipt, visible_deliveries
from dealers.selectors.quarantine import open_lines_by_feed, visible_quarantine
from dealers.services.deliveries import Refusal, open_delivery, refuse_lines
from tests import factories

pytestmark = pytest.mark.django_db


def delivered(dealer: Any, label: str = "somebody", *, line_of: Any = None) -> FeedDelivery:
    delivery = open_delivery(
        dealer=dealer, feed=Feed.INVENTORY, door=Door.API, delivered_by=label, received_at=factories.LONG_AGO
    )
    refuse_lines(delivery, [Refusal(1, "sku", "x", "unknown_sku", dealer_id=line_of.pk if line_of else None)])
    return delivery


@pytest.fixture
def world() -> dict[str, Any]:
    near, far = factories.Dealer(), factories.Dealer()
    return {
        "near": near,
        "far": far,
        "of_near": delivered(near),
        "of_far": delivered(far),
        "of_hq": delivered(None, "boss", line_of=near),
    }


def seen(user: Any) -> tuple[set[FeedDelivery], set[FeedDelivery]]:
    """The deliveries, and the deliveries of the refused lines."""
    return set(visible_deliveries(user)), {line.delivery for line in visible_quarantine(user)}


def test_a_dealer_sees_its_own_receipts_and_its_lines_in_what_hq_delivered(world: dict[str, Any]) -> None:
    owner = factories.User(role=Role.DEALER_OWNER, dealer=world["near"])
    assert seen(owner) == ({world["of_near"]}, {world["of_near"], world["of_hq"]})
    assert open_lines_by_feed(owner) == {"inventory": 2}
    with row_scope(str(owner.dealer_id)):
        assert seen(owner) == ({world["of_near"]}, {world["of_near"], world["of_hq"]})


def test_a_dealer_does_not_find_the_receipt_of_another(world: dict[str, Any]) -> None:
    owner = factories.User(role=Role.DEALER_OWNER, dealer=world["near"])
    assert delivery_by_receipt(owner, str(world["of_near"].receipt)) == world["of_near"]
    assert delivery_by_receipt(owner, str(world["of_far"].receipt)) is None


def test_a_channel_manager_sees_the_dealers_of_its_regions_and_its_own_uploads(world: dict[str, Any]) -> None:
    regions = [world["near"].home_region]
    manager = factories.User(role=Role.CHANNEL_MANAGER, username="manager", regions=regions)
    own = delivered(None, "manager")
    assert seen(manager) == ({world["of_near"], own}, {world["of_near"], world["of_hq"], own})


def test_hq_sees_everything_and_the_administrator_of_accounts_nothing(world: dict[str, Any]) -> None:
    everything = set(FeedDelivery.objects.all())
    assert seen(factories.User(role=Role.AUDITOR)) == (everything, everything)
    assert seen(factories.User(role=Role.ADMINISTRATOR)) == (set(), set())


def test_a_system_of_hq_sees_what_it_delivered(world: dict[str, Any]) -> None:
    key, _secret = ApiKey.objects.create_key(name="erp", system="erp", scopes=["receipts:read"])
    client = MachineClient(key)
    own = delivered(None, client.label)
    assert seen(client) == ({own}, {own})
