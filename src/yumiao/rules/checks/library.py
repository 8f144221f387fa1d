"""Whether the versions, titles, metrics and examples of all packs fit together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from yumiao.model.metrics import Metric
from yumiao.model.problems import Problem, YumiaoError
from yumiao.model.text import Text
from yumiao.packs.library import Library, Policy
from yumiao.packs.near_names import with_nearest
from yumiao.packs.policies import Applies
from yumiao.packs.walking import Keys
from yumiao.packs.yaml_reading import Source
from yumiao.rules.checks.meaning import settings_to_try
from yumiao.rules.checks.places import problem_at
from yumiao.rules.examples import Example, kind_of
from yumiao.rules.lowering import LoweringError, lower

LEVELS = ("national", "province", "city", "district")

# ── versions ──────────────────────────────────────────────────────────────────────────────────────────────


def find_overlaps(library: Library) -> Iterator[Problem]:
    """Yield the versions of a family that would judge the same kind of application on the same day."""
    for family in library.families():
        for first, second in combinations(library.versions(family), 2):
            for index, span in enumerate(second.body.applies):
                shared = [found for other in first.body.applies for found in _shared(other, span)]
                if shared:
                    kind, day = shared[0]
                    text = Text(
                        f"{day} 起与 {first.id} 同时适用于 {kind}",
                        f"from {day} both this and {first.id} apply to {kind}",
                    )
                    yield problem_at(second.source, ("applies", index), "rule.applies", text, first.id)


def _shared(first: Applies, second: Applies) -> Iterator[tuple[str, dt.date]]:
    start = max(first.from_, second.from_)
    end = min(first.until or dt.date.max, second.until or dt.date.max)
    if start <= end:
        yield from ((kind, start) for kind in first.to if kind in second.to)


def find_bad_spans(policy: Policy) -> Iterator[Problem]:
    """Yield the periods that end before they begin."""
    spans: list[tuple[Keys, dt.date | None, dt.date | None]] = []
    spans += [(("applies", index), span.from_, span.until) for index, span in enumerate(policy.body.applies)]
    spans += [(("windows", index), span.from_, span.until) for index, span in enumerate(policy.body.windows)]
    for keys, start, end in spans:
        if start and end and end < start:
            text = Text("截止日期早于开始日期", "ends before it begins")
            yield problem_at(policy.source, keys, "rule.applies", text, str(end))


def find_unknown_titles(library: Library, policy: Policy, half_read: frozenset[str]) -> Iterator[Problem]:
    """Yield the titles granted that no pack defines."""
    grants = policy.body.grants
    if grants is not None and grants.title not in {*library.titles, *half_read}:
        title = grants.title
        text = with_nearest(f"没有资质 {title}", f"no title {title!r}", title, library.titles)
        yield problem_at(policy.source, ("grants", "title"), "rule.title", text, grants.title)


def find_unknown_counts(library: Library, policy: Policy, half_read: frozenset[str]) -> Iterator[Problem]:
    """Yield the filters of a register that a version counts by and that no register has."""
    filters = {
        count: names for register in library.registers.values() for count, names in register.counts.items()
    }
    for count, name in policy.body.counts.items():
        known = filters.get(count)
        if count not in half_read and (known is None or name not in known):
            zh, en = f"没有计数口径 {count}.{name}", f"no count {count}.{name}"
            text = with_nearest(zh, en, count if known is None else name, known or filters)
            yield problem_at(policy.source, ("counts", count), "rule.counts", text, name)


def find_bad_openings(policy: Policy) -> Iterator[Problem]:
    """Yield the parameters that are open to nobody, or to a level that is not below that of their pack."""
    level = level_of(policy.territory)
    for name, parameter in policy.body.parameters.items():
        keys: Keys = ("parameters", name)
        if parameter.is_unknown and not parameter.open_to:
            text = Text(
                "未定的参数应写明由谁设定（open_to）", "an open parameter says who sets it: add `open_to`"
            )
            yield problem_at(policy.source, keys, "rule.open_to", text, name)
        for other in parameter.open_to:
            if LEVELS.index(other) <= LEVELS.index(level):
                text = Text(
                    f"{other} 不是 {level} 的下级，不能由其设定",
                    f"{other} is not below {level}; it cannot set this",
                )
                yield problem_at(policy.source, (*keys, "open_to"), "rule.open_to", text, other)


def level_of(territory: str) -> str:
    """Return the level of a division code: CN, 320000, 320400, 320412."""
    if not territory.isdigit():
        return "national"
    return "province" if territory.endswith("0000") else "city" if territory.endswith("00") else "district"


# ── metrics ───────────────────────────────────────────────────────────────────────────────────────────────


def find_unlabelled(library: Library) -> Iterator[Problem]:
    """Yield the metrics that a policy asks for and that lack a label in either language, or a question."""
    for name in sorted(_metrics_used(library)):
        metric = library.metrics[name]
        source = _defining(library.sources.values(), name)
        if source is None:
            continue
        for key, text in _missing_words(metric):
            yield problem_at(source, ("metrics", name, key), "metric.words", text, name)


def _missing_words(metric: Metric) -> Iterator[tuple[str, Text]]:
    used = Text(f"{metric.id} 已用于政策，", f"a policy asks for {metric.id}: ")
    if not metric.label.zh or not metric.label.en:
        text = Text(f"{used.zh}应有中英文名称", f"{used.en}it needs a label in both languages")
        yield "label", text
    if metric.question is None or not metric.question.zh or not metric.question.en:
        text = Text(
            f"{used.zh}应有中英文问句（question）", f"{used.en}it needs a `question` in both languages"
        )
        yield "question", text


def _metrics_used(library: Library) -> set[str]:
    used: set[str] = set()
    for policy in library.policies:
        for settings in settings_to_try(policy):
            try:
                graph = lower(library, policy, policy.body.applies[-1].from_, settings)
            except (LoweringError, KeyError):
                continue  # reported where the statement stands
            used |= {leaf.metric.id.partition(".")[0] for leaf in graph.leaves.values()}
    return used


def _defining(sources: Iterable[Source], metric: str) -> Source | None:
    for source in sources:
        metrics = source.data.get("metrics")
        if isinstance(metrics, Mapping) and metric in metrics:
            return source
    return None


# ── examples ──────────────────────────────────────────────────────────────────────────────────────────────


def find_unexemplified(library: Library, examples: Sequence[Example]) -> Iterator[Problem]:
    """Yield the versions that no worked example is judged by."""
    judged: set[str] = set()
    for example in examples:
        try:
            judged.add(library.select(example.policy, example.as_of, kind_of(example)).id)
        except YumiaoError:
            continue  # reported when the examples run
    for policy in library.policies:
        if policy.id not in judged:
            text = Text(
                "没有示例：请在 examples 中至少写一个", "no worked example: write at least one in `examples`"
            )
            yield problem_at(policy.source, ("version",), "rule.examples", text, policy.id)
