"""Lists of the named: who is on them is a yes; on a complete list, who is not is a no at its date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import polars as pl

from yumiao.intake.cells import cell_address
from yumiao.intake.choice import Offer
from yumiao.intake.faults import Place, ProblemLog
from yumiao.intake.mapping import RegisterRule
from yumiao.intake.subjects import SubjectIndex, Triple, read_identities
from yumiao.intake.tables import Table, find_table
from yumiao.intake.workbooks import read_workbook
from yumiao.model.metrics import Metric
from yumiao.model.problems import Severity
from yumiao.model.text import Text


def read_register(
    rule: RegisterRule,
    index: SubjectIndex,
    metric: Metric,
    *,
    as_of: dt.date,
    position: int,
    password: str | None,
    log: ProblemLog,
) -> Offer | None:
    """Read one list as values of a yes/no metric for the subjects of the index.

    A subject whose name on the list could also be another's, or that an entry cannot be compared with, stays
    unknown. A value known from absence has an
    empty cell. Returns None when the list does not speak for ``as_of``.

    Raises: YumiaoError when the file cannot be read or says in no usual column who is meant.
    """
    name = rule.file.name
    if not _is_timely(rule, metric, as_of, log):
        return None
    table = find_table(read_workbook(rule.file, password), name, {}, None)
    listed, unclear = _match(table, index, log)
    rows = [(s, True, cell) for s, cell in listed.items()]
    if rule.complete:
        rows += [(s, False, "") for s in range(len(index)) if s not in listed and s not in unclear]
        _log_territory(rule, log)
    year = rule.on.year if metric.period.is_yearly else None
    return Offer((metric.id, year, False), _frame(rows, table, position))


def _frame(rows: list[tuple[int, bool, str]], table: Table, position: int) -> pl.DataFrame:
    schema = {"s": pl.UInt32, "value": pl.Boolean, "cell": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row").select(
        "s",
        pl.lit(None, pl.Int32).alias("y"),
        "value",
        raw=pl.when(pl.col("cell") == "").then(pl.lit("")).otherwise(pl.lit("在名单中")),
        file=pl.lit(table.file),
        sheet=pl.lit(table.sheet),
        cell="cell",
        position=pl.lit(position, pl.Int32),
    )


def _is_timely(rule: RegisterRule, metric: Metric, as_of: dt.date, log: ProblemLog) -> bool:
    age = (as_of - rule.on).days
    if age < 0:
        text = Text(
            f"名单日期 {rule.on} 晚于 {as_of}，未使用。",
            f"The list of {rule.on} is later than {as_of}; it is not used.",
        )
    elif metric.good_for_days is not None and age > metric.good_for_days:
        text = Text(
            f"名单日期 {rule.on} 距 {as_of} 已超过{metric.good_for_days}天，未使用。",
            f"The list of {rule.on} is more than {metric.good_for_days} days before {as_of}; it is not used.",
        )
    else:
        return True
    log.add("register_not_used", Place(rule.file.name), text, found=str(rule.on), severity=Severity.WARNING)
    return False


def _match(table: Table, index: SubjectIndex, log: ProblemLog) -> tuple[dict[int, str], set[int]]:
    """Return the subjects listed, each with the cell that names it, and those that may be meant.

    A subject may be meant by an entry that it cannot be compared with: one with only a name where the
    subject's name is not known.
    """
    listed: dict[int, str] = {}
    unclear: set[int] = set()
    strangers = 0
    kinds: set[tuple[bool, ...]] = set()
    labels = [table.column_of(label) for label in table.mapping.subject.labels()]
    column = next(column for column in labels if column is not None)
    for row, code, key, name in read_identities(table, log).select("row", "code", "id", "name").iter_rows():
        triple: Triple = (code, key, name)
        found = index.candidates(triple)
        if len(found) == 1:
            listed.setdefault(found[0], cell_address(table.header_index + 1 + row, column))
        elif found:
            unclear.update(found)
        else:
            strangers += 1
            kinds.add(tuple(part is not None for part in triple))
    if strangers:
        _log_strangers(table, strangers, log)
    unclear |= {s for s in range(len(index)) if not all(_comparable(index, s, kind) for kind in kinds)}
    return listed, unclear - set(listed)


def _comparable(index: SubjectIndex, s: int, kind: tuple[bool, ...]) -> bool:
    known = (index.codes[s], index.ids[s], index.names[s])
    return any(has and value is not None for has, value in zip(kind, known, strict=True))


def _log_strangers(table: Table, strangers: int, log: ProblemLog) -> None:
    text = Text(
        f"名单中有{strangers}条不对应任何在册单位；若名称有误，该单位会被当作不在名单中，请核对。",
        f"{strangers} entries of the list match no subject; a misspelt name would count as absent.",
    )
    log.add("register_strangers", Place(table.file, table.sheet), text, severity=Severity.WARNING)


def _log_territory(rule: RegisterRule, log: ProblemLog) -> None:
    if rule.territory:
        text = Text(
            f"名单覆盖 {rule.territory}：已按所报单位全部在该区域内处理。",
            f"The list covers {rule.territory}: all subjects of these files are taken to be there.",
        )
        log.add("territory_assumed", Place(rule.file.name), text, severity=Severity.WARNING)


def read_registers(
    rules: tuple[RegisterRule, ...],
    index: SubjectIndex,
    metrics: Mapping[str, Metric],
    *,
    as_of: dt.date,
    first_position: int,
    password: str | None,
    log: ProblemLog,
) -> list[Offer]:
    """Read the lists of a mapping, in declared order and after every other file."""
    offers = [
        read_register(
            rule,
            index,
            metrics[rule.metric],
            as_of=as_of,
            position=first_position + place,
            password=password,
            log=log,
        )
        for place, rule in enumerate(rules)
    ]
    return [offer for offer in offers if offer is not None]
