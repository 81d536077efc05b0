"""What each kind of message says: tables of its codes, and the traps its standard lays."""

from __future__ import annotations

import pytest

from dealers.foundation.trade_messages import Lines, StockLine, TradeSale, UnreadableMessage, open_messages, read_lines
from dealers.foundation.trade_messages.dates import edifact_stretch, x12_stretch
from dealers.foundation.trade_messages.values import document_name, plain_number, unit_price_of
from dealers.foundation.trade_messages.x12_resale import RETURNS, SALES, TRANSFERS, UNDECIDED
from tests.messages import edifact, inventory_report, seller_item, standard_item, ubl_line, x12

Read = list[StockLine | TradeSale]


def lines_of(body: bytes) -> tuple[Read, str]:
    """The lines of the only message, and its remarks in English."""
    file = open_messages(body)
    (message,) = file.messages
    beside = Lines()
    return list(read_lines(file, message, beside)), " ".join(str(remark) for remark in beside.remarks())  # type: ignore[arg-type]


def activity(*segments: str) -> tuple[Read, str]:
    return lines_of(x12("~".join(("852", "XQ*H*20261104", "LIN**SK*A", *segments))))


def resale(kind: str, *segments: str, heading: str = "BPT*00*R1*20261104") -> tuple[Read, str]:
    return lines_of(x12("~".join(("867", heading, f"PTD*{kind}***IV*INV-9", *segments)), kind="PT"))


def stock(*segments: str, heading: str = "DTM+366:20261104:102") -> tuple[Read, str]:
    return lines_of(edifact("'".join(("INVRPT", "BGM+35+I1+9", heading, *segments))))


def sales(*segments: str, heading: str = "BGM+73E::9+R1+9'DTM+356:20261104:102") -> tuple[Read, str]:
    return lines_of(edifact("'".join(("SLSRPT", heading, *segments))))


PRICE = "CTP**RES*9.5"


@pytest.mark.parametrize(
    ("code", "quantity", "needs", "fault"),
    [
        ("QS", "5", ("qs_is_sales",), ""),
        ("Q1", "5", (), ""),
        ("RE", "5", (), ""),
        ("QU", "-5", (), ""),
        ("QW", "5", (), "activity_undecided"),
        ("TS", "5", (), "activity_undecided"),
        ("WQ", "5", (), "activity_undecided"),
        ("Q2", "5", (), "activity_undecided"),
        ("Q3", "5", (), "activity_undecided"),
    ],
)
def test_activities_of_an_852_that_are_near_to_sales(
    code: str, quantity: str, needs: tuple[str, ...], fault: str
) -> None:
    (line,), _said = activity(PRICE, f"ZA*{code}*5*EA")

    assert isinstance(line, TradeSale)
    assert (line.quantity, line.needs, line.fault.code if line.fault else "") == (quantity, needs, fault)
    assert (line.unit_price, line.sold_at) == ("9.5", "2026-11-04T00:00:00+08:00")
    assert line.places["quantity"] == (7, "ZA02")


@pytest.mark.parametrize("code", ["QP", "QL", "QM", "QN", "QC", "QD", "QH", "QO", "QR", "QT", "QX", "QZ", "QB", "XX"])
def test_activities_of_an_852_that_are_neither_are_remarked(code: str) -> None:
    read, said = activity(f"ZA*{code}*5")

    assert (read, f"ZA {code} (1)" in said) == ([], True)


@pytest.mark.parametrize(
    ("segments", "on_hand", "in_transit"),
    [
        (("ZA*QA*7",), "7", ""),
        (("ZA*QE*7",), "7", ""),
        (("ZA*OH*7",), "7", ""),
        (("ZA*QA*7", "ZA*QI*3"), "7", "3"),
        (("ZA*QI*3", "ZA*QA*7"), "7", "3"),
        (("ZA*QA*5", "ZA*QE*7", "ZA*OH*8"), "8", ""),
        (("ZA*QI*3",), "", "3"),
    ],
)
def test_the_surest_figure_of_an_852_is_the_stock(segments: tuple[str, ...], on_hand: str, in_transit: str) -> None:
    (line,), _said = activity(*segments)

    assert isinstance(line, StockLine)
    assert (line.on_hand, line.in_transit, line.as_of) == (on_hand, in_transit, "2026-11-04T23:59:59+08:00")


