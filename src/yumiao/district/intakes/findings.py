"""What a check found, kept for the pages: problems cell by cell, pairs to look at, verdicts that would change."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping

import polars as pl

from yumiao.district.intakes.known_values import NOTHING_KNOWN, known_beside
from yumiao.district.intakes.models import (
    Intake,
    IntakeChange,
    IntakeFile,
    IntakePair,
    IntakeProblem,
    State,
)
from yumiao.district.intakes.services import forget_findings
from yumiao.importing.comparing import Standing
from yumiao.importing.effects import Effects
from yumiao.importing.imports import FileReport, ImportReport
from yumiao.importing.linking import Acquaintance, parties_of
from yumiao.importing.naming import known_names
from yumiao.intake.cells import column_index
from yumiao.intake.meanings import cell_parts
from yumiao.model.facts import CODE, NAME, SUBJECT
from yumiao.model.outcomes import Outcome
from yumiao.model.problems import Severity
from yumiao.store import State as StoreState

_CHUNK = 500
_EVEN = 0.5


def keep_findings(intake: Intake, report: ImportReport, known: StoreState, on: dt.date) -> None:
    """Keep what a check found in place of what the one before found; decisions on pairs stay.

    Args:
        known: what the store knows now: what could be taken from it, and the names of those that a subject may be.
        on: the day for which it is asked what is known.
    """
    chosen = {
        (pair.file_id, pair.key, pair.other): (pair.decision, pair.decided_by)
        for pair in IntakePair.objects.filter(file__intake=intake).exclude(decision="")
    }
    forget_findings(intake)
    rows = {row.name: row for row in intake.files.all()}
    for name, row in rows.items():
        reports = [each for each in report.files if each.incoming.arrival.file == name]
        IntakeProblem.objects.bulk_create(_problems(row, reports, known, on), batch_size=_CHUNK)
        pairs = list(_pairs(row, reports, known))
        for pair in pairs:
            pair.decision, pair.decided_by = chosen.get((row.id, pair.key, pair.other), ("", ""))
        IntakePair.objects.bulk_create(pairs, batch_size=_CHUNK, ignore_conflicts=True)
    if report.effects is not None:
        IntakeChange.objects.bulk_create(_changes(intake, report.effects), batch_size=_CHUNK)
    intake.counts = count_findings(report)
    intake.rows = sum(each.incoming.arrival.rows for each in report.files)
    intake.state = State.CHECKED
    intake.save(update_fields=["counts", "rows", "state"])


def count_findings(report: ImportReport) -> dict[str, int]:
    """Count what a check found: rows read and with faults, subjects, facts, verdicts compared."""
    found = {"rows": 0, "bad_rows": 0, "repeats": 0, "errors": 0, "warnings": 0, "verdicts": 0}
    found |= {f"subjects_{each.value}": 0 for each in Acquaintance}
    found |= {f"facts_{each.value}": 0 for each in Standing}
    found["verdicts"] = report.effects.judged if report.effects is not None else 0
    for each in report.files:
        found["rows"] += each.incoming.arrival.rows
        found["bad_rows"] += each.bad_rows
        found["repeats"] += each.is_repeat
        errors = sum(problem.severity is Severity.ERROR for problem in each.problems)
        found["errors"] += errors
        found["warnings"] += len(each.problems) - errors
        subjects = each.assignment.counts() if each.assignment is not None else {}
        facts = each.comparison.counts() if each.comparison is not None else {}
        for who, count in subjects.items():
            found[f"subjects_{who.value}"] += count
        for standing, count in facts.items():
            found[f"facts_{standing.value}"] += count
    return found


def _problems(
    row: IntakeFile, reports: list[FileReport], known: StoreState, on: dt.date
) -> Iterator[IntakeProblem]:
    position = 0
    for each in reports:
        names, labels = _names_by_row(each), _labels(each)
        beside = known_beside(each, names, known, on)
        for problem in each.problems:
            letters, number = cell_parts(problem.cell)
            held = beside.get((letters, number), NOTHING_KNOWN)
            yield IntakeProblem(
                file=row,
                position=position,
                code=problem.code[:80],
                severity=problem.severity.value,
                sheet=problem.sheet[:100],
                cell=problem.cell[:40],
                row=number,
                subject_name=names.get(number, "")[:300] if number else "",
                column=labels.get(letters, "")[:300],
                found=problem.found,
                expected_zh=problem.expected.zh,
                expected_en=problem.expected.words("en"),
                text_zh=problem.text.zh,
                text_en=problem.text.words("en"),
                fact=held.fact[:200],
                known=held.value[:300],
                known_source=held.source[:80],
            )
            position += 1


def _names_by_row(report: FileReport) -> dict[int, str]:
    """The name, else the code, that stands in each row of the table."""
    found: dict[int, str] = {}
    rows = report.incoming.arrival.identifiers.filter(pl.col("kind").is_in(["code", "name"]))
    for kind, value, cell in rows.sort("kind").select("kind", "value", "cell").iter_rows():
        number = int(re.sub("[^0-9]", "", cell) or 0)
        if kind == "name" or number not in found:
            found[number] = value
    return found


def _labels(report: FileReport) -> Mapping[str, str]:
    """The label above each column that the file's facts come from, by its letters, as far as facts tell it."""
    arrival = report.incoming.arrival
    metrics = {rule.metric: rule.label for rule in arrival.mapping.columns}
    cells = arrival.facts.sources.unique("column").select("column", "cell").iter_rows()
    found = {}
    for column, cell in cells:
        letters, _ = cell_parts(cell)
        label = metrics.get(column.partition("@")[0].partition("#")[0])
        if letters and label:
            found[letters] = label
    return dict(sorted(found.items(), key=lambda each: column_index(each[0])))


