"""Whether the rows of a file are rows of a register: titles granted, intellectual property."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from yumiao.intake.evidence import Ask, Question
from yumiao.intake.label_matches import MetricNames
from yumiao.intake.label_terms import read_label
from yumiao.intake.labels import normalise_label
from yumiao.intake.mapping_writer import write_records
from yumiao.intake.proposals import ColumnProposal, Proposal, Standing
from yumiao.intake.records_mapping import RecordsRule
from yumiao.intake.records_proposal import ProposedRecords, propose_records
from yumiao.model.metrics import Metric
from yumiao.model.text import Text
from yumiao.model.units import Kind
from yumiao.packs.definitions import RegisterDefinition, TitleDefinition

FEWEST_FIELDS = 2
"""A table with fewer fields of a register is not taken for one."""

_UNSETTLED = "…"
_LIST = re.compile("名单|名录")
_DATED = re.compile("[0-9年月日季度第批()（）_.-]+")


@dataclass(frozen=True)
class _Fit:
    register: str
    definition: RegisterDefinition
    proposed: ProposedRecords

    @property
    def fields(self) -> int:
        return len(self.proposed.rule.fields)


def with_register(
    proposal: Proposal,
    registers: Mapping[str, RegisterDefinition],
    titles: Mapping[str, TitleDefinition],
    names: Sequence[str] = (),
) -> Proposal:
    """Add to a proposal the register whose rows its rows seem to be, if there is one.

    It is settled where one register alone fits, and has all that its rows need. Which title a list is of is
    always asked: a list of candidates is called like the list of those who were chosen.

    Args:
        titles: the titles that packs declare; a register with a column of them needs to know which one.
        names: of the file, the sheet, the lines above the table; a title that they name is the likely answer.
    """
    fits = _fits(proposal, registers)
    if not fits:
        return proposal
    if len(fits) > 1:
        likely = _named_title(titles, names)
        fits = [fit for fit in fits if likely and _title_field(fit.definition, titles)] or fits
    if len(fits) > 1:
        return _asked(proposal, fits, titles, names)
    fit = fits[0]
    field = _title_field(fit.definition, titles)
    if field is not None and field not in {rule.field for rule in fit.proposed.rule.fields}:
        return _asked(proposal, fits, titles, names)
    reasons = {reason.label: reason.reason for reason in fit.proposed.reasons}
    columns = tuple(_as_field(column, reasons) for column in proposal.columns)
    return replace(proposal, columns=columns, records=fit.proposed.rule)


def with_list(proposal: Proposal, metrics: Mapping[str, Metric], names: Sequence[str]) -> Proposal:
    """Ask whether a file without any metric is a complete list of those for whom a yes/no metric holds.

    Args:
        names: of the file and the sheet; a list is known by 名单 or 名录 in one of them.
    """
    listed = [name for name in names if _LIST.search(name)]
    has_more = proposal.records is not None or any(
        question.ask is Ask.RECORDS for question in proposal.questions
    )
    if not listed or has_more or any(column.metric is not None for column in proposal.columns):
        return proposal
    yes_no = MetricNames({name: metric for name, metric in metrics.items() if metric.kind is Kind.BOOL})
    found = [match for name in listed for match in yes_no.matches(read_label(_DATED.sub("", name)))[:1]]
    metric = found[0].metric if found else _UNSETTLED
    text = Text(
        "这是一份名单：在其上的为“是”。是哪个口径？是否完整（不在其上的就是“否”）？",
        "this is a list: whoever is on it is a yes. Of which metric? Is it complete (who is not on it is a no)?",
    )
    answer = f"registers: [{{metric: {metric}, complete: true, file: …, on: …}}]"
    question = Question(Ask.LIST, text, is_blocking=False, answer=answer)
    return replace(proposal, questions=(*proposal.questions, question))


def _fits(proposal: Proposal, registers: Mapping[str, RegisterDefinition]) -> list[_Fit]:
    """Return the registers with the most fields among the columns; none where metrics are more."""
    metrics = sum(column.standing is Standing.PROPOSED for column in proposal.columns)
    header = [column.label for column in proposal.columns if column.standing is not Standing.SUBJECT]
    found = [
        _Fit(name, definition, propose_records(header, name, definition))
        for name, definition in registers.items()
    ]
    most = max((fit.fields for fit in found), default=0)
    if most < FEWEST_FIELDS or most < metrics:
        return []
    return [fit for fit in found if fit.fields == most]


def _title_field(definition: RegisterDefinition, titles: Mapping[str, TitleDefinition]) -> str | None:
    """Return the column of a register that says which title a row is of, or None."""
    for name, column in definition.columns.items():
        if column.values and set(column.values) <= set(titles):
            return name
    return None


def _named_title(titles: Mapping[str, TitleDefinition], names: Sequence[str]) -> str | None:
    """Return the title with the longest name that stands in one of the names, or None."""
    text = " ".join(map(normalise_label, names))
    found = [
        (-len(word), title)
        for title, definition in titles.items()
        for word in map(normalise_label, (definition.label.text.zh, *definition.synonyms))
        if word in text
    ]
    return min(found)[1] if found else None


def _as_field(column: ColumnProposal, reasons: Mapping[str, Text]) -> ColumnProposal:
    reason = reasons.get(column.label)
    if reason is None:
        return column
    return ColumnProposal(
        column.label, Standing.FIELD, reason, confidence=1.0, examples=column.examples, profile=column.profile
    )


def _asked(
    proposal: Proposal, fits: Sequence[_Fit], titles: Mapping[str, TitleDefinition], names: Sequence[str]
) -> Proposal:
    """Ask whether the rows are rows of a register, with the lines that would say so as answer."""
    questions = list(proposal.questions)
    for fit in fits:
        label = fit.definition.label.text
        rule, field = fit.proposed.rule, _title_field(fit.definition, titles)
        text = Text(f"各行是“{label.zh}”的记录吗？", f"are the rows records of “{label.words('en')}”?")
        if field is not None and field not in {each.field for each in rule.fields}:
            title = _named_title(titles, names) or _UNSETTLED
            rule = replace(rule, fixed=((field, title),))
            text = Text(f"{text.zh} 是哪一种资质？", f"{text.en} of which title?")
        questions.append(Question(Ask.RECORDS, text, is_blocking=False, answer=_flow_text(rule)))
    return replace(proposal, questions=tuple(questions))


def _flow_text(rule: RecordsRule) -> str:
    return f"records: {write_records(rule)}"
