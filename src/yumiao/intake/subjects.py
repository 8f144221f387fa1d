"""Whose row is it: rows of all files gathered into subjects by code, else id, else exact name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import polars as pl

from yumiao.identity.codes import check_code
from yumiao.intake.faults import ProblemLog
from yumiao.intake.tables import Table
from yumiao.intake.values import tidy_texts
from yumiao.intake.words import TOTAL_WORDS
from yumiao.model.problems import Severity
from yumiao.model.text import Text

_AS_NUMBER = r"^[0-9](?:\.[0-9]+)?[eE]\+[0-9]+$"
_ERROR_TEXT = r"^(?:#[A-Z0-9/_]+[?!]?$|=)"
_KEYS = ("code", "id", "name")

Triple = tuple[str | None, str | None, str | None]
"""Code, id and name of a row, tidied; None where the row has none."""


@dataclass
class SubjectIndex:
    """The subjects met so far, found again by code, id or name."""

    codes: list[str | None] = field(default_factory=list)
    ids: list[str | None] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    _by_code: dict[str, int] = field(default_factory=dict)
    _by_id: dict[str, list[int]] = field(default_factory=dict)
    _by_name: dict[str, list[int]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.codes)

    def candidates(self, triple: Triple) -> list[int]:
        """Return the subjects a row may mean; several only where it names none of them clearly."""
        code, key, name = triple
        if code is not None and code in self._by_code:
            return [self._by_code[code]]
        found = [index for index in self._by_id.get(key or "", []) if self._agrees(index, code, None)]
        if not found:
            found = [index for index in self._by_name.get(name or "", []) if self._agrees(index, code, key)]
        return found

    def _agrees(self, index: int, code: str | None, key: str | None) -> bool:
        has_other_code = code is not None and self.codes[index] not in (None, code)
        has_other_id = key is not None and self.ids[index] not in (None, key)
        return not has_other_code and not has_other_id

    def add(self, triple: Triple) -> int | None:
        """Return the subject a row means, adding what is new of it; None when a bare name means several."""
        found = self.candidates(triple)
        if len(found) > 1 and triple[:2] == (None, None):
            return None
        index = found[0] if len(found) == 1 else self._new()
        self._learn(index, triple)
        return index

    def _new(self) -> int:
        for column in (self.codes, self.ids, self.names):
            column.append(None)
        return len(self.codes) - 1

    def _learn(self, index: int, triple: Triple) -> None:
        code, key, name = triple
        if code is not None and self.codes[index] is None:
            self.codes[index] = code
            self._by_code[code] = index
        if key is not None and self.ids[index] is None:
            self.ids[index] = key
            self._by_id.setdefault(key, []).append(index)
        if name is not None:
            self.names[index] = self.names[index] or name
            known = self._by_name.setdefault(name, [])
            if index not in known:
                known.append(index)

    def keys(self) -> list[str]:
        """Return one unique text per subject: its id, else its code, else its name."""
        taken: set[str] = set()
        keys = []
        for index in range(len(self)):
            choices = [key for key in (self.ids[index], self.codes[index], self.names[index]) if key]
            free = [key for key in choices if key not in taken]
            key = free[0] if free else f"{choices[0]}#{index + 1}"
            taken.add(key)
            keys.append(key)
        return keys


def read_identities(table: Table, log: ProblemLog) -> pl.DataFrame:
    """Read who each row of a table is.

    Returns: one row per row that names someone: ``row`` (from 0), ``code``, ``id``, ``name`` (tidied, NULL =
    not given), ``display`` (the name as written).
    """
    columns = {key: _key_texts(table, key, log) for key in _KEYS}
    frame = pl.DataFrame(columns).with_row_index("row").with_columns(display=_display(table))
    frame = _without_totals(frame, table, log)
    is_named = pl.any_horizontal(pl.col(_KEYS).is_not_null())
    _log_nameless(table, frame.filter(~is_named)["row"], log)
    frame = frame.filter(is_named)
    _check_codes(table, frame, log)
    return frame


def _column(table: Table, key: str) -> int | None:
    label: str | None = getattr(table.mapping.subject, key)
    return None if label is None else table.column_of(label)


def _display(table: Table) -> pl.Series:
    column = _column(table, "name")
    if column is None:
        return pl.Series([None], dtype=pl.String).new_from_index(0, table.rows.height)
    return table.texts(column).str.strip_chars()


def _key_texts(table: Table, key: str, log: ProblemLog) -> pl.Series:
    column = _column(table, key)
    if column is None:
        return pl.Series(key, [None], dtype=pl.String).new_from_index(0, table.rows.height)
    texts = tidy_texts(table.texts(column)).str.replace(r'^="(.*)"$', "$1").str.strip_prefix("'")
    broken = texts.str.contains(_ERROR_TEXT)
    if key != "name":
        broken = broken | texts.str.contains(_AS_NUMBER)
    broken = broken.fill_null(value=False)
    for row in broken.arg_true():
        _log_unreadable(table, row, column, texts[row], log)
    texts = texts.set(broken, None)
    if key == "code":
        texts = texts.str.to_uppercase()
    return texts.str.replace_all(r"\s+", " ").rename(key)


def _log_unreadable(table: Table, row: int, column: int, found: str, log: ProblemLog) -> None:
    text = Text(
        f"“{found}”不能说明是哪家单位；若为代码，请把该列设为文本格式后重新填写（数字格式会丢失末位）。",
        f"“{found}” does not say who is meant; if it is a code, format the column as text and enter it again "
        "(as a number it has lost its last digits).",
    )
    log.add("identity_unreadable", table.place(row, column), text, found=found, group=str(column))


def _without_totals(frame: pl.DataFrame, table: Table, log: ProblemLog) -> pl.DataFrame:
    column = _column(table, "name")
    is_total = pl.col("name").is_in(TOTAL_WORDS) & pl.col("code").is_null()
    is_total = is_total.fill_null(value=False)
    if column is not None:
        for row, name in frame.filter(is_total).select("row", "name").iter_rows():
            text = Text(
                f"“{name}”行不是单位，已略过。", f"The row “{name}” holds sums, not a subject; it is skipped."
            )
            log.add("total_row", table.place(row, column), text, found=name, severity=Severity.WARNING)
    return frame.filter(~is_total)


def _log_nameless(table: Table, rows: pl.Series, log: ProblemLog) -> None:
    """Report rows that hold values but name nobody; rows without any mapped value are no rows."""
    mapped = [table.column_of(part) for rule in table.mapping.columns for part in rule.parts]
    used = sorted({column for column in mapped if column is not None})
    if not used or not rows.len():
        return
    cells = table.rows[rows].select(
        pl.any_horizontal(pl.col([str(c) for c in used]).is_not_null()).alias("any")
    )
    for row in rows.filter(cells["any"]):
        text = Text(
            "这一行有数值，但没有单位名称或代码；已略过。",
            "This row has values but names nobody; it is left out.",
        )
        log.add("subject_missing", table.place(row, used[0]), text)


def _check_codes(table: Table, frame: pl.DataFrame, log: ProblemLog) -> None:
    column = _column(table, "code")
    if column is None:
        return
    given = frame.filter(pl.col("code").is_not_null()).unique("code", keep="first", maintain_order=True)
    for row, code in given.select("row", "code").iter_rows():
        check = check_code(code)
        place = table.place(row, column)
        if not check.valid:
            expected = Text(check.expected_check or "", check.expected_check or "")
            log.add(
                "code_invalid", place, check.text, found=code, expected=expected, severity=Severity.WARNING
            )
        for warning in check.warnings:
            log.add("code_doubtful", place, warning, found=code, severity=Severity.WARNING)


def index_subjects(
    identities: Sequence[tuple[Table, pl.DataFrame]], log: ProblemLog
) -> tuple[SubjectIndex, list[pl.DataFrame], list[int]]:
    """Gather the rows of all tables into subjects.

    Rows with a code are placed first, then rows with an id, then rows with only a name, so that the answer
    does not depend on the order of rows. A bare name that means several subjects is left out and reported.

    Returns: the index; for each table one row per placed row: ``row``, ``s`` (number of the subject in the
    index), ``display`` (name as written); the subjects' numbers in order of first appearance.
    """
    triples: dict[Triple, None] = {}
    for _, frame in identities:
        triples.update(dict.fromkeys(_triples(frame)))
    index = SubjectIndex()
    placed = {triple: index.add(triple) for triple in _with_most_keys_first(triples)}
    order = list(dict.fromkeys(s for triple in triples if (s := placed[triple]) is not None))
    frames = [_placed_rows(table, frame, placed, log) for table, frame in identities]
    return index, frames, order


def _triples(frame: pl.DataFrame) -> list[Triple]:
    codes, ids, names = (frame[key].to_list() for key in _KEYS)
    return list(zip(codes, ids, names, strict=True))


def _with_most_keys_first(triples: Iterable[Triple]) -> list[Triple]:
    return sorted(triples, key=lambda triple: (triple[0] is None, triple[1] is None))


def _placed_rows(
    table: Table, frame: pl.DataFrame, placed: dict[Triple, int | None], log: ProblemLog
) -> pl.DataFrame:
    found = pl.Series("s", [placed[triple] for triple in _triples(frame)], dtype=pl.UInt32)
    frame = frame.with_columns(found)
    column = _column(table, "name") or 0
    for row, name in frame.filter(pl.col("s").is_null()).select("row", "name").iter_rows():
        text = Text(
            f"“{name}”对应多家单位，请补充统一社会信用代码；已略过。",
            f"Several subjects are called “{name}”; please add the code. The row is left out.",
        )
        log.add("name_ambiguous", table.place(row, column), text, found=name)
    return frame.filter(pl.col("s").is_not_null()).select("row", "s", "display")
