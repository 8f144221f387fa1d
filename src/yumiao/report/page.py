"""The report as one page: no script, nothing loaded from elsewhere, readable on paper and in the dark."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from typing import Any

from yumiao.model.outcomes import Outcome
from yumiao.model.text import Text
from yumiao.report.charts import Rung, forest, outcome_bar, share_bar
from yumiao.report.lists import Lists
from yumiao.report.markup import Html, body_row, head_row, table, tag, text
from yumiao.report.questions import most_asked
from yumiao.report.summary import ConditionCount, PolicySummary, Summary
from yumiao.report.wording import OUTCOMES, fact_label
from yumiao.report.workbook import receipt_lines

QUESTIONS = 10
"""Questions that the page lists."""

NEAR_MISSES = 8
"""Near misses of one policy that the page lists."""

CONTESTED = 20
"""Contested verdicts that the page lists."""

PROBLEMS = 40
"""Problems of the input that the page lists."""

FACTS = 10
"""Facts that the page lists, the least known ones."""


def make_page(summary: Summary, lists: Lists, *, notice: Text = Text("")) -> str:
    """Return the report of a run as one HTML page, in the language of its lists.

    Args:
        notice: a sentence that stands at the top, such as that all names are invented.
    """
    return _Page(summary, lists, notice).make()


class _Page:
    def __init__(self, summary: Summary, lists: Lists, notice: Text) -> None:
        self.summary = summary
        self.lists = lists
        self.language = lists.language
        self.notice = notice

    def say(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def make(self) -> str:
        title = self.say("育苗判定结果", "Yumiao: what the policies say")
        head = tag(
            "head",
            '<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            tag("title", text(f"{title} {self.summary.run.as_of}")),
            tag("style", _resource("page.css")),
        )
        body = tag("body", _resource("plants.svg"), self._top(), self._main(title), self._foot())
        return "<!doctype html>\n" + tag("html", head, body, lang=self.say("zh-CN", "en")) + "\n"

    # ── frame ─────────────────────────────────────────────────────────────────────────────────────────────

    def _sections(self) -> list[tuple[str, str]]:
        return [
            ("overview", self.say("总览", "Overview")),
            ("ask", self.say("待问", "Questions")),
            ("near", self.say("接近达标", "Near misses")),
            *self._contested_section(),
            ("policies", self.say("逐项政策", "Policies")),
            ("coverage", self.say("资料覆盖", "Coverage")),
            ("problems", self.say("问题", "Problems")),
            ("receipt", self.say("凭据", "Receipt")),
        ]

    def _contested_section(self) -> list[tuple[str, str]]:
        is_any = not self.lists.contested.is_empty()
        return [("contested", self.say("来源不一致", "Contested"))] if is_any else []

    def _top(self) -> Html:
        links = (tag("a", text(label), href=f"#{name}") for name, label in self._sections())
        brand = tag("div", '<svg aria-hidden="true"><use href="#mark"/></svg>', text("育苗"), class_="brand")
        nav = tag("nav", *links, aria_label=self.say("本页内容", "On this page"))
        skip = tag("a", text(self.say("跳到正文", "Skip to content")), class_="skip", href="#main")
        return skip + tag("header", tag("div", brand, nav), class_="top")

    def _main(self, title: str) -> Html:
        run = self.summary.run
        meta = self.say(
            f"申报日期 {run.as_of} · {self.summary.subjects:,} 家 · 资料截至 {_moment(run.known_at)}",
            f"application date {run.as_of} · {self.summary.subjects:,} subjects · known at {_moment(run.known_at)}",
        )
        head = tag("div", tag("h1", text(title)), tag("span", text(meta), class_="meta"), class_="head")
        notice = tag("p", text(self.notice.words(self.language)), class_="note") if self.notice.zh else ""
        columns = tag("div", self._questions(), self._coverage(), class_="cols")
        parts = (
            head,
            notice,
            self._overview(),
            columns,
            self._near(),
            self._contested(),
            self._policies(),
            self._problems(),
            self._receipt(),
        )
        return tag("main", *parts, id="main")

    def _foot(self) -> Html:
        lines = (
            self.say("育苗 Yumiao · 育苗成林", "Yumiao 育苗"),
            self.say(
                "本报告是为决定作的准备，不是决定；以政策原文和主管部门认定为准。",
                "This report prepares a decision and is none; the policy's text and the deciding office prevail.",
            ),
        )
        return tag("footer", *(tag("span", text(line)) for line in lines))

    def _card(self, name: str, sub: str, *inside: Html) -> Html:
        label = dict(self._sections())[name]
        head = tag(
            "div", tag("h2", text(label), id=name), tag("span", text(sub), class_="sub"), class_="card-h"
        )
        return tag("section", head, *inside, class_="card", aria_labelledby=name)

    # ── overview ──────────────────────────────────────────────────────────────────────────────────────────

    def _overview(self) -> Html:
        sub = self.say(
            "按符合家数由多到少；一家可同时符合多项",
            "the most widely met first; one subject may meet several",
        )
        return self._card("overview", sub, tag("div", self._forest(), class_="scroll"), self._outcomes())

    def _forest(self) -> Html:
        rungs = [
            Rung(
                policy.title.words(self.language),
                policy.counts[Outcome.MET],
                policy.counts[Outcome.UNDETERMINED],
                self.say(
                    f"另有 {policy.counts[Outcome.UNDETERMINED]:,} 家未定",
                    f"{policy.counts[Outcome.UNDETERMINED]:,} undetermined",
                ),
            )
            for policy in self.summary.rungs()
        ]
        if not rungs:
            return ""
        told = "; ".join(f"{rung.title} {rung.met:,}, {rung.figures}" for rung in rungs)
        title = self.say("林相图：各项资质的符合家数", "The forest: how many meet each title")
        return forest(rungs, title, told, self.say("1 株 = {count} 家", "1 plant = {count}"))

    def _outcomes(self) -> Html:
        heads = [
            (self.say("政策", "Policy"), ""),
            (self.say("结论", "Outcomes"), ""),
            *((outcome.label.words(self.language), "num") for outcome in OUTCOMES),
            (self.say("接近达标", "Near misses"), "num"),
            (self.say("文号", "Document"), ""),
        ]
        rows = [self._outcome_row(policy) for policy in self.summary.policies]
        caption = self.say(
            "各项政策的结论。条形：实心为符合，斜纹为未定，其余为不符合。",
            "Outcomes of each policy. Bars: solid is met, hatched undetermined, the rest not met.",
        )
        return table(caption, head_row(heads), rows)

    def _outcome_row(self, policy: PolicySummary) -> Html:
        met, open_, failed = (
            policy.counts[each] for each in (Outcome.MET, Outcome.UNDETERMINED, Outcome.NOT_MET)
        )
        bar = outcome_bar(met, open_, failed, self._told(met, failed, open_))
        version = policy.evaluated.policy
        name = tag("a", text(policy.title.words(self.language)), href=f"#{_anchor(policy)}")
        if not policy.evaluated.in_force:
            name += " " + tag("span", text(self.say("非施行版本", "not in force")), class_="tag")
        classes = self._class_counts(policy)
        cells = [
            (bar, ""),
            (tag("span", text(f"{met:,}"), class_="b"), "num"),
            (text(f"{failed:,}"), "num"),
            (text(f"{open_:,}"), "num"),
            (text(f"{policy.near_misses.len():,}"), "num"),
            (text(version.body.documents[0].number), "ink2 nw"),
        ]
        return body_row(name + classes, cells)

    def _class_counts(self, policy: PolicySummary) -> Html:
        counts = [f"{label.words(self.language)} {count:,}" for label, count in policy.classes.values()]
        return tag("div", text(" · ".join(counts)), class_="xs ink3") if counts else ""

    def _told(self, met: int, not_met: int, open_: int) -> str:
        return self.say(
            f"符合 {met:,}，不符合 {not_met:,}，未定 {open_:,}",
            f"met {met:,}, not met {not_met:,}, undetermined {open_:,}",
        )

    # ── questions and coverage ────────────────────────────────────────────────────────────────────────────

    def _questions(self) -> Html:
        found = most_asked(self.lists.questions, QUESTIONS, self.language)
        entries = [
            tag(
                "li",
                tag("span", text(row["question"]), class_="b"),
                tag(
                    "span",
                    text(self.say(f"{row['verdicts']:,} 个未定", f"{row['verdicts']:,} open")),
                    class_="tag pine",
                ),
                tag("small", text(row["policy"])),
            )
            for row in found.iter_rows(named=True)
        ]
        sub = self.say("未定最多因它而起的在前", "what keeps the most verdicts open first")
        inside = tag("ol", *entries, class_="ask") if entries else self._nothing()
        return self._card("ask", sub, inside)

    def _nothing(self) -> Html:
        return tag("p", text(self.say("没有。", "None.")), class_="card-b ink3")

    def _coverage(self) -> Html:
        total = max(1, self.summary.subjects)
        rows = []
        for each in self.summary.coverage[:FACTS]:
            share = each.known / total
            told = self.say(f"{each.known:,} 家已知", f"known of {each.known:,}")
            label = fact_label(each.metric, each.year, self.language)
            cells = [
                (share_bar(share, told), ""),
                (text(f"{each.known:,}"), "num"),
                (text(each.policies), "num"),
            ]
            rows.append(body_row(text(label), cells))
        heads = [
            (self.say("事实", "Fact"), ""),
            (self.say("已知", "Known"), ""),
            (self.say("家数", "Subjects"), "num"),
            (self.say("用到的政策", "Policies"), "num"),
        ]
        caption = self.say(
            f"政策要用而最缺的{len(rows)}项事实", f"The {len(rows)} least known facts that policies ask for"
        )
        return self._card(
            "coverage",
            self.say("缺得最多的在前", "the least known first"),
            table(caption, head_row(heads), rows),
        )

    # ── near misses ───────────────────────────────────────────────────────────────────────────────────────

    def _near(self) -> Html:
        rows = [row for policy in self.summary.policies for row in self._near_rows(policy)]
        heads = [
            (self.say("名称", "Name"), ""),
            (self.say("政策", "Policy"), ""),
            (self.say("差距", "Gap"), ""),
            (self.say("现值 / 门槛", "Value / limit"), ""),
        ]
        total = sum(policy.near_misses.len() for policy in self.summary.policies)
        sub = self.say(
            f"共 {total:,} 家次；每项政策列最近的{NEAR_MISSES}家，全部见工作簿",
            f"{total:,} in all; the nearest {NEAR_MISSES} of each policy, all of them in the workbook",
        )
        caption = self.say("不符合，但未达到的条件少而近", "Not met, but by little")
        return self._card("near", sub, table(caption, head_row(heads), rows) if rows else self._nothing())

    def _near_rows(self, policy: PolicySummary) -> Iterator[Html]:
        found = self.lists.near_misses[policy.id].head(NEAR_MISSES)
        for row in found.iter_rows(named=True):
            title = tag("span", text(policy.title.words(self.language)), class_="tag pine")
            cells = [
                (title, ""),
                (self._gap(row), ""),
                (text(row["value_text"]), "ink2"),
            ]
            yield body_row(text(row["name"]), cells)

    def _gap(self, row: Mapping[str, Any]) -> Html:
        """Say what is missing, and below it which clause asks for it."""
        clause = tag("span", text(f"  {row['cite_text']}"), class_="cite")
        asked = tag("div", text(row["failing_text"]), clause, class_="xs ink3")
        gap = tag("span", text(row["gap_text"]), class_="b") if row["gap_text"] else ""
        return gap + asked

    def _contested(self) -> Html:
        found = self.lists.contested
        if found.is_empty():
            return ""
        heads = [
            (self.say("名称", "Name"), ""),
            (self.say("政策", "Policy"), ""),
            (self.say("结论", "Outcome"), ""),
            (self.say("来源不一致的事实", "Facts on which sources disagree"), ""),
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
        sub = self.say(
            f"共 {found.height:,} 家次；换用另一来源，结论就会不同",
            f"{found.height:,} in all; with another source's value the verdict would differ",
        )
        caption = self.say("来源不一致、核实前不能算数的结论", "Verdicts to be settled between sources")
        return self._card("contested", sub, table(caption, head_row(heads), rows))

    # ── policies ──────────────────────────────────────────────────────────────────────────────────────────

    def _policies(self) -> Html:
        heading = tag("h2", text(dict(self._sections())["policies"]), id="policies")
        return tag("section", heading, aria_labelledby="policies") + "".join(
            self._policy(policy) for policy in self.summary.policies
        )

    def _policy(self, policy: PolicySummary) -> Html:
        version = policy.evaluated.policy
        counts = tag(
            "span",
            *(
                tag(
                    "span",
                    text(f"{outcome.label.words(self.language)} {policy.counts[outcome]:,}"),
                    class_=f"v v-{outcome.value}",
                )
                for outcome in OUTCOMES
            ),
            class_="counts",
        )
        summary = tag("summary", tag("h3", text(policy.title.words(self.language))), counts)
        documents = "；".join(f"{each.number} {each.zh}".strip() for each in version.body.documents)
        doc = tag("p", text(f"{documents} · {version.id}"), class_="doc sub")
        inside = (
            self._conditions(policy.conditions, policy.title) if policy.conditions else self._classes(policy)
        )
        return tag("details", summary, doc, inside, class_="card policy", id=_anchor(policy), open="")

    def _conditions(self, conditions: Iterable[ConditionCount], title: Text) -> Html:
        heads = [
            (self.say("条件", "Condition"), ""),
            (self.say("依据", "Clause"), ""),
            (self.say("结论", "Outcomes"), ""),
            *((outcome.label.words(self.language), "num") for outcome in OUTCOMES),
            (self.say("可判定", "Decided"), "num"),
        ]
        rows = []
        for each in conditions:
            cells = [
                (text(each.citation.clause), "cite"),
                (
                    outcome_bar(
                        each.met, each.open, each.not_met, self._told(each.met, each.not_met, each.open)
                    ),
                    "",
                ),
                (text(f"{each.met:,}"), "num"),
                (text(f"{each.not_met:,}"), "num"),
                (text(f"{each.open:,}"), "num"),
                (text(f"{each.decided:.0%}"), "num"),
            ]
            rows.append(body_row(tag("span", text(each.text.words(self.language)), class_="clause"), cells))
        caption = self.say(f"{title.zh}：逐条结论", f"{title.words('en')}: each condition")
        return table(caption, head_row(heads), rows)

    def _classes(self, policy: PolicySummary) -> Html:
        heads = [(self.say("类别", "Class"), ""), (self.say("已定家数", "Certainly of it"), "num")]
        rows = [
            body_row(text(label.words(self.language)), [(text(f"{count:,}"), "num")])
            for label, count in policy.classes.values()
        ]
        return table(policy.title.words(self.language), head_row(heads), rows)

    # ── problems, receipt ─────────────────────────────────────────────────────────────────────────────────

    def _problems(self) -> Html:
        problems = self.summary.run.facts.problems
        rows = [
            body_row(
                text(problem.place),
                [(text(problem.text.words(self.language)), ""), (text(problem.found), "ink2")],
            )
            for problem in problems[:PROBLEMS]
        ]
        heads = [
            (self.say("位置", "Place"), ""),
            (self.say("问题", "Problem"), ""),
            (self.say("原值", "Found"), ""),
        ]
        sub = self.say(
            f"共 {len(problems):,} 处，全部见工作簿", f"{len(problems):,} in all; all of them in the workbook"
        )
        caption = self.say("文件中读不出或需核对之处", "What could not be read or deserves a look")
        return self._card("problems", sub, table(caption, head_row(heads), rows) if rows else self._nothing())

    def _receipt(self) -> Html:
        entries = "".join(
            tag("dt", text(name)) + tag("dd", text(value))
            for name, value in receipt_lines(self.summary.run.receipt)
        )
        sub = self.say("同样的输入得出同样的结论", "the same inputs give the same verdicts")
        return self._card("receipt", sub, tag("div", tag("dl", entries, class_="kv"), class_="card-b"))


def _anchor(policy: PolicySummary) -> str:
    return f"policy-{policy.evaluated.policy.family}"


def _moment(known_at: str) -> str:
    """Print a moment to the minute."""
    return known_at[:16].replace("T", " ")


def _resource(name: str) -> str:
    return resources.files("yumiao.report").joinpath(name).read_text(encoding="utf-8")
