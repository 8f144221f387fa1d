"""Laws of histories and flows, on generated rows."""

import datetime as dt

from hypothesis import assume, given
from hypothesis import strategies as st
from tests.unit.ladder.title_rows import TITLES, histories, row

from yumiao.ladder.flows import balance
from yumiao.ladder.passages import Movement
from yumiao.ladder.places import EVERYWHERE, Scope
from yumiao.ladder.rows import Event

FIRST_DAY = dt.date(2018, 1, 1)
RECORDED = dt.date(2026, 1, 10)
SCOPES = [EVERYWHERE, Scope("320412"), Scope("320400"), Scope("320412", frozenset({"经开区"}))]

days = st.dates(FIRST_DAY, RECORDED)
probes = st.dates(dt.date(2017, 1, 1), dt.date(2031, 1, 1))


@st.composite
def some_rows(draw, subjects="ab", events=tuple(Event)):
    """Rows of any kind, also such as contradict each other."""
    event = draw(st.sampled_from(events))
    on = draw(st.none() | days)
    valid_until = draw(st.none() | st.dates(FIRST_DAY, dt.date(2029, 1, 1))) if event.is_grant else None
    return row(
        draw(st.sampled_from(subjects)),
        draw(st.sampled_from([name for name in TITLES if name != "base"])),
        event.value,
        on,
        valid_until=valid_until,
        territory=draw(st.sampled_from([None, "320412", "320411", "320412105"])),
        zone=draw(st.sampled_from([None, "无", "经开区"])),
        batch=draw(st.sampled_from(["b1", "b2"])),
    )


many_rows = st.lists(some_rows(), min_size=1, max_size=6)


def by_title(found):
    names = sorted({history.title for history in found})
    return [[history for history in found if history.title == name] for name in names]


@given(many_rows, st.sampled_from(SCOPES), st.lists(probes, min_size=2, max_size=2, unique=True))
def test_start_and_movements_make_the_end_for_any_history(rows, scope, ends):
    found, _ = histories(*rows)
    since, until = sorted(ends)

    for own in by_title(found):
        counted = balance(own, scope, since, until)
        assert (counted.gap, counted.broken) == (0, ())
        assert counted.start.high - counted.start.low <= len(counted.unsettled)


@given(many_rows, st.randoms())
def test_order_of_rows_does_not_matter(rows, random):
    shuffled = random.sample(rows, len(rows))

    assert histories(*shuffled) == histories(*rows)


@given(many_rows, st.lists(probes, min_size=3, max_size=3, unique=True))
def test_stock_in_the_middle_joins_two_periods(rows, ends):
    found, _ = histories(*rows)
    since, middle, until = sorted(ends)

    for own in by_title(found):
        first, second = (balance(own, EVERYWHERE, *span) for span in ((since, middle), (middle, until)))
        assert first.end == second.start


def possible_days(rows, undated):
    """The days that a row without one may have: before it was recorded, and a move or stop after the first grant."""
    grants = [each["on"] for each in rows if Event(each["event"]).is_grant]
    least = FIRST_DAY
    if not Event(undated["event"]).is_grant and grants and None not in grants:
        least = min(grants) + dt.timedelta(days=1)
    latest = min(RECORDED, undated["valid_until"] or RECORDED)
    assume(least <= latest)
    return st.dates(least, latest)


@given(st.data())
def test_learning_a_date_never_makes_a_known_holding_unknown(data):
    rows = data.draw(st.lists(some_rows(subjects="a"), min_size=1, max_size=4))
    rows = [{**each, "title": "three"} for each in rows]
    undated = [number for number, each in enumerate(rows) if each["on"] is None]
    assume(undated)
    number = data.draw(st.sampled_from(undated))
    learned = [*rows]
    learned[number] = {**rows[number], "on": data.draw(possible_days(rows, rows[number]))}
    before, _ = histories(*rows)
    after, problems = histories(*learned)
    assume(not {"ladder.ends_differ", "ladder.ends_before_start", "ladder.overlap"} & set(problems))
    assume(after)

    for probe in data.draw(st.lists(probes, min_size=1, max_size=20)):
        if before[0].is_valid(probe) is not None:
            assert after[0].is_valid(probe) is not None


@given(st.data())
def test_learning_the_last_day_never_makes_a_known_holding_unknown(data):
    on = data.draw(days)
    title = data.draw(st.sampled_from(list(TITLES)))
    until = data.draw(st.dates(on, dt.date(2030, 1, 1)))
    (before,), _ = histories(row(title=title, on=on))
    (after,), _ = histories(row(title=title, on=on, valid_until=until))

    for probe in data.draw(st.lists(probes, min_size=1, max_size=20)):
        assert after.is_valid(probe) is (on <= probe <= until)
        assert before.is_valid(probe) in (None, on <= probe) or probe > on


