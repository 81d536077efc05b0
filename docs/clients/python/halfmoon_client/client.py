"""The client itself: one method for each thing a dealer's system does."""

from __future__ import annotations

import gzip
import json
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import islice
from types import TracebackType
from typing import Any

import httpx

from halfmoon_client.answers import Page, Receipt
from halfmoon_client.errors import Refused, Unreachable
from halfmoon_client.lines import SaleLine, StockLine
from halfmoon_client.retrying import STILL_RUNNING, WORTH_ANOTHER_TRY, Patience

#: Lines in one delivery when a long report is cut; a receipt names its first 1,000 refused lines.
LINES_AT_ONCE = 1_000
#: Bodies longer than this are sent compressed.
_WORTH_COMPRESSING = 4_096


class Halfmoon:
    """A dealer's connection. ``url`` is the server's address, ``key`` an API key, ``language`` ``zh-hans`` or ``en``.

    Every POST carries an ``Idempotency-Key`` of its own, the same for its retries. A program started anew may send
    its lines again: what was taken is a harmless duplicate, what was refused is looked at afresh. Methods raise
    :class:`Refused` when the request has to change and :class:`Unreachable` when the server could not be asked for as
    long as ``patience`` allows. Safe to use from one thread at a time.
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        language: str = "zh-hans",
        timeout: float = 60.0,
        patience: Patience | None = None,
        sleep: Callable[[float], None] = time.sleep,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._patience = patience or Patience()
        self._sleep = sleep
        self._http = httpx.Client(
            base_url=url.rstrip("/") + "/api/v1/",
            headers={"Authorization": f"Bearer {key}", "Accept-Language": language},
            timeout=timeout,
            transport=transport,
        )

    def __enter__(self) -> Halfmoon:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    # Reporting

    def report_sales(self, lines: Iterable[SaleLine], *, idempotency_key: str | None = None) -> Receipt:
        """Report sale lines in one delivery."""
        body = {"lines": [line.as_json() for line in lines]}
        return Receipt.from_json(self._post("sales-reports", body, idempotency_key))

    def report_sales_in_parts(self, lines: Iterable[SaleLine], *, size: int = LINES_AT_ONCE) -> Iterator[Receipt]:
        """Report any number of lines in deliveries of ``size``; a receipt each. Started again after a crash with the
        same lines, those already taken come back as duplicates."""
        rest = iter(lines)
        while part := list(islice(rest, size)):
            yield self.report_sales(part)

    def report_stock(
        self, as_of: datetime, lines: Iterable[StockLine], *, idempotency_key: str | None = None
    ) -> Receipt:
        """Report a stock count taken at ``as_of`` (with offset)."""
        if as_of.utcoffset() is None:
            raise ValueError("as_of has no offset; give an instant such as 2026-11-05T09:30:00+08:00")
        body = {"as_of": as_of.isoformat(), "lines": [line.as_json() for line in lines]}
        return Receipt.from_json(self._post("inventory-reports", body, idempotency_key))

    def declare_no_sales(self, day: date) -> Receipt:
        """Declare that nothing was sold on a day; a day left out counts as missing."""
        return Receipt.from_json(self._post("zero-sales-declarations", {"date": day.isoformat()}, None))

    def receipt(self, receipt_id: str) -> Receipt:
        """A receipt given earlier."""
        return Receipt.from_json(self._get(f"receipts/{receipt_id}"))

    # Refused lines

    def quarantine(self, *, state: str = "open") -> Iterator[Mapping[str, Any]]:
        """The refused lines, the newest first, page after page."""
        return self._all("quarantine", {"state": state})

    def resubmit(self, refused_line: int, line: Mapping[str, Any]) -> Receipt:
        """Send a refused line again, put right."""
        return Receipt.from_json(self._post(f"quarantine/{refused_line}/resubmit", {"line": dict(line)}, None))

    # Asking

    def me(self) -> Mapping[str, Any]:
        """Where the dealer stands: tier, sync clock, holds, contract, deadlines."""
        return self._get("me")

    def price_band(self, sku: str, region: str, on: date | None = None) -> Mapping[str, Any]:
        """The band that applies to a product at a place on a day (today), and why."""
        query = {"sku": sku, "region": region}
        if on is not None:
            query["on"] = on.isoformat()
        return self._get("price-bands", query)

    def products(self) -> Iterator[Mapping[str, Any]]:
        """The catalogue."""
        return self._all("products", {})

    def statement(self, period: str) -> Mapping[str, Any]:
        """The statement of a half-month such as ``2026-11-H1``, with the proof of every amount."""
        return self._get(f"statements/{period}")

    def page(self, path: str, query: Mapping[str, str] | None = None) -> Page:
        """One page of any list of the API."""
        body = self._get(path, query)
        return Page(tuple(body["results"]), body.get("next"))

    # The wire

    def _all(self, path: str, query: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
        page = self.page(path, {"page_size": "200", **query})
        while True:
            yield from page.results
            if page.next is None:
                return
            page = self.page(page.next)

    def _get(self, path: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        return self._ask("GET", path, params=dict(query) if query else None)

    def _post(self, path: str, body: Mapping[str, Any], key: str | None) -> dict[str, Any]:
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": key or uuid.uuid4().hex}
        if len(content) > _WORTH_COMPRESSING:
            # The same bytes every time: a changing time stamp would make a retry another request.
            content, headers["Content-Encoding"] = gzip.compress(content, 6, mtime=0), "gzip"
        return self._ask("POST", path, content=content, headers=headers)

    def _ask(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        failures: list[str] = []
        for tries in range(1, self._patience.attempts + 1):
            retry_after = None
            try:
                answer = self._http.request(method, path, **request)
            except httpx.TransportError as error:
                failures.append(f"{type(error).__name__}: {error}")
            else:
                body = _body_of(answer)
                if answer.is_success:
                    return body
                if answer.status_code not in WORTH_ANOTHER_TRY and body.get("code") != STILL_RUNNING:
                    raise Refused(answer.status_code, body)
                failures.append(f"{answer.status_code} {body.get('code', '')}")
                retry_after = answer.headers.get("Retry-After")
            if tries < self._patience.attempts:
                self._sleep(self._patience.pause(tries, retry_after))
        raise Unreachable(f"{method} {path}: {len(failures)} tries, the last: {failures[-1]}")


def _body_of(answer: httpx.Response) -> dict[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {"code": "unknown", "detail": answer.text[:200]}
    return body if isinstance(body, dict) else {"results": body}
