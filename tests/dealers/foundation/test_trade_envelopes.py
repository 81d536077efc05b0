"""Envelopes of X12 and EDIFACT: separators, control numbers, control totals, and files that are broken."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydifact.segmentcollection import Interchange as PydifactInterchange
from pyx12.x12file import X12Reader

from dealers.foundation.tabular import UnusableFile
from dealers.foundation.trade_messages import TradeFormat, open_messages, recognise
from dealers.foundation.trade_messages.segments import Separators, cut_segments, split_segment
from tests.messages import UNA, edifact, inventory_report, seller_item, ubl_line, x12

ACTIVITY = "852~XQ*H*20261104~LIN**SK*SKU-1~ZA*QA*12"
SALES = "SLSRPT'BGM+73E::9+R1+9'LOC+162+S1'DTM+356:20261104:102'LIN+1++SKU-1:SA'PRI+AAE:9.5'QTY+153:2'"


def faults_of(body: bytes) -> list[tuple[str, bool]]:
    return [(fault.code, fault.is_error) for message in open_messages(body).messages for fault in message.faults]


@pytest.mark.parametrize(
    ("body", "format"),
    [
        (x12(ACTIVITY), TradeFormat.X12),
        (b"\r\n" + x12(ACTIVITY), TradeFormat.X12),
        (edifact(SALES), TradeFormat.EDIFACT),
        (edifact(SALES, una=False), TradeFormat.EDIFACT),
        (b"\xef\xbb\xbf" + inventory_report(ubl_line(1, "3", seller_item("SKU-1"))), TradeFormat.UBL),
        (b"ISABELLA,1,2", None),
        (b"UNBELIEVABLE", None),
        (b"dealer,doc_no\n", None),
        (b"<html></html>", None),
        (b"", None),
    ],
)
def test_a_format_is_told_by_its_content(body: bytes, format: TradeFormat | None) -> None:
    assert recognise(body) is format


@pytest.mark.parametrize("body", [x12(ACTIVITY, ACTIVITY), edifact(SALES, SALES), edifact(SALES, una=False)])
def test_right_totals_are_no_fault(body: bytes) -> None:
    assert faults_of(body) == []


@pytest.mark.parametrize("marks", ["*>~", "|:\n", "+<'", "\x1d\x1f\x1e", "^&\r"])
def test_x12_declares_its_own_separators(marks: str) -> None:
    (message,) = open_messages(x12(ACTIVITY, marks=marks)).messages

    assert (message.kind, message.control_no, message.segments, message.faults) == ("852", "0001", 5, [])


@pytest.mark.parametrize(
    ("was", "now", "code", "fatal"),
    [
        ("SE*5*0001", "SE*4*0001", "segment_count_wrong", False),
        ("SE*5*0001", "SE*five*0001", "segment_count_wrong", False),
        ("SE*5*0001", "SE*５*0001", "segment_count_wrong", False),
        ("SE*5*0001", "SE*5*0002", "control_number_differs", False),
        ("GE*1*7", "GE*2*7", "message_count_wrong", False),
        ("GE*1*7", "GE*1*8", "control_number_differs", False),
        ("IEA*1*", "IEA*3*", "group_count_wrong", False),
        ("IEA*1*000000001", "IEA*1*000000002", "control_number_differs", False),
        ("SE*5*0001~", "", "cut_short", True),
        ("GE*1*7~", "", "cut_short", False),
        ("IEA*1*000000001~", "", "cut_short", False),
        ("IEA*1*000000001~", "IEA*1*000000001", "cut_short", False),
    ],
)
def test_x12_control_totals_are_checked(was: str, now: str, code: str, fatal: bool) -> None:
    text = x12(ACTIVITY).decode()
    assert was in text

    assert (code, fatal) in faults_of(text.replace(was, now).encode())


@pytest.mark.parametrize(
    ("was", "now", "code", "fatal"),
    [
        ("UNT+8+1'", "UNT+7+1'", "segment_count_wrong", False),
        ("UNT+8+1'", "UNT+8+2'", "control_number_differs", False),
        ("UNZ+1+REF1", "UNZ+2+REF1", "message_count_wrong", False),
        ("UNZ+1+REF1", "UNZ+1+REF2", "control_number_differs", False),
        ("UNT+8+1'", "", "cut_short", True),
        ("UNZ+1+REF1'", "", "cut_short", False),
        ("UNZ+1+REF1'", "UNZ+1+REF1", "cut_short", False),
        ("UNZ+1+REF1'", "UNZ+1+REF1?'", "cut_short", False),
    ],
)
def test_edifact_control_totals_are_checked(was: str, now: str, code: str, fatal: bool) -> None:
    text = edifact(SALES).decode()
    assert was in text

    assert (code, fatal) in faults_of(text.replace(was, now).encode())


def test_a_control_number_used_twice_is_a_fault() -> None:
    twice = x12(ACTIVITY, ACTIVITY).replace(b"*0002", b"*0001")

    assert [fault.code for fault in list(open_messages(twice).messages)[1].faults] == ["control_number_repeated"]
    assert ("control_number_repeated", False) in faults_of(x12(ACTIVITY) + x12(ACTIVITY))
    assert ("control_number_repeated", False) in faults_of(edifact(SALES) + edifact(SALES))


def test_a_fault_of_one_group_leaves_the_messages_of_another_alone() -> None:
    body = x12(ACTIVITY).replace(b"GE*1*7", b"GE*2*7") + x12(ACTIVITY, control="000000002")

    first, second = open_messages(body).messages

    assert ([fault.code for fault in first.faults], second.faults) == (["message_count_wrong"], [])


def test_groups_of_edifact_are_counted() -> None:
    grouped = edifact(SALES, una=False).replace(b"UNH+1", b"UNG+SLSRPT+A+B+260101:1200+9+UN+D:96A'UNH+1", 1)
    grouped = grouped.replace(b"UNZ+1", b"UNE+1+9'UNZ+1")

    assert faults_of(grouped) == []
    assert ("message_count_wrong", False) in faults_of(grouped.replace(b"UNE+1", b"UNE+2"))


def test_data_between_messages_is_a_fault() -> None:
    assert ("segment_out_of_place", False) in faults_of(x12(ACTIVITY).replace(b"GE*1", b"ZA*QS*1~GE*1"))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"ISA*00*~", "isa_length"),
        (x12(ACTIVITY)[:90], "isa_length"),
        (x12(ACTIVITY).replace(b"*P*>~", b"*P*A~", 1), "bad_separators"),
        (x12(ACTIVITY).replace(b"*P*>~", b"*P**~", 1), "isa_length"),
        (x12(ACTIVITY) + b"rubbish behind", "no_isa"),
        (x12(ACTIVITY).replace(b"SKU-1", b"\xff\xfe"), "not_utf8"),
        (x12(), "no_messages"),
        (x12(ACTIVITY).replace(b"SKU-1", b"x" * 40_000), "segment_too_long"),
        (b"UNA:+.? '", "no_unb"),
        (b"UNA:+.?", "no_unb"),
        (b"UNA::.? 'UNB:UNOC:3+S+R+260101:1200+1'", "bad_separators"),
        (edifact(SALES).replace(b"UNOC", b"UNOX"), "unknown_character_set"),
        (edifact(SALES, charset="UNOA").replace(b"SKU-1", "SKU-é".encode()), "bad_characters"),
        (edifact(SALES, charset="UNOY").replace(b"SKU-1", b"\xff"), "bad_characters"),
        (edifact(), "no_messages"),
        (edifact(SALES) + edifact(SALES, charset="UNOY"), "several_character_sets"),
        (b"a,b\n1,2\n", "no_trade_message"),
        (b"", "no_trade_message"),
    ],
    # By the fault alone: a message holds the minute it was made in, and two workers have to name a test alike.
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_what_cannot_be_read_is_refused_whole(body: bytes, code: str) -> None:
    with pytest.raises(UnusableFile) as refused:
        open_messages(body)

    assert refused.value.code == code
    assert refused.value.render()


@pytest.mark.parametrize("charset", ["UNOC", "UNOY"])
def test_characters_are_read_by_the_set_that_is_named(charset: str) -> None:
    file = open_messages(edifact(SALES.replace("R1", "Müller"), charset=charset))
    (message,) = file.messages

    assert next(s for s in file.segments_of(message) if s.tag == "BGM").get(2) == "Müller"


def test_too_many_messages_are_refused() -> None:
    with pytest.raises(UnusableFile, match="2000"):
        open_messages(x12(*["852"] * 2_001))


def test_released_marks_are_text() -> None:
    file = open_messages(edifact(SALES.replace("R1", "a?+b?:c??d??")))
    (message,) = file.messages

    segment = next(s for s in file.segments_of(message) if s.tag == "BGM")

    assert (segment.number, segment.get(2), segment.get(3)) == (3, "a+b:c?d?", "9")


components = st.text(
    st.characters(min_codepoint=32, max_codepoint=0xFF, exclude_characters="\x7f\xa0\xad\x85"), max_size=8
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.lists(components, min_size=1, max_size=3), min_size=1, max_size=4), min_size=1, max_size=5))
def test_what_is_written_with_release_characters_is_read_back(segments: list[list[list[str]]]) -> None:
    def written(text: str) -> str:
        return "".join(f"?{mark}" if mark in "+:'?" else mark for mark in text)

    lines = ["XYZ+" + "+".join(":".join(map(written, element)) for element in segment) for segment in segments]
    text = "\r\n".join(line + "'" for line in lines)
    marks = Separators("+", ":", "'", release="?")

    read = [split_segment(cut, number, marks) for number, cut in enumerate(cut_segments(text, 0, marks), 1)]

    assert [[list(element) for element in segment.elements] for segment in read] == segments


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 400), st.sampled_from([x12(ACTIVITY), edifact(SALES)]))
def test_no_damage_makes_the_reader_fail_otherwise_than_by_refusing(noise: bytes, place: int, body: bytes) -> None:
    damaged = body[:place] + noise + body[place + len(noise) :]
    try:
        list(open_messages(damaged).messages)
    except UnusableFile as refusal:
        assert refusal.render()


def test_other_readers_see_the_same_segments() -> None:
    """Our reader's segments are those of `pyx12` and `pydifact`, on files that these can read."""
    import io
    import warnings

    body = x12(ACTIVITY).decode()
    file = open_messages(body.encode())
    ours = [(s.tag, [e[0] for e in s.elements]) for m in file.messages for s in file.segments_of(m)]
    theirs = [
        (segment.get_seg_id(), [str(segment.get(f"{n:02d}") or "") for n in range(1, len(segment) + 1)])
        for segment in X12Reader(io.StringIO(body))
    ]
    assert [each for each in theirs if each[0] not in ("ISA", "GS", "GE", "IEA")] == ours

    body = edifact(SALES).decode("latin-1")
    assert body.startswith(UNA)
    file = open_messages(body.encode("latin-1"))
    ours = [s.tag for m in file.messages for s in file.segments_of(m)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = [segment.tag for segment in PydifactInterchange.from_str(body).segments]
    assert theirs == [tag for tag in ours]
