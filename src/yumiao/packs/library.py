"""All packs of some roots, read and put together: metrics, constraints, titles, registers, tables, policies."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from yumiao.model.metrics import Lever, Metric
from yumiao.model.periods import PeriodKind
from yumiao.model.prefix_tables import PrefixTable
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text
from yumiao.model.units import UNITS, Kind, to_steps
from yumiao.packs.definitions import (
    DefinitionFile,
    LeverDefinition,
    PackFile,
    RegisterDefinition,
    TableFile,
    TitleDefinition,
)
from yumiao.packs.figures import Figures, FiguresFile, read_figures
from yumiao.packs.folder import packs_folder
from yumiao.packs.policies import ApplicationKind, PolicyVersion
from yumiao.packs.register_columns import TITLE
from yumiao.packs.sources import FactSources, SourcesFile, read_sources
from yumiao.packs.tables import read_tables
from yumiao.packs.yaml_reading import Source, check_model, nearest, read_yaml

SOURCES_FILE = "sources.yaml"
"""Where a pack says who reports facts and who is believed."""


@dataclass(frozen=True)
class PackInfo:
    """One pack: where it applies and what it is called."""

    id: str
    territory: str
    title: Text
    folder: Path


@dataclass(frozen=True)
class Policy:
    """A policy version with the pack it stands in and the hash of all it refers to.

    Attributes:
        family: the policy's id (``hnte``); ``version`` names one text of it.
        body: the version as written.
        hash: over the canonical text of the version and of the definitions of its pack roots.
    """

    family: str
    version: str
    body: PolicyVersion
    territory: str
    pack: str
    file: str
    hash: str
    source: Source = field(repr=False, compare=False)

    @property
    def id(self) -> str:
        return f"{self.family}@{self.version}"

    @property
    def title(self) -> Text:
        return self.body.title.text

    def in_force(self, as_of: dt.date, kind: ApplicationKind | None = None) -> bool:
        """Whether an application on ``as_of`` is judged by this version."""
        return any(span.covers(as_of, kind) for span in self.body.applies)


@dataclass(frozen=True)
class Library:
    """What the packs of some roots say, checked key by key (see ``yumiao.rules`` for the meaning).

    Attributes:
        constraints: pairs of metrics, the part and the whole that it does not exceed.
        sources: the files read, by the name under which problems show them.
        reported: who reports facts, and who is believed when they differ.
        figures: what others have published; no verdict rests on them.
    """

    packs: tuple[PackInfo, ...] = ()
    metrics: Mapping[str, Metric] = field(default_factory=dict)
    constraints: tuple[tuple[str, str], ...] = ()
    levers: Mapping[str, Lever] = field(default_factory=dict)
    registers: Mapping[str, RegisterDefinition] = field(default_factory=dict)
    titles: Mapping[str, TitleDefinition] = field(default_factory=dict)
    tables: Mapping[str, PrefixTable] = field(default_factory=dict)
    policies: tuple[Policy, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict, repr=False)
    reported: FactSources = field(default_factory=FactSources)
    figures: Figures = field(default_factory=Figures)

    def families(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(policy.family for policy in self.policies))

    def versions(self, family: str) -> tuple[Policy, ...]:
        return tuple(policy for policy in self.policies if policy.family == family)

    def find(self, policy_id: str) -> tuple[Policy, ...]:
        """Return the versions named by a family, ``family@version``, version or other known id; none when unknown."""
        named = [
            policy
            for policy in self.policies
            if policy_id in (policy.id, policy.version)
            or policy_id == policy.body.also_known_as != policy.family
        ]
        return tuple(named) or self.versions(policy_id)

    def in_force(self, family: str, as_of: dt.date, kind: ApplicationKind | None = None) -> Policy | None:
        """Return the version that judges an application on ``as_of``; the latest where several do; None for none."""
        found = [policy for policy in self.versions(family) if policy.in_force(as_of, kind)]
        return max(found, key=lambda policy: max(span.from_ for span in policy.body.applies), default=None)

    def select(self, policy_id: str, as_of: dt.date, kind: ApplicationKind | None = None) -> Policy:
        """Return the version meant by an id: a family means the one in force, anything else is pinned.

        Raises: YumiaoError when nothing is called that, or no version is in force.
        """
        found = self.find(policy_id)
        if not found:
            raise self.unknown_policy(policy_id)
        if len(found) == 1 and policy_id != found[0].family:
            return found[0]
        policy = self.in_force(policy_id, as_of, kind)
        if policy is None:
            raise YumiaoError(
                "policy.not_in_force",
                Text(
                    f"{as_of} 没有施行中的 {policy_id} 版本；可用 政策@版本 指定",
                    f"no version of {policy_id} is in force on {as_of}; name one as policy@version: "
                    + ", ".join(p.id for p in found),
                ),
            )
        return policy

    def unknown_policy(self, policy_id: str) -> YumiaoError:
        known = sorted({*self.families(), *(policy.id for policy in self.policies)})
        near = nearest(policy_id, known)
        zh, en = (f"；是否指 {near}？", f"; did you mean {near}?") if near else ("", "")
        return YumiaoError(
            "policy.unknown", Text(f"没有名为 {policy_id} 的政策{zh}", f"no policy is called {policy_id}{en}")
        )


@dataclass
class _Reader:
    """Collects what the files say and what is wrong with them."""

    problems: list[Problem] = field(default_factory=list)
    packs: list[PackInfo] = field(default_factory=list)
    definitions: list[tuple[Source, DefinitionFile]] = field(default_factory=list)
    tables: list[tuple[Source, TableFile]] = field(default_factory=list)
    versions: list[tuple[Source, PolicyVersion, PackInfo]] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)
    reported: list[tuple[Source, SourcesFile, str]] = field(default_factory=list)
    figures: list[tuple[Source, FiguresFile]] = field(default_factory=list)

    def read_root(self, root: Path) -> None:
        files = sorted(root.rglob("pack.yaml")) if root.is_dir() else []
        if not files:
            message = Text(f"{root} 中没有 pack.yaml", f"no pack.yaml below {root}")
            self.problems.append(Problem("pack.none", message, file=str(root)))
        for file in files:
            self._read_pack(file, root)

    def _load(self, path: Path, root: Path) -> Source | None:
        source, problems = read_yaml(path, str(path.relative_to(root.parent)))
        self.problems += problems
        if source is not None:
            self.sources[source.shown] = source
        return source

    def _read_pack(self, file: Path, root: Path) -> None:
        source = self._load(file, root)
        if source is None:
            return
        pack, problems = check_model(source, PackFile)
        self.problems += problems
        if pack is None:
            return
        info = PackInfo(pack.pack, pack.territory, pack.title.text, file.parent)
        self.packs.append(info)
        if (file.parent / SOURCES_FILE).is_file():
            self._read_sources(file.parent / SOURCES_FILE, root, info)
        for path in sorted((file.parent / "metrics").rglob("*.yaml")):
            self._read_definitions(path, root)
        for path in sorted((file.parent / "tables").rglob("*.yaml")):
            self._read_table(path, root)
        for path in sorted((file.parent / "policies").rglob("*.yaml")):
            self._read_policy(path, root, info)
        for path in sorted((file.parent / "figures").rglob("*.yaml")):
            self._read_figures(path, root)

    def _read_definitions(self, path: Path, root: Path) -> None:
        source = self._load(path, root)
        if source is None:
            return
        model, problems = check_model(source, DefinitionFile)
        self.problems += problems
        if model is not None:
            self.definitions.append((source, model))

    def _read_sources(self, path: Path, root: Path, info: PackInfo) -> None:
        source = self._load(path, root)
        if source is None:
            return
        model, problems = check_model(source, SourcesFile)
        self.problems += problems
        if model is not None:
            self.reported.append((source, model, info.territory))

    def _read_figures(self, path: Path, root: Path) -> None:
        source = self._load(path, root)
        if source is None:
            return
        model, problems = check_model(source, FiguresFile)
        self.problems += problems
        if model is not None:
            self.figures.append((source, model))

    def _read_table(self, path: Path, root: Path) -> None:
        source = self._load(path, root)
        if source is None:
            return
        model, problems = check_model(source, TableFile)
        self.problems += problems
        if model is not None:
            self.tables.append((source, model))

    def _read_policy(self, path: Path, root: Path, info: PackInfo) -> None:
        source = self._load(path, root)
        if source is None:
            return
        model, problems = check_model(source, PolicyVersion)
        self.problems += problems
        if model is not None:
            self.versions.append((source, model, info))


def read_packs(roots: Sequence[Path] | None = None) -> tuple[Library, tuple[Problem, ...]]:
    """Read all packs below ``roots`` (default: those that ship) and report everything wrong with their shape."""
    reader = _Reader()
    for root in roots or [packs_folder()]:
        reader.read_root(root)
    library = _assemble(reader)
    return library, tuple(reader.problems)


def load_packs(*folders: Path | str) -> Library:
    """Read the packs that ship with Yumiao and those in ``folders``.

    Raises: YumiaoError listing every problem, when there is any.
    """
    library, problems = read_packs([packs_folder(), *(Path(folder) for folder in folders)])
    if problems:
        text = Text(f"规则包有 {len(problems)} 处问题", f"the packs have {len(problems)} problems")
        raise YumiaoError("packs.invalid", text, problems)
    return library


def _assemble(reader: _Reader) -> Library:
    metrics = _metrics(reader)
    levers = _levers(reader, metrics)
    metrics = {
        name: replace(
            metric,
            levers=tuple(
                lever for lever in levers.values() if any(name == moved for moved, _ in lever.moves)
            ),
        )
        for name, metric in metrics.items()
    }
    tables, problems = read_tables(reader.tables, metrics)
    reader.problems += problems
    reported, problems = read_sources(reader.reported, metrics)
    reader.problems += problems
    digest = _definitions_hash(reader)
    titles = {name: title for _, file in reader.definitions for name, title in file.titles.items()}
    figures, problems = read_figures(reader.figures, titles)
    reader.problems += problems
    registers = {
        name: register for _, file in reader.definitions for name, register in file.registers.items()
    }
    return Library(
        packs=tuple(reader.packs),
        metrics=MappingProxyType(metrics),
        constraints=tuple(_constraints(reader, metrics)),
        levers=levers,
        registers={name: _naming_titles(register, titles) for name, register in registers.items()},
        titles=titles,
        tables=tables,
        policies=tuple(_policies(reader, digest)),
        sources=reader.sources,
        reported=reported,
        figures=figures,
    )


def _naming_titles(register: RegisterDefinition, titles: Mapping[str, TitleDefinition]) -> RegisterDefinition:
    """Make the columns that name a title categories of all titles."""
    known = {
        "type": "category",
        "values": {name: title.label for name, title in titles.items()},
        "words": {name: title.synonyms for name, title in titles.items() if title.synonyms},
    }
    columns = {
        name: column.model_copy(update=known) if column.type == TITLE else column
        for name, column in register.columns.items()
    }
    return register.model_copy(update={"columns": columns})


def _definitions_hash(reader: _Reader) -> bytes:
    digest = hashlib.sha256()
    sources = [source for source, _ in (*reader.definitions, *reader.tables)]
    for source in sorted(sources, key=lambda source: source.shown):
        digest.update(canonical_text(source.text).encode())
    return digest.digest()


def canonical_text(text: str) -> str:
    """Return a file's text without comments at line starts, trailing blanks and blank lines."""
    lines = (line.rstrip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.lstrip().startswith("#")) + "\n"


