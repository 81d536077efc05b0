"""Credit codes and article numbers are checked to the digit."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dealers.foundation.gtin import check_gtin, make_gtin
from dealers.foundation.uscc import ALPHABET, check_uscc, compact_uscc, is_sole_proprietor, make_uscc, slip_in

NUMBERS = st.integers(0, 99_999_999)
VALID = "91350100M000100Y43"  # the example of the standard itself


@pytest.mark.parametrize("code", [VALID, "91110000600037341L"])
def test_codes_in_use_are_right(code: str) -> None:
    assert check_uscc(code) == ()


@pytest.mark.parametrize(("authority", "kind"), [("A", "1"), ("N", "2"), ("Y", "1"), ("5", "2"), ("1", "A")])
def test_letters_are_legal_in_the_first_positions(authority: str, kind: str) -> None:
    assert check_uscc(make_uscc("A12B34C5", authority=authority, kind=kind)) == ()


@pytest.mark.parametrize(
    ("code", "finding", "sentence"),
    [
        ("", "uscc_missing", "is empty"),
        (VALID[:-1], "uscc_length", "has 17 characters"),
        (f"{VALID}0", "uscc_length", "has 19 characters"),
        (f"0{VALID[1:]}", "uscc_character", "has 0 in position 1, where only 1-9, A, N, Y"),
        (f"B{VALID[1:]}", "uscc_character", "has B in position 1"),
        ("9135O100M000100Y43", "uscc_character", "has O in position 5, where only 0-9"),
        ("91350100M0001I0Y43", "uscc_character", "has I in position 14"),
        ("91350100m000100y43", "uscc_character", "has m in position 9"),
        ("91350100M000100Y4\uff13", "uscc_character", "in position 18"),
        ("91350100M000100Y44", "uscc_check_digit", "has 4 in position 18, where the characters before it ask for 3"),
    ],
)
def test_a_wrong_code_is_told_what_is_wrong(code: str, finding: str, sentence: str) -> None:
    findings = check_uscc(code)
    assert findings[0].code == finding
    assert sentence in str(findings[0])
    assert findings[0].field == "uscc"


def test_the_inner_check_digit_is_looked_at_although_the_outer_one_fits() -> None:
    from stdnum.cn import uscc as outer_only

    start = f"{VALID[:16]}5"
    code = start + outer_only.calc_check_digit(start)
    assert outer_only.is_valid(code)
    assert [str(finding) for finding in check_uscc(code)] == [
        "has 5 in position 17, where the characters before it ask for 4"
    ]


@given(NUMBERS, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_no_single_mistyped_character_passes(number: int, position: int, character: str) -> None:
    code = make_uscc(number)
    mistyped = code[:position] + character + code[position + 1 :]
    assert (check_uscc(mistyped) == ()) is (mistyped == code)


def legal_slips(code: str) -> list[tuple[int, str]]:
    """Every code with one character taken for another that may stand there, with its position."""
    digits = set(range(2, 8))
    return [
        (place + 1, code[:place] + character + code[place + 1 :])
        for place in range(1, 18)
        for character in ("0123456789" if place in digits else ALPHABET)
        if character != code[place]
    ]


@given(NUMBERS)
@settings(max_examples=20)
def test_where_a_single_slip_is_looked_for(number: int) -> None:
    """Exactly what is said: both digits wrong means 9 to 17; only the last means elsewhere, or a multiple of eleven."""
    code = make_uscc(number)
    for position, slipped in legal_slips(code):
        wrong = [finding.params["position"] for finding in check_uscc(slipped)]
        slip = slip_in(slipped)
        assert 18 in wrong and slip is not None
        if 17 in wrong:
            assert 9 <= position <= 17 and "9 to 17" in str(slip)
        else:
            values = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
            apart = values.index(slipped[position - 1]) - values.index(code[position - 1])
            assert position in (*range(1, 9), 18) or apart % 11 == 0
            assert "1 to 8" in str(slip)


@given(NUMBERS, st.integers(0, 16))
def test_no_neighbours_changed_over_pass(number: int, place: int) -> None:
    code = make_uscc(number)
    turned = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert (check_uscc(turned) == ()) is (turned == code)


def test_two_slips_that_balance_in_the_last_digit_are_caught_by_the_inner_one() -> None:
    from stdnum.cn import uscc as outer_only

    start = f"{VALID[:16]}5"
    assert "two characters" in str(slip_in(start + outer_only.calc_check_digit(start)))
    assert slip_in(VALID) is None


@given(NUMBERS)
def test_made_codes_differ_and_are_right(number: int) -> None:
    assert check_uscc(make_uscc(number)) == ()
    assert make_uscc(number) != make_uscc((number + 1) % 100_000_000)


def test_a_code_that_cannot_be_right_is_not_made() -> None:
    with pytest.raises(ValueError, match="position 1"):
        make_uscc(1, authority="0")


def test_printed_codes_are_compacted() -> None:
    assert compact_uscc(" 91350100-m000100y43 ") == VALID


def test_the_prefix_tells_a_sole_proprietor() -> None:
    assert is_sole_proprietor(make_uscc(7, kind="2"))
    assert not is_sole_proprietor(VALID)


@pytest.mark.parametrize("number", ["6901234567892", "96385074", "036000291452", "10012345678902"])
def test_article_numbers_of_every_length_are_right(number: str) -> None:
    assert check_gtin(number) == ()


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("6901234567893", "gtin_check_digit"),
        ("690123456789", "gtin_check_digit"),
        ("69012345678", "gtin_length"),
        ("", "gtin_not_digits"),
        ("69012345678\uff192", "gtin_not_digits"),
        ("690-1234567892", "gtin_not_digits"),
    ],
)
def test_a_wrong_article_number_is_told_what_is_wrong(number: str, code: str) -> None:
    assert [finding.code for finding in check_gtin(number)] == [code]


@given(st.integers(0, 999_999_999))
def test_made_article_numbers_are_right(number: int) -> None:
    assert check_gtin(make_gtin(number)) == ()
    assert len(make_gtin(number)) == 13
