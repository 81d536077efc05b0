"""How gunicorn serves the pages and the API; every value may be set from the environment."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path
from typing import Any

from config.embedded import default_home
from config.embedded.processes import follow_parent

bind = f"{os.environ.get('HALFMOON_BIND', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", min(4, max(2, os.cpu_count() or 2))))
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 120
graceful_timeout = 4
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
limit_request_line = 8190
loglevel = os.environ.get("LOG_LEVEL", "warning").lower()
accesslog = os.environ.get("HALFMOON_ACCESS_LOG") or None
errorlog = "-"
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
control_socket_disable = True
# The heartbeat file of a worker must not wait for a slow disk.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None

# Counters of all workers are added up in files of this folder.
_metrics = Path(os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(default_home() / "metrics")))


def on_starting(server: Any) -> None:
    """Begin with empty counters, also after the last run was killed."""
    shutil.rmtree(_metrics, ignore_errors=True)
    _metrics.mkdir(parents=True)


def post_fork(server: Any, worker: Any) -> None:
    """No worker outlives the master, however that ends."""
    follow_parent(signal.SIGTERM)


def post_worker_init(worker: Any) -> None:
    """Each worker shows that deliveries can be taken; when all fall silent, that is an outage of ours."""
    from config.signs_of_life import watch

    watch(bind)


def child_exit(server: Any, worker: Any) -> None:
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)
