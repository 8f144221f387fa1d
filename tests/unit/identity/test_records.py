"""What is known of a party."""

import datetime as dt

import pytest

from yumiao.identity.codes import CodeKind
from yumiao.identity.records import DatedName, KnownCode, Party, codes_agree, read_code

USCC = "91320412MADEM0003L"
OTHER = "91350100M000100Y43"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (" ９１３２０４１２MADEM0003l", KnownCode(USCC, CodeKind.USCC, True, "MADEM0003")),
        ("MADEM000-3", KnownCode("MADEM0003", CodeKind.ORGANISATION_CODE, True, "MADEM0003")),
        ("320400000012345", KnownCode("320400000012345", CodeKind.REGISTRATION_NUMBER, True)),
        ("91320412MADEM0003K", KnownCode("91320412MADEM0003K", CodeKind.USCC, False)),
        ("甲", KnownCode("甲", CodeKind.UNKNOWN, False)),
    ],
)
def test_code_is_recognised_with_the_older_one_in_it(text, code):
    assert read_code(text) == code


@pytest.mark.parametrize(
    ("left", "right", "agree"),
    [
        (USCC, USCC, True),
        (USCC, OTHER, False),
        (USCC, "MADEM0003", True),
        (USCC, "MADEM0011", False),
        (USCC, "320400000012345", None),
        ("320400000012345", "320400000012345", True),
        ("320400000012345", "320400000012346", False),
        (USCC, "91320412MADEM0003K", None),
        (USCC, "", None),
    ],
)
def test_codes_of_different_kinds_are_related(left, right, agree):
    assert codes_agree(read_code(left), read_code(right)) is agree
    assert codes_agree(read_code(right), read_code(left)) is agree


def test_two_codes_around_one_organisation_code_are_left_open():
    moved = "92320412MADEM0003"
    code = read_code(
        moved + next(c for c in "0123456789ABCDEFGHJKLMNPQRTUWXY" if read_code(moved + c).is_valid)
    )

    assert codes_agree(read_code(USCC), code) is None


FIRST = DatedName("常州伟业机械厂", None, dt.date(2000, 5, 1))
SECOND = DatedName("常州伟业机械有限公司", dt.date(2000, 5, 1), dt.date(2010, 1, 1))
UNDATED = DatedName("常州旧名厂")


@pytest.mark.parametrize(
    ("former_names", "day", "name"),
    [
        ((FIRST, SECOND), "1999-01-01", "常州伟业机械厂"),
        ((SECOND, FIRST), "2000-04-30", "常州伟业机械厂"),
        ((FIRST, SECOND), "2000-05-01", "常州伟业机械有限公司"),
        ((FIRST, SECOND), "2010-01-01", "伟业科技"),
        ((SECOND,), "1999-01-01", None),
        ((FIRST, UNDATED), "2015-01-01", None),
        ((), "2015-01-01", "伟业科技"),
    ],
)
def test_name_of_a_day_follows_from_the_dates_of_former_names(former_names, day, name):
    assert Party("1", "伟业科技", former_names).name_on(dt.date.fromisoformat(day)) == name


def test_party_bore_its_former_names_in_any_writing():
    party = Party("1", "常州伟业机械有限公司", (FIRST,))

    assert party.bore("常州偉業機械 廠")
    assert party.bore("常州伟业机械有限责任公司")
    assert not party.bore("常州伟业")
