"""A mapping for a file that none is given or remembered for: what its labels and cells leave no doubt about."""

from __future__ import annotations

from pathlib import Path

from yumiao.intake.faults import Place, ProblemLog
from yumiao.intake.file_proposals import propose_columns, seen_columns, with_year_hint
from yumiao.intake.mapping import MappingFile
from yumiao.intake.proposals import ColumnProposal, Proposal, Standing
from yumiao.intake.proposed_mapping import Origin, mapping_of
from yumiao.intake.register_proposals import with_list, with_register
from yumiao.intake.tables import Table, find_table
from yumiao.intake.workbooks import read_workbook
from yumiao.model.problems import Problem, Severity, YumiaoError
from yumiao.model.text import Text
from yumiao.packs.library import Library


def propose_mapping_for(
    path: Path, library: Library, password: str | None = None
) -> tuple[MappingFile, tuple[Problem, ...]]:
    """Propose what a file's columns mean.

    Returns: the mapping of what is settled, and a warning for every column of which something must be asked: it is
        not read.
    Raises: YumiaoError when the file cannot be read, has no header, or nothing about it is settled.
    """
    table = find_table(read_workbook(path, password), path.name, library.metrics, None)
    names = (table.sheet, path.stem)
    proposal = propose_columns(seen_columns(table), library.metrics, library.tables, sheet=table.sheet)
    proposal = with_register(with_year_hint(proposal, names), library.registers, library.titles, names)
    proposal = with_list(proposal, library.metrics, names)
    mapping = mapping_of(proposal, Origin(path.stem, path.stem))
    problems = _asked(table, proposal)
    if not mapping.columns and mapping.records is None:
        text = Text(
            f"{path.name}：没有一列的含义能够确定。请用 yumiao map {path.name} --to 映射.yaml 逐列说明。",
            f"{path.name}: it is not settled what any column means; say it with yumiao map {path.name} --to M.yaml.",
        )
        raise YumiaoError("import.nothing_settled", text, problems)
    return mapping, problems


def _asked(table: Table, proposal: Proposal) -> tuple[Problem, ...]:
    log = ProblemLog()
    for column in proposal.columns:
        if column.is_open and not column.is_settled and column.standing is not Standing.PERSON:
            index = table.column_of(column.label)
            place = Place(table.file, table.sheet) if index is None else table.place(-1, index)
            log.add("column_asked", place, _sentence(column), found=column.label, severity=Severity.WARNING)
    return log.problems()


def _sentence(column: ColumnProposal) -> Text:
    asked = [question.text for question in column.questions if question.is_blocking] or [column.reason]
    zh, en = "；".join(text.zh for text in asked), "; ".join(text.words("en") for text in asked)
    metric = column.metric or "—"
    return Text(
        f"列“{column.label}”未读入，可能是 {metric}：{zh}（用 yumiao map 说明）。",
        f"The column “{column.label}” is not read; it may be {metric}: {en} (say so with yumiao map).",
    )
