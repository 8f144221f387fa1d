"""Histories of a title with a subject: terms, what ends them, where the subject stands."""

import datetime as dt

import pytest
from tests.unit.ladder.title_rows import TITLES, day, histories, history, row, table

from yumiao.ladder.history_reading import read_histories
from yumiao.ladder.places import Scope
from yumiao.ladder.rows import Event, read_rows
from yumiao.ladder.terms import Day, end_of_term, last_day
from yumiao.packs.definitions import EndRule


def valid(found, *days):
    return [found.is_valid(day(text)) for text in days]


@pytest.mark.parametrize(
    ("rule", "start", "length", "last"),
    [
        (EndRule.CORRESPONDING_DAY, "2023-11-06", (3, "year"), "2026-11-06"),
        (EndRule.DAY_BEFORE, "2023-07-01", (3, "year"), "2026-06-30"),
        (EndRule.CORRESPONDING_DAY, "2024-02-29", (3, "year"), "2027-02-28"),
        (EndRule.YEAR_END, "2025-06-20", (1, "year"), "2025-12-31"),
        (EndRule.NEXT_MARCH_END, "2025-06-20", (1, "year"), "2026-03-31"),
        (EndRule.CORRESPONDING_DAY, "2025-06-20", (365, "day"), "2026-06-20"),
    ],
)
def test_last_day_follows_the_rule_of_the_title(rule, start, length, last):
    assert last_day(rule, day(start), length) == day(last)


def test_term_with_two_rules_ends_between_them():
    start = Day.exactly(dt.date(2025, 6, 20))

    assert end_of_term(TITLES["yearly"], start) == Day(dt.date(2025, 12, 31), dt.date(2026, 3, 31))


def test_term_without_length_has_no_known_end():
    assert end_of_term(TITLES["endless"], Day.exactly(dt.date(2025, 6, 20))) is None


def test_title_is_held_from_its_grant_to_the_last_day_of_its_term():
    found = history(row(on="2023-11-06"))

    assert valid(found, "2023-11-05", "2023-11-06", "2026-11-06", "2026-11-07") == [False, True, True, False]


def test_stated_last_day_goes_before_the_term_of_the_title():
    found = history(row(on="2023-11-06", valid_until="2025-12-31"))

    assert valid(found, "2025-12-31", "2026-01-01") == [True, False]


def test_stated_first_day_begins_the_term():
    found = history(row(on="2023-11-06", valid_from="2024-01-01"))

    assert valid(found, "2023-12-31", "2024-01-01", "2027-01-01", "2027-01-02") == [False, True, True, False]


def test_title_whose_last_day_is_not_sure_is_unknown_between_the_readings():
    found = history(row(title="yearly", on="2025-06-20"))

    assert valid(found, "2025-12-31", "2026-01-01", "2026-03-31", "2026-04-01") == [True, None, None, False]


def test_title_without_a_term_is_held_since_granted_and_its_end_is_said_to_be_unknown():
    found = history(row(title="endless", on="2020-01-01"))

    assert valid(found, "2019-12-31", "2020-01-01", "2040-01-01") == [False, True, True]
    assert not found.terms[0].is_end_known


def test_renewal_extends_and_keeps():
    found = history(row(on="2020-05-01"), row(event="renewed", on="2023-04-20"))

    assert valid(found, "2020-05-01", "2023-04-19", "2023-05-02", "2026-04-20", "2026-04-21") == [
        True,
        True,
        True,
        True,
        False,
    ]


def test_title_that_is_not_renewed_lapses_until_it_is_granted_again():
    found = history(row(on="2018-05-01"), row(on="2023-04-20"))

    assert valid(found, "2021-05-01", "2021-05-02", "2023-04-19", "2023-04-20") == [True, False, False, True]


@pytest.mark.parametrize("event", ["revoked", "withdrawn"])
def test_stop_ends_a_title_on_its_day(event):
    found = history(row(on="2023-11-06"), row(event=event, on="2025-03-01"))

    assert valid(found, "2025-02-28", "2025-03-01", "2026-01-01") == [True, False, False]
    assert found.terms[0].stop.event is Event(event)


def test_stop_leaves_a_later_grant_alone():
    found = history(row(on="2020-11-06"), row(event="revoked", on="2021-03-01"), row(on="2024-01-01"))

    assert valid(found, "2021-03-01", "2024-01-01", "2027-01-01") == [False, True, True]