def _policies(reader: _Reader, definitions: bytes) -> Iterator[Policy]:
    seen: dict[tuple[str, str], str] = {}
    for source, body, info in reader.versions:
        key = (body.policy, body.version)
        if key in seen:
            message = Text(
                f"{body.policy}@{body.version} 已在 {seen[key]} 中定义",
                f"{body.policy}@{body.version} is already defined in {seen[key]}",
            )
            reader.problems.append(
                Problem(
                    "policy.duplicate",
                    message,
                    file=source.shown,
                    line=source.line(["version"]),
                    path="version",
                )
            )
            continue
        seen[key] = source.shown
        digest = hashlib.sha256(canonical_text(source.text).encode() + definitions).hexdigest()
        yield Policy(
            body.policy,
            body.version,
            body,
            body.territory or info.territory,
            info.id,
            source.shown,
            f"sha256:{digest}",
            source,
        )


def _metrics(reader: _Reader) -> dict[str, Metric]:
    metrics: dict[str, Metric] = {}
    for source, file in reader.definitions:
        for name, definition in file.metrics.items():
            if name in metrics:
                _duplicate(reader, source, ["metrics", name])
                continue
            try:
                metrics[name] = definition.metric(name)
            except ValueError as error:
                message = Text(f"定义域写法不对：{error}", f"bad domain: {error}")
                reader.problems.append(
                    Problem(
                        "metric.domain",
                        message,
                        file=source.shown,
                        line=source.line(["metrics", name]),
                        path=f"metrics.{name}",
                    )
                )
        for title_id, title in file.titles.items():
            metrics |= _title_metrics(title_id, title)
    for _, file in reader.definitions:
        for register in file.registers.values():
            metrics |= _filtered_counts(register, metrics)
    return metrics


