"""The law of the journal: any sequence of events verifies, any single change of it does not."""

from dataclasses import asdict, replace

from hypothesis import given
from hypothesis import strategies as st

from yumiao.district.journal.chain import START, Expected, Head, Line, find_faults
from yumiao.model.text import Text

TOKENS = st.text("abcdefgh0123456789", min_size=1, max_size=6)
EVENTS = st.lists(
    st.tuples(st.sampled_from(["person/p1", "person/p2", "register/current"]), TOKENS, TOKENS, TOKENS),
    min_size=1,
    max_size=12,
)
COLUMNS = ("stream", "sequence", "at", "actor", "act", "payload", "previous", "hash")


def chains_of(events):
    """Lines and heads as they are written, streams together."""
    lines, heads = [], {}
    for stream, actor, act, payload in events:
        head = heads.get(stream, Head(stream, 0, START))
        bare = Line(stream, head.sequence + 1, "2026-07-15T01:00:00.000000Z", actor, act, payload, head.hash)
        line = replace(bare, hash=bare.computed_hash())
        lines.append(line)
        heads[stream] = Head(stream, line.sequence, line.hash)
    return in_order(lines), heads


def in_order(lines):
    return sorted(lines, key=lambda line: (line.stream, line.sequence))


def faults(lines, heads, expected=()):
    return [problem.code for problem in find_faults(in_order(lines), heads, expected)]


def changed(value, number):
    """Another value of the same kind, one byte apart."""
    if isinstance(value, int):
        return value + 1 + number % 3
    at = number % len(value)
    return value[:at] + ("x" if value[at] != "x" else "y") + value[at + 1 :]


@given(EVENTS)
def test_any_sequence_of_events_verifies(events):
    lines, heads = chains_of(events)

    assert faults(lines, heads) == []


@given(EVENTS, st.data())
def test_any_byte_changed_in_any_column_is_found(events, data):
    lines, heads = chains_of(events)
    at = data.draw(st.integers(0, len(lines) - 1))
    column = data.draw(st.sampled_from(COLUMNS))
    new = changed(asdict(lines[at])[column], data.draw(st.integers(0, 200)))

    tampered = [*lines[:at], replace(lines[at], **{column: new}), *lines[at + 1 :]]

    assert faults(tampered, heads) != []


@given(EVENTS, st.data())
def test_a_line_changed_with_its_hash_made_anew_is_found(events, data):
    lines, heads = chains_of(events)
    at = data.draw(st.integers(0, len(lines) - 1))
    column = data.draw(st.sampled_from(["at", "actor", "act", "payload"]))
    bare = replace(lines[at], **{column: changed(asdict(lines[at])[column], 3)})

    tampered = [*lines[:at], replace(bare, hash=bare.computed_hash()), *lines[at + 1 :]]

    assert faults(tampered, heads) != []


@given(EVENTS, st.data())
def test_a_deleted_line_is_found(events, data):
    lines, heads = chains_of(events)
    at = data.draw(st.integers(0, len(lines) - 1))

    assert faults([*lines[:at], *lines[at + 1 :]], heads) != []


@given(EVENTS, st.data())
def test_an_inserted_line_is_found(events, data):
    lines, heads = chains_of(events)
    before = data.draw(st.sampled_from(lines))
    forged = replace(before, sequence=before.sequence + 1, previous=before.hash, payload="forged")
    forged = replace(forged, hash=forged.computed_hash())

    assert faults([*lines, forged], heads) != []


@given(EVENTS, st.data())
def test_two_lines_exchanged_are_found(events, data):
    lines, heads = chains_of(events)
    first = data.draw(st.integers(0, len(lines) - 1))
    second = data.draw(st.integers(0, len(lines) - 1).filter(lambda at: at != first or len(lines) == 1))
    if first == second:
        return
    exchanged = list(lines)
    exchanged[first] = replace(lines[first], stream=lines[second].stream, sequence=lines[second].sequence)
    exchanged[second] = replace(lines[second], stream=lines[first].stream, sequence=lines[first].sequence)

    assert faults(exchanged, heads) != []


def test_a_stream_without_any_line_is_found():
    lines, heads = chains_of([("person/p1", "a", "b", "c"), ("person/p2", "a", "b", "c")])

    assert faults(lines[:1], heads) == ["journal.stream_gone"]


def test_a_chain_written_anew_with_its_head_shows_against_a_seal_only():
    lines, heads = chains_of([("person/p1", "a", "b", "c"), ("person/p1", "d", "e", "f")])
    forged, forged_heads = chains_of([("person/p1", "a", "b", "x"), ("person/p1", "d", "e", "f")])
    seal = [Expected("person/p1", 1, lines[0].hash, Text("封印", "seal 1"))]

    assert faults(forged, forged_heads) == []
    assert faults(forged, forged_heads, seal) == ["journal.not_as_sealed"]
    assert faults(lines, heads, seal) == []


def test_every_fault_names_the_line_in_both_languages():
    lines, heads = chains_of([("person/p1", "a", "b", "c"), ("person/p1", "d", "e", "f")])
    tampered = [replace(lines[0], payload="z"), lines[1]]

    (problem,) = find_faults(tampered, heads)

    assert "person/p1 #1" in problem.text.zh
    assert "person/p1 #1" in problem.text.en