def test_stop_of_unknown_day_leaves_unknown_what_lies_before_its_recording():
    found = history(row(on="2023-11-06"), row(event="revoked"))

    assert valid(found, "2023-11-05", "2023-11-06", "2026-01-09", "2026-01-10") == [False, None, None, False]


def test_grant_of_unknown_day_is_known_from_its_recording_to_its_last_day():
    found = history(row(valid_until="2027-06-30"))

    assert valid(found, "2024-01-01", "2026-01-09", "2026-01-10", "2027-06-30", "2027-07-01") == [
        None,
        None,
        True,
        True,
        False,
    ]


def test_grant_of_unknown_day_had_happened_by_the_day_of_its_list():
    found = history(row(title="endless", observed_on=day("2025-12-31")))

    assert valid(found, "2025-12-30", "2025-12-31") == [None, True]


def test_grant_without_any_date_is_unknown_where_the_title_has_a_term():
    found = history(row())

    assert valid(found, "2020-01-01", "2026-02-01", "2029-01-10", "2029-01-11") == [None, None, None, False]


def test_grant_without_any_date_is_held_from_its_recording_where_the_title_has_no_term():
    found = history(row(title="endless"))

    assert valid(found, "2026-01-09", "2026-01-10", "2036-01-01") == [None, True, True]


def test_renewal_without_a_grant_is_reported_and_leaves_what_was_before_unknown():
    (found,), problems = histories(row(event="renewed", on="2024-05-01"))

    assert problems == ["ladder.renewed_without_grant"]
    assert valid(found, "2023-01-01", "2024-04-30", "2024-05-01", "2027-05-01") == [None, None, True, True]


# ── what contradicts itself ───────────────────────────────────────────────────────────────────────────────


def test_row_repeated_in_one_list_is_reported_and_counts_once():
    (found,), problems = histories(row(on="2024-05-01"), row(on="2024-05-01", cell="A9"))

    assert problems == ["ladder.duplicate"]
    assert len(found.terms) == 1


def test_row_repeated_in_the_next_list_is_no_problem():
    found = history(row(on="2024-05-01"), row(on="2024-05-01", batch="b2"))

    assert len(found.terms) == 1


def test_different_last_days_of_one_grant_leave_the_days_between_unknown():
    (found,), problems = histories(
        row(on="2024-05-01", valid_until="2026-04-30"), row(on="2024-05-01", valid_until="2027-04-30")
    )

    assert problems == ["ladder.ends_differ"]
    assert valid(found, "2026-04-30", "2026-05-01", "2027-04-30", "2027-05-01") == [True, None, None, False]


def test_grant_long_before_the_former_ends_is_reported_and_both_count_once():
    (found,), problems = histories(row(on="2023-11-06"), row(on="2024-01-10"))

    assert problems == ["ladder.overlap"]
    assert valid(found, "2023-11-06", "2027-01-10", "2027-01-11") == [True, True, False]


def test_stop_of_a_title_that_is_not_held_is_reported():
    (found,), problems = histories(row(on="2018-11-06"), row(event="revoked", on="2024-01-10"))

    assert problems == ["ladder.stop_without_title"]
    assert valid(found, "2021-11-06", "2021-11-07") == [True, False]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"subject": None}, "ladder.no_subject"),
        ({"title": "高企"}, "ladder.unknown_title"),
        ({"event": "认定"}, "ladder.unknown_event"),
        ({"valid_until": "2023-01-01"}, "ladder.ends_before_start"),
    ],
)
def test_row_that_cannot_be_used_is_named_and_the_others_count(changed, code):
    good = row(subject="b", on="2024-05-01")

    found, problems = histories(good, row(**{"on": "2024-05-01", **changed}))

    assert [each.subject for each in found] == ["b"]
    assert problems == [code]


def test_problem_names_the_cell_in_both_languages():
    (problem,) = read_rows(table(row(title="高企")), TITLES)[1]

    assert (problem.file, problem.sheet, problem.cell, problem.found) == ("名单.xlsx", "名单", "A2", "高企")
    assert problem.text.zh == "没有资质“高企”，此行未使用"
    assert problem.text.en == "there is no title '高企'; the row is not used"


# ── places ────────────────────────────────────────────────────────────────────────────────────────────────

