"""A company driven through its doors only: management commands and HTTP, at told instants.

`Office` runs commands and gives people a browser's client and machines a key. What a test claims is read back through
the doors too; only `behind_the_back` reaches for the database, as somebody with its password would.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import xlsxwriter
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.test import Client
from django.utils import translation

from dealers.foundation import clock
from dealers.foundation.clock import BUSINESS_ZONE
from tests.callers import Caller

T = TypeVar("T")

PASSWORD = "Halfmoon-on-the-river-7"
DIGEST = re.compile(r"\b[0-9a-f]{64}\b")


def told(text: str) -> datetime:
    """`2026-11-05 09:30` in Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=BUSINESS_ZONE)


def words(cell: str) -> frozenset[str]:
    """The words of a cell that holds several."""
    return frozenset(filter(None, re.split(r"[;|, ]", cell)))


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err

    def rows(self) -> list[dict[str, str]]:
        """The output as a table with a header row."""
        return list(csv.DictReader(io.StringIO(self.out.removeprefix("\ufeff"))))


@dataclass
class Office:
    """Commands, people and machines of one installation."""

    folder: Path
    passwords: dict[str, str] = field(default_factory=dict)

    def at(self, text: str) -> Any:
        """Everything within happens at that Shanghai time."""
        return clock.as_if_at(told(text))

    def run(self, name: str, *args: str, language: str = "en") -> Done:
        """A command as a shell sees it: exit code, standard output, standard error."""
        out, err = io.StringIO(), io.StringIO()
        code = 0
        with translation.override(language):
            try:
                call_command(name, *args, stdout=out, stderr=err)
            except SystemExit as ended:
                code = int(ended.code or 0) if not isinstance(ended.code, str) else 1
            except CommandError as error:
                code = error.returncode
                err.write(str(error))
        return Done(code, out.getvalue(), err.getvalue())

    def good(self, name: str, *args: str) -> Done:
        """A command that must succeed."""
        done = self.run(name, *args)
        assert done.code == 0, f"{name} {args}: exit {done.code}\n{done.said}"
        return done

    def file(self, name: str, table: str, *, encoding: str = "utf-8") -> Path:
        """A file as somebody saved it; `.xlsx` makes a workbook of the same table."""
        path = self.folder / name
        text = table.strip() + "\n"
        if path.suffix == ".xlsx":
            with xlsxwriter.Workbook(path) as book:
                sheet = book.add_worksheet()
                for number, row in enumerate(csv.reader(io.StringIO(text))):
                    sheet.write_row(number, 0, row)
        else:
            path.write_bytes(text.encode(encoding))
        return path

    def take(self, kind: str, table: str, *, name: str = "", encoding: str = "utf-8") -> dict[str, Any]:
        """Import a table; the receipt with the exit code."""
        path = self.file(name or f"{kind}.csv", table, encoding=encoding)
        done = self.run("import_data", kind, str(path), "--json")
        return {**json.loads(done.out), "exit": done.code}

    def taken(self, kind: str, table: str, **options: Any) -> dict[str, Any]:
        """Import a table of which every line must be good and new."""
        receipt = self.take(kind, table, **options)
        lines = len(table.strip().splitlines()) - 1
        assert (receipt["exit"], receipt["accepted"]) == (0, lines), receipt
        return receipt

    def hire(self, name: str, role: str, *options: str) -> None:
        self.good("create_user", name, "--role", role, "--password", PASSWORD, *options)

    def key(self, *owner: str) -> Caller:
        """A machine that calls with a new key; `--dealer CODE` or `--system NAME`."""
        return Caller(secret=self.good("create_api_key", *owner).out.strip())

    def browser(self, name: str, language: str = "en") -> Client:
        """A person's browser, logged in with name and password."""
        client = Client(headers={"Accept-Language": language})
        answer = client.post("/accounts/login/", {"login": name, "password": PASSWORD, "next": "/notices/"})
        assert answer.status_code == 302, f"{name} cannot log in: {answer.content.decode()[:2000]}"
        client.post("/preferences/language/", {"language": language})
        return client

    def verdicts(self, period: str) -> dict[tuple[str, str], tuple[str, frozenset[str]]]:
        """Verdict and flags of every line of a half-month, by document and line."""
        rows = self.written("export_verdicts", period).rows()
        return {
            (row["doc_no"], row["line_no"]): (
                row["verdict"],
                frozenset(filter(None, re.split(r"[;|, ]", row["flags"]))),
            )
            for row in rows
        }

    def statement_lines(self, period: str) -> list[dict[str, str]]:
        return self.written("export_statements", period, "--format", "csv").rows()

    def written(self, name: str, *args: str) -> Done:
        """A command that must succeed, with what it wrote to its ``--output`` file."""
        path = self.folder / "output"
        done = self.good(name, *args, "--output", str(path))
        return Done(done.code, path.read_text(encoding="utf-8"), done.err)

    def settled(self, period: str, *options: str) -> str:
        """Calculate a half-month; its digest as printed."""
        done = self.good("settle", period, *options)
        found = DIGEST.search(done.said)
        assert found, done.said
        return found.group()


@contextmanager
def told_once(blocker: Any, tell: Callable[[], T]) -> Iterator[T]:
    """What ``tell`` gives with the rows it wrote, for many tests to ask about; gone when the last has asked."""
    with blocker.unblock(), transaction.atomic():
        cache.clear()
        try:
            yield tell()
        finally:
            transaction.set_rollback(True)


@contextmanager
def behind_the_back(table: str, sql: str, *params: Any) -> Iterator[None]:
    """Change rows as somebody with the database's password would, and put them back afterwards."""
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT behind; SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql, params)
        assert cursor.rowcount == 1, f"{cursor.rowcount} rows were altered"
        try:
            yield
        finally:
            cursor.execute("ROLLBACK TO SAVEPOINT behind")