def _duplicate(reader: _Reader, source: Source, keys: list[str]) -> None:
    message = Text(
        f"{keys[-1]} 已有定义：一个名称只有一个含义",
        f"{keys[-1]} is already defined: one name for one meaning",
    )
    reader.problems.append(
        Problem("metric.duplicate", message, file=source.shown, line=source.line(keys), path=".".join(keys))
    )


def _title_metrics(title_id: str, title: TitleDefinition) -> dict[str, Metric]:
    """A title brings the dates between which it is held."""
    names = {"granted_on": Text("授予日期", "granted on"), "valid_until": Text("有效期至", "valid until")}
    return {
        f"title_{title_id}_{suffix}": Metric(
            id=f"title_{title_id}_{suffix}",
            label=Text(f"{title.label.zh}{words.zh}", f"{title.label.en}: {words.en}"),
            kind=Kind.DATE,
            period=PeriodKind.AT_APPLICATION,
            citation=title.cite.citation,
        )
        for suffix, words in names.items()
    }


def _filtered_counts(register: RegisterDefinition, metrics: Mapping[str, Metric]) -> dict[str, Metric]:
    """Each filter of a register makes a metric of its own: ``ip_class1_count.hnte``."""
    return {
        f"{count}.{name}": replace(
            metrics[count],
            id=f"{count}.{name}",
            label=Text(
                f"{metrics[count].label.zh}（{name}口径）", f"{metrics[count].label.en} ({name} filter)"
            ),
            synonyms=(),
        )
        for count, filters in register.counts.items()
        if count in metrics
        for name in filters
    }


