"""Files too long for one transaction: part by part, interrupted and gone on with, every line exactly once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection

from dealers.choices import Door
from dealers.foundation import clock
from dealers.foundation.tabular import UnusableFile
from dealers.models import FeedDay, FeedDelivery, FileIntake, FilePart, QuarantinedLine
from dealers.services.file_intakes import BrokenOff, packed, unpacked
from pricing.choices import Flag
from pricing.models import SaleLine, SalesTally
from pricing.services.intake import TableReport, take_in_parts
from pricing.services.intake.sources import Portion

pytestmark = pytest.mark.django_db
PART = 10
HEADER = "doc_no,line_no,sold_at,sku,quantity,unit_price,region\n"
Sale = Callable[..., dict[str, Any]]


def written(folder: Path, lines: int, *, wrong: tuple[int, ...] = (), name: str = "sales.csv") -> Path:
    """A file of one sale a day, the first on 1 October; ``wrong`` ones have a SKU nobody knows."""
    path = folder / name
    first = datetime(2026, 10, 1, 10)
    rows = (
        f"S{number},1,{(first + timedelta(days=number % 30)).isoformat()}+08:00"
        f",{'NONE' if number in wrong else 'PHONE'},1,100,C3301\n"
        for number in range(lines)
    )
    path.write_text(HEADER + "".join(rows))
    return path


def take(path: Path, company: SimpleNamespace, **given: Any) -> FeedDelivery:
    source = TableReport(path, lines_per_portion=PART // 2)
    return take_in_parts(
        source=source, dealer=company.d1, door=Door.COMMAND, actor_label="test", part_lines=PART, **given
    )


class Interrupted(Exception):
    """Stands for a kill: it can happen after any part."""


def interrupted_after(parts: int) -> Callable[[float], None]:
    taken = 0

    def on_part(_share: float) -> None:
        nonlocal taken
        taken += 1
        if taken == parts:
            raise Interrupted

    return on_part


def counts(delivery: FeedDelivery) -> tuple[int, ...]:
    delivery.refresh_from_db()
    return (delivery.lines, delivery.accepted, delivery.duplicates, delivery.revised, delivery.quarantined)


def test_a_long_file_has_one_receipt_and_a_part_for_every_transaction(company: SimpleNamespace, tmp_path: Path) -> None:
    delivery = take(written(tmp_path, 35, wrong=(3, 17)), company)
    intake = FileIntake.objects.get()
    assert FeedDelivery.objects.get() == delivery
    assert counts(delivery) == (35, 33, 0, 0, 2)
    assert [part.lines for part in intake.parts.order_by("number")] == [10, 10, 10, 5]
    assert (intake.last_line, intake.percent, intake.finished_at is not None) == (36, 100, True)
    assert SaleLine.objects.filter(delivery=delivery.pk).count() == 33
    assert list(QuarantinedLine.objects.order_by("line").values_list("line", flat=True)) == [5, 19]
    assert FeedDay.objects.count() == 29


def test_a_file_of_one_part_leaves_no_trace_of_parts(company: SimpleNamespace, tmp_path: Path) -> None:
    assert counts(take(written(tmp_path, PART), company)) == (10, 10, 0, 0, 0)
    assert not FileIntake.objects.exists()


def test_the_tally_and_the_lines_agree_as_of_the_end_of_every_part(company: SimpleNamespace, tmp_path: Path) -> None:
    take(written(tmp_path, 35), company)
    instants = list(FilePart.objects.order_by("number").values_list("known_from", flat=True))
    assert sorted(set(instants)) == instants
    for known, lines in zip(instants, (10, 20, 30, 35), strict=True):
        assert SaleLine.objects.filter(known_from__lte=known).count() == lines
        assert sum(SalesTally.objects.filter(known_at__lte=known).values_list("lines", flat=True)) == lines


@pytest.mark.parametrize("parts", [1, 2, 3])
def test_an_interrupted_file_goes_on_behind_the_last_part(company: SimpleNamespace, tmp_path: Path, parts: int) -> None:
    path = written(tmp_path, 35, wrong=(9, 10, 20, 29))
    with pytest.raises(Interrupted):
        take(path, company, on_part=interrupted_after(parts))
    begun = FeedDelivery.objects.get()
    assert (SaleLine.objects.count() + QuarantinedLine.objects.count(), begun.lines) == (PART * parts, PART * parts)

    delivery = take(path, company)

    assert delivery == begun
    assert counts(delivery) == (35, 31, 0, 0, 4)
    assert (SaleLine.objects.count(), QuarantinedLine.objects.count()) == (31, 4)
    assert sum(SalesTally.objects.values_list("lines", flat=True)) == 31
    assert FilePart.objects.count() == 4
    assert FeedDay.objects.count() == 26


def test_days_count_only_when_the_file_is_through(company: SimpleNamespace, tmp_path: Path) -> None:
    path = written(tmp_path, 35)
    with pytest.raises(Interrupted):
        take(path, company, on_part=interrupted_after(3))
    assert not FeedDay.objects.exists()
    take(path, company)
    assert FeedDay.objects.count() == 30
    assert not FilePart.objects.exclude(covered=b"").exists()


def test_the_same_file_after_its_end_is_a_delivery_of_its_own(company: SimpleNamespace, tmp_path: Path) -> None:
    path = written(tmp_path, 25)
    take(path, company)
    again = take(path, company)
    assert counts(again) == (25, 0, 25, 0, 0)
    assert FeedDelivery.objects.count() == 2


def test_another_file_does_not_go_on_with_a_begun_one(company: SimpleNamespace, tmp_path: Path) -> None:
    with pytest.raises(Interrupted):
        take(written(tmp_path, 35), company, on_part=interrupted_after(2))
    assert counts(take(written(tmp_path, 36, name="longer.csv"), company)) == (36, 16, 20, 0, 0)


def test_a_file_that_breaks_off_keeps_what_stands_before(
    company: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = TableReport.portions

    def torn(report: TableReport, *, names_dealers: bool) -> Iterator[Portion]:
        for number, portion in enumerate(whole(report, names_dealers=names_dealers)):
            if number == 5:
                raise OSError("the disk is gone")
            yield portion

    path = written(tmp_path, 35)
    with monkeypatch.context() as patched, pytest.raises(BrokenOff) as broken:
        patched.setattr(TableReport, "portions", torn)
        take(path, company)
    assert broken.value.params["line"] == 21
    assert counts(broken.value.delivery) == (20, 20, 0, 0, 0)
    assert FileIntake.objects.get().stopped["params"] == {"reason": "the disk is gone"}
    assert counts(take(path, company)) == (35, 35, 0, 0, 0)
    assert FileIntake.objects.get().stopped == {}


def test_a_file_that_breaks_off_in_its_first_part_leaves_nothing(
    company: SimpleNamespace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def torn(report: TableReport, *, names_dealers: bool) -> Iterator[Portion]:
        raise UnusableFile("file_damaged", "is damaged: it cannot be unpacked to its end")
        yield

    monkeypatch.setattr(TableReport, "portions", torn)
    with pytest.raises(UnusableFile):
        take(written(tmp_path, 35), company)
    assert not FeedDelivery.objects.exists()


def test_lateness_is_judged_by_when_the_file_was_handed_over(company: SimpleNamespace, tmp_path: Path) -> None:
    handed_over = clock.parse_instant("2026-10-05T12:00:00+08:00")
    path = written(tmp_path, 5)
    delivery = take(path, company, handed_over_at=handed_over)
    line = SaleLine.objects.order_by("sold_at")[0]
    assert delivery.received_at == line.reported_at == handed_over
    assert not line.flags & Flag.LATE_REPORT
    assert line.known_from > handed_over


def test_days_are_packed_into_few_bytes_and_back() -> None:
    days = {dealer << 22 | date(2026, 11, day).toordinal() for dealer in (1, 7, 90_000) for day in (1, 2, 30)}
    assert set(unpacked(packed(days))) == days
    assert packed(set()) == b"" and list(unpacked(b"")) == []


@pytest.mark.django_db(transaction=True)
def test_two_who_take_the_same_file_at_once_store_it_once(company: SimpleNamespace, tmp_path: Path) -> None:
    path = written(tmp_path, 200)

    def run() -> FeedDelivery:
        try:
            return take(path, company)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        first, second = (future.result() for future in [pool.submit(run), pool.submit(run)])
    assert {counts(first), counts(second)} == {(200, 200, 0, 0, 0), (200, 0, 200, 0, 0)}
    assert sum(SalesTally.objects.values_list("lines", flat=True)) == 200
