"""The lists of the page: near misses, contested verdicts, problems of the input, the receipt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from yumiao.report.markup import Html, body_row, head_row, table, tag, text
from yumiao.report.page_context import PageContext
from yumiao.report.summary import PolicySummary
from yumiao.report.workbook import receipt_lines

NEAR_MISSES = 8
"""Near misses of one policy that the page lists."""

CONTESTED = 20
"""Contested verdicts that the page lists."""

PROBLEMS = 40
"""Problems of the input that the page lists."""


def near_section(page: PageContext) -> Html:
    """List who misses by little."""
    rows = [row for policy in page.summary.policies for row in _near_rows(page, policy)]
    heads = [
        (page.say("名称", "Name"), ""),
        (page.say("政策", "Policy"), ""),
        (page.say("差距", "Gap"), ""),
        (page.say("现值 / 门槛", "Value / limit"), ""),
    ]
    total = sum(policy.near_misses.len() for policy in page.summary.policies)
    sub = page.say(
        f"共 {total:,} 家次；每项政策列最近的{NEAR_MISSES}家，全部见工作簿",
        f"{total:,} in all; the nearest {NEAR_MISSES} of each policy, all of them in the workbook",
    )
    caption = page.say("不符合，但未达到的条件少而近", "Not met, but by little")
    return page.card("near", sub, table(caption, head_row(heads), rows) if rows else page.nothing())


def _near_rows(page: PageContext, policy: PolicySummary) -> Iterator[Html]:
    found = page.lists.near_misses[policy.id].head(NEAR_MISSES)
    for row in found.iter_rows(named=True):
        title = tag("span", text(policy.title.words(page.language)), class_="tag pine")
        cells = [
            (title, ""),
            (_gap(row), ""),
            (text(row["value_text"]), "ink2"),
        ]
        yield body_row(text(row["name"]), cells)


def _gap(row: Mapping[str, Any]) -> Html:
    """Say what is missing, and below it which clause asks for it."""
    clause = tag("span", text(f"  {row['cite_text']}"), class_="cite")
    asked = tag("div", text(row["failing_text"]), clause, class_="xs ink3")
    gap = tag("span", text(row["gap_text"]), class_="b") if row["gap_text"] else ""
    return gap + asked


def contested_section(page: PageContext) -> Html:
    """List the verdicts that hang on whom one believes; nothing where there are none."""
    found = page.lists.contested
    if found.is_empty():
        return ""
    heads = [
        (page.say("名称", "Name"), ""),
        (page.say("政策", "Policy"), ""),
        (page.say("结论", "Outcome"), ""),
        (page.say("来源不一致的事实", "Facts on which sources disagree"), ""),
    ]
    rows = [
        body_row(
            text(row["name"]),
            [
                (tag("span", text(row["policy"]), class_="tag pine"), ""),
                (text(row["outcome_text"]), "nw"),
                (text(row["facts_text"]), "ink2"),
            ],
        )
        for row in found.head(CONTESTED).iter_rows(named=True)
    ]
    sub = page.say(
        f"共 {found.height:,} 家次；换用另一来源，结论就会不同",
        f"{found.height:,} in all; with another source's value the verdict would differ",
    )
    caption = page.say("来源不一致、核实前不能算数的结论", "Verdicts to be settled between sources")
    return page.card("contested", sub, table(caption, head_row(heads), rows))


def problems_section(page: PageContext) -> Html:
    """List what could not be read."""
    problems = page.summary.run.facts.problems
    rows = [
        body_row(
            text(problem.place),
            [(text(problem.text.words(page.language)), ""), (text(problem.found), "ink2")],
        )
        for problem in problems[:PROBLEMS]
    ]
    heads = [
        (page.say("位置", "Place"), ""),
        (page.say("问题", "Problem"), ""),
        (page.say("原值", "Found"), ""),
    ]
    sub = page.say(
        f"共 {len(problems):,} 处，全部见工作簿", f"{len(problems):,} in all; all of them in the workbook"
    )
    caption = page.say("文件中读不出或需核对之处", "What could not be read or deserves a look")
    return page.card("problems", sub, table(caption, head_row(heads), rows) if rows else page.nothing())


def receipt_section(page: PageContext) -> Html:
    """Name what the verdicts follow from."""
    entries = "".join(
        tag("dt", text(name)) + tag("dd", text(value))
        for name, value in receipt_lines(page.summary.run.receipt)
    )
    sub = page.say("同样的输入得出同样的结论", "the same inputs give the same verdicts")
    return page.card("receipt", sub, tag("div", tag("dl", entries, class_="kv"), class_="card-b"))