def _constraints(reader: _Reader, metrics: Mapping[str, Metric]) -> Iterator[tuple[str, str]]:
    """Yield (part, whole) pairs; filtered counts are parts of their plain count, as their counts are of each other."""
    stated: list[tuple[str, str]] = []
    for source, file in reader.definitions:
        for index, text in enumerate(file.constraints):
            part, _, whole = (word.strip() for word in text.partition("<="))
            missing = [name for name in (part, whole) if name not in metrics]
            if missing:
                message = Text(
                    f"没有口径 {missing[0]}",
                    f"no metric {missing[0]!r}; nearest: {nearest(missing[0], metrics)}",
                )
                reader.problems.append(
                    Problem(
                        "constraint.metric",
                        message,
                        file=source.shown,
                        line=source.line(["constraints", index]),
                        path=f"constraints[{index}]",
                        found=text,
                    )
                )
                continue
            stated.append((part, whole))
    yield from stated
    filters = [name for name in metrics if "." in name]
    for name in filters:
        yield name, name.partition(".")[0]
    for part, whole in stated:
        for name in filters:
            base, _, suffix = name.partition(".")
            if base == part and f"{whole}.{suffix}" in metrics:
                yield name, f"{whole}.{suffix}"


def _levers(reader: _Reader, metrics: Mapping[str, Metric]) -> dict[str, Lever]:
    levers: dict[str, Lever] = {}
    for source, file in reader.definitions:
        for name, definition in file.levers.items():
            unknown = [moved for moved in definition.moves if moved not in metrics]
            if unknown:
                message = Text(
                    f"没有口径 {unknown[0]}",
                    f"no metric {unknown[0]!r}; nearest: {nearest(unknown[0], metrics)}",
                )
                reader.problems.append(
                    Problem(
                        "lever.metric",
                        message,
                        file=source.shown,
                        line=source.line(["levers", name, "moves"]),
                        path=f"levers.{name}.moves",
                    )
                )
                continue
            levers[name] = _lever(name, definition, metrics)
    return levers


def _lever(name: str, definition: LeverDefinition, metrics: Mapping[str, Metric]) -> Lever:
    step = definition.step.tree
    unit = step.unit or UNITS["number"]
    size = to_steps(step.value, unit)
    moves = tuple(
        (moved, int(to_steps(str(amount), metrics[moved].unit or UNITS["number"])) * size // unit.steps)
        for moved, amount in definition.moves.items()
    )
    total, _, part = (definition.at_most or "").partition(" - ")
    limit = definition.max.tree if definition.max else None
    return Lever(
        id=name,
        text=definition.label.text,
        moves=moves,
        unit=unit.code,
        step_size=size,
        at_most=(total.strip(), part.strip()) if part else None,
        max_steps=to_steps(limit.value, limit.unit or unit) // size if limit else None,
        cost=definition.effort,
        needs=definition.needs.text if definition.needs else None,
    )


def by_territory(policies: Iterable[Policy], territory: str) -> tuple[Policy, ...]:
    """Keep the policies that apply in a place: those of its own code and of every level above it."""

    def applies(code: str) -> bool:
        return code == "CN" or territory.startswith(code.rstrip("0") or code)

    return tuple(policy for policy in policies if applies(policy.territory))