def test_an_852_parts_a_quantity_among_many_places() -> None:
    pairs = "*".join(f"S{number}*{number}" for number in range(1, 11))
    read, _said = activity(PRICE, "ZA*Q1", f"SDQ*EA*92*{pairs}", "SDQ*EA*92*S11*11", "ZA*QA", "SDQ*EA*92*S1*40*S2*50")

    sold = [(line.location, line.quantity) for line in read if isinstance(line, TradeSale)]
    counted = [(line.location, line.on_hand) for line in read if isinstance(line, StockLine)]
    assert sold == [(f"S{number}", str(number)) for number in range(1, 12)]
    assert counted == [("S1", "40"), ("S2", "50")]
    assert len({line.doc_no for line in read if isinstance(line, TradeSale)}) == 11
    assert read[9].places["quantity"] == (8, "SDQ22")


def test_the_same_day_of_an_852_told_again_is_the_same_line() -> None:
    def told(control: str) -> tuple[str, str]:
        (line,), _said = lines_of(x12("852~XQ*H*20261104~LIN**SK*A~CTP**RES*9~ZA*Q1*5", control=control))
        assert isinstance(line, TradeSale)
        return line.doc_no, line.line_no

    assert told("000000001") == told("000000002") == ("852-20261104-A", "1")


@pytest.mark.parametrize(
    ("segments", "field", "code"),
    [
        (("852", "XQ*H*20261104", "LIN**SK*A", "ZA*Q1*5"), "unit_price", "message_without_price"),
        (("852", "XQ*H*20261101*20261107", "LIN**SK*A", PRICE, "ZA*Q1*5"), "sold_at", "several_days"),
        (("852", "XQ*H*20261131", "LIN**SK*A", PRICE, "ZA*Q1*5"), "sold_at", "message_date_unreadable"),
        (("852", "XQ*H*２０２６１１０４", "LIN**SK*A", PRICE, "ZA*Q1*5"), "sold_at", "message_date_unreadable"),
        (("852", "LIN**SK*A", PRICE, "ZA*Q1*5"), "sold_at", "message_date_unreadable"),
        (("852", "XQ*H*20261104", "LIN**SK*A", PRICE, "ZA*Q1*5*CA"), "quantity", "unit_not_pieces"),
        (("852", "XQ*H*20261104", "CUR*SE*USD", "LIN**SK*A", PRICE, "ZA*Q1*5"), "unit_price", "foreign_currency"),
        (("852", "XQ*H*20261104", "LIN**SK*A", "ZA*QA*5*CA"), "on_hand", "unit_not_pieces"),
        (("852", "XQ*H*2026", "LIN**SK*A", "ZA*QA*5"), "as_of", "message_date_unreadable"),
    ],
)
def test_what_an_852_leaves_open_is_not_guessed(segments: tuple[str, ...], field: str, code: str) -> None:
    (line,), _said = lines_of(x12("~".join(segments)))

    assert line.fault is not None
    assert (line.fault.field, line.fault.code) == (field, code)


LINE = ("QTY*39*4*EA", "LIN**SK*A", "UIT*EA*9.5", "DTM*003*20261103")


@pytest.mark.parametrize("kind", sorted(SALES | RETURNS))
def test_transfers_of_an_867_that_are_sales(kind: str) -> None:
    (line,), _said = resale(kind, *LINE)

    assert isinstance(line, TradeSale)
    assert (line.doc_no, line.line_no, line.unit_price, line.fault) == ("INV-9", "1", "9.5", None)
    assert (line.quantity, line.sold_at) == ("-4" if kind in RETURNS else "4", "2026-11-03T00:00:00+08:00")


@pytest.mark.parametrize("kind", sorted(TRANSFERS))
def test_transfers_of_an_867_that_are_no_sales_are_remarked(kind: str) -> None:
    read, said = resale(kind, *LINE)

    assert (read, f"PTD {kind} (1)" in said) == ([], True)


@pytest.mark.parametrize("kind", [*sorted(UNDECIDED), "PT", "XX"])
def test_transfers_of_an_867_that_may_be_sales_wait_for_somebody_to_say(kind: str) -> None:
    (line,), _said = resale(kind, *LINE)

    assert line.fault is not None
    assert line.fault.code == "transfer_undecided"


def test_no_transfer_type_is_in_two_tables() -> None:
    tables = (SALES, RETURNS, TRANSFERS, UNDECIDED)
    assert sum(map(len, tables)) == len(frozenset().union(*tables))


@pytest.mark.parametrize("code", ["17", "33"])
def test_qualifier_33_is_stock_in_x12(code: str) -> None:
    (line,), _said = resale("SS", f"QTY*{code}*40*EA", "LIN**SK*A")

    assert isinstance(line, StockLine)
    assert line.on_hand == "40"


