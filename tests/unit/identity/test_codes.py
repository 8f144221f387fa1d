"""Organisation codes: the published examples, and what the check character is able to catch."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yumiao.identity.codes import (
    ALPHABET,
    CodeKind,
    CodeReason,
    check_character,
    check_code,
    normalise_code,
    organisation_check_character,
)

CORRECT = {
    "91350100M000100Y43": "3",
    "91320412MADEM0003L": "L",
    "1232041246800009XL": "L",
    "93320412MAFARM000X": "X",
    "91320412MA00003570": "0",
    "91320412MA0000234Y": "Y",
}
INCORRECT = {
    "91350100M000100Y4Z": (CodeReason.BAD_CHARACTER, "3"),
    "91320412MADEM0003K": (CodeReason.WRONG_CHECK, "L"),
    "91320412MADEM00O3L": (CodeReason.BAD_CHARACTER, None),
    "91320412MADEM0030L": (CodeReason.WRONG_CHECK, "E"),
    "91320412MADEM000L": (CodeReason.WRONG_LENGTH, None),
    "91320421MADEM0003L": (CodeReason.WRONG_CHECK, "M"),
}


@st.composite
def correct_codes(draw):
    head = draw(st.sampled_from(["91", "92", "93", "12", "52", "Y1", "A1", "N1"]))
    region = draw(st.text("0123456789", min_size=6, max_size=6))
    body = draw(st.text(ALPHABET, min_size=9, max_size=9))
    first_17 = head + region + body
    return first_17 + check_character(first_17)


@pytest.mark.parametrize("code", CORRECT)
def test_a_correct_code_is_valid_without_any_warning(code):
    check = check_code(code)

    assert (check.kind, check.valid, check.reason, check.warnings) == (CodeKind.USCC, True, None, ())
    assert check.expected_check == CORRECT[code]


@pytest.mark.parametrize("code", INCORRECT)
def test_an_incorrect_code_says_why_and_what_its_last_character_should_be(code):
    check = check_code(code)

    assert not check.valid
    assert (check.reason, check.expected_check) == INCORRECT[code]
    assert check.text.zh
    assert check.text.en


def test_a_letter_o_is_reported_with_its_place_and_never_turned_into_a_zero():
    check = check_code("91320412MADEM00O3L")

    assert check.normalised == "91320412MADEM00O3L"
    assert "第16位" in check.text.zh
    assert "“0”" in check.text.zh


def test_a_letter_in_the_region_is_refused():
    assert check_code("91A20412MADEM0003L").reason is CodeReason.REGION_NOT_DIGITS


def test_blanks_around_full_width_characters_and_lower_case_are_normalised():
    assert normalise_code("\ufeff　９１３２０４１２madem0003l\t") == "91320412MADEM0003L"


def test_an_empty_cell_is_no_code():
    assert check_code(" ").reason is CodeReason.EMPTY


def test_two_digits_in_the_region_swapped_back_make_the_code_right_again():
    assert check_code("91320412MADEM0003L").valid
    assert not check_code("91320421MADEM0003L").valid


def test_a_wrong_inner_check_character_is_only_a_warning():
    first_17 = "91320412MADEM0004"
    check = check_code(first_17 + check_character(first_17))

    assert check.valid
    assert [warning.zh for warning in check.warnings] == [
        "组织机构代码的校验码应为“3”，实为“4”（GB 11714，仅提示）。"
    ]


def test_an_unknown_department_is_only_a_warning():
    first_17 = "94320412MADEM0003"
    check = check_code(first_17 + check_character(first_17))

    assert check.valid
    assert "“94”" in check.warnings[0].zh


def test_a_registration_number_of_15_digits_is_recognised():
    check = check_code("110108000000016")

    assert (check.kind, check.valid, check.warnings) == (CodeKind.REGISTRATION_NUMBER, True, ())
    assert (
        check_code("110108000000017").warnings[0].en.startswith("The registration number should end with “6”")
    )


@pytest.mark.parametrize("code", ["46800009X", "46800009-X"])
def test_an_organisation_code_of_9_characters_is_recognised(code):
    check = check_code(code)

    assert (check.kind, check.valid, check.warnings) == (CodeKind.ORGANISATION_CODE, True, ())


def test_check_characters_refuse_text_of_another_shape():
    with pytest.raises(ValueError, match="17 characters"):
        check_character("913")
    with pytest.raises(ValueError, match="8 digits"):
        organisation_check_character("1234567a")


@given(correct_codes())
def test_every_code_with_its_own_check_character_is_valid(code):
    assert check_code(code).valid


@given(correct_codes(), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_every_substitution_of_one_character_is_caught(code, place, other):
    changed = code[:place] + other + code[place + 1 :]

    assert check_code(changed).valid == (changed == code)


@given(correct_codes(), st.integers(0, 16))
def test_every_swap_of_neighbours_is_caught(code, place):
    changed = code[:place] + code[place + 1] + code[place] + code[place + 2 :]

    assert check_code(changed).valid == (changed == code)


@given(correct_codes(), st.integers(0, 17), st.integers(0, 17))
def test_every_swap_of_two_characters_is_caught_except_of_the_first_with_the_last(code, one, other):
    """The weights are powers of 3 modulo the prime 31, all different but for places 1 and 18."""
    swapped = list(code)
    swapped[one], swapped[other] = swapped[other], swapped[one]
    changed = "".join(swapped)

    if {one, other} == {0, 17} or changed == code:
        return
    assert not check_code(changed).valid


def test_a_swap_of_the_first_with_the_last_character_can_pass():
    code = next(c for n in range(1000) if (c := _code_ending_in_1(n)) is not None)

    assert check_code(code).valid
    assert check_code(code[-1] + code[1:-1] + code[0]).valid


def _code_ending_in_1(number: int) -> str | None:
    first_17 = f"5132041200000{number:04d}"
    return first_17 + "1" if check_character(first_17) == "1" else None
