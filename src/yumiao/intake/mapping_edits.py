"""A mapping file brought up to date without losing what its author wrote: order, comments, quotes stay."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from yumiao.intake.mapping import MappingFile
from yumiao.intake.mapping_writer import Remarks, comment, quote, write_mapping, write_rules, write_shape
from yumiao.model.problems import YumiaoError

_KEY = re.compile(r"([A-Za-z_]+):(.*)")

Reread = Callable[[str], MappingFile]
"""Reads the text of a mapping file."""


@dataclass(frozen=True, slots=True)
class _Block:
    """One key of the file with its lines.

    Attributes:
        lines: the line of the key and everything up to the next key.
    """

    key: str
    lines: tuple[str, ...]

    @property
    def is_plain(self) -> bool:
        """Whether what belongs to the key stands below it rather than on its line."""
        found = _KEY.match(self.lines[0])
        return found is not None and not found[2].split("#")[0].strip()


def edit_mapping(
    text: str, old: MappingFile, new: MappingFile, folder: Path, remarks: Remarks, reread: Reread
) -> str:
    """Return the text of a mapping file changed from ``old`` to ``new``.

    Columns, ignored labels and the shape are added where they belong and nothing else is touched. Where that
    does not give ``new`` exactly (the author used another style, or more has changed) the file is written anew.

    Args:
        text: the file as it is; ``reread`` gives ``old`` for it.
        folder: where the file lies.
        remarks: comments for what is added; questions that the file asks already are not asked again.
    """
    blocks = _blocks(text)
    edited = _joined(
        _with_columns(_with_ignored(_with_shape(blocks, new), old, new), old, new, remarks, text)
    )
    try:
        is_right = without_lines(reread(edited)) == without_lines(new)
    except YumiaoError:
        is_right = False
    return edited if is_right else write_mapping(new, folder, remarks)


def without_lines(mapping: MappingFile) -> MappingFile:
    """Return a mapping without the numbers of lines, for comparing."""
    persons, records = mapping.persons, mapping.records
    if persons is not None:
        persons = replace(persons, counts=tuple(replace(count, line=None) for count in persons.counts))
    if records is not None:
        fields = tuple(replace(field, line=None) for field in records.fields)
        records = replace(records, line=None, fields=fields)
    return replace(
        mapping,
        columns=tuple(replace(rule, line=None) for rule in mapping.columns),
        registers=tuple(replace(rule, line=None) for rule in mapping.registers),
        persons=persons,
        records=records,
    )


def _blocks(text: str) -> list[_Block]:
    """Cut a file at its keys; what stands before the first one is a block without key."""
    blocks: list[_Block] = []
    lines: list[str] = []
    key = ""
    for line in text.splitlines():
        found = _KEY.match(line)
        if found is not None:
            blocks.append(_Block(key, tuple(lines)))
            key, lines = found[1], []
        lines.append(line)
    return [*blocks, _Block(key, tuple(lines))]


def _joined(blocks: Iterable[_Block]) -> str:
    return "\n".join(line for block in blocks for line in block.lines) + "\n"


def _with_shape(blocks: Sequence[_Block], new: MappingFile) -> list[_Block]:
    kept = [block for block in blocks if block.key != "shape"]
    return kept if new.shape is None else [*kept, _Block("shape", tuple(write_shape(new.shape)))]


def _with_ignored(blocks: Sequence[_Block], old: MappingFile, new: MappingFile) -> list[_Block]:
    added = [label for label in new.ignore if label not in old.ignore]
    if not added:
        return list(blocks)
    if not any(block.key == "ignore" for block in blocks):
        block = _Block("ignore", (f"ignore: [{', '.join(map(quote, added))}]",))
        at = next((index for index, each in enumerate(blocks) if each.key == "shape"), len(blocks))
        return [*blocks[:at], block, *blocks[at:]]
    return [_more_ignored(block, added) if block.key == "ignore" else block for block in blocks]


def _more_ignored(block: _Block, labels: Sequence[str]) -> _Block:
    if block.is_plain:
        return _appended(block, [f"  - {quote(label)}" for label in labels])
    listed = ", ".join(map(quote, labels))
    last = max((index for index, line in enumerate(block.lines) if "]" in line), default=0)
    line = block.lines[last]
    head, bracket, tail = line.rpartition("]")
    changed = (
        f"{head}, {listed}{bracket}{tail}"
        if not head.rstrip().endswith("[")
        else f"{head}{listed}{bracket}{tail}"
    )
    return replace(block, lines=(*block.lines[:last], changed, *block.lines[last + 1 :]))


def _with_columns(
    blocks: Sequence[_Block], old: MappingFile, new: MappingFile, remarks: Remarks, text: str
) -> list[_Block]:
    added = new.columns[len(old.columns) :]
    lines = write_rules(added, remarks.columns or {})
    lines += [comment(line, "  ") for line in _not_asked_before(remarks.asked, text)]
    if not lines:
        return list(blocks)
    if not any(block.key == "columns" for block in blocks):
        head = "columns:" if added else "# columns:"
        return _inserted(blocks, _Block("columns", (head, *lines)))
    return [
        _appended(block, lines) if block.key == "columns" and block.is_plain else block for block in blocks
    ]


def _not_asked_before(asked: Sequence[str], text: str) -> list[str]:
    """Return the questions that the file does not hold yet; each is a line with ? and the lines that answer it."""
    groups: list[list[str]] = []
    for line in asked:
        if line.startswith("?") or not groups:
            groups.append([])
        groups[-1].append(line)
    known = {line.strip() for line in text.splitlines()}
    fresh = [group for group in groups if not any(comment(line) in known for line in group[1:])]
    return [line for group in fresh for line in group]


def _appended(block: _Block, lines: Sequence[str]) -> _Block:
    """Add lines after the last line of a block that holds something."""
    end = max((index for index, line in enumerate(block.lines) if line.strip()), default=0) + 1
    return replace(block, lines=(*block.lines[:end], *lines, *block.lines[end:]))


def _inserted(blocks: Sequence[_Block], block: _Block) -> list[_Block]:
    at = next((index for index, each in enumerate(blocks) if each.key == "shape"), len(blocks))
    return [*blocks[:at], block, *blocks[at:]]
