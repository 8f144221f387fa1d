"""Organisation codes: the unified social credit code (GB 32100-2015) and its two predecessors.

A valid check character does not show that an enterprise exists, and the region in a code is that of the
office which gave it, not today's address.

The checks are our own: python-stdnum asks for digits in the first two places, which refuses the codes of
departments written with a letter (Y, A, N), and gives no reason that an officer could act on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from operator import mul

from yumiao.model.text import Text

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The 31 characters of a unified social credit code; I, O, S, V and Z are not used."""

_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_CHARACTERS = frozenset(ALPHABET)
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_DEPARTMENTS = {"1": "", "2": "", "3": "", "4": "", "5": "", "6": "", "7": "", "8": "", "9": "123", "Y": "1"}
"""First character -> the second characters it admits; empty: no list is enforced."""
_DEPARTMENTS |= {"A": "", "N": ""}
_EDGES = " \t\r\n\u00a0\u200b\u200c\u200d\ufeff\u3000"
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_LOOKALIKES = {"O": "0", "I": "1", "Z": "2", "S": "5", "V": "U"}


class CodeKind(StrEnum):
    """Which register a code comes from, as far as its shape tells."""

    USCC = "uscc"
    REGISTRATION_NUMBER = "registration_number"
    ORGANISATION_CODE = "organisation_code"
    UNKNOWN = "unknown"


class CodeReason(StrEnum):
    """Why a code is not valid."""

    EMPTY = "empty"
    WRONG_LENGTH = "wrong_length"
    BAD_CHARACTER = "bad_character"
    REGION_NOT_DIGITS = "region_not_digits"
    WRONG_CHECK = "wrong_check"


@dataclass(frozen=True, slots=True)
class CodeCheck:
    """What a code is, and whether it can be right.

    Attributes:
        normalised: trimmed, half-width, upper case; nothing else is changed.
        reason: why it is not valid; None when it is.
        text: the reason as a sentence; empty when valid.
        warnings: what deserves a look but does not make the code wrong.
        expected_check: the right 18th character where the first 17 allow to compute it, else None.
    """

    normalised: str
    kind: CodeKind
    valid: bool
    reason: CodeReason | None = None
    text: Text = Text("")
    warnings: tuple[Text, ...] = ()
    expected_check: str | None = None


def normalise_code(text: str) -> str:
    """Trim, turn full-width characters into half-width ones, and upper-case; never guess a character."""
    return text.translate(_HALF_WIDTH).strip(_EDGES).upper()


def check_character(first_17: str) -> str:
    """Compute the 18th character of a unified social credit code.

    Raises: ValueError unless given 17 characters of the alphabet.
    """
    if len(first_17) != 17 or not _CHARACTERS.issuperset(first_17):
        raise ValueError(f"expected 17 characters out of {ALPHABET}, found {first_17!r}")
    total = sum(map(mul, map(_VALUE.__getitem__, first_17), _WEIGHTS))
    return ALPHABET[(31 - total % 31) % 31]


def organisation_check_character(first_8: str) -> str:
    """Compute the ninth character of an organisation code (GB 11714-1997).

    Raises: ValueError unless given eight digits or capital letters.
    """
    if not re.fullmatch("[0-9A-Z]{8}", first_8):
        raise ValueError(f"expected 8 digits or capital letters, found {first_8!r}")
    total = sum(int(c, 36) * weight for c, weight in zip(first_8, _INNER_WEIGHTS, strict=True))
    rest = 11 - total % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def check_code(text: str) -> CodeCheck:
    """Say what kind of code ``text`` is and whether it is well formed.

    A unified social credit code of 18 characters, a registration number (工商注册号) of 15 digits and an
    organisation code (组织机构代码) of 9 characters are recognised.

    >>> check_code(" ９１３２０４１２MADEM0003l ").valid
    True
    >>> check_code("91320412MADEM0003K").expected_check
    'L'
    """
    code = normalise_code(text)
    if not code:
        sentence = Text("代码为空。", "The code is empty.")
        return CodeCheck(code, CodeKind.UNKNOWN, False, CodeReason.EMPTY, sentence)
    if re.fullmatch("[0-9]{15}", code):
        return CodeCheck(code, CodeKind.REGISTRATION_NUMBER, True, warnings=_registration_warnings(code))
    if re.fullmatch("[0-9A-Z]{8}-?[0-9X]", code):
        return CodeCheck(code, CodeKind.ORGANISATION_CODE, True, warnings=_organisation_warnings(code))
    if len(code) != 18:
        return CodeCheck(code, CodeKind.UNKNOWN, False, CodeReason.WRONG_LENGTH, _length_text(code))
    return _check_uscc(code)