def test_qualifier_33_is_no_stock_in_edifact() -> None:
    read, said = stock("LIN+1++A:SA", "QTY+33:40")

    assert (read, "QTY 33 (1)" in said) == ([], True)


@pytest.mark.parametrize(
    ("segments", "price"),
    [
        (("QTY*39*4", "LIN**SK*A", "AMT*LI*9.5"), "9.5"),
        (("QTY*39*4", "LIN**SK*A", "AMT*1*38"), "9.5"),
        (("QTY*39*3", "LIN**SK*A", "AMT*1*10"), ""),
        (("QTY*39*4", "LIN**SK*A", "AMT*1*38", "UIT*EA*9.4"), "9.4"),
        (("QTY*39*4", "LIN**SK*A", "AMT*TT*38"), ""),
        (("SII*SK*A*4*EA*9.50",), "9.50"),
    ],
)
def test_the_price_of_an_867_is_stated_or_comes_out_even(segments: tuple[str, ...], price: str) -> None:
    (line,), _said = resale("SS", *segments)

    assert isinstance(line, TradeSale)
    assert line.unit_price == price
    assert (line.fault is None) == bool(price)


@pytest.mark.parametrize(
    ("purpose", "code"), [("00", ""), ("05", ""), ("07", ""), ("01", "purpose_not_taken"), ("03", "purpose_not_taken")]
)
def test_an_867_that_cancels_is_not_taken(purpose: str, code: str) -> None:
    (line,), _said = resale("SS", *LINE, heading=f"BPT*{purpose}*R1*20261104")

    assert isinstance(line, TradeSale)
    assert (line.fault.code if line.fault else "") == code
    assert (int(line.revision) > 1_000_000) if purpose == "05" else line.revision == ""


def test_an_867_names_customer_place_and_document() -> None:
    (line, other), _said = resale(
        "SS", "N1*EN*Mr. Wu*92*C-77", "N1*ST*Wu*92*C-77", "N4*Harbin*HL*150000*CN*RR*C001", *LINE, "QTY*76*1",
        "LIN**SK*A", "UIT*EA*9",
    )  # fmt: skip

    assert isinstance(line, TradeSale)
    assert isinstance(other, TradeSale)
    assert (line.customer, line.location, line.doc_no, line.line_no) == ("C-77", "C001", "INV-9", "1")
    assert (other.quantity, other.line_no) == ("-1", "2")


@pytest.mark.parametrize(
    ("code", "read_as"),
    [("145", "on_hand"), ("17", "on_hand"), ("198", "in_transit"), ("57", "in_transit")],
)
def test_quantities_of_an_invrpt(code: str, read_as: str) -> None:
    (line,), _said = stock("LIN+1++A:SA", f"QTY+{code}:40:PCE")

    assert isinstance(line, StockLine)
    assert getattr(line, read_as) == "40"


@pytest.mark.parametrize("code", ["33", "21", "66", "97", "98", "124", "146", "153", "157", "197", "199", "77"])
def test_other_quantities_of_an_invrpt_are_remarked(code: str) -> None:
    read, said = stock("LIN+1++A:SA", f"QTY+{code}:40")

    assert (read, f"QTY {code} (1)" in said) == ([], True)


def test_places_and_days_of_an_invrpt_follow_the_quantity() -> None:
    read, _said = stock(
        "NAD+GY+HERE::9", "LIN+1++A:SA", "QTY+145:1", "LOC+14+W1::9", "QTY+145:2", "LOC+14+W2::9",
        "DTM+366:202611041830:203", "LIN+2++B:SA", "QTY+145:3",
    )  # fmt: skip

    assert [(line.location, line.on_hand, line.as_of) for line in read if isinstance(line, StockLine)] == [
        ("W1", "1", "2026-11-04T23:59:59+08:00"),
        ("W2", "2", "2026-11-04T18:30:00+08:00"),
        ("HERE", "3", "2026-11-04T23:59:59+08:00"),
    ]


@pytest.mark.parametrize(
    ("figures", "fault"),
    [(("300", "150", "100", "50"), ""), (("300", "100"), "stock_contradicts_itself"), (("3",), "")],
)
def test_parts_of_a_stock_are_not_added_to_it(figures: tuple[str, ...], fault: str) -> None:
    (line,), _said = stock("LIN+1++A:SA", *(f"QTY+145:{figure}" for figure in figures))

    assert isinstance(line, StockLine)
    assert (line.on_hand, line.fault.code if line.fault else "") == (figures[0], fault)


def test_a_movement_is_no_stock() -> None:
    assert stock("LIN+1++A:SA", "QTY+145:4", "INV+1")[0] == []


