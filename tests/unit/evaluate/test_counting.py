"""Rows counted by filters: what certainly counts, what may, and the laws that hold of both."""

import datetime as dt
from functools import cache

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.shipped_packs import shipped_packs
from tests.unit.evaluate.registers_for_tests import (
    AS_OF,
    FILTERS,
    completions,
    fields_of,
    judge_slowly,
    register_of,
    rows_of,
    rows_with_holes,
)

from yumiao.evaluate.counting import COUNTED, OPEN, count_rows, judge_rows, places_of
from yumiao.evaluate.counting_rows import shape_rows, standing_rows
from yumiao.rules.registers import filters_of

ANY = register_of(all="always", valid="valid")


@cache
def shipped():
    """The register of intellectual property that ships."""
    return shipped_packs().registers["ip"]


def interval(register, rows, name="rights.f", **asked):
    counts = count_rows(rows, register, AS_OF, **asked)
    found = {row["subject"]: (row[f"{name}#low"], row[f"{name}#high"]) for row in counts.table.to_dicts()}
    return found.get("s")


def codes(register, rows, name="rights.f"):
    return count_rows(rows, register, AS_OF).rows[name].to_list()


# ── a row ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=150, deadline=None)
@given(FILTERS, st.lists(rows_with_holes(), min_size=1, max_size=12))
def test_rows_are_judged_as_trying_every_completion_judges_them(text, rows):
    register = register_of(f=text)
    tree = filters_of(register)["rights.f"].tree
    frame = standing_rows(shape_rows(rows_of(register, *rows), register), register, AS_OF)
    frame = frame.with_columns(there=pl.lit(value=True))

    found = judge_rows(frame, register, {"f": tree}, AS_OF)["f"].to_list()

    assert found == [judge_slowly(register, tree, row) for row in rows]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"begun": AS_OF}, COUNTED),
        ({"begun": AS_OF + dt.timedelta(days=1)}, 0),
        ({"begun": None}, COUNTED),
        ({"begun": None, "recorded_at": "2026-07-15T23:59:00+00:00"}, COUNTED),
        ({"begun": None, "recorded_at": "2026-07-16T00:00:00+00:00"}, OPEN),
        ({"begun": None, "recorded_at": "2026-08-01T00:00:00+00:00", "observed_on": AS_OF}, COUNTED),
        ({"begun": AS_OF, "ended": AS_OF}, COUNTED),
        ({"begun": AS_OF, "ended": AS_OF - dt.timedelta(days=1)}, 0),
        ({"begun": None, "ended": AS_OF - dt.timedelta(days=1)}, 0),
    ],
)
def test_row_counts_only_between_its_first_and_last_day(row, code):
    assert codes(ANY, rows_of(ANY, row), "rights.all") == [code]


# ── an interval ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_count_lies_between_the_rows_that_count_and_those_that_may():
    register = register_of(f="valid and rank <= 3 件")
    rows = rows_of(
        register,
        {"valid": True, "rank": 1, "complete": True},
        {"valid": True, "rank": None},
        {"valid": None, "rank": 4},
        {"valid": None, "state": "alive", "rank": 3},
        {"valid": False, "state": "alive", "rank": 3},
    )

    assert interval(register, rows) == (2, 3)


def test_count_has_no_upper_end_where_the_register_may_lack_rows():
    assert interval(ANY, rows_of(ANY, {}, {}), "rights.all") == (2, None)


def test_subject_without_rows_counts_none_where_every_row_is_listed():
    rows = rows_of(ANY, {"subject": "other"})

    assert interval(ANY, rows, "rights.all", complete=["s"]) == (0, 0)
    assert interval(ANY, rows, "rights.all") is None


def test_same_number_in_another_hand_is_one_thing_with_the_latest_known_fields():
    first = {
        "number": "ZL 2019 1 0123456.7",
        "valid": True,
        "kind": "a",
        "recorded_at": "2026-01-05T00:00:00+08:00",
    }
    later = {
        "number": "２０１９１０１２３４５６７",
        "kind": "b",
        "recorded_at": "2026-04-05T00:00:00+08:00",
        "batch": "2",
    }
    register = register_of(f="valid and kind is b")

    counts = count_rows(rows_of(register, first, later), register, AS_OF)

    assert counts.rows.select("valid", "kind", "batch", "cell", "rights.f").rows() == [
        (True, "b", "2", "A3", COUNTED)
    ]


def test_complete_file_replaces_what_was_recorded_before_it_and_not_after():
    rows = rows_of(
        ANY,
        {"number": "1", "recorded_at": "2026-01-05T00:00:00+08:00"},
        {"number": "2", "recorded_at": "2026-04-05T00:00:00+08:00", "complete": True},
        {"number": "3", "recorded_at": "2026-05-05T00:00:00+08:00"},
        {"number": "4", "subject": "t", "recorded_at": "2026-01-05T00:00:00+08:00"},
    )

    standing = standing_rows(shape_rows(rows, ANY), ANY, AS_OF)

    assert standing["number"].to_list() == ["4", "2", "3"]
    assert interval(ANY, rows, "rights.all") == (2, 2)


