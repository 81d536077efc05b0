"""Lines and bodies that mean harm: none is stored with a wrong value, each is refused for its reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from dealers.choices import Door
from dealers.models import FeedDelivery, QuarantinedLine
from dealers.services.deliveries import receipt_of
from pricing.models import SaleLine
from pricing.services.intake import JsonReport, NdjsonReport, TableReport, UnusableDelivery, take_in_sales

pytestmark = pytest.mark.django_db
Sale = Callable[..., dict[str, Any]]


@pytest.fixture
def take(company: SimpleNamespace, received_at: datetime) -> Callable[..., FeedDelivery]:
    def take(source: Any) -> FeedDelivery:
        return take_in_sales(
            source=source, dealer=company.d1, door=Door.API, actor_label="test", received_at=received_at
        )

    return take


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"doc_no": ""}, "doc_no", "missing_value"),
        ({"doc_no": "   "}, "doc_no", "missing_value"),
        ({"doc_no": "9" * 65}, "doc_no", "too_long"),
        ({"doc_no": "a\u0000b"}, "doc_no", "control_character"),
        ({"doc_no": "a\tb"}, "doc_no", "control_character"),
        ({"doc_no": "a\nb"}, "doc_no", "control_character"),
        ({"doc_no": "a\u202eb"}, "doc_no", "control_character"),
        ({"doc_no": ...}, "doc_no", "missing_value"),
        ({"doc_no": 17}, "doc_no", "text_expected"),
        ({"doc_no": None}, "doc_no", "missing_value"),
        ({"doc_no": ["S1"]}, "doc_no", "text_expected"),
        ({"line_no": 0}, "line_no", "number_out_of_range"),
        ({"line_no": -1}, "line_no", "number_out_of_range"),
        ({"line_no": 2**31}, "line_no", "number_out_of_range"),
        ({"line_no": 10**40}, "line_no", "number_out_of_range"),
        ({"line_no": "1"}, "line_no", "whole_number_expected"),
        ({"line_no": True}, "line_no", "whole_number_expected"),
        ({"line_no": 1.0}, "line_no", "whole_number_expected"),
        ({"quantity": 0}, "quantity", "zero_quantity"),
        ({"quantity": 2**31}, "quantity", "number_out_of_range"),
        ({"quantity": -(2**31)}, "quantity", "number_out_of_range"),
        ({"quantity": 1.5}, "quantity", "whole_number_expected"),
        ({"quantity": "٣"}, "quantity", "whole_number_expected"),
        ({"quantity": {"amount": 1}}, "quantity", "whole_number_expected"),
        ({"unit_price": "-1"}, "unit_price", "negative_price"),
        ({"unit_price": ""}, "unit_price", "missing_value"),
        ({"unit_price": "NaN"}, "unit_price", "not_a_number"),
        ({"unit_price": "Infinity"}, "unit_price", "not_a_number"),
        ({"unit_price": "1e3"}, "unit_price", "number_with_exponent"),
        ({"unit_price": "1_000"}, "unit_price", "number_with_gap"),
        ({"unit_price": "1,000.00"}, "unit_price", "number_with_separator"),
        ({"unit_price": "１００"}, "unit_price", "number_not_ascii"),
        ({"unit_price": "١٠٠"}, "unit_price", "number_not_ascii"),
        ({"unit_price": "0x10"}, "unit_price", "not_a_number"),
        ({"unit_price": "1.0000001"}, "unit_price", "too_many_places"),
        ({"unit_price": "1000000000000"}, "unit_price", "number_too_large"),
        ({"unit_price": "9" * 5_000}, "unit_price", "number_too_long"),
        ({"unit_price": True}, "unit_price", "text_expected"),
        ({"sold_at": ""}, "sold_at", "missing_value"),
        ({"sold_at": "2026-11-05"}, "sold_at", "instant_is_date"),
        ({"sold_at": "2026-11-05T10:00:00"}, "sold_at", "instant_without_offset"),
        ({"sold_at": "2026-11-05 10:00:00+08:00"}, "sold_at", "instant_with_space"),
        ({"sold_at": "2026-02-30T10:00:00+08:00"}, "sold_at", "instant_not_real"),
        ({"sold_at": "2026-11-05T24:00:00+08:00"}, "sold_at", "instant_not_real"),
        ({"sold_at": "2026-11-05T10:00:60+08:00"}, "sold_at", "instant_not_real"),
        ({"sold_at": "2026-11-05T10:00:00+15:00"}, "sold_at", "instant_bad_offset"),
        ({"sold_at": "２０２６-11-05T10:00:00+08:00"}, "sold_at", "not_an_instant"),
        ({"sold_at": "now"}, "sold_at", "not_an_instant"),
        ({"sold_at": 1793840400}, "sold_at", "text_expected"),
        ({"sold_at": "2026-11-06T08:10:01+08:00"}, "sold_at", "in_the_future"),
        ({"sold_at": "9999-12-31T23:59:59+08:00"}, "sold_at", "in_the_future"),
        ({"sold_at": "0001-01-01T00:00:00+08:00"}, "sold_at", "instant_not_real"),
        ({"sold_at": "1999-12-31T23:59:59+08:00"}, "sold_at", "too_long_ago"),
        ({"sku": "phone"}, "sku", "unknown_sku"),
        ({"sku": ""}, "sku", "missing_value"),
        ({"sku": "PHONE'; DROP TABLE pricing_saleline;--"}, "sku", "unknown_sku"),
        ({"region": "C9999"}, "region", "unknown_region"),
        ({"region": None}, "region", "missing_value"),
        ({"channel": "wholesale"}, "channel", "bad_choice"),
        ({"channel": "B2B"}, "channel", "bad_choice"),
        ({"revision": 0}, "revision", "number_out_of_range"),
        ({"revision": "2"}, "revision", "whole_number_expected"),
        ({"customer": "x" * 300}, "customer", "too_long"),
        ({"price": "1"}, "price", "unknown_field"),
        ({"dealer": "D2"}, "dealer", "not_your_dealer"),
    ],
)
def test_a_hostile_line_is_refused_for_its_reason(
    take: Callable[..., FeedDelivery], sale: Sale, change: dict[str, Any], field: str, code: str
) -> None:
    body = json.dumps({"lines": [sale(line_no=7), sale(**change), sale(line_no=8)]}).encode()

    delivery = take(JsonReport(body))

    assert (delivery.lines, delivery.accepted, delivery.quarantined) == (3, 2, 1)
    assert set(SaleLine.objects.values_list("line_no", flat=True)) == {7, 8}
    problem = QuarantinedLine.objects.get()
    assert (problem.line, problem.field, problem.code) == (2, field, code)
    with translation.override("en"):
        detail = receipt_of(delivery)["problems"][0]["detail"]
    assert detail and "%(" not in detail


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('{"doc_no": "A", "doc_no": "B"}', "repeated_key"),
        ('{"doc_no": "A", "d\\u006fc_no": "B"}', "repeated_key"),
        ('{"quantity": 1, "doc_no": "a\\u003ab", "quantity": 2}', "repeated_key"),
        ("[1]", "not_an_object"),
        ("null", "not_an_object"),
        ('"text"', "not_an_object"),
        ('{"doc_no": ' + "[" * 500 + "]" * 500 + "}", "text_expected"),
        ('{"customer": "' + "x" * 20_000 + '"}', "too_long"),
    ],
)
def test_json_that_says_two_things_or_none_is_refused(
    take: Callable[..., FeedDelivery], sale: Sale, line: str, code: str
) -> None:
    good = json.dumps(sale())
    delivery = take(JsonReport(f'{{"lines": [{line}, {good}]}}'.encode()))
    assert delivery.accepted == 1
    assert QuarantinedLine.objects.get().code == code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "bad_json"),
        (b"{", "bad_json"),
        (b"[]", "bad_json"),
        (b'{"lines": {}}', "bad_json"),
        (b'{"lines": [1,]}', "bad_json"),
        (b'{"lines": [], "more": 1}', "bad_json"),
        (b'{"rows": []}', "bad_json"),
        (b'{"lines": [NaN]}', "bad_json"),
        (b'{"lines": [{"doc_no": "\xff"}]}', "not_utf8"),
        (b'{"lines": [], "lines": []}', "repeated_key"),
        (b'{"lines": [], "lin\\u0065s": []}', "repeated_key"),
        (b'{"lines":' + b"[" * 100_000, "bad_json"),
        (b'{"lines":[' + b"[" * 100_000 + b"]" * 100_000 + b"]}", "bad_json"),
        (b'{"lines":[' + b"1," * 50_000 + b"1]}", "too_many_lines"),
    ],
)
def test_a_body_that_makes_no_sense_is_refused_whole(take: Callable[..., FeedDelivery], body: bytes, code: str) -> None:
    with pytest.raises(UnusableDelivery) as refusal:
        take(JsonReport(body))
    assert refusal.value.code == code
    assert not FeedDelivery.objects.exists()


def test_an_empty_report_has_an_empty_receipt(take: Callable[..., FeedDelivery]) -> None:
    assert take(JsonReport(b'{"lines": []}')).lines == 0


def test_each_line_of_ndjson_stands_for_itself(take: Callable[..., FeedDelivery], sale: Sale) -> None:
    lines = [json.dumps(sale()), "", "{broken", json.dumps(sale(line_no=2, unit_price=99.5)), '{"a": 1, "a": 2}']
    delivery = take(NdjsonReport("\r\n".join(lines).encode()))

    assert (delivery.accepted, delivery.quarantined) == (2, 2)
    assert list(QuarantinedLine.objects.order_by("line").values_list("line", "code")) == [
        (3, "bad_json"),
        (5, "repeated_key"),
    ]
    assert str(SaleLine.objects.get(line_no=2).unit_price) == "99.500000"


@pytest.mark.parametrize("body", [b"dealer,doc_no\nD1,S1\n", b"[1]\n", b"\xff\xfe{}"])
def test_what_is_no_ndjson_is_refused_whole(take: Callable[..., FeedDelivery], body: bytes) -> None:
    with pytest.raises(UnusableDelivery):
        take(NdjsonReport(body))
    assert not FeedDelivery.objects.exists()


def test_a_number_in_json_keeps_its_digits(take: Callable[..., FeedDelivery], sale: Sale) -> None:
    line = json.dumps(sale(unit_price="PRICE")).replace('"PRICE"', "123456789012.123456")
    take(JsonReport(f'{{"lines": [{line}]}}'.encode()))
    assert str(SaleLine.objects.get().unit_price) == "123456789012.123456"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_table_may_have_its_columns_in_any_order_and_encoding(
    take: Callable[..., FeedDelivery], tmp_path: Any, encoding: str
) -> None:
    path = tmp_path / "日报.csv"
    path.write_bytes(
        "region,sku,doc_no,quantity,unit_price,sold_at,line_no,备注\r\n"
        'C3301,PHONE," 单据""甲""",2,100,2026-11-05T10:00:00+08:00,1,好\r\n'
        "C3301,PHONE,乙\\N,1,100.00,2026-11-05T10:00:00+08:00,1,\r\n"
        "C3301,PHONE,丙,1\r\n".encode(encoding)
    )
    delivery = take(TableReport(path))

    assert sorted(SaleLine.objects.values_list("doc_no", flat=True)) == ["乙\\N", '单据"甲"']
    assert (delivery.accepted, delivery.quarantined) == (2, 1)
    problem = QuarantinedLine.objects.get()
    assert (problem.line, problem.code) == (4, "wrong_cell_count")
    assert [remark["field"] for remark in delivery.remarks] == ["备注"]


def test_a_table_without_a_needed_column_is_refused_whole(take: Callable[..., FeedDelivery], tmp_path: Any) -> None:
    path = tmp_path / "sales.csv"
    path.write_text("doc_no,line_no\nS1,1\n")
    with pytest.raises(UnusableDelivery.__base__, match="sold_at"):  # type: ignore[arg-type]
        take(TableReport(path))
    assert not FeedDelivery.objects.exists()


@pytest.mark.parametrize("field", ["doc_no", "region", "sold_at"])
def test_a_line_does_not_inherit_from_the_line_before_it(
    take: Callable[..., FeedDelivery], sale: Sale, field: str
) -> None:
    body = json.dumps({"lines": [sale(), sale(line_no=2, **{field: ""}), sale(line_no=3)]}).encode()
    delivery = take(JsonReport(body))
    assert (delivery.accepted, delivery.quarantined) == (2, 1)
    assert QuarantinedLine.objects.get().field == field