def _check_uscc(code: str) -> CodeCheck:
    first = code[:17]
    expected = check_character(first) if _CHARACTERS.issuperset(first) else None
    refusal = _uscc_refusal(code, expected)
    if refusal is not None:
        reason, sentence = refusal
        return CodeCheck(code, CodeKind.USCC, False, reason, sentence, expected_check=expected)
    return CodeCheck(code, CodeKind.USCC, True, warnings=_uscc_warnings(code), expected_check=expected)


def _uscc_refusal(code: str, expected: str | None) -> tuple[CodeReason, Text] | None:
    if not _CHARACTERS.issuperset(code):
        place = next(place for place, character in enumerate(code) if character not in _CHARACTERS)
        return CodeReason.BAD_CHARACTER, _character_text(place + 1, code[place])
    if not code[2:8].isdigit():
        return CodeReason.REGION_NOT_DIGITS, Text(
            f"第3至8位应为六位数字的行政区划码，实为“{code[2:8]}”。",
            f"Characters 3 to 8 should be the six digits of a division, found “{code[2:8]}”.",
        )
    if code[17] != expected:
        return CodeReason.WRONG_CHECK, Text(
            f"校验码不符：按前17位应为“{expected}”，实为“{code[17]}”；请核对是否有错字或颠倒。",
            f"The check character should be “{expected}”, found “{code[17]}”; look for a typing error.",
        )
    return None


def _character_text(place: int, character: str) -> Text:
    zh = f"第{place}位的“{character}”不在代码字符集内（不使用I、O、S、V、Z）"
    en = f"Character {place}, “{character}”, is not used in such codes (nor are I, O, S, V, Z)"
    twin = _LOOKALIKES.get(character)
    if twin is None:
        return Text(zh + "。", en + ".")
    return Text(f"{zh}；是否应为“{twin}”？", f"{en}; should it be “{twin}”?")


def _length_text(code: str) -> Text:
    return Text(
        f"统一社会信用代码应为18位，实为{len(code)}位。",
        f"A unified social credit code has 18 characters, found {len(code)}.",
    )


def _uscc_warnings(code: str) -> tuple[Text, ...]:
    warnings = []
    seconds = _DEPARTMENTS.get(code[0])
    if seconds is None or (seconds and code[1] not in seconds):
        warnings.append(
            Text(
                f"登记管理部门和机构类别“{code[:2]}”不在已知的目录中。",
                f"Department and category “{code[:2]}” are not on the known list.",
            )
        )
    inner = organisation_check_character(code[8:16])
    if inner != code[16]:
        warnings.append(_inner_text(inner, code[16]))
    return tuple(warnings)


def _organisation_warnings(code: str) -> tuple[Text, ...]:
    inner = organisation_check_character(code[:8])
    return () if inner == code[-1] else (_inner_text(inner, code[-1]),)


def _inner_text(expected: str, found: str) -> Text:
    return Text(
        f"组织机构代码的校验码应为“{expected}”，实为“{found}”（GB 11714，仅提示）。",
        f"The organisation code should end with “{expected}”, found “{found}” (GB 11714, a hint only).",
    )


def _registration_warnings(code: str) -> tuple[Text, ...]:
    product = 10
    for digit in code[:14]:
        product = ((product + int(digit) - 1) % 10 + 1) * 2 % 11
    expected = str((11 - product) % 10)
    if expected == code[14]:
        return ()
    return (
        Text(
            f"注册号末位校验码应为“{expected}”，实为“{code[14]}”（仅提示）。",
            f"The registration number should end with “{expected}”, found “{code[14]}” (a hint only).",
        ),
    )