def test_what_was_observed_after_the_day_is_left_out():
    rows = rows_of(
        ANY,
        {"number": "1", "observed_on": AS_OF, "recorded_at": "2026-08-01T00:00:00+08:00"},
        {"number": "2", "observed_on": AS_OF + dt.timedelta(days=1), "complete": True},
    )

    assert interval(ANY, rows, "rights.all") == (1, None)


def test_file_that_speaks_of_a_later_day_is_later_though_recorded_before():
    day = dt.date(2026, 3, 31)
    earlier = {"observed_on": day, "recorded_at": "2026-06-01T00:00:00+08:00", "kind": "a", "number": "1"}
    later = {
        "observed_on": day + dt.timedelta(days=1),
        "recorded_at": "2026-05-01T00:00:00+08:00",
        "kind": "b",
        "number": "1",
    }

    standing = standing_rows(shape_rows(rows_of(ANY, earlier, later), ANY), ANY, AS_OF)

    assert standing["kind"].to_list() == ["b"]


BELIEVED = ("office", "town")
EARLY, LATE = dt.date(2026, 3, 31), dt.date(2026, 6, 30)


def standing_numbers(*rows):
    frame = shape_rows(rows_of(ANY, *rows), ANY)
    return standing_rows(frame, ANY, AS_OF, BELIEVED)["number"].to_list()


@pytest.mark.parametrize(
    ("first", "second", "standing"),
    [
        (("office", EARLY), ("office", LATE), ["2"]),
        (("town", EARLY), ("office", LATE), ["2"]),
        (("office", EARLY), ("town", LATE), ["1", "2"]),
        (("office", LATE), ("town", EARLY), ["2", "1"]),
        (("town", LATE), ("office", EARLY), ["2", "1"]),
        (("elsewhere", EARLY), ("town", LATE), ["2"]),
        ((None, EARLY), ("town", LATE), ["2"]),
    ],
)
def test_complete_file_replaces_earlier_rows_of_sources_believed_no_more_than_its_own(
    first, second, standing
):
    rows = (
        {"number": "1", "source": first[0], "observed_on": first[1]},
        {"number": "2", "source": second[0], "observed_on": second[1], "complete": True},
    )

    assert standing_numbers(*rows) == standing


def test_fields_of_one_thing_come_from_the_best_source_that_knows_them_then_the_latest():
    rows = (
        {"source": "office", "observed_on": EARLY, "kind": "a", "own": None, "rank": 1},
        {"source": "office", "observed_on": LATE, "rank": 2},
        {"source": "town", "observed_on": LATE, "kind": "b", "own": True, "rank": 3},
    )
    frame = shape_rows(rows_of(ANY, *({"number": "1"} | row for row in rows)), ANY)

    found = standing_rows(frame, ANY, AS_OF, BELIEVED)

    assert found.select("kind", "own", "rank", "cell").rows() == [("a", True, 2, "A3")]


def test_moments_are_compared_as_moments_however_they_are_written():
    rows = (
        {"number": "1", "kind": "a", "recorded_at": "2026-03-01T09:00:00.250000+08:00"},
        {"number": "1", "kind": "b", "recorded_at": "2026-03-01T02:00:00+00:00"},
        {"number": "1", "kind": "c", "recorded_at": "2026-03-01T09:59:59+08:00"},
    )

    standing = standing_rows(shape_rows(rows_of(ANY, *rows), ANY), ANY, AS_OF)

    assert standing["kind"].to_list() == ["b"]


def test_rows_without_number_in_two_batches_may_be_one_thing_listed_again():
    rows = rows_of(
        ANY,
        {"batch": "1"},
        {"batch": "1"},
        {"batch": "2", "complete": False},
        {"batch": "2", "number": "9"},
        {"batch": "2", "number": "8"},
    )

    assert interval(ANY, rows, "rights.all") == (3, None)


def test_rows_behind_a_count_are_named_by_their_cells():
    rows = rows_of(ANY, *({"valid": number % 2 == 0} for number in range(30)))
    counts = count_rows(rows, ANY, AS_OF)

    found = places_of(counts.rows, "rights.valid", COUNTED).row(0, named=True)

    assert found["cell"] == "、".join(f"A{number}" for number in range(2, 26, 2)) + "…（15 行 rows）"
    assert (found["file"], found["sheet"]) == ("f.xlsx", "一")


# ── laws ──────────────────────────────────────────────────────────────────────────────────────────────────────────

SHIPPED_FIELDS = {
    "kind": ["invention_patent", "utility_model", "design", "software_copyright", "trademark"],
    "valid": [True, False],
    "granted_in_china": [True, False],
    "related_to_main_product": [True, False],
    "applied_and_earning": [True],
    "self_developed": [True, False],
    "transferred_in": [True, False],
    "transferred_on": [AS_OF - dt.timedelta(days=days) for days in (364, 365)],
    "granted_on": [AS_OF - dt.timedelta(days=days) for days in (730, 731)],
    "owner_rank": [3, 4],
    "claimed_by_co_owner": [True, False],
    "used_for_hnte": [True, False],
    "high_value": [True, False],
}


