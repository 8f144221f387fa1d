"""Which policies there are, which version is meant, and how the subjects that an actor may see stand under them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q

from yumiao.district.accounts.selectors import Actor
from yumiao.district.counts.kept import VERDICTS, counts_seen
from yumiao.district.divisions.naming import PlaceNames
from yumiao.district.permissions import Operation, can, visible_to
from yumiao.district.registry.models import OutcomeCurrent, Projection, Subject
from yumiao.district.registry.packs import library
from yumiao.district.registry.remembering import remembered, sight_of
from yumiao.district.registry.selectors import projection
from yumiao.model.outcomes import Outcome
from yumiao.model.text import Text
from yumiao.packs.library import Policy

LEVELS: Mapping[str, Text] = {
    "nation": Text("国家", "national"),
    "province": Text("省级", "provincial"),
    "city": Text("市级", "municipal"),
    "district": Text("区级", "district"),
}
"""Whose policy it is, by how long the code of its territory is."""

SORTS = ("level", "title", "from")


@dataclass(frozen=True)
class PoliciesWanted:
    """What the list of policies was asked for.

    Attributes:
        on: the date on which a version is looked for.
        text: part of a title or of a document's number; empty: all.
        level: a key of `LEVELS`; empty: all.
        in_force: only policies with a version in force on the date.
    """

    on: dt.date
    text: str = ""
    level: str = ""
    in_force: bool = False
    sort: str = "level"


@dataclass(frozen=True)
class Coverage:
    """How many visible subjects have which outcome of a policy; near misses are counted among the not met."""

    version: str
    met: int
    not_met: int
    undetermined: int
    near_miss: int
    contested: int

    @property
    def subjects(self) -> int:
        """How many subjects were judged."""
        return self.met + self.not_met + self.undetermined

    @property
    def shares(self) -> list[tuple[str, str, str]]:
        """The parts of a bar from left to right: its class, where it starts and how wide it is, in percent."""
        parts = (
            ("met", self.met),
            ("near", self.near_miss),
            ("undetermined", self.undetermined),
            ("not-met", self.not_met - self.near_miss),
        )
        shares, start, total = [], 0, max(self.subjects, 1)
        for name, count in parts:
            shares.append((name, f"{100 * start / total:.3f}%", f"{100 * count / total:.3f}%"))
            start += count
        return shares


@dataclass(frozen=True)
class ListedPolicy:
    """One row of the list: a family, shown by the version in force on the date or else by the latest.

    ``coverage`` is None where the register has no outcomes of the family, or the actor may not list subjects.
    """

    policy: Policy
    level: str
    place: str
    numbers: tuple[str, ...]
    from_: dt.date
    until: dt.date | None
    is_in_force: bool
    versions: int
    granted: Text | None
    coverage: Coverage | None

    @property
    def level_label(self) -> Text:
        """Whose policy it is."""
        return LEVELS[self.level]


def level_of(territory: str) -> str:
    """Return whose policy it is: ``""`` nation, ``32`` province, ``3204`` city, longer a district."""
    code = territory
    while code.endswith("00") and len(code) > 2:
        code = code[:-2]
    if code in ("", "00", "CN"):
        return "nation"
    return {2: "province", 4: "city"}.get(len(code), "district")


def _place_of(territory: str) -> str:
    """Return the name of a territory; nothing where it has none."""
    name = PlaceNames({}).of(territory)
    return "" if name == territory else name


def span_of(policy: Policy) -> tuple[dt.date, dt.date | None]:
    """Return the first and the last day on which a version judges some application; None: no end is known."""
    spans = policy.body.applies
    ends = [span.until for span in spans]
    known = [end for end in ends if end is not None]
    return min(span.from_ for span in spans), max(known) if len(known) == len(ends) else None


def versions_of(family: str) -> list[Policy]:
    """Return the versions of a family, oldest first; none for an unknown family."""
    return sorted(library().versions(family), key=lambda policy: (span_of(policy)[0], policy.version))


def version_meant(family: str, version: str, on: dt.date) -> Policy | None:
    """Return the version asked for, else the one in force on a date, else the latest; None for an unknown one."""
    versions = versions_of(family)
    if version:
        return next((policy for policy in versions if policy.version == version), None)
    return library().in_force(family, on) or (versions[-1] if versions else None)


def coverage(actor: Actor) -> dict[str, Coverage]:
    """Return how visible subjects stand under each policy of the register; none without the right.

    Three queries at most; what was counted once for a register is remembered while it stays.
    """
    register = projection()
    if register is None or not can(actor, Operation.LIST_SUBJECTS).allowed:
        return {}
    question = ("coverage", sight_of(actor))
    return remembered(register, question, lambda: _read_coverage(actor, register))


def _read_coverage(actor: Actor, register: Projection) -> dict[str, Coverage]:
    """Return what the worker counted, else count it."""
    counts = counts_seen(actor, register)
    if counts is None:
        return count_coverage(actor)
    versions = dict(policy.split("@", 1) for policy in register.receipt["policies"])
    found = (
        (family, Coverage(version, *(counts.verdicts[family, what] for what in VERDICTS)))
        for family, version in versions.items()
    )
    return {family: each for family, each in found if each.subjects}


def count_coverage(actor: Actor) -> dict[str, Coverage]:
    """Count how visible subjects stand under each policy: one query over every verdict."""
    visible = Subject.objects.filter(visible_to(actor)).values("id")
    counted = (
        OutcomeCurrent.objects.filter(subject_id__in=visible)
        .order_by()
        .values("family", "version")
        .annotate(
            met=Count("pk", filter=Q(outcome=Outcome.MET.value)),
            not_met=Count("pk", filter=Q(outcome=Outcome.NOT_MET.value)),
            undetermined=Count("pk", filter=Q(outcome=Outcome.UNDETERMINED.value)),
            near=Count("pk", filter=Q(near_miss=True)),
            apart=Count("pk", filter=Q(contested=True)),
        )
    )
    return {
        row["family"]: Coverage(
            row["version"], row["met"], row["not_met"], row["undetermined"], row["near"], row["apart"]
        )
        for row in counted
    }


def policies_wanted(actor: Actor, wanted: PoliciesWanted) -> list[ListedPolicy]:
    """Return the families asked for, in order; three queries at most, however many there are."""
    counted = coverage(actor)
    rows = [row for row in _listed(counted, wanted.on) if _is_wanted(row, wanted)]
    levels = list(LEVELS)
    keys = {
        "level": lambda row: (levels.index(row.level), row.policy.title.zh),
        "title": lambda row: (row.policy.title.zh,),
        "from": lambda row: (-row.from_.toordinal(), row.policy.title.zh),
    }
    return sorted(rows, key=keys.get(wanted.sort, keys["level"]))


def _listed(counted: Mapping[str, Coverage], on: dt.date) -> Iterator[ListedPolicy]:
    packs = library()
    for family in packs.families():
        policy = version_meant(family, "", on)
        assert policy is not None  # noqa: S101 - a family has a version
        grants = policy.body.grants
        title = packs.titles.get(grants.title) if grants is not None else None
        start, until = span_of(policy)
        yield ListedPolicy(
            policy,
            level_of(policy.territory),
            _place_of(policy.territory),
            tuple(document.number for document in policy.body.documents if document.number),
            start,
            until,
            policy.in_force(on),
            len(packs.versions(family)),
            title.label.text if title is not None else None,
            counted.get(family),
        )


def _is_wanted(row: ListedPolicy, wanted: PoliciesWanted) -> bool:
    if wanted.in_force and not row.is_in_force:
        return False
    if wanted.level and row.level != wanted.level:
        return False
    said = (row.policy.title.zh, row.policy.title.en, row.policy.family, *row.numbers)
    return wanted.text.casefold() in "\n".join(said).casefold()


def built() -> Projection | None:
    """Return what the register was made from; None while it was never built."""
    return Projection.objects.first()
