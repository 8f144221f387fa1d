"""Whether a version is whole: clauses beside every number, nothing unused, every reading of every switch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from yumiao.model.problems import Problem
from yumiao.model.text import Text
from yumiao.packs import expressions as ex
from yumiao.packs.fields import Choice, Expression
from yumiao.packs.library import Library, Policy
from yumiao.packs.near_names import with_nearest
from yumiao.packs.policies import PolicyVersion, ScorePart
from yumiao.packs.walking import Keys, walk_written
from yumiao.rules.checks.places import problem_at

# ── clauses ───────────────────────────────────────────────────────────────────────────────────────────────


def find_uncited(policy: Policy) -> Iterator[Problem]:
    """Yield what states no clause: conditions, parameters, tables, score parts (or their score)."""
    body = policy.body
    parts: list[tuple[Keys, str]] = [
        (("conditions", name), condition.cite) for name, condition in body.conditions.items()
    ]
    parts += [(("parameters", name), parameter.cite) for name, parameter in body.parameters.items()]
    for name, score in body.scores.items():
        parts += _uncited_scores(score, ("scores", name))
    if body.class_table is not None:
        parts.append((("class_table",), body.class_table.cite))
    for keys, cite in parts:
        if not cite:
            text = Text("没有条款出处（cite）", "no clause: add `cite`")
            yield problem_at(policy.source, keys, "rule.cite", text)


def _uncited_scores(part: ScorePart, keys: Keys) -> list[tuple[Keys, str]]:
    if part.cite:
        return []
    if not part.children:
        return [(keys, "")]
    below = "parts" if part.parts is not None else "better_of"
    return [
        found
        for name, child in part.children.items()
        for found in _uncited_scores(child, (*keys, below, name))
    ]


# ── switches ──────────────────────────────────────────────────────────────────────────────────────────────


def find_bad_choices(policy: Policy) -> Iterator[Problem]:
    """Yield the choices of a switch that does not exist, or whose readings are not those of the switch."""
    switches = policy.body.switches
    for keys, value in walk_written(policy.body):
        if not isinstance(value, Choice) or value.switch is None:
            continue
        switch = switches.get(value.switch)
        if switch is None:
            name = value.switch
            text = with_nearest(f"没有口径开关 {name}", f"no switch {name!r}", name, switches)
            yield problem_at(policy.source, (*keys, "switch"), "rule.switch", text, value.switch)
        else:
            yield from _bad_readings(policy, keys, value, switch.readings)


def _bad_readings(
    policy: Policy, keys: Keys, choice: Choice, readings: Mapping[str, object]
) -> Iterator[Problem]:
    for reading in choice.readings:
        if reading not in readings:
            zh, en = f"{choice.switch} 没有读法 {reading}", f"{choice.switch} has no reading {reading!r}"
            text = with_nearest(zh, en, reading, readings)
            yield problem_at(policy.source, (*keys, reading), "rule.switch", text, reading)
    for reading in readings:
        if reading not in choice.readings:
            text = Text(
                f"缺少读法 {reading}（{choice.switch}）", f"reading {reading!r} of {choice.switch} is missing"
            )
            yield problem_at(policy.source, keys, "rule.switch", text, reading)


# ── what nothing uses ─────────────────────────────────────────────────────────────────────────────────────


def find_unused(policy: Policy) -> Iterator[Problem]:
    """Yield the conditions, parameters, routes, switches and score parts that no result rests on."""
    body = policy.body
    usage = Usage.of(body)
    found: list[tuple[Keys, str, str]] = []
    for kind, zh, names in (
        ("conditions", "条件", body.conditions),
        ("parameters", "参数", body.parameters),
        ("routes", "路径", body.routes),
    ):
        found += [((kind, name), zh, name) for name in names if (name,) not in usage.used]
    switches = {value.switch for _, value in walk_written(body) if isinstance(value, Choice)}
    found += [(("switches", name), "口径开关", name) for name in body.switches if name not in switches]
    for name, score in body.scores.items():
        found += _unused_parts(score, (name,), ("scores", name), usage)
    for keys, zh, name in found:
        text = Text(f"{zh} {name} 没有用到", f"nothing uses {name}")
        yield problem_at(policy.source, keys, "rule.unused", text, name)


def _unused_parts(
    part: ScorePart, path: tuple[str, ...], keys: Keys, usage: Usage
) -> list[tuple[Keys, str, str]]:
    if path in usage.used:
        return []
    if not any(used[: len(path)] == path for used in usage.used):
        return [(keys, "得分项", ".".join(path))]
    below = "parts" if part.parts is not None else "better_of"
    return [
        found
        for name, child in part.children.items()
        for found in _unused_parts(child, (*path, name), (*keys, below, name), usage)
    ]


@dataclass
class Usage:
    """Which names of a version its result rests on, followed through everything it names."""

    body: PolicyVersion
    used: set[tuple[str, ...]] = field(default_factory=set)

    @staticmethod
    def of(body: PolicyVersion) -> Usage:
        usage = Usage(body)
        usage.follow(body.met_when or ())
        usage.follow([rule.when for rule in (body.classes or {}).values()])
        return usage

    def follow(self, expressions: Iterable[Expression]) -> None:
        """Mark what the expressions name, and what that rests on."""
        for expression in expressions:
            for node in ex.walk(expression.tree):
                if isinstance(node, ex.AnyRoute):
                    for route in self.body.routes:
                        self._use((route,))
                elif isinstance(node, ex.Reference):
                    self._use(node.path)

    def _use(self, path: tuple[str, ...]) -> None:
        if path in self.used:
            return
        part = self._part(path)
        if part is not None:
            self.used.add(path)
            self.follow(value for _, value in walk_written(part) if isinstance(value, Expression))

    def _part(self, path: tuple[str, ...]) -> object:
        name, *rest = path
        part = self.body.scores.get(name)
        if part is not None:
            for step in rest:
                part = part.children.get(step) if part is not None else None
            return part
        for parts in (self.body.conditions, self.body.routes, self.body.parameters):
            if not rest and name in parts:
                return parts[name]
        return None


# ── names ─────────────────────────────────────────────────────────────────────────────────────────────


def find_clashes(library: Library, policy: Policy) -> Iterator[Problem]:
    """Yield the names of a version that mean two things: two parts of it, or a part and a metric."""
    body = policy.body
    seen: dict[str, str] = {}
    for kind in ("scores", "parameters", "conditions", "routes"):
        for name in getattr(body, kind):
            other = "metrics" if name in library.metrics else seen.get(name)
            if other is not None:
                text = Text(
                    f"{name} 已用于 {other}：一个名称只有一个含义",
                    f"{name} already stands in {other}: one name, one meaning",
                )
                yield problem_at(policy.source, (kind, name), "rule.name", text, name)
            seen[name] = kind


# ── circles ───────────────────────────────────────────────────────────────────────────────────────────────


def find_circles(policy: Policy) -> Iterator[Problem]:
    """Yield the conditions that rest on themselves."""
    conditions = policy.body.conditions
    uses = {
        name: [
            node.name
            for _, value in walk_written(condition)
            if isinstance(value, Expression)
            for node in ex.walk(value.tree)
            if isinstance(node, ex.Reference) and node.name in conditions
        ]
        for name, condition in conditions.items()
    }
    for chain in circles(uses):
        shown = " → ".join(chain)
        text = Text(f"条件互相引用：{shown}", f"conditions rest on each other: {shown}")
        yield problem_at(policy.source, ("conditions", chain[0], "need"), "rule.circle", text, shown)


def circles(uses: Mapping[str, Iterable[str]]) -> Iterator[list[str]]:
    """Yield each circle of a graph once, as the names along it with the first repeated at the end."""
    done: set[str] = set()
    for start in uses:
        yield from _circles_from(start, [], uses, done)


def _circles_from(
    name: str, chain: list[str], uses: Mapping[str, Iterable[str]], done: set[str]
) -> Iterator[list[str]]:
    if name in chain:
        yield [*chain[chain.index(name) :], name]
    elif name not in done:
        for other in uses.get(name, ()):
            yield from _circles_from(other, [*chain, name], uses, done)
        done.add(name)
