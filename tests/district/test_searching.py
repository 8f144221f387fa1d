"""Finding subjects: from one character on, by every name they ever had, by reading, by number."""

import pytest
from tests.district.districts import FIRMS

from yumiao.district.registry import keys
from yumiao.district.registry.models import Subject
from yumiao.district.registry.searching import matching

NAMES = {row[0]: firm for firm, row in FIRMS.items()}


def found(text):
    return {NAMES[subject.name] for subject in Subject.objects.filter(matching(text))}


@pytest.mark.parametrize(
    ("text", "firms"),
    [
        ("衡", {"hengzhou"}),
        ("常", {"hengzhou", "jiahe", "tianning"}),
        ("衡舟精密", {"hengzhou"}),
        ("衡舟轴承", {"hengzhou"}),
        ("轴", {"hengzhou"}),
        ("hengzhou", {"hengzhou"}),
        ("hengz", {"hengzhou"}),
        ("HengZhou JingMi", {"hengzhou"}),
        ("qing", {"qingmu"}),
        ("hzjm", {"hengzhou"}),
        ("czjh", {"jiahe"}),
        ("q", {"qingmu"}),
        ("0000234y", {"qingmu"}),
        ("91320402", {"tianning"}),
        ("９１３２０４０２", {"tianning"}),
        ("舟衡", set()),
        ("zhouheng", {"hengzhou"}),
        ("jingzhou", set()),
        ("没有这家", set()),
        ("%", set()),
        ("_", set()),
        ("", set(FIRMS)),
        ("  ", set(FIRMS)),
    ],
)
def test_search_for_text_finds_exactly_these(text, firms):
    assert found(text) == firms


@pytest.mark.parametrize("row", FIRMS.values(), ids=FIRMS)
def test_search_for_any_part_of_name_reading_or_code_finds_the_firm(row):
    name, code = keys.normalise(row[0]), keys.normalise(row[1])
    reading = keys.read_name(name)
    for text in (name, code, reading.pinyin, reading.initials):
        for start in range(len(text)):
            if text is reading.pinyin and not _starts_syllable(reading, start):
                continue
            for end in range(start + 1, min(len(text), start + 9) + 1):
                assert NAMES[row[0]] in found(text[start:end]), text[start:end]


def _starts_syllable(reading, start):
    starts = [0]
    for syllable in reading.syllables:
        starts.append(starts[-1] + len(syllable))
    return start in starts


def test_syllable_range_holds_what_begins_so_and_nothing_else():
    first, end = keys.syllable_range("zh")

    inside = [
        letters
        for letters in ("z", "za", "zh", "zha", "zhuang", "zi", "a")
        if first <= keys.syllable_key(letters) < end
    ]

    assert inside == ["zh", "zha", "zhuang"]


def test_keys_of_all_kinds_fit_a_signed_64_bit_column():
    highest = max(keys.keys_of([chr(0x10FFFF) * 2, "庄"], ["z" * 18]))

    assert 0 < highest < 2**63
