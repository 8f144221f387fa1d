"""Stock and flow: what is counted as coming, going and staying."""

import datetime as dt

import pytest
from tests.unit.ladder.title_rows import day, histories, row

from yumiao.ladder.flows import Range, balance
from yumiao.ladder.passages import Movement
from yumiao.ladder.places import EVERYWHERE, Scope

SINCE, UNTIL = dt.date(2023, 12, 31), dt.date(2024, 12, 31)
WUJIN = Scope("320412")


def counted(*rows, scope=EVERYWHERE, since=SINCE, until=UNTIL):
    found, _ = histories(*rows)
    return balance(found, scope, since, until)


def moves(found):
    """The movements that happened, with their number where it is known."""
    return {name.value: each.low for name, each in found.movements.items() if each.low}


def test_year_of_the_reference_case_adds_up():
    """The invented year of the statistics: 1312 + 402 + 9 - 96 - 4 - 7 = 1616, and 285 renewals that add nothing."""
    kept, renewed, lapsed, revoked, out = 920, 285, 96, 4, 7
    assert kept + renewed + lapsed + revoked + out == 1312
    here = {"territory": "320412"}
    rows = []
    for number in range(1312):
        subject = f"s{number:04}"
        ends = number < renewed + lapsed
        rows.append(row(subject, on="2021-11-30" if ends else "2022-10-12", **here))
        if number < renewed:
            rows.append(row(subject, event="renewed", on="2024-11-19", **here))
        if renewed + lapsed <= number < renewed + lapsed + revoked:
            rows.append(row(subject, event="revoked", on="2024-06-03"))
        if renewed + lapsed + revoked <= number < renewed + lapsed + revoked + out:
            rows.append(row(subject, event="moved_out", on="2024-08-01", **here))
    rows += [row(f"n{number:03}", on="2024-11-19", **here) for number in range(402)]
    rows += [
        row(f"m{number}", event="moved_in", on="2024-03-05", valid_until="2025-11-05", **here)
        for number in range(9)
    ]

    found = counted(*rows, scope=WUJIN)

    assert (found.start, found.end, found.net) == (Range(1312, 1312), Range(1616, 1616), Range(304, 304))
    assert moves(found) == {"first": 402, "moved_in": 9, "lapsed": 96, "revoked": 4, "moved_out": 7}
    assert found.renewed == Range(285, 285)
    assert (found.gap, found.broken, found.unsettled) == (0, (), ())


def test_grant_on_the_first_day_is_in_the_first_stock():
    found = counted(row(on="2023-12-31"))

    assert (found.start.low, found.end.low, moves(found)) == (1, 1, {})


def test_title_that_ends_on_the_last_day_is_in_the_last_stock():
    found = counted(row(on="2021-12-31"))

    assert (found.start.low, found.end.low, moves(found)) == (1, 1, {})


def test_gap_before_a_renewal_inside_the_period_adds_and_takes_nothing():
    found = counted(row(on="2021-10-30"), row(event="renewed", on="2024-11-19"))

    assert (moves(found), found.renewed.low, found.net) == ({}, 1, Range(0, 0))


def test_title_granted_again_after_it_lapsed_in_an_earlier_period_is_no_first_recognition():
    found = counted(row(on="2019-10-30"), row(on="2024-11-19"))

    assert (moves(found), found.renewed.low) == ({"again": 1}, 0)


def test_grant_and_revocation_in_one_period_both_show():
    found = counted(row(on="2024-02-01"), row(event="revoked", on="2024-09-01"))

    assert (found.start.low, found.end.low, moves(found)) == (0, 0, {"first": 1, "revoked": 1})


def test_title_given_up_is_told_apart_from_one_revoked():
    found = counted(row(on="2022-02-01"), row(event="withdrawn", on="2024-09-01"))

    assert moves(found) == {"withdrawn": 1}


def test_yearly_title_whose_end_is_not_sure_is_kept_by_its_next_grant():
    found = counted(row(title="yearly", on="2023-06-01"), row(title="yearly", on="2024-05-20"))

    assert (found.start.low, found.end.low, moves(found), found.renewed.low) == (1, 1, {}, 1)
    assert found.unsettled == ()


def test_yearly_title_that_is_not_granted_again_lapses():
    found = counted(row(title="yearly", on="2023-06-01"))

    assert (found.start.low, found.end.low, moves(found)) == (1, 0, {"lapsed": 1})


def test_move_inside_the_territory_is_no_movement_of_it():
    rows = [
        row(on="2022-02-01", territory="320411"),
        row(event="moved_out", on="2024-04-01", territory="320411"),
        row(event="moved_in", on="2024-04-01", territory="320412"),
    ]

    assert moves(counted(*rows, scope=WUJIN)) == {"moved_in": 1}
    assert moves(counted(*rows, scope=Scope("320411"))) == {"moved_out": 1}
    assert moves(counted(*rows, scope=Scope("320400"))) == {}


def test_subject_in_two_parks_counts_once():
    rows = [row(on="2024-05-01", zone="甲园"), row(on="2024-05-01", zone="乙园", batch="b2")]

    assert counted(*rows).end == Range(1, 1)
    assert [counted(*rows, scope=Scope(zone=zone)).end for zone in ("甲园", "乙园")] == [
        Range(1, 1),
        Range(1, 1),
    ]


def test_zone_run_apart_is_left_out_of_the_second_count():
    rows = [
        row("a", on="2022-05-01", zone="经开区"),
        row("b", on="2022-05-01", zone="无"),
        row("c", on="2022-05-01"),
    ]

    assert counted(*rows).end == Range(3, 3)
    assert counted(*rows, scope=Scope(without=frozenset({"经开区"}))).end == Range(1, 2)


def test_unknown_day_widens_stock_and_flow_and_is_no_zero():
    found = counted(row("a", on="2022-05-01"), row("b"))

    assert (found.start, found.end) == (Range(1, 2), Range(1, 2))
    assert found.net == Range(-1, 1)
    assert {name: each for name, each in found.movements.items() if not each.is_exact} == {
        Movement.FIRST: Range(0, 1),
        Movement.LAPSED: Range(0, 1),
    }
    assert found.unsettled == ("b",)
    assert found.gap == 0


def test_recognised_counts_first_again_and_renewed():
    found = counted(
        row("a", on="2024-05-01"),
        row("b", on="2021-05-01"),
        row("b", event="renewed", on="2024-04-20"),
        row("c", on="2018-05-01"),
        row("c", on="2024-06-01"),
    )

    assert found.recognised == Range(3, 3)


def test_movement_without_a_day_for_it_in_the_period_is_not_possible():
    found = counted(row(on="2018-05-01"), row(event="revoked", observed_on=day("2019-01-01")), row("b"))

    assert found.movements[Movement.REVOKED] == Range(0, 0)


@pytest.mark.parametrize("length", [1, 30, 366, 3000])
def test_stocks_of_meeting_periods_are_the_same(length):
    rows = [row("a", on="2022-05-01"), row("b", on="2024-05-01"), row("c"), row("d", on="2019-02-01")]
    middle = SINCE + dt.timedelta(days=length)

    first = counted(*rows, until=middle)
    second = counted(*rows, since=middle, until=day("2033-01-01"))

    assert first.end == second.start