# ── a day-by-day walk as the oracle ───────────────────────────────────────────────────────────────────────


@st.composite
def lives(draw):
    """A life told without gaps in what is known: rows in order, each possible after the one before."""
    today, until, here, told = draw(st.dates(FIRST_DAY, dt.date(2020, 1, 1))), None, False, []
    for _ in range(draw(st.integers(1, 8))):
        held = until is not None and today <= until
        options = ["granted"] if not held else ["renewed", "revoked", "withdrawn", "moved_out"]
        if held and not here:
            options = ["moved_in", "revoked"]
        event = draw(st.sampled_from(options))
        if event in ("granted", "renewed"):
            until = max(until or today, today) + dt.timedelta(days=draw(st.integers(1, 900)))
            here = True
        elif event in ("revoked", "withdrawn"):
            until = None
        else:
            here = event == "moved_in"
        told.append((today, event, until if event in ("granted", "renewed") else None))
        today += dt.timedelta(days=draw(st.integers(1, 700)))
    return told


def walk(told, since, until):
    """Live through every day: was it held here at both ends, and what happened in between?"""
    events, movements, ends, was = {on: (event, last) for on, event, last in told}, [], {}, False
    last, here, ever = None, False, False
    today = told[0][0]
    while today <= until:
        event, stated = events.get(today, (None, None))
        brought = False
        if event in ("granted", "renewed"):
            brought = not here and last is not None and last >= today - dt.timedelta(days=1)
            last, here = stated, True
        elif event in ("revoked", "withdrawn"):
            last = None
        elif event in ("moved_in", "moved_out"):
            here, brought = event == "moved_in", event == "moved_in"
        now = here and last is not None and today <= last
        if now and not was:
            movements.append((today, "moved_in" if brought else "again" if ever else "first"))
        if was and not now:
            kind = event if event in ("revoked", "withdrawn", "moved_out") else "lapsed"
            movements.append((today, kind))
        ever, was = ever or now, now
        ends[today] = now
        today += dt.timedelta(days=1)
    inside = [(on, kind) for on, kind in movements if since < on <= until]
    kept = []
    for on, kind in inside:
        if kind == "again" and kept and kept[-1][1] == "lapsed":
            kept.pop()
        else:
            kept.append((on, kind))
    return ends.get(since, False), ends.get(until, False), sorted(kind for _, kind in kept)


@given(lives(), st.lists(st.dates(FIRST_DAY, dt.date(2027, 1, 1)), min_size=2, max_size=2, unique=True))
def test_stock_and_flow_are_those_of_a_walk_through_every_day(told, ends):
    since, until = sorted(ends)
    rows = [
        row(
            event=event,
            on=on,
            valid_until=last,
            territory=None if event in ("revoked", "withdrawn") else "320412",
        )
        for on, event, last in told
    ]
    found, _ = histories(*rows)

    counted = balance(found, Scope("320412"), since, until)

    start, end, movements = walk(told, since, until)
    assert (counted.start.low, counted.start.high) == (start, start)
    assert (counted.end.low, counted.end.high) == (end, end)
    assert sorted(name.value for name in Movement for _ in range(counted.movements[name].low)) == movements


@given(st.data(), st.lists(probes, min_size=2, max_size=2, unique=True))
def test_learning_a_date_only_narrows_stock_and_flow(data, ends):
    since, until = sorted(ends)
    staying = [event for event in Event if event not in (Event.MOVED_IN, Event.MOVED_OUT)]
    drawn = data.draw(st.lists(some_rows(subjects="a", events=staying), min_size=1, max_size=3))
    rows = [{**each, "title": "three", "territory": None, "zone": None} for each in drawn]
    undated = [number for number, each in enumerate(rows) if each["on"] is None]
    assume(undated)
    number = data.draw(st.sampled_from(undated))
    learned = [*rows]
    learned[number] = {**rows[number], "on": data.draw(possible_days(rows, rows[number]))}
    before, _ = histories(*rows)
    after, problems = histories(*learned)
    assume(not {"ladder.ends_differ", "ladder.ends_before_start", "ladder.overlap"} & set(problems))
    assume(
        learned[number]["on"] not in [each["on"] for each in rows]
    )  # two rows of one day tell of one grant

    wide, narrow = (balance(found, EVERYWHERE, since, until) for found in (before, after))

    assert inside(narrow.start, wide.start)
    assert inside(narrow.end, wide.end)
    assert [name for name in Movement if not inside(narrow.movements[name], wide.movements[name])] == []


def inside(narrow, wide):
    return wide.low <= narrow.low and narrow.high <= wide.high
