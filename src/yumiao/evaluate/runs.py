"""A run: one evaluation of a table of facts, with everything it is a function of, kept in a folder."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import polars as pl

from yumiao.evaluate.asking import open_questions
from yumiao.evaluate.batch import Judged, add_derived, judge_table
from yumiao.evaluate.contested import contested_subjects
from yumiao.evaluate.preparing import lowered, prepared
from yumiao.evaluate.subjects import Moment, answer_subject
from yumiao.evaluate.validity import counting_facts
from yumiao.model.fact_files import write_facts
from yumiao.model.facts import Facts
from yumiao.model.problems import Problem, Severity, YumiaoError
from yumiao.model.release import ENGINE_VERSION
from yumiao.model.text import Text
from yumiao.packs.library import Library, Policy
from yumiao.rules.answers import Answer
from yumiao.rules.derivation import Derivation, derivations
from yumiao.rules.graph import PolicyGraph
from yumiao.rules.lowering import lower

VERDICT_SCHEMA = 1
"""Version of the verdict files' schema (``docs/developers/verdict-files.md``)."""

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much is done, and of how much."""


@dataclass(frozen=True)
class EvaluatedPolicy:
    """The verdicts of one policy version on every subject.

    Attributes:
        in_force: whether an application on the run's date is judged by this version (else it was pinned).
        verdicts: one row per subject in the facts' order; columns as in ``docs/developers/verdict-files.md``.
    """

    policy: Policy
    graph: PolicyGraph
    in_force: bool
    verdicts: pl.DataFrame = field(repr=False)

    def counts(self) -> dict[str, int]:
        """How many subjects are met, not_met, undetermined."""
        found = dict(self.verdicts["outcome"].cast(pl.String).value_counts().iter_rows())
        return {outcome: found.get(outcome, 0) for outcome in ("met", "not_met", "undetermined")}


@dataclass(frozen=True)
class Run:
    """What some policies say of some subjects on a date.

    Attributes:
        as_of: the application date.
        known_at: facts and packs recorded later do not count; as given by the caller.
        settings: per policy id the readings of switches that differ from the default.
        receipt: what the verdicts are a function of.
    """

    facts: Facts
    as_of: dt.date
    known_at: str
    settings: Mapping[str, Mapping[str, str]]
    library: Library
    policies: tuple[EvaluatedPolicy, ...]
    derived: tuple[Derivation, ...]
    receipt: Mapping[str, Any]

    def policy(self, policy_id: str) -> EvaluatedPolicy:
        """Return one evaluated policy by family, version or id. Raises: YumiaoError when the run has none."""
        for each in self.policies:
            names = (each.policy.family, each.policy.id, each.policy.version, each.policy.body.also_known_as)
            if policy_id in names:
                return each
        known = ", ".join(each.policy.id for each in self.policies)
        raise YumiaoError(
            "run.no_policy",
            Text(
                f"这次运行没有评估 {policy_id}；已评估：{known}",
                f"this run did not evaluate {policy_id}; it has {known}",
            ),
        )

    def judged_facts(self) -> pl.DataFrame:
        """Return the table of facts as judged, derived facts filled in."""
        return add_derived(self.facts.table.lazy(), self.derived).collect(engine="streaming")

    def questions(self, policy_id: str) -> pl.DataFrame:
        """Return the unknown facts that keep the most verdicts of a policy open; see :mod:`yumiao.evaluate.asking`."""
        evaluated = self.policy(policy_id)
        return open_questions(self.judged_facts(), evaluated.verdicts, evaluated.graph)

    def answer(self, subject: str, policy_id: str) -> Answer:
        """Return the whole answer for one subject: conditions, numbers, sources, what is missing, what to ask.

        Raises: YumiaoError for a subject or policy that the run does not have.
        """
        evaluated = self.policy(policy_id)
        moment = Moment(self.library, self.as_of, self.known_at, self.receipt["snapshot"])
        return answer_subject(
            moment, self.facts, self.derived, subject, evaluated.policy, evaluated.graph.settings
        )

    def save(self, folder: Path) -> Path:
        """Write the run into a new folder; it appears whole or not at all.

        Raises: YumiaoError when the folder exists already or cannot be written.
        """
        return save_run(self, folder)


def evaluate(
    library: Library,
    facts: Facts,
    *,
    as_of: dt.date,
    policies: Sequence[str] | None = None,
    settings: Mapping[str, Mapping[str, str]] | None = None,
    known_at: str = "",
    progress: Progress | None = None,
) -> Run:
    """Judge every subject against every policy in force on ``as_of`` (or the named ones).

    Args:
        policies: families (the version in force), or versions to pin; default: every family with a version in force.
        settings: policy id → switch → reading, where another than the default is wanted.
        known_at: facts recorded after this moment do not count; empty: all were known.
        progress: told what is being done.
    Raises: YumiaoError for an unknown policy or reading.
    """
    chosen = _choose(library, as_of, policies)
    readings = settings or {}
    graphs = [lowered(library, policy, as_of, _readings(policy, readings)) for policy in chosen]
    derived = derivations(library, graphs, as_of)
    facts = counting_facts(facts, library.metrics, as_of, known_at)
    table = add_derived(facts.table.lazy(), derived).collect(engine="streaming")
    judged = [
        prepared(policy, graph, table.columns, as_of) for policy, graph in zip(chosen, graphs, strict=True)
    ]
    verdicts = _judge(table, judged, progress)
    contested = contested_subjects(facts.table, facts.conflicts, derived, judged, verdicts)
    verdicts = [
        frame.insert_column(frame.get_column_index("failing"), series)
        for frame, series in zip(verdicts, contested, strict=True)
    ]
    evaluated = tuple(
        EvaluatedPolicy(policy, graph, policy.in_force(as_of), frame)
        for policy, graph, frame in zip(chosen, graphs, verdicts, strict=True)
    )
    receipt = _receipt(facts, as_of, known_at, evaluated)
    return Run(facts, as_of, known_at, readings, library, evaluated, derived, receipt)


def _choose(library: Library, as_of: dt.date, policies: Sequence[str] | None) -> list[Policy]:
    if policies:
        return [library.select(policy_id, as_of) for policy_id in policies]
    in_force = (library.in_force(family, as_of) for family in library.families())
    return [policy for policy in in_force if policy is not None]


def _readings(policy: Policy, settings: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    chosen = {**settings.get(policy.family, {}), **settings.get(policy.id, {})}
    for switch, reading in chosen.items():
        known = policy.body.switches.get(switch)
        if known is None or reading not in known.readings:
            options = ", ".join(known.readings) if known else ", ".join(policy.body.switches) or "—"
            raise YumiaoError(
                "policy.switch",
                Text(
                    f"{policy.id} 没有口径 {switch}={reading}；可用：{options}",
                    f"{policy.id} has no reading {switch}={reading}; known: {options}",
                ),
            )
    return chosen


def _judge(table: pl.DataFrame, judged: Sequence[Judged], progress: Progress | None) -> list[pl.DataFrame]:
    pieces: list[list[pl.DataFrame]] = [[] for _ in judged]
    done = 0
    for verdicts in judge_table(table, judged):
        for index, frame in enumerate(verdicts):
            pieces[index].append(frame)
        done += verdicts[0].height if verdicts else 0
        if progress is not None:
            progress("judge", done, table.height)
    return [pl.concat(frames) for frames in pieces]


# ── what a run is a function of ───────────────────────────────────────────────────────────────────────────────


def _receipt(
    facts: Facts, as_of: dt.date, known_at: str, evaluated: Sequence[EvaluatedPolicy]
) -> dict[str, Any]:
    return {
        "schema": VERDICT_SCHEMA,
        "engine": ENGINE_VERSION,
        "as_of": as_of.isoformat(),
        "known_at": known_at,
        "snapshot": snapshot_hash(facts.table),
        "subjects": facts.table.height,
        "policies": {
            each.policy.id: {
                "pack": each.policy.hash,
                "switches": dict(each.graph.settings),
                "in_force": each.in_force,
            }
            for each in evaluated
        },
    }


def snapshot_hash(table: pl.DataFrame) -> str:
    """Hash the values of a table of facts: names, types, and every value in order, whatever the machine."""
    digest = hashlib.sha256()
    names = sorted(table.columns)
    together = max(1, _CELLS // max(table.height, 1))
    for start in range(0, len(names), together):
        some = table.select(names[start : start + together])
        unknown = some.select(pl.all().is_null().cast(pl.UInt8))
        values = some.select(_plain(name, dtype) for name, dtype in some.schema.items())
        for name, dtype in some.schema.items():
            digest.update(f"{name}:{dtype}:{table.height}\n".encode())
            digest.update(unknown[name].to_numpy().tobytes())
            digest.update(_bytes_of(values[name]))
    return f"sha256:{digest.hexdigest()}"


_CELLS = 4_000_000
"""So many values are made ready for hashing at once."""


def _plain(name: str, dtype: pl.DataType) -> pl.Expr:
    """The values of a column as text or whole numbers; unknown ones as nothing or zero."""
    if dtype == pl.String:
        return pl.col(name).fill_null("")
    number = pl.col(name).cast(pl.Int32) if dtype == pl.Date else pl.col(name)
    return number.cast(pl.Int64).fill_null(0)


def _bytes_of(values: pl.Series) -> bytes:
    """Values as `_plain` gives them, little-endian; texts one after another, their lengths first."""
    if values.dtype != pl.String:
        return values.to_numpy().astype("<i8", copy=False).tobytes()
    lengths = values.str.len_bytes().cast(pl.UInt32).to_numpy().astype("<u4", copy=False).tobytes()
    return lengths + (values.str.join("").item() or "").encode()


# ── folders ───────────────────────────────────────────────────────────────────────────────────────────────────


def save_run(run: Run, folder: Path) -> Path:
    """Write a run into a new folder, first aside and then moved into place."""
    if folder.exists():
        raise YumiaoError(
            "run.exists",
            Text(f"{folder} 已存在，请另选文件夹", f"{folder} exists already; choose another folder"),
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _write_run(run, aside)
        os.replace(aside, folder)  # noqa: PTH105 - atomic on one file system, and replaces nothing: checked above
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return folder


def _write_run(run: Run, folder: Path) -> None:
    write_facts(run.facts.table, folder / "facts.parquet")
    run.facts.sources.write_parquet(folder / "sources.parquet", compression_level=3)
    run.facts.conflicts.write_parquet(folder / "conflicts.parquet", compression_level=3)
    (folder / "verdicts").mkdir()
    for each in run.policies:
        each.verdicts.write_parquet(verdict_path(folder, each.policy), compression_level=3)
    problems = [asdict(problem) for problem in run.facts.problems]
    settings = {policy: dict(readings) for policy, readings in run.settings.items()}
    _write_json(folder / "receipt.json", {**run.receipt, "settings": settings})
    _write_json(folder / "problems.json", problems)


def _write_json(path: Path, data: object) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1, default=str) + "\n", encoding="utf-8")


def verdict_path(folder: Path, policy: Policy) -> Path:
    """Return where a run keeps the verdicts of a policy version."""
    return folder / "verdicts" / f"{policy.family}@{policy.version.replace('/', '_')}.parquet"


def load_run(folder: Path, library: Library) -> Run:
    """Read a run back.

    Raises: YumiaoError when the folder holds no run, or one judged by packs that are not here.
    """
    receipt = _read_receipt(folder)
    as_of = dt.date.fromisoformat(receipt["as_of"])
    facts = Facts(
        table=pl.read_parquet(folder / "facts.parquet"),
        sources=pl.read_parquet(folder / "sources.parquet"),
        conflicts=pl.read_parquet(folder / "conflicts.parquet"),
        problems=tuple(
            _problem(raw) for raw in json.loads((folder / "problems.json").read_text(encoding="utf-8"))
        ),
    )
    settings = receipt.get("settings", {})
    evaluated = tuple(
        _load_policy(folder, library, as_of, policy_id, kept)
        for policy_id, kept in receipt["policies"].items()
    )
    derived = derivations(library, [each.graph for each in evaluated], as_of)
    return Run(facts, as_of, receipt["known_at"], settings, library, evaluated, derived, receipt)


def _read_receipt(folder: Path) -> dict[str, Any]:
    path = folder / "receipt.json"
    if not path.is_file():
        raise YumiaoError(
            "run.none",
            Text(
                f"{folder} 不是运行结果文件夹（没有 receipt.json）",
                f"{folder} is no run folder (it has no receipt.json)",
            ),
        )
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if found.get("schema") != VERDICT_SCHEMA:
        raise YumiaoError(
            "run.schema",
            Text(
                f"{folder} 由其他版本写成（格式 {found.get('schema')}）",
                f"{folder} was written in format {found.get('schema')}; this version reads {VERDICT_SCHEMA}",
            ),
        )
    return found


def _load_policy(
    folder: Path, library: Library, as_of: dt.date, policy_id: str, kept: Mapping[str, Any]
) -> EvaluatedPolicy:
    found = library.find(policy_id)
    if not found:
        raise YumiaoError(
            "run.pack",
            Text(
                f"这次运行用到的 {policy_id} 不在规则包中；请用 --pack 指明",
                f"{policy_id}, which this run used, is in no pack; name its folder with --pack",
            ),
        )
    if found[0].hash != kept["pack"]:
        raise YumiaoError(
            "run.pack_changed",
            Text(
                f"{policy_id} 的规则包在这次运行之后改过，请重新评估",
                f"the pack text of {policy_id} has changed since this run; evaluate again",
            ),
        )
    graph = lower(library, found[0], as_of, kept["switches"])
    return EvaluatedPolicy(found[0], graph, kept["in_force"], pl.read_parquet(verdict_path(folder, found[0])))


def _problem(raw: Mapping[str, Any]) -> Problem:
    texts = {name: Text(**raw[name]) for name in ("text", "expected")}
    return Problem(**{**raw, **texts, "severity": Severity(raw["severity"])})