SOLD = ("LOC+162+S1::9", "LIN+1++4006381333931:EN", "PRI+AAE:9,50::RTP", "QTY+153:2:PCE")


@pytest.mark.parametrize(("code", "quantity"), [("153", "2"), ("25", "2"), ("61", "-2")])
def test_quantities_of_an_slsrpt(code: str, quantity: str) -> None:
    (line,), _said = sales(*SOLD[:-1], f"QTY+{code}:2:PCE")

    assert isinstance(line, TradeSale)
    assert (line.quantity, line.unit_price, line.fault) == (quantity, "9.50", None)
    assert (line.doc_no, line.line_no) == ("R1-S1-R" if code == "61" else "R1-S1", "1")


@pytest.mark.parametrize("code", ["33", "77", "145", "21", "47"])
def test_other_quantities_of_an_slsrpt_are_remarked(code: str) -> None:
    read, said = sales(*SOLD[:-1], f"QTY+{code}:2")

    assert (read, f"QTY {code} (1)" in said) == ([], True)


@pytest.mark.parametrize(
    ("segment", "price", "needs"),
    [
        ("PRI+AAE:9.5", "9.5", ()),
        ("PRI+AAC:9.5", "9.5", ()),
        ("PRI+AAA:9.5", "9.5", ("net_price_is_paid",)),
        ("PRI+AAB:9.5", "9.5", ("net_price_is_paid",)),
        ("PRI+AAF:9.5", "9.5", ("net_price_is_paid",)),
        ("PRI+CAL:9.5", "9.5", ("net_price_is_paid",)),
        ("PRI+AAA:8'PRI+AAE:9.5", "9.5", ()),
        ("PRI+AAE:9.5'PRI+AAA:8", "9.5", ()),
        ("PRI+AAE:95:::10", "9.5", ()),
        ("PRI+AAE:10:::3", "", ()),
        ("MOA+203:19", "9.5", ("net_price_is_paid",)),
        ("MOA+79:19", "", ()),
        ("IMD+F", "", ()),
    ],
)
def test_prices_of_an_slsrpt(segment: str, price: str, needs: tuple[str, ...]) -> None:
    (line,), _said = sales("LIN+1++A:SA", segment, "QTY+153:2")

    assert isinstance(line, TradeSale)
    assert (line.unit_price, line.needs, line.fault is None) == (price, needs, bool(price))


@pytest.mark.parametrize(
    ("heading", "field", "code"),
    [
        ("BGM+73E+R1+9'DTM+356:2026110420261110:718", "sold_at", "several_days"),
        ("BGM+73E+R1+9'DTM+356:20261104-20261110:718", "sold_at", "several_days"),
        ("BGM+73E+R1+9'DTM+90:20261101:102'DTM+91:20261107:102", "sold_at", "several_days"),
        ("BGM+73E+R1+9'DTM+356:20260230:102", "sold_at", "message_date_unreadable"),
        ("BGM+73E+R1+9'DTM+356:20261104:999", "sold_at", "message_date_unreadable"),
        ("BGM+73E+R1+9'DTM+137:20261104:102", "sold_at", "message_date_unreadable"),
        ("BGM+73E+R1+1'DTM+356:20261104:102", "doc_no", "purpose_not_taken"),
        ("BGM+73E+R1+9'DTM+356:20261104:102'CUX+2:EUR:10", "unit_price", "foreign_currency"),
    ],
)
def test_what_an_slsrpt_leaves_open_is_not_guessed(heading: str, field: str, code: str) -> None:
    (line,), _said = sales(*SOLD, heading=heading)

    assert line.fault is not None
    assert (line.fault.field, line.fault.code) == (field, code)


def test_a_period_of_one_day_is_that_day() -> None:
    (line,), _said = sales(*SOLD, heading="BGM+73E+R1+9'DTM+90:20261104:102'DTM+91:20261104:102")

    assert isinstance(line, TradeSale)
    assert (line.sold_at, line.fault) == ("2026-11-04T00:00:00+08:00", None)


def test_line_numbers_of_an_slsrpt_begin_anew_at_each_place_and_may_not_repeat() -> None:
    one = SOLD[1:]
    read, _said = sales("LOC+162+S1", *one, "LOC+162+S2", *one, *one)

    assert [
        (line.doc_no, line.line_no, line.fault and line.fault.code) for line in read if isinstance(line, TradeSale)
    ] == [
        ("R1-S1", "1", None),
        ("R1-S2", "1", None),
        ("R1-S2", "1", "line_number_repeated"),
    ]


