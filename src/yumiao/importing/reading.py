"""Files on their way in: each with the mapping given, the one remembered for its kind, or one proposed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from yumiao.importing.contradictions import find_contradictions
from yumiao.importing.corrections import Corrections
from yumiao.importing.imports import Incoming, receive_file
from yumiao.importing.proposing import propose_mapping_for
from yumiao.intake.arrivals import Arrival, read_arrival, read_lists
from yumiao.intake.cells import Workbook
from yumiao.intake.faults import Place, ProblemLog
from yumiao.intake.file_proposals import seen_columns, shape_of
from yumiao.intake.mapping import MappingFile, RegisterRule
from yumiao.intake.mapping_reader import read_mapping
from yumiao.intake.mapping_writer import write_mapping
from yumiao.intake.shape_changes import compare_shapes
from yumiao.intake.shapes import Shape, best_remembered
from yumiao.intake.tables import find_table
from yumiao.intake.workbooks import check_file, read_workbook
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text
from yumiao.packs.library import Library
from yumiao.store import Store

Tell = Callable[[Text, int, int], None]


@dataclass(frozen=True)
class _Chosen:
    """The mapping of a file.

    Attributes:
        text: as it is kept.
        problems: what changed in the shape of the file since the mapping was remembered, or is left to be asked.
    """

    mapping: MappingFile
    text: str
    problems: tuple[Problem, ...] = ()


def read_incoming(
    paths: Sequence[Path],
    mappings: Sequence[Path],
    library: Library,
    store: Store,
    *,
    today: dt.date,
    source: str | None = None,
    on: dt.date | None = None,
    territory: str | None = None,
    password: str | None = None,
    passwords: Mapping[Path, str] | None = None,
    corrections: Mapping[Path, Corrections] | None = None,
    tell: Tell | None = None,
) -> tuple[Incoming, ...]:
    """Read files for an import.

    Args:
        mappings: mapping files, one for each path; none: for each file the mapping remembered for its kind, or
            one proposed from its labels.
        today: the day of files that nothing dates.
        source, on, territory: who reports, as of which day, for which division; None: as the mapping says.
        password, passwords: of encrypted files: one for all, and one for each that has its own.
        corrections: for some files what is read otherwise than it stands in them.
    Returns: one item per file, and one per list of the named that a mapping brings along.
    Raises: YumiaoError when a file or mapping cannot be read, or nothing says who reports.
    """
    found: list[Incoming] = []
    lists_read: set[tuple[str, Path]] = set()
    remembered = _Remembered(store, library)
    for number, path in enumerate(paths):
        if tell is not None:
            tell(Text(f"读取 {path.name}", f"reading {path.name}"), number, len(paths))
        check_file(path)
        received = receive_file(path)
        secret = (passwords or {}).get(path, password)
        given = mappings[number] if mappings else None
        chosen = _given(given, library) if given else remembered.choose(path, secret)
        chosen = chosen or _proposed(path, library, secret)
        mapping = chosen.mapping
        day = on or mapping.observed_on or today
        arrivals: list[Arrival] = []
        if mapping.columns or mapping.records or mapping.persons:
            revised = (corrections or {}).get(path) or Corrections()
            workbook = read_workbook(path, secret)
            arrival = read_arrival(
                path,
                metrics=library.metrics,
                registers=library.registers,
                mapping=mapping,
                on=day,
                workbook=revised.revise(workbook),
            )
            arrivals.append(revised.told(arrival, workbook))
        lists = _lists(mapping, path, on, is_only_list=not arrivals)
        if lists and (chosen.text, lists[0].file) not in lists_read:
            lists_read.add((chosen.text, lists[0].file))
            arrivals += read_lists(replace(mapping, registers=lists), library.metrics, secret)
        for arrival in arrivals:
            problems = (*chosen.problems, *arrival.problems, *find_contradictions(arrival, library))
            seen = replace(arrival, facts=replace(arrival.facts, problems=problems))
            named = _source(source, arrival.mapping, library, arrival.file)
            kind = arrival.mapping.kind or arrival.mapping.name
            own = received if arrival.path == path else receive_file(arrival.path)
            found.append(Incoming(seen, named, kind, chosen.text, own, territory))
    return tuple(found)


def _lists(
    mapping: MappingFile, path: Path, on: dt.date | None, *, is_only_list: bool
) -> tuple[RegisterRule, ...]:
    """Return the lists to be read: those that the mapping names, or the file itself where it is nothing but one."""
    rules = mapping.registers
    if is_only_list and len({rule.file for rule in rules}) == 1:
        rules = tuple(replace(rule, file=path) for rule in rules)
    return tuple(replace(rule, on=on or rule.on) for rule in rules)


def _given(path: Path, library: Library) -> _Chosen:
    mapping = _read(path, library)
    return _Chosen(mapping, path.read_text(encoding="utf-8"))


def _proposed(path: Path, library: Library, password: str | None) -> _Chosen:
    mapping, problems = propose_mapping_for(path, library, password)
    return _Chosen(mapping, write_mapping(mapping, path.parent), problems)


def _read(path: Path, library: Library, content: str | None = None) -> MappingFile:
    return read_mapping(
        path,
        library.metrics,
        library.tables,
        library.registers,
        library.reported.sources,
        content=content,
    )


def _source(source: str | None, mapping: MappingFile, library: Library, file: str) -> str:
    """Say who reports. Raises: YumiaoError when nothing says it, or nobody is called that."""
    named = source or mapping.source
    known = library.reported.sources
    if named is not None and (named in known or not known):
        return named
    listed = "、".join(f"{each.id}（{each.label.zh}）" for each in known.values())
    names = ", ".join(f"{each.id} ({each.label.words('en')})" for each in known.values())
    if named is None:
        text = Text(
            f"{file}：没有说明是谁报送的。请用 --source 指明，或在映射文件中写 source；可用：{listed}。",
            f"{file}: nothing says who reports it. Use --source, or `source` in the mapping file; known: {names}.",
        )
        raise YumiaoError("import.source", text)
    text = Text(f"没有名为 {named} 的来源；可用：{listed}。", f"There is no source {named}; known: {names}.")
    raise YumiaoError("import.unknown_source", text)


def remembered_mapping(
    path: Path, library: Library, store: Store, password: str | None = None
) -> tuple[MappingFile, str, tuple[Problem, ...]] | None:
    """Return the mapping remembered for files like this one: what it says, its text, and what changed since.

    None where none was ever kept for such a file.
    """
    found = _Remembered(store, library).choose(path, password)
    return None if found is None else (found.mapping, found.text, found.problems)


class _Remembered:
    """The mapping files that a store remembers, one for each kind of file."""

    def __init__(self, store: Store, library: Library) -> None:
        self._store = store
        self._library = library
        self._texts = {kind: store.mapping_text(name) for kind, name in store.state().mappings.items()}

    def choose(self, path: Path, password: str | None) -> _Chosen | None:
        """Choose the remembered mapping whose table looked most like this one; none when none is like enough."""
        if not self._texts:
            return None
        mappings = {
            kind: mapping
            for kind, mapping in self._mappings(path.parent)
            if not _is_of_another_list(mapping, path)
        }
        workbook = read_workbook(path, password)
        seen = dict(self._shapes(workbook, path, mappings))
        shapes = {kind: mapping.shape for kind, mapping in mappings.items() if mapping.shape is not None}
        for kind in [None, *mappings]:
            now = seen.get(kind)
            best = best_remembered(now, shapes) if now is not None else None
            if now is not None and best is not None and kind in (None, best):
                return _Chosen(mappings[best], self._texts[best], _changes(mappings[best], now, path.name))
        return self._by_labels(workbook, path, mappings)

    def _mappings(self, folder: Path) -> Iterator[tuple[str, MappingFile]]:
        """Read what is remembered; the lists that a mapping names lie beside the file that is imported."""
        for kind, text in self._texts.items():
            try:
                yield kind, _read(folder / f"{kind}.yaml", self._library, text)
            except YumiaoError:
                continue  # written for packs that say otherwise by now: it maps nothing any more

    def _shapes(
        self, workbook: Workbook, path: Path, mappings: Mapping[str, MappingFile]
    ) -> Iterator[tuple[str | None, Shape]]:
        """See the file as each mapping would read it, and as it looks by itself."""
        for kind, mapping in (*mappings.items(), (None, None)):
            try:
                table = find_table(workbook, path.name, self._library.metrics, mapping)
            except YumiaoError:
                continue  # no header of this kind: it is a file of another kind
            yield kind, shape_of(seen_columns(table), table.sheet)

    def _by_labels(
        self, workbook: Workbook, path: Path, mappings: Mapping[str, MappingFile]
    ) -> _Chosen | None:
        """Take a mapping that remembers no shape when every label that it reads is in the file."""
        for kind, mapping in mappings.items():
            if mapping.shape is not None:
                continue
            try:
                table = find_table(workbook, path.name, self._library.metrics, mapping)
            except YumiaoError:
                continue
            needed = set(mapping.labels()) - mapping.optional_labels()
            if all(table.column_of(label) is not None for label in needed):
                return _Chosen(mapping, self._texts[kind])
        return None


def _is_of_another_list(mapping: MappingFile, path: Path) -> bool:
    """Whether all that a mapping says is who stands on one list, by the name of a file that this one is not.

    Every table with names and codes looks like such a list.
    """
    lists = {rule.file.name for rule in mapping.registers}
    return bool(lists) and not mapping.columns and mapping.records is None and path.name not in lists


def _changes(mapping: MappingFile, now: Shape, file: str) -> tuple[Problem, ...]:
    """Say what changed in the shape of a file since its mapping was remembered."""
    log = ProblemLog()
    remembered = mapping.shape or Shape()
    for change in compare_shapes(
        remembered, now, needed=mapping.labels(), optional=mapping.optional_labels()
    ):
        if change.severity is not None:
            log.add("shape_changed", Place(file), change.text, severity=change.severity, group=change.text.zh)
    return log.problems()
