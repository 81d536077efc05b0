"""A sign of life is left only by a server that answers, with a database that takes the write."""

from __future__ import annotations

import socket

import pytest

from config.signs_of_life import SignsOfLife
from dealers.models import Heartbeat
from dealers.selectors.outages import INTAKE

NOBODY_LISTENS = 9  # the discard port


@pytest.mark.django_db(transaction=True)
def test_a_server_that_answers_leaves_a_sign(live_server):
    assert SignsOfLife(live_server.thread.host, live_server.thread.port).leave_one()
    assert Heartbeat.objects.filter(name=INTAKE).exists()


@pytest.mark.django_db(transaction=True)
def test_a_server_that_hangs_or_is_away_leaves_none(monkeypatch):
    monkeypatch.setattr("config.signs_of_life._PATIENCE_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as hanging:
        assert not SignsOfLife("127.0.0.1", hanging.getsockname()[1]).leave_one()
    assert not SignsOfLife("127.0.0.1", NOBODY_LISTENS).leave_one()
    assert not Heartbeat.objects.exists()
