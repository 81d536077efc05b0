"""A small demo company and what a visitor of it meets: logins, pages, links, words."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.apps import apps
from django.db import connection
from django.db.models import CharField, JSONField, TextField
from django.test import Client
from django.urls import Resolver404, resolve

from tests.journeys.office import Office

TODAY = "2026-11-22"
NOON = f"{TODAY} 12:00"
#: How many pages of one kind (one url name, one set of parameters) a visitor looks at, and how deep.
OF_A_KIND, DEPTH = 1, 2
HAN = re.compile(r"[一-鿿]+")
ENGLISH = re.compile(r"(?:[A-Za-z][a-z']+ +){3,}[A-Za-z][a-z']+")
_UNREAD = ("script", "style", "svg", "code", "pre", "option", "textarea")
#: What every page says in its own language, whatever the page's.
OWN_NAMES = ("中文", "简体中文", "半月")


@dataclass(frozen=True)
class Login:
    role: str
    username: str
    password: str


def seed(office: Office, seed: str = "7") -> list[Login]:
    """Make the company; the logins its table prints."""
    _number_from_one()
    with office.at(NOON):
        done = office.good("seed_demo", "--dealers", "6", "--lines", "300", "--seed", seed, "--today", TODAY)
    rows = (line.split() for line in done.out.splitlines()[1:])
    return [Login(*cells[:3]) for cells in iter(lambda: next(rows, []), [])]


def _number_from_one() -> None:
    """No rollback takes the counts back that documents are numbered by, and proofs name documents."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'"
            r" AND relname LIKE 'settlement\_%\_number'"
        )


def fingerprint() -> dict[str, object]:
    """What the company's past comes to, without keys of rows, passwords or times of work."""
    asked = {
        "verdicts": "SELECT verdict, flags, count(*), sum(quantity * unit_price) FROM pricing_saleline GROUP BY 1, 2",
        "lines": "SELECT d.code, l.doc_no, l.line_no, l.sold_at, l.unit_price, l.verdict, l.flags"
        " FROM pricing_saleline l JOIN dealers_dealer d ON d.id = l.dealer_id",
        "runs": "SELECT period, state, digest FROM settlement_settlementrun",
        "promos": "SELECT code, state, budget FROM pricing_promorequest",
        "holds": "SELECT d.code, h.kind, h.opened_at FROM dealers_supplyhold h JOIN dealers_dealer d"
        " ON d.id = h.dealer_id",
        "quarantine": "SELECT feed, code, count(*) FROM dealers_quarantinedline GROUP BY 1, 2",
    }
    found: dict[str, object] = {}
    with connection.cursor() as cursor:
        for name, sql in asked.items():
            cursor.execute(f"SELECT * FROM ({sql}) asked ORDER BY 1, 2, 3")
            rows = cursor.fetchall()
            found[name] = rows if len(rows) < 50 else hashlib.sha256(repr(sorted(map(repr, rows))).encode()).hexdigest()
    return found


@dataclass(frozen=True)
class Page:
    """A page as it was answered, and the link that led there."""

    url: str
    linked_from: str
    status: int
    html: str

    @property
    def text(self) -> str:
        return _Text(self.html).text


def visit(client: Client, start: str = "/") -> Iterator[Page]:
    """The pages a person reaches from ``start``, a few of each kind."""
    seen: dict[str, int] = {}
    client.get(start)  # takes the greeting that signing in left, in the language of the sign-in page
    waiting = [(start, "", 0)]
    known = {start}
    while waiting:
        url, linked_from, depth = waiting.pop(0)
        kind = _kind(url)
        if seen.get(kind, 0) >= OF_A_KIND:
            continue
        seen[kind] = seen.get(kind, 0) + 1
        answer = client.get(url, follow=True)
        html = answer.content.decode() if answer.get("Content-Type", "").startswith("text/html") else ""
        page = Page(url, linked_from, answer.status_code, html)
        yield page
        if depth < DEPTH:
            for link in _Text(html).links:
                address = urljoin(url, link).partition("#")[0]
                if address.startswith("/") and not _leads_away(address) and address not in known:
                    known.add(address)
                    waiting.append((address, url, depth + 1))


def _leads_away(url: str) -> bool:
    return url.startswith(("/static/", "/accounts/", "/admin/", "/api/v1/schema"))


def _kind(url: str) -> str:
    """One kind of page is one url name with one set of parameters asked."""
    parts = urlsplit(url)
    try:
        name = resolve(parts.path).view_name
    except Resolver404:
        name = parts.path
    return f"{name}?{'&'.join(sorted(part.partition('=')[0] for part in parts.query.split('&')))}"


class _Text(HTMLParser):
    """Links, and the text a person reads or hears."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self._pieces: list[str] = []
        self._unread = 0
        self.feed(html)

    @property
    def text(self) -> str:
        return "\n".join(self._pieces)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("href") and not given.get("href", "").startswith(("mailto:", "http")):
            self.links.append(given["href"] or "")
        self._unread += tag in _UNREAD
        self._pieces += [given[name] or "" for name in ("title", "aria-label", "placeholder", "alt") if given.get(name)]

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in _UNREAD

    def handle_data(self, data: str) -> None:
        if not self._unread and data.strip():
            self._pieces.append(data.strip())


_OWN_APPS = frozenset({"dealers", "pricing", "aftersales", "rebates", "settlement"})


@cache
def _said_in_data(_of: int) -> str:
    """Everything the company's own rows say, as one text."""
    pieces: list[str] = []
    for model in apps.get_models():
        if model._meta.app_label not in _OWN_APPS or not model._meta.managed:
            continue
        names = [
            field.name for field in model._meta.concrete_fields if isinstance(field, CharField | TextField | JSONField)
        ]
        for row in model._default_manager.values_list(*names)[:2000] if names else ():
            pieces += [str(value) for value in row if value]
    return "\n".join(pieces)


def foreign_words(page: Page, language: str, company: int = 0) -> list[str]:
    """Words of the other language on a page that no row of the company says."""
    data = _said_in_data(company)
    if language == "en":
        return [run for run in HAN.findall(page.text) if run not in OWN_NAMES and run not in data]
    return [run for run in ENGLISH.findall(page.text) if run not in data]
