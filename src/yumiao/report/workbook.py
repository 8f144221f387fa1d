"""The officers' workbook: one sheet per policy, and the lists that tell whom to see and what to ask."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import polars as pl

from yumiao.model.problems import Problem
from yumiao.model.text import Language, Text
from yumiao.report.details import ConditionColumns, Details, read_details
from yumiao.report.lists import Lists
from yumiao.report.sheets import MAX_ROWS, Book, Column, Table
from yumiao.report.summary import PolicySummary, Summary
from yumiao.report.wording import OUTCOMES

Progress = Callable[[Text, int, int], None]


@dataclass(frozen=True)
class _Words:
    """The words of the workbook in one language."""

    language: Language

    def __call__(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en


def write_workbook(
    summary: Summary,
    lists: Lists,
    path: Path,
    *,
    created: datetime,
    notice: Text = Text(""),
    max_rows: int = MAX_ROWS,
    progress: Progress | None = None,
) -> None:
    """Write the workbook of a run in the language of its lists.

    Args:
        created: what the file says of when it was made.
        notice: a sentence that stands on the first sheet, such as that all names are invented.
        max_rows: rows of one sheet; what is longer goes on in a second sheet of the same name.
    """
    writer = _Writer(summary, lists, notice, max_rows, progress)
    language = lists.language
    title = _Words(language)("育苗判定结果", "Yumiao: what the policies say")
    with Book(path, title, language, created) as book:
        writer.write(book)


class _Writer:
    def __init__(
        self, summary: Summary, lists: Lists, notice: Text, max_rows: int, progress: Progress | None
    ) -> None:
        self.summary = summary
        self.lists = lists
        self.language = lists.language
        self.say = _Words(lists.language)
        self.notice = notice
        self.max_rows = max_rows
        self.progress = progress
        self.done = 0
        self.total = summary.subjects * max(1, len(summary.policies))

    def write(self, book: Book) -> None:
        self._overview(book)
        book.add_table(self._near_misses(), self.max_rows)
        book.add_table(self._still_possible(), self.max_rows)
        book.add_table(self._questions(), self.max_rows)
        if not self.lists.contested.is_empty():
            book.add_table(self._contested(), self.max_rows)
        for policy in self.summary.policies:
            book.add_table(self._policy(policy), self.max_rows, self._tick(policy))
        book.add_table(self._problems(), self.max_rows)

    def _tick(self, policy: PolicySummary) -> Callable[[int], None]:
        def tick(rows: int) -> None:
            self.done += rows
            if self.progress is not None:
                self.progress(policy.title, min(self.done, self.total), self.total)

        tick(0)
        return tick

    # ── the first sheet ───────────────────────────────────────────────────────────────────────────────────

    def _overview(self, book: Book) -> None:
        sheet = book.add_sheet(self.say("说明", "Overview"))
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 8, 15)
        for row, (cells, look) in enumerate(self._overview_rows()):
            for number, cell in enumerate(cells):
                if isinstance(cell, int):
                    sheet.write_number(row, number, cell, book.formats["count"])
                elif cell:
                    sheet.write_string(row, number, cell, book.formats[look])

    def _overview_rows(self) -> Iterator[tuple[Sequence[str | int], str]]:
        run, say = self.summary.run, self.say
        yield (say("育苗判定结果", "Yumiao: what the policies say"),), "title"
        if self.notice.zh:
            yield (self.notice.words(self.language),), "plain"
        yield (say("申报日期", "Application date"), run.as_of.isoformat()), "plain"
        yield (say("主体数", "Subjects"), self.summary.subjects), "plain"
        yield (say("资料截至", "Known at"), run.known_at), "plain"
        yield (), "plain"
        yield from self._overview_counts()
        yield (), "plain"
        for line in _guide(say):
            yield (line,), "plain"
        yield (), "plain"
        yield (say("凭据：结论取决于以下各项", "Receipt: what the verdicts follow from"),), "subtitle"
        for name, value in receipt_lines(run.receipt):
            yield (name, value), "faint"

    def _overview_counts(self) -> Iterator[tuple[Sequence[str | int], str]]:
        say = self.say
        labels = [outcome.label.words(self.language) for outcome in OUTCOMES]
        heads = [say("政策", "Policy"), *labels, say("接近达标", "Near misses"), say("施行中", "In force")]
        yield (*heads, say("版本", "Version"), say("文号", "Document")), "head"
        for policy in self.summary.policies:
            version = policy.evaluated.policy
            yield (
                (
                    policy.title.words(self.language),
                    *(policy.counts[outcome] for outcome in OUTCOMES),
                    policy.near_misses.len(),
                    say("是", "yes") if policy.evaluated.in_force else say("否", "no"),
                    version.version,
                    version.body.documents[0].number,
                ),
                "plain",
            )
            for label, count in policy.classes.values():
                yield (f"    {label.words(self.language)}", count), "faint"

    # ── lists over all policies ───────────────────────────────────────────────────────────────────────────

    def _over_policies(self, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
        frames = [
            tables[policy.id].with_columns(pl.lit(policy.title.words(self.language)).alias("policy"))
            for policy in self.summary.policies
        ]
        return pl.concat(frames) if frames else pl.DataFrame()

    def _identity(self) -> list[Column]:
        return [
            Column("name", self.say("名称", "Name"), 30),
            Column("code", self.say("代码", "Code"), 21),
        ]

    def _near_misses(self) -> Table:
        frame = self._over_policies(self.lists.near_misses)
        say = self.say
        columns = [
            *self._identity(),
            Column("policy", say("政策", "Policy"), 22),
            Column("failing_text", say("未达到的条件", "Conditions that fail"), 52, "wrapped"),
            Column("value_text", say("现值 / 门槛", "Value / limit"), 26, "wrapped"),
            Column("gap_text", say("差距", "Gap"), 60, "wrapped"),
            Column("cite_text", say("依据", "Clause"), 22, "wrapped"),
        ]
        note = say(
            "只差一步：不符合，但未达到的条件少而近。由近到远。", "Not met, but by little. The nearest first."
        )
        return Table(say("接近达标", "Near misses"), columns, frame, note=note)

    def _still_possible(self) -> Table:
        frame = self._over_policies(self.lists.still_possible)
        say = self.say
        columns = [
            *self._identity(),
            Column("policy", say("政策", "Policy"), 22),
            Column("reasons_text", say("未定原因", "Why open"), 20),
            Column("possible_text", say("可能的类别", "Classes possible"), 20),
            Column("failing_text", say("未定的条件", "Open conditions"), 52, "wrapped"),
            Column("value_text", say("现值 / 门槛", "Value / limit"), 26, "wrapped"),
            Column("missing_text", say("缺少的事实", "Facts that are missing"), 46, "wrapped"),
        ]
        note = say(
            "未定：补齐事实后仍可能符合，也可能不符合。未定条件少的在前。",
            "Undetermined: with more facts still met or not. Those with the fewest open conditions first.",
        )
        return Table(say("仍可能符合", "Still possible"), columns, frame, note=note)

    def _questions(self) -> Table:
        say = self.say
        columns = [
            Column("policy", say("政策", "Policy"), 22),
            Column("question", say("问什么", "What to ask"), 60, "wrapped"),
            Column("verdicts", say("未定结论", "Open verdicts"), 10, "count"),
            Column("examples", say("例如", "For example"), 60, "wrapped"),
            Column("metric", say("口径", "Metric"), 26),
            Column("period", say("期间", "Period"), 10),
        ]
        note = say(
            "每项政策中，未定最多因它而起的在前。", "Of each policy: what keeps the most verdicts open first."
        )
        return Table(say("待问", "Questions"), columns, self.lists.questions, 1, note)

    def _contested(self) -> Table:
        say = self.say
        columns = [
            *self._identity(),
            Column("policy", say("政策", "Policy"), 22),
            Column("outcome_text", say("结论", "Outcome"), 9, "outcome"),
            Column("facts_text", say("来源不一致的事实", "Facts on which sources disagree"), 110, "wrapped"),
        ]
        note = say(
            "换用另一来源的数，结论就会不同；核实之前另列于此。",
            "With another source's value the verdict would differ; listed apart until someone settles it.",
        )
        return Table(say("来源不一致", "Contested"), columns, self.lists.contested, note=note)

    def _problems(self) -> Table:
        problems = self.summary.run.facts.problems
        say = self.say
        columns = [
            Column("severity", say("程度", "Severity"), 9),
            Column("file", say("文件", "File"), 24),
            Column("sheet", say("工作表", "Sheet"), 16),
            Column("cell", say("位置", "Place"), 12),
            Column("text", say("问题", "Problem"), 80, "wrapped"),
            Column("found", say("原值", "Found"), 18),
            Column("expected", say("应为", "Expected"), 28),
        ]
        return Table(say("问题", "Problems"), columns, _problem_frame(problems, self.language), 1)

    # ── one policy ────────────────────────────────────────────────────────────────────────────────────────

    def _policy(self, policy: PolicySummary) -> Table:
        details = read_details(self.summary.facts, policy.evaluated, self.language)
        say = self.say
        columns = [*self._identity(), Column("outcome_text", say("结论", "Outcome"), 9, "outcome")]
        columns += self._verdict_columns(details)
        for condition in details.conditions:
            group, note = condition.text.words(self.language), self._note(condition)
            own = self._condition_columns(condition, details)
            columns += [replace(column, group=group, note=note, group_id=condition.id) for column in own]
        version = policy.evaluated.policy
        note = f"{version.title.words(self.language)}  {version.body.documents[0].number}  {version.id}"
        return Table(policy.title.words(self.language), columns, details.frame, 2, note)

    def _verdict_columns(self, details: Details) -> Iterable[Column]:
        say, body = self.say, details.evaluated.policy.body
        if body.is_class_policy:
            yield Column("class_text", say("类别", "Class"), 12)
            yield Column("possible_text", say("可能的类别", "Classes possible"), 18)
        if body.routes:
            yield Column("route_text", say("途径", "Route"), 12)
        for score_id, text, most in details.scores:
            label = f"{text.words(self.language)}{say(f'（满分{most}）', f' (of {most})')}"
            yield Column(f"score.{score_id}", label, 16)
        yield Column("reasons_text", say("未定原因", "Why open"), 14)
        if details.frame["contested_text"].null_count() < details.frame.height:
            yield Column("contested_text", say("来源不一致", "Contested"), 10)
        if details.conditions:
            yield Column("failing", say("不符合条数", "Failing"), 8, "count")
            yield Column("open", say("未定条数", "Open"), 8, "count")

    def _condition_columns(self, condition: ConditionColumns, details: Details) -> Iterable[Column]:
        say, name = self.say, condition.id
        unit = condition.unit.label.words(self.language) if condition.unit is not None else ""
        yield Column(f"outcome.{name}", say("结论", "Outcome"), 9, "outcome")
        if condition.number:
            label = f"{say('现值', 'Value')}({unit})" if unit else say("现值", "Value")
            yield Column(f"number.{name}", label, 13, "number", otherwise=f"text.{name}")
        elif details.frame[f"text.{name}"].null_count() < details.frame.height:
            yield Column(f"text.{name}", say("现值", "Value"), 18)
        if condition.has_limit:
            yield Column(f"limit.{name}", say("门槛", "Limit"), 11)
        if condition.has_gap:
            yield Column(f"gap.{name}", say("差距", "Gap"), 24)

    def _note(self, condition: ConditionColumns) -> str:
        limit = f"{self.say('门槛', 'limit')} {condition.limit}  " if condition.limit else ""
        confidence = condition.citation.confidence.label.words(self.language)
        return f"{limit}{condition.citation.clause}  [{confidence}]"


def _guide(say: _Words) -> Iterator[str]:
    yield say("怎样读", "How to read it")
    yield say(
        "符合：不论缺少的事实是什么，条件都成立。不符合：不论缺少的事实是什么，至少有一条不成立。未定：还不能断定，补事实即可定。",
        "Met: holds whatever the missing facts are. Not met: fails whatever they are. Undetermined: they decide.",
    )
    yield say(
        "缺少的事实不当作零，也不当作“否”。带≈的数已截短，从不进位到门槛的另一边。差距是其余不变时还差的数。",
        "A missing fact is never read as zero or as no. ≈ marks a cut number; none is rounded across a limit. "
        "A gap is what is missing with all else unchanged.",
    )
    yield say(
        f"一张工作表最多{MAX_ROWS:,}行，超过的接在同名的下一张工作表。",
        f"A sheet holds at most {MAX_ROWS:,} rows; what is more goes on in a second sheet of the same name.",
    )
    yield say(
        "本表是为决定作的准备，不是决定；以政策原文和主管部门认定为准。",
        "This prepares a decision and is none; the text of the policy and the deciding office prevail.",
    )


def receipt_lines(receipt: object, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the parts of a receipt as name and value."""
    if isinstance(receipt, Mapping):
        for name, value in receipt.items():
            yield from receipt_lines(value, f"{prefix}.{name}" if prefix else str(name))
    elif receipt not in (None, "", [], ()):
        yield prefix, str(receipt)


def _problem_frame(problems: Sequence[Problem], language: Language) -> pl.DataFrame:
    severities = {"error": Text("错误", "error"), "warning": Text("提示", "warning")}
    rows = [
        {
            "severity": severities[problem.severity.value].words(language),
            "file": problem.file,
            "sheet": problem.sheet,
            "cell": problem.cell or problem.path,
            "text": problem.text.words(language),
            "found": problem.found,
            "expected": problem.expected.words(language),
        }
        for problem in problems
    ]
    names = ("severity", "file", "sheet", "cell", "text", "found", "expected")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String))
