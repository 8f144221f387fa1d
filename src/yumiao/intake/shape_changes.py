"""What is different in this month's table, said in words: columns gone, new, renamed, of another unit or type."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz import fuzz

from yumiao.intake.labels import normalise_label
from yumiao.intake.shapes import TYPE_LABELS, CellType, ColumnShape, Shape
from yumiao.model.problems import Severity
from yumiao.model.text import Text

_RENAMED_FROM = 60.0
"""From this likeness on (0 to 100) a new column may be a renamed one."""

_FAR_OFF = 2
"""A table of more than so many times the rows, or the fewer, deserves a look."""


class ChangeKind(StrEnum):
    """In what a table differs from the one remembered."""

    GONE = "gone"
    NEW = "new"
    RENAMED = "renamed"
    MOVED = "moved"
    UNIT = "unit"
    TYPE = "type"
    WORDS = "words"
    CODES = "codes"
    ROWS = "rows"
    SHEET = "sheet"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference from the remembered shape.

    Attributes:
        label: the column concerned as it is called now, or was called where it is gone; empty for the table.
        near: the new label of a renamed column, else empty.
        severity: error where the mapping cannot be applied, warning where someone should look, None where
            nothing has to be done.
    """

    kind: ChangeKind
    label: str
    text: Text
    severity: Severity | None = None
    near: str = ""


def compare_shapes(
    remembered: Shape, now: Shape, *, needed: Collection[str] = (), optional: Collection[str] = ()
) -> tuple[Change, ...]:
    """Say in what a table differs from the one that its mapping was made for.

    A needed column that is gone or renamed is an error; columns in another order are no problem.

    Args:
        needed: labels that the mapping reads.
        optional: those of them that may be absent.
    Returns: errors first, then warnings, then what needs no attention.
    """
    must = {normalise_label(label) for label in needed} - {normalise_label(label) for label in optional}
    before = {normalise_label(column.label): column for column in remembered.columns}
    after = {normalise_label(column.label): column for column in now.columns}
    renamed = _renamed(before, after)
    changes = [
        *_gone(before, after, renamed, must),
        *_new(before, after, renamed),
        *_moved(before, after),
        *(change for label in before if label in after for change in _changed(before[label], after[label])),
        *_table_changes(remembered, now),
    ]
    order = [Severity.ERROR, Severity.WARNING, None]
    return tuple(sorted(changes, key=lambda change: order.index(change.severity)))


def _renamed(before: Mapping[str, ColumnShape], after: Mapping[str, ColumnShape]) -> dict[str, str]:
    """Pair columns that are gone with new ones of a like name and the same type, each at most once."""
    gone, new = (
        [label for label in before if label not in after],
        [label for label in after if label not in before],
    )
    pairs = sorted(
        (-fuzz.ratio(old, label), old, label)
        for old in gone
        for label in new
        if _may_be(before[old].type, after[label].type)
    )
    found: dict[str, str] = {}
    for unlike, old, label in pairs:
        if -unlike >= _RENAMED_FROM and old not in found and label not in found.values():
            found[old] = label
    return found


def _may_be(before: CellType, after: CellType) -> bool:
    open_kinds = {CellType.TEXT, CellType.WORDS, CellType.YES_NO, CellType.CODE}
    return before is after or CellType.EMPTY in (before, after) or {before, after} <= open_kinds


def _gone(
    before: Mapping[str, ColumnShape],
    after: Mapping[str, ColumnShape],
    renamed: Mapping[str, str],
    must: Collection[str],
) -> list[Change]:
    changes = []
    for key, column in before.items():
        if key in after:
            continue
        is_error = key in must
        if key in renamed:
            near = after[renamed[key]].label
            text = Text(
                f"列“{column.label}”似改名为“{near}”", f"the column “{column.label}” is now perhaps “{near}”"
            )
            severity = Severity.ERROR if is_error else Severity.WARNING
            changes.append(Change(ChangeKind.RENAMED, column.label, text, severity, near))
        else:
            text = Text(f"列“{column.label}”没有了", f"the column “{column.label}” is gone")
            severity = Severity.ERROR if is_error else Severity.WARNING
            changes.append(Change(ChangeKind.GONE, column.label, text, severity))
    return changes


