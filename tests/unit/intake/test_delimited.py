"""Separated text is split as the standard library splits it, whatever the size of the blocks."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yumiao.intake import delimited, text_blocks
from yumiao.intake.delimited import read_delimited
from yumiao.model.problems import YumiaoError

FIELDS = st.text(st.sampled_from(list('甲乙ab1 ,"\n\r\u3000;')), max_size=6)
ENDS = st.sampled_from(["\n", "\r\n"])
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"])
TABLES = st.lists(st.lists(FIELDS, min_size=1, max_size=4), min_size=1, max_size=8)


def as_the_library(content: str) -> list[list[str | None]]:
    records = [record or [""] for record in csv.reader(io.StringIO(content, newline=""), strict=True)]
    width = max(map(len, records))
    padded = [record + [""] * (width - len(record)) for record in records]
    return [[field if field.strip() else None for field in record] for record in padded]


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(text_blocks, "BLOCK_BYTES", 7)


def read(folder, content: bytes, name: str = "t.csv"):
    path = folder / name
    path.write_bytes(content)
    return read_delimited(path)


@settings(max_examples=200, deadline=None)
@given(rows=TABLES, end=ENDS, encoding=ENCODINGS, quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
def test_every_well_formed_text_is_split_as_the_library_splits_it(
    tmp_path_factory, rows, end, encoding, quoting
):
    stream = io.StringIO()
    csv.writer(stream, lineterminator=end, quoting=quoting).writerows(rows)
    expected = as_the_library(stream.getvalue())
    path = tmp_path_factory.mktemp("text") / "t.csv"
    path.write_bytes(stream.getvalue().encode(encoding))

    if all(field is None for row in expected for field in row):
        with pytest.raises(YumiaoError, match="空文件"):
            read_delimited(path)
    else:
        assert read_delimited(path).sheets[0].rows == expected


@pytest.mark.usefixtures("small_blocks")
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_blocks_that_end_anywhere_change_nothing(tmp_path, encoding):
    content = '企业名称,备注\n甲公司,"一,\r\n""二"""\n\n乙公司,三\n丙"公司,四\n丁公司,"五\n六"'

    book = read(tmp_path, content.encode(encoding))

    assert book.sheets[0].rows == as_the_library(content)
    assert book.encoding == encoding


def test_a_wider_row_after_the_first_block_is_kept_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(text_blocks, "BLOCK_BYTES", 64)
    content = "a,b\n" * 100 + "c,d,e\n" + "f\n" * 100

    assert read(tmp_path, content.encode()).sheets[0].rows == as_the_library(content)


def test_a_broken_quote_is_named_with_its_line(tmp_path):
    with pytest.raises(YumiaoError, match="第4行") as refused:
        read(tmp_path, b'a,b\n"c\nd",e\n"f"g,h\n')

    assert (refused.value.code, "line 4" in refused.value.text.en) == ("unreadable_file", True)


def test_a_record_that_never_ends_is_refused_before_memory_is_filled(tmp_path, monkeypatch):
    monkeypatch.setattr(delimited, "_LONGEST_RECORD", 100)

    with pytest.raises(YumiaoError, match="第2行") as refused:
        read(tmp_path, b'a,b\n"' + b"x\n" * 100)

    assert refused.value.code == "unreadable_file"


@pytest.mark.parametrize("name", ["t.csv", "t.tsv", "t.txt"])
def test_tabs_part_fields_where_no_comma_does(tmp_path, name):
    assert read(tmp_path, b"a\tb\nc\td\n", name).sheets[0].rows == [["a", "b"], ["c", "d"]]


def test_utf_8_that_begins_as_ascii_for_long_is_not_taken_for_gb18030(tmp_path):
    content = b"a,b\n" * 5000 + "甲,乙\n".encode("gb18030")

    book = read(tmp_path, content)

    assert (book.encoding, book.sheets[0].rows[-1]) == ("gb18030", ["甲", "乙"])


def test_a_part_in_another_encoding_is_found_also_in_a_large_file(tmp_path, monkeypatch):
    monkeypatch.setattr(text_blocks, "_SMALL", 0)
    content = "甲公司,一\n".encode("gb18030") * 20_000 + "常州甲乙丙丁科技有限公司,二\n".encode() * 2_000

    with pytest.raises(YumiaoError, match="第20001行"):
        read(tmp_path, content)
