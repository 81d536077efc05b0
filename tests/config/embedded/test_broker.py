"""The broker that comes with Halfmoon."""

from __future__ import annotations

import os
import signal

import pytest
import redis

from config.embedded.processes import birth_mark
from tests.config.embedded.conftest import ELSEWHERE, keeper_pid, server_pid


def test_it_keeps_what_is_queued_when_its_keeper_is_killed(home, use):
    client = redis.Redis.from_url(use("REDIS_URL").addresses()["REDIS_URL"])
    client.lpush("default", "a job")
    server = server_pid(home, "broker")
    os.kill(keeper_pid(home, "broker"), signal.SIGKILL)

    again = redis.Redis.from_url(use("REDIS_URL").addresses()["REDIS_URL"])
    assert again.lrange("default", 0, -1) == [b"a job"]
    assert birth_mark(server) is None


def test_it_never_throws_a_job_away_for_lack_of_memory(home, use):
    client = redis.Redis.from_url(use("REDIS_URL").addresses()["REDIS_URL"])
    assert client.config_get("maxmemory-policy", "appendonly") == {
        "maxmemory-policy": "noeviction",
        "appendonly": "yes",
    }


def test_it_wants_a_password_and_tells_nobody(home, use):
    address = use("REDIS_URL").addresses()["REDIS_URL"]
    password = (home / "secrets" / "broker_password").read_text()
    with pytest.raises(redis.AuthenticationError):
        redis.Redis.from_url(address.replace(f":{password}@", "")).ping()
    with open(f"/proc/{server_pid(home, 'broker')}/cmdline") as command:
        assert password not in command.read()


def test_it_alone_is_started_when_a_database_is_named(home, use):
    assert use("REDIS_URL").addresses()["DATABASE_URL"] == ELSEWHERE["DATABASE_URL"]
    assert not (home / "embedded" / "database" / "keeper.lock").exists()
