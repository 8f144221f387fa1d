"""English words that follow a number: one thing is one, several are several."""

import json
import re

import polars as pl
import pytest
from django.template.loader import render_to_string
from django.utils import translation

from yumiao.district.messages.kinds import message_text
from yumiao.district.overview.todos import HOUSEHOLDS, Todo, Unit
from yumiao.model.text import Text
from yumiao.model.units import UNITS
from yumiao.report.shown import amount_shown
from yumiao.web.templatetags.words import writer_words


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, ("家", "firm")), (2, ("家", "firms")), (0, ("家", "firms")), (1001, ("家", "firms"))],
)
def test_word_after_a_number_is_single_for_exactly_one(count, said):
    assert HOUSEHOLDS.of(count) == Text(*said)


@pytest.mark.parametrize(("count", "pill"), [(1, "1campaign"), (3, "3campaigns")])
def test_pill_of_what_waits_reads_right_for_one_and_for_several(count, pill):
    todo = Todo(count, Unit("个", "campaign", "campaigns"), Text("征集", "Ending"))

    with translation.override("en"):
        page = render_to_string("overview/todos.html", {"todos": [(todo, "")]})

    assert re.sub(r"<[^>]+>", "", re.search(r'<span class="d">(.*?)</span>', page).group(1)) == pill


@pytest.mark.parametrize(
    ("kind", "arguments", "one", "several"),
    [
        (
            "campaign.asked",
            {"subject": "s", "due": "2026-08-01"},
            "The bureau asks your firm 1 question, to be answered by 2026-08-01.",
            "The bureau asks your firm 4 questions, to be answered by 2026-08-01.",
        ),
        (
            "campaign.reminded",
            {"subject": "s", "due": "2026-08-01"},
            "A reminder: 1 question is to be answered by 2026-08-01.",
            "A reminder: 4 questions are to be answered by 2026-08-01.",
        ),
        (
            "title.ending_office",
            {"days": 90},
            "1 more enterprise has a title that ends within 90 days and is not renewed.",
            "4 more enterprises have a title that ends within 90 days and is not renewed.",
        ),
    ],
)
def test_message_about_one_thing_speaks_of_one(kind, arguments, one, several):
    said = [message_text(kind, json.dumps({**arguments, "count": count})).en for count in (1, 4)]

    assert said == [one, several]


def test_message_that_assigns_one_firm_speaks_of_one():
    said = [
        message_text("campaign.assigned", json.dumps({"campaign": "c", "firms": count})).en
        for count in (1, 2)
    ]

    assert said == ["Campaign c: 1 firm was assigned to you.", "Campaign c: 2 firms were assigned to you."]


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", ["1 person", "3 persons", "0 persons", None]), ("zh", ["1 人", "3 人", "0 人", None])],
)
def test_amounts_of_a_whole_table_read_like_one_amount(language, said):
    numbers = pl.DataFrame({"number": ["1", "3", "0", None]})
    shown = amount_shown(pl.col("number"), UNITS["person"], language)

    assert numbers.select(shown.alias("shown"))["shown"].to_list() == said


@pytest.mark.parametrize(
    ("language", "written"),
    [("zh-hans", ["填报入库", "演示数据", "高企科"]), ("en", ["Accepted facts", "Demonstration", "高企科"])],
)
def test_programs_that_wrote_a_batch_are_named_in_words(language, written):
    with translation.override(language):
        assert [writer_words(each) for each in ("flush", "demo", "高企科")] == written
