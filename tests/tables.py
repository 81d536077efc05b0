"""Tables written in a test and taken in: `take(REGIONS, "code,…")` gives the receipt."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from dealers.choices import Door
from dealers.models import FeedDelivery, QuarantinedLine
from dealers.services.imports.importing import Importer, import_rows
from dealers.services.imports.sources import RecordSource, TableSource


def take(importer: Importer, table: str | bytes, *, filename: str = "table.csv", **options: Any) -> FeedDelivery:
    """Import a table as HQ does from the command line."""
    content = table.encode() if isinstance(table, str) else table
    source = TableSource(io.BytesIO(content), importer.layout, filename=filename)
    return import_rows(importer, source, **{"actor": None, "door": Door.COMMAND, **options})


def call(importer: Importer, *records: Mapping[str, Any], **options: Any) -> FeedDelivery:
    """Take lines in as a call of the API does."""
    source = RecordSource(records, importer.layout)
    return import_rows(importer, source, **{"actor": None, "door": Door.API, **options})


def counts(delivery: FeedDelivery) -> tuple[int, int, int, int]:
    """Accepted, duplicates, revised, quarantined."""
    return delivery.accepted, delivery.duplicates, delivery.revised, delivery.quarantined


def refusals(delivery: FeedDelivery) -> list[tuple[int, str, str]]:
    """Line, column and code of everything refused, in the order of lines."""
    refused = QuarantinedLine.objects.filter(delivery=delivery).order_by("line", "id")
    return list(refused.values_list("line", "field", "code"))


def remark_codes(delivery: FeedDelivery) -> list[str]:
    return [remark["code"] for remark in delivery.remarks]


def changed(row: str, header: str, **cells: str) -> str:
    """A row of a table with some cells replaced, by column name."""
    names, values = header.split(","), row.split(",")
    for name, value in cells.items():
        values[names.index(name)] = value
    return ",".join(values)