def _new(
    before: Mapping[str, ColumnShape], after: Mapping[str, ColumnShape], renamed: Mapping[str, str]
) -> list[Change]:
    return [
        Change(
            ChangeKind.NEW,
            column.label,
            Text(f"新增列“{column.label}”", f"the column “{column.label}” is new"),
            Severity.WARNING,
        )
        for key, column in after.items()
        if key not in before and key not in renamed.values()
    ]


def _moved(before: Mapping[str, ColumnShape], after: Mapping[str, ColumnShape]) -> list[Change]:
    """Say once that common columns stand in another order; columns that came or went move nothing."""
    was = [key for key in before if key in after]
    if was == [key for key in after if key in before]:
        return []
    text = Text("列的顺序变了，不影响读取", "the columns stand in another order, which changes nothing")
    return [Change(ChangeKind.MOVED, "", text)]


def _changed(before: ColumnShape, after: ColumnShape) -> list[Change]:
    changes = []
    label = after.label
    if before.unit != after.unit:
        was, now = before.unit or "未注明", after.unit or "未注明"
        was_en, now_en = before.unit or "not stated", after.unit or "not stated"
        text = Text(
            f"列“{label}”的单位由{was}变为{now}", f"the unit of “{label}” was {was_en} and is {now_en}"
        )
        changes.append(Change(ChangeKind.UNIT, label, text, Severity.WARNING))
    if not _same_type(before.type, after.type):
        old, new = TYPE_LABELS[before.type], TYPE_LABELS[after.type]
        text = Text(
            f"列“{label}”的内容由{old.zh}变为{new.zh}",
            f"the cells of “{label}” were {old.en} and are {new.en}",
        )
        changes.append(Change(ChangeKind.TYPE, label, text, Severity.WARNING))
    changes += _new_texts(ChangeKind.WORDS, label, before.words, after.words, ("新的词", "new words"))
    is_known = set(before.words) | set(before.codes)
    codes = tuple(code for code in after.codes if code not in is_known)
    return changes + _new_texts(
        ChangeKind.CODES, label, (), codes, ("疑似缺失代码", "what may be missing codes")
    )


def _same_type(before: CellType, after: CellType) -> bool:
    loose = {CellType.TEXT, CellType.WORDS, CellType.YES_NO}
    return before is after or {before, after} <= loose


def _new_texts(
    kind: ChangeKind, label: str, before: Collection[str], after: Collection[str], names: tuple[str, str]
) -> list[Change]:
    new = [text for text in after if text not in before] if before or kind is ChangeKind.CODES else []
    if not new:
        return []
    words, listed = "、".join(new), ", ".join(new)
    text = Text(f"列“{label}”有{names[0]}：{words}", f"“{label}” holds {names[1]}: {listed}")
    return [Change(kind, label, text, Severity.WARNING)]


def _table_changes(remembered: Shape, now: Shape) -> list[Change]:
    changes = []
    if remembered.sheet and now.sheet and remembered.sheet != now.sheet:
        text = Text(
            f"工作表由“{remembered.sheet}”变为“{now.sheet}”",
            f"the sheet was “{remembered.sheet}” and is “{now.sheet}”",
        )
        changes.append(Change(ChangeKind.SHEET, "", text))
    low, high = sorted((remembered.rows, now.rows))
    if remembered.rows and high > _FAR_OFF * low:
        text = Text(
            f"行数由{remembered.rows}变为{now.rows}，请核对是否完整",
            f"there were {remembered.rows} rows and are {now.rows}: check that the file is whole",
        )
        changes.append(Change(ChangeKind.ROWS, "", text, Severity.WARNING))
    return changes
