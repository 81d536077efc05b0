"""The database that comes with Halfmoon, from its first start to its last."""

from __future__ import annotations

import os
import pwd
import signal
import stat
from pathlib import Path

import psycopg2
import pytest

from config.embedded.processes import birth_mark
from tests.config.embedded.conftest import ELSEWHERE, all_stopped, eventually, keeper_pid, server_pid

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="is about being root")


def test_the_first_start_gives_a_database_whose_role_row_level_security_binds(home, use):
    facts = use("DATABASE_URL").query(
        "SELECT current_database(), current_user, rolsuper, rolbypassrls, rolcreatedb, datlocprovider, datlocale"
        " FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()"
    )
    assert facts == ("halfmoon", "halfmoon", False, False, True, "b", "C.UTF-8")


def test_only_the_server_that_is_not_named_is_started(home, use):
    user = use("DATABASE_URL")
    assert user.addresses()["REDIS_URL"] == ELSEWHERE["REDIS_URL"]
    assert not (home / "embedded" / "broker" / "keeper.lock").exists()


def test_passwords_are_for_their_owner_only_and_differ(home, use):
    use("DATABASE_URL").addresses()
    secrets = list((home / "secrets").iterdir())
    assert len({path.read_text() for path in secrets}) == len(secrets) == 2
    private = [*secrets, home / "embedded" / "database" / "state.json"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in private} == {0o600}


def test_a_stranger_without_the_password_is_refused(home, use):
    address = use("DATABASE_URL").addresses()["DATABASE_URL"]
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(address.replace("halfmoon:", "halfmoon:not"))


def test_users_share_one_server_that_ends_after_the_last(home, use):
    first, second = use("DATABASE_URL"), use("DATABASE_URL")
    assert first.addresses() == second.addresses()
    server = server_pid(home, "database")
    first.leave()
    assert not eventually(lambda: birth_mark(server) is None, patience=1)
    second.kill()  # a killed user counts as gone too
    os.kill(keeper_pid(home, "database"), signal.SIGUSR1)
    assert eventually(lambda: all_stopped(home) and birth_mark(server) is None)


def test_a_killed_keeper_takes_its_server_along_and_loses_nothing(home, use):
    user = use("DATABASE_URL")
    user.query("CREATE TABLE kept AS SELECT 42 AS answer")
    server = server_pid(home, "database")
    os.kill(keeper_pid(home, "database"), signal.SIGKILL)

    again = use("DATABASE_URL")
    assert again.query("SELECT answer FROM kept") == (42,)
    assert birth_mark(server) is None


def test_a_killed_server_is_started_again_at_the_same_address(home, use):
    first = use("DATABASE_URL")
    address = first.addresses()
    server = server_pid(home, "database")
    os.kill(server, signal.SIGKILL)
    assert eventually(lambda: server_pid(home, "database") not in (0, server))
    assert use("DATABASE_URL").addresses() == address


def test_a_pid_file_that_names_a_stranger_does_not_keep_it_from_starting(home, use):
    user = use("DATABASE_URL")
    user.addresses()
    os.kill(keeper_pid(home, "database"), signal.SIGTERM)
    assert eventually(lambda: all_stopped(home))
    place = Path((home / "embedded" / "database" / "place").read_text().strip())
    (place / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n{place / 'data'}\n")
    assert use("DATABASE_URL").query("SELECT 1") == (1,)


def test_a_lost_secret_is_told_with_its_remedy(home, use):
    user = use("DATABASE_URL")
    user.addresses()
    os.kill(keeper_pid(home, "database"), signal.SIGTERM)
    assert eventually(lambda: all_stopped(home))
    (home / "secrets" / "database_superuser_password").write_text("another")
    complaint = use("DATABASE_URL").leave()
    assert "Put back the file secrets/database_superuser_password" in complaint


@as_root
def test_root_hands_the_server_to_an_unprivileged_account(home, use):
    use("DATABASE_URL").addresses()
    assert Path(f"/proc/{server_pid(home, 'database')}").stat().st_uid == pwd.getpwnam("nobody").pw_uid


@as_root
def test_a_home_that_account_cannot_reach_keeps_its_data_elsewhere(home, use):
    home.chmod(0o700)
    private = home / "private"
    assert use("DATABASE_URL", at=private).query("SELECT 1") == (1,)
    place = Path((private / "embedded" / "database" / "place").read_text().strip())
    assert home not in place.parents
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
