"""Lists of pairs that may be one subject: those of the queue, and those of an intake before it is imported."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from django.db.models import F, Model, Q, QuerySet
from django.db.models.expressions import OrderBy

from yumiao.district.intakes.models import BatchListed, IntakePair, OpenPair
from yumiao.identity.linkage.pairs import Step
from yumiao.model.text import Text

M = TypeVar("M", bound=Model)

BANDS = {
    "sure": Text("90% 以上", "90 % or more"),
    "likely": Text("70%–90%", "70 % to 90 %"),
    "even": Text("30%–70%", "30 % to 70 %"),
    "unlikely": Text("30% 以下", "below 30 %"),
    "unknown": Text("未知", "unknown"),
}
"""How sure a pair is to be one subject; each band begins with its lower end."""

_ENDS = {"sure": (0.9, None), "likely": (0.7, 0.9), "even": (0.3, 0.7), "unlikely": (None, 0.3)}

STEPS = {
    Step.CODE.value: Text("代码", "code"),
    Step.DECISION.value: Text("以前的决定", "an earlier decision"),
    Step.CHANGE_OF_NAME.value: Text("更名", "change of name"),
    Step.NAME.value: Text("名称", "name"),
    Step.PROBABILISTIC.value: Text("相似", "likeness"),
}
"""How a pair was found."""

PAIR_SORTS = {
    "unsure": Text("把握最小的在前", "least sure first"),
    "sure": Text("把握最大的在前", "surest first"),
    "name": Text("名称", "name"),
    "latest": Text("最近导入的在前", "latest import first"),
}

FILE_PAIR_SORTS = {name: PAIR_SORTS[name] for name in ("unsure", "sure", "name")}

DECIDED = {
    "open": Text("待认", "open"),
    "same": Text("同一家", "one subject"),
    "different": Text("不是同一家", "two subjects"),
}
"""What was said of a pair of an intake."""

_ORDERS: dict[str, tuple[str | OrderBy, ...]] = {
    "unsure": (F("distance").asc(nulls_last=True), "id"),
    "sure": (F("probability").desc(nulls_last=True), "id"),
    "name": ("name", "id"),
    "latest": ("-batch", F("distance").asc(nulls_last=True), "id"),
}


@dataclass(frozen=True)
class WantedPairs:
    """What the queue is asked for; empty: all.

    ``text`` is looked for in names, codes and the file; ``source`` is who reported the subject entered later.
    """

    text: str = ""
    step: str = ""
    band: str = ""
    source: str = ""
    sort: str = "unsure"


@dataclass(frozen=True)
class WantedFilePairs:
    """What the pairs of an intake are asked for; empty: all."""

    text: str = ""
    band: str = ""
    decision: str = ""
    file: str = ""
    sort: str = "unsure"


def queue_wanted(wanted: WantedPairs) -> QuerySet[OpenPair]:
    """Return the pairs of which nobody has said whether they are one."""
    found = _named(OpenPair.objects.order_by(*_ORDERS[wanted.sort]), wanted.text, "file")
    if wanted.step:
        found = found.filter(step=wanted.step)
    if wanted.source:
        found = found.filter(batch__in=BatchListed.objects.filter(source=wanted.source).values("id"))
    return _in_band(found, wanted.band)


def file_pairs_wanted(intake: str, wanted: WantedFilePairs) -> QuerySet[IntakePair]:
    """Return the pairs of an intake, each with its file at hand."""
    found = IntakePair.objects.filter(file__intake=intake).select_related("file")
    found = _named(found.order_by(*_ORDERS[wanted.sort]), wanted.text, "key")
    if wanted.decision:
        found = found.filter(decision="" if wanted.decision == "open" else wanted.decision)
    if wanted.file:
        found = found.filter(file=wanted.file)
    return _in_band(found, wanted.band)


def _named(found: QuerySet[M], text: str, further: str) -> QuerySet[M]:
    if not text:
        return found
    is_meant = Q()
    for field in ("name", "other_name", "code", "other_code", further):
        is_meant |= Q(**{f"{field}__icontains": text})
    return found.filter(is_meant)


def _in_band(found: QuerySet[M], band: str) -> QuerySet[M]:
    if not band:
        return found
    if band == "unknown":
        return found.filter(probability=None)
    low, high = _ENDS[band]
    if low is not None:
        found = found.filter(probability__gte=low)
    return found.filter(probability__lt=high) if high is not None else found


def step_label(step: str) -> Text:
    """Return the words for how a pair was found; its own where no step is called so."""
    return STEPS.get(step, Text(step, step))