HERE, THERE = Scope("320412"), Scope("320411")


def held(found, scope, *days):
    return [found.is_held(day(text), scope) for text in days]


def test_title_moves_with_its_subject():
    found = history(
        row(on="2023-11-06", territory="320411"),
        row(event="moved_out", on="2024-06-01", territory="320411"),
        row(event="moved_in", on="2024-06-01", territory="320412"),
    )

    assert held(found, HERE, "2024-05-31", "2024-06-01", "2026-11-06") == [False, True, True]
    assert held(found, THERE, "2024-05-31", "2024-06-01") == [True, False]
    assert held(found, Scope("320400"), "2024-05-31", "2024-06-01") == [True, True]


def test_subject_that_moved_out_still_holds_its_title_elsewhere():
    found = history(
        row(on="2023-11-06", territory="320412"), row(event="moved_out", on="2024-06-01", territory="320412")
    )

    assert held(found, HERE, "2024-05-31", "2024-06-01") == [True, False]
    assert valid(found, "2024-06-01") == [True]


def test_title_brought_along_is_held_here_from_the_move():
    found = history(row(event="moved_in", on="2024-06-01", valid_until="2025-11-05", territory="320412"))

    assert held(found, HERE, "2024-05-31", "2024-06-01", "2025-11-05", "2025-11-06") == [
        False,
        True,
        True,
        False,
    ]


def test_move_of_unknown_day_leaves_unknown_what_lies_before_its_recording():
    found = history(row(on="2023-11-06", territory="320412"), row(event="moved_out", territory="320412"))

    assert held(found, HERE, "2024-01-01", "2026-01-10") == [None, False]


def test_place_that_changes_without_a_move_is_reported_and_counts_as_one():
    (found,), problems = histories(
        row(on="2021-11-06", territory="320411"), row(event="renewed", on="2024-11-01", territory="320412")
    )

    assert problems == ["ladder.unsaid_move"]
    assert held(found, HERE, "2024-10-31", "2024-11-01") == [False, True]


def test_finer_division_of_the_same_place_is_no_move():
    found = history(
        row(on="2021-11-06", territory="320412"), row(event="renewed", on="2024-11-01", territory="320412105")
    )

    assert held(found, HERE, "2024-10-31", "2024-11-01") == [True, True]


def test_subject_in_two_parks_stands_in_both():
    (found,), problems = histories(
        row(on="2024-05-01", zone="甲园", batch="b1"), row(on="2024-05-01", zone="乙园", batch="b2")
    )

    assert problems == []
    assert held(found, Scope(zone="甲园"), "2024-05-01") == [True]
    assert held(found, Scope(zone="乙园"), "2024-05-01") == [True]
    assert held(found, Scope(without=frozenset({"甲园"})), "2024-05-01") == [None]
    assert held(found, Scope(without=frozenset({"丙园"})), "2024-05-01") == [True]


@pytest.mark.parametrize(("zone", "inside"), [("甲园", False), ("无", True), ("乙园", True), (None, None)])
def test_scope_without_a_zone_asks_where_each_stands(zone, inside):
    found = history(row(on="2024-05-01", zone=zone))

    assert held(found, Scope(without=frozenset({"甲园"})), "2024-05-01") == [inside]


@pytest.mark.parametrize(
    ("code", "scope", "inside"),
    [
        ("320412", "320400", True),
        ("320412105000", "320412", True),
        ("320412", "CN", True),
        ("320412", "320000", True),
        ("320400", "320412", None),
        ("320413", "320412", False),
        (None, "320412", None),
    ],
)
def test_scope_of_a_territory_holds_what_lies_below_it(code, scope, inside):
    found = history(row(on="2024-05-01", territory=code))

    assert held(found, Scope(scope), "2024-05-01") == [inside]


def test_histories_do_not_rest_on_the_order_of_rows():
    rows = [
        row(on="2021-11-06", territory="320411"),
        row(event="moved_in", on="2022-11-06", territory="320412"),
        row(event="renewed", on="2024-11-01", territory="320412"),
        row(event="revoked", on="2025-02-01"),
        row(subject="b", on="2021-11-06"),
    ]

    assert histories(*rows) == histories(*reversed(rows))


def test_no_rows_give_no_histories():
    assert read_histories((), TITLES) == ((), ())