@st.composite
def shipped_rows(draw):
    """Up to four rows of the shipped register with up to two unknown fields each."""
    rows = []
    for _ in range(draw(st.integers(1, 4))):
        row = {name: draw(st.sampled_from(values)) for name, values in SHIPPED_FIELDS.items()}
        for name in draw(st.lists(st.sampled_from(list(SHIPPED_FIELDS)), max_size=2, unique=True)):
            row[name] = None
        rows.append(row)
    return rows


def shipped_counts(rows):
    register = shipped()
    counted = rows_of(register, *({**row, "complete": True} for row in rows))
    found = count_rows(counted, register, AS_OF).table.row(0, named=True)
    return {name: (found[f"{name}#low"], found[f"{name}#high"]) for name in filters_of(register)}


def completed(rows, rnd):
    """The rows with every unknown field filled in some way."""
    return [
        {name: rnd.choice(SHIPPED_FIELDS[name]) if value is None else value for name, value in row.items()}
        for row in rows
    ]


@settings(max_examples=60, deadline=None)
@given(shipped_rows(), st.randoms(use_true_random=False))
def test_count_of_any_completion_lies_in_the_interval(rows, rnd):
    whole = shipped_counts(completed(rows, rnd))

    for name, (low, high) in shipped_counts(rows).items():
        assert whole[name][0] == whole[name][1]
        assert low <= whole[name][0] <= high


@settings(max_examples=60, deadline=None)
@given(FILTERS, st.lists(rows_with_holes(("kind", "valid", "own", "rank")), min_size=1, max_size=5))
def test_some_completion_reaches_each_end(text, rows):
    register = register_of(f=text)
    tree = filters_of(register)["rights.f"].tree
    given_rows = [row | {"moved": AS_OF, "begun": AS_OF, "complete": True} for row in rows]
    low, high = interval(register, rows_of(register, *given_rows))

    reached = [
        {
            judge_slowly(register, tree, whole) // 2
            for whole in completions(row, fields_of(register, tree, row))
        }
        for row in given_rows
    ]

    assert (sum(min(each) for each in reached), sum(max(each) for each in reached)) == (low, high)


@settings(max_examples=60, deadline=None)
@given(shipped_rows(), st.data())
def test_learning_a_field_never_widens_a_count(rows, data):
    unknown = [(at, name) for at, row in enumerate(rows) for name, value in row.items() if value is None]
    if not unknown:
        return
    at, name = data.draw(st.sampled_from(unknown))
    learned = [dict(row) for row in rows]
    learned[at][name] = data.draw(st.sampled_from(SHIPPED_FIELDS[name]))
    before, after = shipped_counts(rows), shipped_counts(learned)

    assert all(before[each][0] <= after[each][0] <= after[each][1] <= before[each][1] for each in before)


@settings(max_examples=60, deadline=None)
@given(shipped_rows(), shipped_rows())
def test_another_row_never_lowers_a_count(rows, more):
    before, after = shipped_counts(rows), shipped_counts([*rows, *more])

    assert all(before[each][0] <= after[each][0] and before[each][1] <= after[each][1] for each in before)


@settings(max_examples=30, deadline=None)
@given(shipped_rows(), st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(rows, rnd):
    shuffled = list(rows)
    rnd.shuffle(shuffled)

    assert shipped_counts(shuffled) == shipped_counts(rows)


def partitions(rows):
    """Every way to say which rows are one thing: rows of one number are, rows of one file without it are not."""
    if not rows:
        yield []
        return
    first, rest = rows[0], rows[1:]
    for groups in partitions(rest):
        must = [group for group in groups if any(can_be_one(first, other) == "must" for other in group)]
        for place, group in enumerate(groups):
            fits = all(can_be_one(first, other) != "never" for other in group)
            if fits and (not must or group in must):
                yield [*groups[:place], [first, *group], *groups[place + 1 :]]
        if not must:
            yield [[first], *groups]


def can_be_one(left, right):
    (batch, number), (other_batch, other_number) = left, right
    if number is not None and other_number is not None:
        return "must" if number == other_number else "never"
    return "never" if batch == other_batch else "perhaps"


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("xy"), st.sampled_from([None, None, "1", "2"])), min_size=1, max_size=5
    )
)
def test_number_of_things_lies_in_the_interval_whichever_rows_are_one(rows):
    register = register_of(f="own")
    frame = rows_of(
        register,
        *({"batch": batch, "number": number, "own": True, "complete": True} for batch, number in rows),
    )

    low, high = interval(register, frame)

    things = {len(groups) for groups in partitions(rows)}
    assert low <= min(things)
    assert max(things) <= high