def test_an_inventory_report_of_ubl() -> None:
    read, said = lines_of(
        inventory_report(
            ubl_line(1, "12.00", seller_item("A"), unit="C62", place="W1"),
            ubl_line(2, "3", standard_item("4006381333931"), unit="CT"),
            ubl_line(3, "9", seller_item("A"), more="<cbc:AvailabilityDate>2099-01-01</cbc:AvailabilityDate>"),
            header="<cac:InventoryPeriod><cbc:EndDate>2026-11-04</cbc:EndDate><cbc:EndTime>18:30:00Z</cbc:EndTime>"
            "</cac:InventoryPeriod>",
        )
    )

    first, second = read
    assert isinstance(first, StockLine)
    assert (first.on_hand, first.location, first.as_of) == ("12", "W1", "2026-11-05T02:30:00+08:00")
    assert second.fault is not None
    assert (second.fault.code, second.items[0].value) == ("unit_not_pieces", "4006381333931")
    assert "AvailabilityDate 2099-01-01 (1)" in said


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (inventory_report(doctype='<!DOCTYPE x [<!ENTITY a "b">]>'), "xml_with_entities"),
        (inventory_report(doctype='<!DOCTYPE x SYSTEM "http://example.invalid/x.dtd">'), "xml_with_entities"),
        (inventory_report(doctype='<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'), "xml_with_entities"),
        (inventory_report()[:-9], "bad_xml"),
        (inventory_report("<a>" * 40 + "</a>" * 40), "xml_too_deep"),
        (inventory_report("<x>" + "<y/>" * 600 + "</x>"), "xml_too_deep"),
        (b"<InventoryReport/>", "not_an_inventory_report"),
        (inventory_report().replace(b"<cbc:ID>INV-7</cbc:ID>", b""), "ubl_without_id"),
        (b'<?xml version="1.0" encoding="klingon"?><InventoryReport/>', "bad_xml"),
    ],
)
def test_hostile_xml_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(UnreadableMessage) as refused:
        open_messages(body)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("text", "decimal", "read"),
    [
        ("5", ".", "5"), ("5.00", ".", "5"), ("5.", ".", "5"), ("5,5", ".", "5.5"), ("5,5", ",", "5.5"),
        (".5", ".", "0.5"),
        ("1_000", ".", "1_000"), ("NaN", ".", "NaN"), ("５", ".", "５"), ("1,000,000", ".", "1,000,000"), ("", ".", ""),
        ("1e3", ".", "1e3"), ("５.0", ".", "５.0"),
    ],
)  # fmt: skip
def test_numbers_keep_what_only_the_check_may_judge(text: str, decimal: str, read: str) -> None:
    assert plain_number(text, decimal) == read


def test_a_total_is_parted_only_when_it_comes_out_even() -> None:
    assert [unit_price_of(*pair) for pair in (("19", "2"), ("10", "3"), ("-19", "-2"), ("1", "0"), ("NaN", "1"))] == [
        "9.5", "", "9.5", "", ""
    ]  # fmt: skip


def test_document_names_fit_and_differ() -> None:
    long = document_name("852", "20261104", "S" * 80, "A")

    assert len(long) == 64
    assert long != document_name("852", "20261104", "S" * 80, "B")


@pytest.mark.parametrize(
    ("value", "format", "first", "last"),
    [
        ("20261104", "102", "2026-11-04", "2026-11-04"),
        ("261104", "101", "2026-11-04", "2026-11-04"),
        ("202611042359", "203", "2026-11-04", "2026-11-04"),
        ("20261104235900", "204", "2026-11-04", "2026-11-04"),
        ("2026110420261110", "718", "2026-11-04", "2026-11-10"),
        ("202611040000-202611042359", "719", "2026-11-04", "2026-11-04"),
    ],
)
def test_dates_of_edifact(value: str, format: str, first: str, last: str) -> None:
    stretch = edifact_stretch(value, format)

    assert stretch is not None
    assert (str(stretch.first), str(stretch.last)) == (first, last)


@pytest.mark.parametrize(
    ("value", "format"),
    [("20261304", "102"), ("2026-11-04", "102"), ("20261104", "203"), ("202611042460", "203"),
     ("2026111020261104", "718"), ("", "102"), ("２０２６１１０４", "102"), ("20261104", "xx")],
)  # fmt: skip
def test_what_is_no_date_of_edifact(value: str, format: str) -> None:
    assert edifact_stretch(value, format) is None


def test_dates_of_x12() -> None:
    assert x12_stretch("261104") == x12_stretch("20261104")
    assert x12_stretch("20261104", "20261101") is None
    assert x12_stretch("20261104", "", "2561") is None
