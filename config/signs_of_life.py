"""How a web process shows that deliveries can be taken: it asks itself over the network, then writes to the database.

The request goes through the socket that serves everybody, so a server whose threads all hang leaves no sign although
its process lives. Started by gunicorn in each worker process.
"""

from __future__ import annotations

import http.client
import logging
import threading

from django.db import Error, connection

from dealers.foundation import clock
from dealers.selectors.outages import BEAT_EVERY
from dealers.services.outages import note_sign_of_life

_PATIENCE_SECONDS = 10
#: A server that did not answer, perhaps because it is starting, is asked again soon.
_AGAIN_SECONDS = 5.0

logger = logging.getLogger(__name__)


class SignsOfLife(threading.Thread):
    """Leaves a sign every half minute for as long as the server at ``host`` and ``port`` answers."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(name="signs-of-life", daemon=True)
        self._host, self._port = host, port
        self._stopped = threading.Event()

    def run(self) -> None:
        wait = 1.0
        while not self._stopped.wait(wait):
            alive = self.leave_one()
            wait = BEAT_EVERY.total_seconds() if alive else _AGAIN_SECONDS

    def stop(self) -> None:
        self._stopped.set()

    def leave_one(self) -> bool:
        """Leave one sign if the server answers and the database takes it; whether it did."""
        if not self._answers():
            return False
        try:
            outage = note_sign_of_life(at=clock.now())
        except Error as error:
            logger.warning("No sign of life could be left: %s", error)
            return False
        finally:
            connection.close()
        if outage is not None:
            logger.warning("Deliveries could not be taken during %s; nobody is late for it.", outage.span)
        return True

    def _answers(self) -> bool:
        asked = http.client.HTTPConnection(self._host, self._port, timeout=_PATIENCE_SECONDS)
        try:
            asked.request("GET", "/healthz", headers={"Host": "localhost"})
            return asked.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            asked.close()


def watch(bind: str) -> SignsOfLife:
    """Start leaving signs for the server bound to ``bind`` (``host:port``)."""
    host, _colon, port = bind.rpartition(":")
    host = host.strip("[]")
    signs = SignsOfLife("127.0.0.1" if host in ("", "0.0.0.0") else "::1" if host == "::" else host, int(port))
    signs.start()
    return signs
