"""Rows of invented lists of titles."""

import datetime as dt

import polars as pl

from yumiao.ladder.history_reading import read_histories
from yumiao.ladder.rows import ROW_SCHEMA, read_rows
from yumiao.packs.definitions import EndRule, Leg, TitleDefinition
from yumiao.packs.fields import Words

TITLES = {
    "three": TitleDefinition(
        label=Words(zh="三年资质", en="Three-year title"),
        valid="3 年",
        ends=(EndRule.CORRESPONDING_DAY,),
        leg=Leg.SCIENCE,
        rung=2,
    ),
    "yearly": TitleDefinition(
        label=Words(zh="年度资质", en="Yearly title"),
        valid="1 年",
        ends=(EndRule.YEAR_END, EndRule.NEXT_MARCH_END),
        leg=Leg.SCIENCE,
        rung=1,
    ),
    "base": TitleDefinition(
        label=Words(zh="起步资质", en="Base title"),
        valid="3 年",
        ends=(EndRule.DAY_BEFORE,),
        leg=Leg.INDUSTRY,
        rung=1,
    ),
    "endless": TitleDefinition(label=Words(zh="未定期资质", en="Title without a term")),
}


def day(text):
    return dt.date.fromisoformat(text) if isinstance(text, str) else text


def row(subject="a", title="three", event="granted", on=None, **more):
    """One row; dates may be ISO texts."""
    dates = {name: day(more.pop(name, None)) for name in ("valid_from", "valid_until")}
    return {
        "subject": subject,
        "title": title,
        "event": event,
        "on": day(on),
        "recorded_at": "2026-01-10T09:00:00+08:00",
        "batch": "b1",
        "file": "名单.xlsx",
        "sheet": "名单",
        "cell": "A2",
        **dates,
        **more,
    }


def table(*rows):
    return pl.DataFrame(
        [{name: each.get(name) for name in ROW_SCHEMA} for each in rows], schema=ROW_SCHEMA, orient="row"
    )


def histories(*rows, titles=TITLES):
    """The histories that rows give, and the codes of what is wrong with them."""
    read, unusable = read_rows(table(*rows), titles)
    found, contradictions = read_histories(read, titles)
    return found, [problem.code for problem in (*unusable, *contradictions)]


def history(*rows, titles=TITLES):
    """The only history that rows give, where nothing is wrong with them."""
    (found,), problems = histories(*rows, titles=titles)
    assert problems == []
    return found
