"""Webhooks by API and by page, up to a receiver that verifies them."""

from __future__ import annotations

import io
import re
import socket
import threading
import time
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from django.core.management import call_command

from dealers.choices import Role
from dealers.foundation.clock import now
from dealers.models import WebhookDelivery, WebhookEndpoint
from dealers.services.holds import place_hold
from dealers.services.supply_answers import sweep_supply_answers
from dealers.services.webhook_sending import send_due
from dealers.services.webhooks import hand_out
from tests import factories
from tests.callers import dealer_caller, hq_system
from tests.visitors import signed_in, visitor

pytestmark = pytest.mark.django_db

EVENTS = ["supply.changed"]


@pytest.fixture(autouse=True)
def premises(settings) -> None:
    settings.WEBHOOK_PRIVATE_RECEIVERS = ["127.0.0.1"]


def test_a_dealer_may_not_name_a_private_address() -> None:
    caller = dealer_caller(factories.Dealer())
    for url in ("https://127.0.0.1/", "https://[::ffff:10.0.0.1]/", "http://8.8.8.8/", "https://169.254.169.254/"):
        answer = caller.post("webhook-endpoints", {"url": url, "events": EVENTS})
        assert (answer.status_code, answer.json()["code"]) == (422, "address_refused"), url


def test_endpoints_belong_to_who_made_them() -> None:
    one, other = dealer_caller(factories.Dealer()), dealer_caller(factories.Dealer())
    made = one.post("webhook-endpoints", {"url": "https://8.8.8.8/in", "events": EVENTS})
    assert made.status_code == 201
    assert made.json()["secret"].startswith("whs_")
    listed = one.get("webhook-endpoints").json()["results"]
    assert [entry["id"] for entry in listed] == [made.json()["id"]]
    assert "secret" not in listed[0]
    assert other.get("webhook-endpoints").json()["results"] == []
    pk = made.json()["id"]
    assert other.post(f"webhook-endpoints/{pk}/rotate").status_code == 404
    assert hq_system().post(f"webhook-endpoints/{pk}/test").status_code == 404
    assert one.post(f"webhook-endpoints/{pk}/rotate").json()["secret"] != made.json()["secret"]
    assert one.post(f"webhook-endpoints/{pk}/switch", {"enabled": False}).json()["enabled"] is False
    assert one.post(f"webhook-endpoints/{pk}/test").json()["code"] == "endpoint_disabled"


def test_a_key_without_the_scope_manages_nothing() -> None:
    caller = dealer_caller(factories.Dealer(), "sales:write")
    assert caller.get("webhook-endpoints").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_from_the_hold_to_a_receiver_that_verifies_it() -> None:
    """The whole way over the network: made by API, told by the sender, verified by the command for integrators."""
    dealer = factories.Dealer()
    sweep_supply_answers(at=now())
    hand_out(at=now())
    erp = hq_system()
    printed = io.StringIO()
    port = _free_port()
    made = erp.post("webhook-endpoints", {"url": f"http://127.0.0.1:{port}/halfmoon", "events": EVENTS}).json()
    receiving = threading.Thread(
        target=call_command,
        args=["receive_webhooks", f"--port={port}", f"--secret={made['secret']}", "--count=3"],
        kwargs={"stdout": printed},
        daemon=True,
    )
    receiving.start()
    _wait_for(lambda: "listening" in printed.getvalue())
    place_hold(dealer=dealer, kind="manual", reason="manual", actor=None, at=now(), note="先谈谈")
    hand_out(at=now())
    assert send_due().delivered == 1
    assert re.search(r"verified: .*" + dealer.code, printed.getvalue())
    sent = erp.get("webhook-deliveries").json()["results"]
    assert [(one["event"], one["state"], one["log"][0]["status"]) for one in sent] == [
        ("supply.changed", "delivered", 204)
    ]
    assert erp.post(f"webhook-deliveries/{sent[0]['id']}/redeliver").status_code == 202
    assert send_due().delivered == 1
    assert "known already" in printed.getvalue()
    _post_forged(port)
    receiving.join(timeout=10)
    assert "failed: signature wrong" in printed.getvalue()


def _post_forged(port: int) -> None:
    headers = {"Halfmoon-Signature": f"t={int(time.time())},v1=00"}
    with pytest.raises(HTTPError):
        urlopen(Request(f"http://127.0.0.1:{port}/", data=b"{}", headers=headers), timeout=5)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _wait_for(true) -> None:
    for _tenth in range(100):
        if true():
            return
        time.sleep(0.1)
    raise AssertionError("it did not happen within ten seconds")


def test_an_owner_makes_tests_and_switches_an_endpoint_on_the_page() -> None:
    owner = factories.User(role=Role.DEALER_OWNER, language="en")
    browser = signed_in(owner)
    refused = browser.post("/webhooks/new/", {"url": "https://127.0.0.1/", "events": EVENTS})
    assert refused.status_code == 422
    made = browser.post("/webhooks/new/", {"url": "https://8.8.8.8/in", "events": EVENTS}).content.decode()
    secret = re.search(r"whs_[\w-]+", made)
    assert secret is not None
    assert secret.group() not in browser.get("/webhooks/").content.decode()
    endpoint = WebhookEndpoint.objects.get(dealer=owner.dealer)
    browser.post(f"/webhooks/{endpoint.pk}/test/")
    delivery = WebhookDelivery.objects.get(endpoint=endpoint)
    assert "8.8.8.8" in browser.get("/webhooks/?state=waiting").content.decode()
    browser.post(f"/webhooks/{endpoint.pk}/switch/", {"enabled": "0"})
    endpoint.refresh_from_db()
    assert endpoint.enabled is False
    stranger = signed_in(factories.User(role=Role.DEALER_OWNER))
    assert stranger.post(f"/webhooks/{endpoint.pk}/test/").status_code == 404
    assert stranger.post(f"/webhooks/deliveries/{delivery.pk}/redeliver/").status_code == 404
    assert visitor(Role.DEALER_OPERATOR, dealer=owner.dealer).get("/webhooks/").status_code == 403


def test_the_auditor_sees_and_changes_nothing() -> None:
    admin = visitor(Role.ADMINISTRATOR)
    admin.post("/webhooks/new/", {"system": "erp", "url": "http://127.0.0.1:9900/", "events": EVENTS})
    endpoint = WebhookEndpoint.objects.get()
    auditor = visitor(Role.AUDITOR)
    assert "127.0.0.1:9900" in auditor.get("/webhooks/").content.decode()
    assert auditor.post(f"/webhooks/{endpoint.pk}/rotate/").status_code == 403