def _pairs(row: IntakeFile, reports: list[FileReport], known: StoreState) -> Iterator[IntakePair]:
    for each in reports:
        if each.assignment is None or not each.assignment.pairs.height:
            continue
        arrival = each.incoming.arrival
        said = {
            party["key"]: party
            for party in parties_of(arrival.facts.table, arrival.identifiers).iter_rows(named=True)
        }
        others = {named[SUBJECT]: named for named in known_names(known).iter_rows(named=True)}
        for pair in each.assignment.pairs.iter_rows(named=True):
            own, other = said.get(pair["key"], {}), others.get(pair["other"], {})
            chance = pair["probability"]
            yield IntakePair(
                file=row,
                key=pair["key"][:300],
                name=(own.get(NAME) or "")[:300],
                code=(own.get(CODE) or "")[:40],
                other=pair["other"],
                other_name=(other.get(NAME) or "")[:300],
                other_code=(other.get(CODE) or "")[:40],
                probability=chance,
                distance=None if chance is None else abs(chance - _EVEN),
                evidence_zh=pair["evidence_zh"] or "",
                evidence_en=pair["evidence_en"] or "",
            )


def _changes(intake: Intake, effects: Effects) -> Iterator[IntakeChange]:
    for position, change in enumerate(effects.changes.iter_rows(named=True)):
        before, after = change["before"] or "", change["after"] or ""
        yield IntakeChange(
            intake=intake,
            position=position,
            subject=change[SUBJECT],
            name=(change[NAME] or "")[:300],
            policy=change["policy"],
            before=before,
            after=after,
            kind=kind_of_change(before, after),
            conditions=change["conditions"],
            columns=change["columns"],
        )


def kind_of_change(before: str, after: str) -> str:
    """Say what a change is: ``new`` of a subject that was not known, ``gains``, ``loses``, ``settles``, ``opens``.

    A class that is certain counts as met.
    """
    if not before:
        return "new"
    was, will = (_outcome(text) for text in (before, after))
    if will is Outcome.MET and was is not Outcome.MET:
        return "gains"
    if was is Outcome.MET and will is not Outcome.MET:
        return "loses"
    if was is Outcome.UNDETERMINED:
        return "settles"
    return "opens" if will is Outcome.UNDETERMINED else "other"


def _outcome(text: str) -> Outcome:
    return Outcome(text) if text in set(Outcome) else Outcome.MET
