"""English words that follow a number: one thing is one, several are several."""

import json
import re

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from yumiao.district.messages.kinds import message_text
from yumiao.district.overview.todos import HOUSEHOLDS, Todo, Unit
from yumiao.model.text import Text


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
