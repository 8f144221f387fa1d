"""Words of a buffer answer as the plain text would."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yumiao.intake.byte_words import Buffer, word

PIECES = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="<"), max_size=20), min_size=1)


def cut(pieces):
    """Join pieces with a mark between them; return the buffer and the places of the pieces."""
    contents = [piece.encode() for piece in pieces]
    ends = np.cumsum([len(content) + 1 for content in contents]) - 1
    return Buffer(b"<".join(contents)), ends - [len(content) for content in contents], ends


@settings(deadline=None)  # the first call pays for imports
@given(PIECES)
def test_texts_at_places_are_the_pieces_that_were_joined(pieces):
    buffer, starts, ends = cut(pieces)

    assert buffer.texts_at(starts, ends).to_list() == pieces


@settings(deadline=None)  # the first call pays for imports
@given(PIECES)
def test_places_of_a_byte_are_those_of_the_marks(pieces):
    buffer, _, ends = cut(pieces)

    assert buffer.places_of(b"<").tolist() == ends[:-1].tolist()


@settings(deadline=None)  # the first call pays for imports
@given(st.lists(st.one_of(st.integers(0, 10**9).map(str), st.text("0123456789:/ a", max_size=9)), min_size=1))
def test_numbers_at_places_are_those_of_one_to_eight_digits(pieces):
    buffer, starts, ends = cut(pieces)

    numbers, found = buffer.numbers_at(starts, ends - starts)

    expected = [piece.isdigit() and len(piece) <= 8 for piece in pieces]
    assert found.tolist() == expected
    assert [number for number, holds in zip(numbers.tolist(), expected, strict=True) if holds] == [
        int(piece) for piece, holds in zip(pieces, expected, strict=True) if holds
    ]


@pytest.mark.parametrize(
    ("text", "length"), [('"', 0), ('1"', 1), ('1234567"', 7), ('12345678"', 8), ("", 8)]
)
def test_lengths_until_a_byte_end_at_eight(text, length):
    assert Buffer(text.encode()).lengths_until(b'"', np.array([0])).tolist() == [length]


def test_a_text_is_found_only_where_all_of_it_stands():
    buffer = Buffer(b"abcdefgh12345678 abcdefgh1234567")

    assert buffer.has_text(np.array([0, 17, 32]), b"abcdefgh12345678").tolist() == [True, False, False]


def test_a_word_is_the_number_that_the_buffer_shows():
    assert int(Buffer(b"<c r=").fours[0]) == word(b"<c r")


def test_bytes_that_are_not_utf_8_are_refused():
    with pytest.raises(UnicodeDecodeError):
        Buffer(b"\xff")
