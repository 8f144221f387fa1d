"""The report as one page."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import polars as pl
import pytest
from tests.demo_runs import demo_lists, demo_summary

from yumiao.model.outcomes import Outcome
from yumiao.model.text import Text
from yumiao.report.charts import Rung, forest, outcome_bar, plant_unit, wrapped
from yumiao.report.lists import read_lists
from yumiao.report.page import make_page

VOID = {"meta", "link", "br", "img", "input"}


class Checked(HTMLParser):
    """Reads a page and keeps what the tests ask about."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.unbalanced: list[str] = []
        self.inside: dict[str, list[list[str]]] = {"table": [], "svg": []}
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        for outer in ("table", "svg"):
            if outer in self.open:
                self.inside[outer][-1].append(tag)
        if tag in self.inside:
            self.inside[tag].append([])
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data):
        if not {"style", "script"} & set(self.open):
            self.texts.append(data)


@pytest.fixture(scope="module")
def summary():
    return demo_summary()


def page_of(summary, language="zh"):
    lists = demo_lists(language) if summary is demo_summary() else read_lists(summary, language)
    return make_page(summary, lists, notice=Text("全部虚构", "all invented"))


@pytest.fixture(scope="module", params=["zh", "en"])
def page(request, summary):
    return page_of(summary, request.param)


def test_page_loads_nothing_from_elsewhere_and_runs_nothing(page):
    parsed = Checked(page)

    names = {tag for tag, _ in parsed.tags}
    addresses = [
        value for _, attributes in parsed.tags for key, value in attributes.items() if key in ("src", "href")
    ]
    assert not names & {"script", "iframe", "link", "img", "object", "embed"}
    assert all(address.startswith("#") for address in addresses)
    assert not re.search(r"url\((?!#)|@import|\son\w+=", page)


def test_page_closes_every_element(page):
    parsed = Checked(page)

    assert (parsed.open, parsed.unbalanced) == ([], [])


def test_every_link_inside_the_page_leads_somewhere(page):
    parsed = Checked(page)

    ids = [attributes["id"] for _, attributes in parsed.tags if "id" in attributes]
    targets = {attributes["href"][1:] for tag, attributes in parsed.tags if tag in ("a", "use")}
    assert targets <= set(ids)
    assert len(ids) == len(set(ids))


def test_every_table_has_a_caption_and_heads_with_a_scope(page):
    parsed = Checked(page)

    assert all("caption" in inside for inside in parsed.inside["table"])
    assert all("scope" in attributes for tag, attributes in parsed.tags if tag == "th")


def test_every_drawing_says_what_it_shows(page):
    parsed = Checked(page)

    drawings = [
        attributes for tag, attributes in parsed.tags if tag == "svg" and attributes.get("role") == "img"
    ]
    assert len(drawings) > 20
    assert all(attributes["aria-label"] for attributes in drawings)
    hidden = [attributes for tag, attributes in parsed.tags if tag == "svg" and "role" not in attributes]
    assert all(attributes["aria-hidden"] == "true" for attributes in hidden)


def test_page_states_its_language(summary):
    assert page_of(summary, "zh").startswith('<!doctype html>\n<html lang="zh-CN">')
    assert page_of(summary, "en").startswith('<!doctype html>\n<html lang="en">')


def test_page_carries_the_counts_of_every_policy(page, summary):
    text = " ".join(Checked(page).texts)

    for policy in summary.policies:
        assert f"{policy.counts[Outcome.NOT_MET]:,}" in text
    assert summary.run.receipt["snapshot"] in text


def test_page_carries_the_notice(page):
    assert "全部虚构" in page or "all invented" in page


def test_english_page_has_no_chinese_labels(summary):
    parsed = Checked(page_of(summary, "en"))

    labels = [attributes.get("aria-label") or "" for _, attributes in parsed.tags]
    assert not [label for label in labels if re.search("[\u4e00-\u9fff]", label)]


def test_name_with_markup_is_shown_as_text(summary):
    nasty = "<script>alert(1)</script>&\"'"
    policy = next(each for each in summary.policies if each.near_misses.len())
    names = pl.Series("name", [nasty] * summary.subjects)
    changed = replace(
        policy, evaluated=replace(policy.evaluated, verdicts=policy.evaluated.verdicts.with_columns(names))
    )

    page = page_of(replace(summary, policies=(changed,)))

    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;&#x27;" in page


def test_run_without_subjects_or_policies_still_gives_a_page(summary):
    page = page_of(replace(summary, policies=(), coverage=()))

    assert Checked(page).open == []


@pytest.mark.parametrize(("largest", "unit"), [(0, 1), (10, 1), (11, 2), (31, 5), (101, 20), (999, 100)])
def test_plant_stands_for_as_few_as_room_allows(largest, unit):
    assert plant_unit(largest, 10) == unit


def test_bar_draws_shares_of_all():
    drawn = outcome_bar(50, 25, 25, "x")

    assert 'width="100.00" height="12" class="met"' in drawn
    assert 'x="100.00" y="1" width="50.00" height="12" class="open"' in drawn


def test_bar_of_nobody_is_empty():
    assert 'class="met"' not in outcome_bar(0, 0, 0, "x")


def test_forest_draws_certain_and_possible_plants_apart():
    drawn = forest([Rung("甲", 2, 1, "另有 1 家")], "t", "d", "1 株 = {count} 家")

    assert (drawn.count("<use"), drawn.count('class="ghost"')) == (3, 1)


def test_long_title_is_broken_into_lines_that_fit():
    assert wrapped("High and new technology enterprise", 150) == [
        "High and new",
        "technology",
        "enterprise",
    ] or all(len(line) <= 20 for line in wrapped("High and new technology enterprise", 150))
    assert "".join(wrapped("高成长企业分类：独角兽、潜在独角兽", 100)) == "高成长企业分类：独角兽、潜在独角兽"
