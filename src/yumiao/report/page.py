"""The report as one page: no script, nothing loaded from elsewhere, readable on paper and in the dark."""

from __future__ import annotations

from importlib import resources

from yumiao.model.text import Text
from yumiao.report.lists import Lists
from yumiao.report.markup import Html, tag, text
from yumiao.report.page_context import PageContext
from yumiao.report.page_lists import contested_section, near_section, problems_section, receipt_section
from yumiao.report.page_overview import coverage_section, overview_section, questions_section
from yumiao.report.page_policies import policies_section
from yumiao.report.summary import Summary


def make_page(summary: Summary, lists: Lists, *, notice: Text = Text("")) -> str:
    """Return the report of a run as one HTML page, in the language of its lists.

    Args:
        notice: a sentence that stands at the top, such as that all names are invented.
    """
    page = PageContext(summary, lists, notice)
    title = page.say("育苗判定结果", "Yumiao: what the policies say")
    head = tag(
        "head",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        tag("title", text(f"{title} {summary.run.as_of}")),
        tag("style", _resource("page.css")),
    )
    body = tag("body", _resource("plants.svg"), _top(page), _main(page, title), _foot(page))
    return "<!doctype html>\n" + tag("html", head, body, lang=page.say("zh-CN", "en")) + "\n"


def _top(page: PageContext) -> Html:
    links = (tag("a", text(label), href=f"#{name}") for name, label in page.sections())
    brand = tag("div", '<svg aria-hidden="true"><use href="#mark"/></svg>', text("育苗"), class_="brand")
    nav = tag("nav", *links, aria_label=page.say("本页内容", "On this page"))
    skip = tag("a", text(page.say("跳到正文", "Skip to content")), class_="skip", href="#main")
    return skip + tag("header", tag("div", brand, nav), class_="top")


def _main(page: PageContext, title: str) -> Html:
    run = page.summary.run
    meta = page.say(
        f"申报日期 {run.as_of} · {page.summary.subjects:,} 家 · 资料截至 {_moment(run.known_at)}",
        f"application date {run.as_of} · {page.summary.subjects:,} subjects · known at {_moment(run.known_at)}",
    )
    head = tag("div", tag("h1", text(title)), tag("span", text(meta), class_="meta"), class_="head")
    notice = tag("p", text(page.notice.words(page.language)), class_="note") if page.notice.zh else ""
    columns = tag("div", questions_section(page), coverage_section(page), class_="cols")
    parts = (
        head,
        notice,
        overview_section(page),
        columns,
        near_section(page),
        contested_section(page),
        policies_section(page),
        problems_section(page),
        receipt_section(page),
    )
    return tag("main", *parts, id="main")


def _foot(page: PageContext) -> Html:
    lines = (
        page.say("育苗 Yumiao · 育苗成林", "Yumiao 育苗"),
        page.say(
            "本报告是为决定作的准备，不是决定；以政策原文和主管部门认定为准。",
            "This report prepares a decision and is none; the policy's text and the deciding office prevail.",
        ),
    )
    return tag("footer", *(tag("span", text(line)) for line in lines))


def _moment(known_at: str) -> str:
    """Print a moment to the minute."""
    return known_at[:16].replace("T", " ")


def _resource(name: str) -> str:
    return resources.files("yumiao.report").joinpath(name).read_text(encoding="utf-8")
