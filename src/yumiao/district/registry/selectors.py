"""What pages ask of the register: lists, one subject, what the register was made from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Exists, F, FloatField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast, NullIf

from yumiao.district.accounts.selectors import Actor
from yumiao.district.chains.conditions import NONE, InChain, edition, placed
from yumiao.district.divisions.naming import PlaceNames
from yumiao.district.indicators.conditions import Holding, holding_condition
from yumiao.district.permissions import visible_to
from yumiao.district.prepared import Prepared, Row, columns_of
from yumiao.district.registry.aliases import read_now
from yumiao.district.registry.crossing import Crossing, crossing_condition, granted_title
from yumiao.district.registry.judged import Judged, open_judged
from yumiao.district.registry.models import OutcomeCurrent, Projection, Subject, SubjectAlias, TitleHeld
from yumiao.district.registry.open_tables import keep_open
from yumiao.district.registry.ordering import Order, order_of
from yumiao.district.registry.packs import library, policy_labels, policy_title, title_label
from yumiao.district.registry.places import place_names
from yumiao.district.registry.remembering import remembered, remembered_order, sight_of
from yumiao.district.registry.scanning import find_texts
from yumiao.district.registry.searching import matching
from yumiao.ladder.rows import REGISTER
from yumiao.model.outcomes import Outcome
from yumiao.model.text import Text
from yumiao.store import State, open_store
from yumiao.store.contents import records_part

SORTS = {
    "name": ("sort_key", "id"),
    "code": ("code", "id"),
    "territory": ("territory", "sort_key", "id"),
    "distance": ("sort_key", "id"),
    "coverage": ("sort_key", "id"),
    "until": ("sort_key", "id"),
}
"""How a list may be ordered; what `POLICY_SORTS` names needs a policy, and is the order of names without one."""

POLICY_SORTS = frozenset({"distance", "coverage", "until"})
"""Least distance first (those without a near miss last); most facts known first; the title that ends first."""

COVERAGES = (100, 90, 75, 50, 25)
"""Least percentages of known facts that a list may ask for."""


@dataclass(frozen=True)
class Wanted:
    """What a list was asked for.

    Attributes:
        text: part of a name, its pinyin or initials, or of a number; empty: all.
        territory: division code; empty: all.
        policy: family that ``outcome`` and ``distance`` speak of; empty: none.
        outcome: only this outcome of the policy; None: any.
        near_miss: only near misses, of the policy or else of any.
        contested: only contested verdicts, of the policy or else of any.
        crossing: held crossed with met, of the policy or else of any that grants a title; None: any.
        coverage: only verdicts of which at least so many percent of the facts that the policy reads are known; None:
            any.
        holding: what is asked of titles and rungs.
        in_chain: what is asked of industrial chains.
    """

    text: str = ""
    territory: str = ""
    policy: str = ""
    outcome: Outcome | None = None
    near_miss: bool = False
    contested: bool = False
    crossing: Crossing | None = None
    coverage: int | None = None
    sort: str = "name"
    holding: Holding = field(default_factory=Holding)
    in_chain: InChain = field(default_factory=InChain)


@dataclass(frozen=True)
class PolicyChoice:
    """A policy that lists can be filtered by, and how many visible subjects have which outcome."""

    family: str
    title: Text
    counts: dict[str, int] = field(default_factory=dict)


_PROJECTION = Prepared(
    lambda: Projection.objects.order_by("id").values_list(*columns_of(Projection), Subquery(edition()))[:1]
)


def projection() -> Projection | None:
    """Return what the register was made from; None while it was never built."""
    for *columns, chains in _PROJECTION.rows():
        found = Projection.from_db(DEFAULT_DB_ALIAS, columns_of(Projection), columns)
        found.chains = chains
        return found
    return None


def subjects_wanted(actor: Actor, wanted: Wanted) -> QuerySet[Subject]:
    """Return the subjects that an actor may see and asked for, in order, without their outcomes."""
    found = Subject.objects.filter(visible_to(actor), matching(wanted.text))
    if wanted.territory:
        found = found.filter(territory__startswith=wanted.territory)
    found = found.filter(holding_condition(actor, wanted.holding), chain_condition(wanted.in_chain))
    return _in_order(found.filter(_verdict_condition(wanted)), wanted)


def chain_condition(wanted: InChain) -> Q:
    """Return the condition on subjects; nothing asked finds all."""
    if not wanted:
        return Q()
    found = Q(id__in=read_now(placed(wanted)).values("now"))
    return ~found if wanted.chain == NONE else found


def _verdict_condition(wanted: Wanted) -> Q:
    """Return the condition on subjects: what is asked of verdicts holds of one and the same verdict."""
    verdicts = Q()
    if wanted.outcome is not None and wanted.policy:
        verdicts &= Q(outcome=wanted.outcome.value)
    if wanted.near_miss:
        verdicts &= Q(near_miss=True)
    if wanted.contested:
        verdicts &= Q(contested=True)
    if wanted.coverage is not None:
        verdicts &= Q(needed__gt=0, known__gte=F("needed") * wanted.coverage / 100.0)
    if wanted.crossing is not None:
        return crossing_condition(wanted.crossing, _titles_granted(wanted.policy), verdicts)
    if not verdicts:
        return Q()
    if verdicts == Q(near_miss=True) and not wanted.policy:  # so many have one that looking is quicker
        return Q(Exists(OutcomeCurrent.objects.filter(verdicts, subject=OuterRef("pk"))))
    found = OutcomeCurrent.objects.filter(verdicts)
    chosen = found.filter(family=wanted.policy) if wanted.policy else found
    return Q(id__in=chosen.values("subject_id"))


def _titles_granted(policy: str) -> dict[str, str]:
    """Return the title of each policy that grants one: of the one chosen, else of all that the register judges by."""
    built = projection()
    ids = built.receipt["policies"] if built is not None else ()
    pairs = {each.partition("@")[0]: granted_title(each) for each in ids}
    return {family: title for family, title in pairs.items() if title and policy in ("", family)}


def _in_order(found: QuerySet[Subject], wanted: Wanted) -> QuerySet[Subject]:
    if wanted.sort not in POLICY_SORTS or not wanted.policy:
        return found.order_by(*SORTS.get(wanted.sort, SORTS["name"]))
    verdict = OutcomeCurrent.objects.filter(subject=OuterRef("pk"), family=wanted.policy)
    match wanted.sort:
        case "distance":
            placed = found.annotate(place=Subquery(verdict.values("distance")[:1]))
            first = F("place").asc(nulls_last=True)
        case "coverage":
            share = Cast("known", FloatField()) / NullIf(F("needed"), 0)
            placed = found.annotate(place=Subquery(verdict.annotate(share=share).values("share")[:1]))
            first = F("place").desc(nulls_last=True)
        case _:
            title = _titles_granted(wanted.policy).get(wanted.policy, "")
            held = TitleHeld.objects.filter(subject=OuterRef("pk"), title=title, held=True)
            placed = found.annotate(place=Subquery(held.values("until_low")[:1]))
            first = F("place").asc(nulls_last=True)
    return placed.order_by(first, *SORTS[wanted.sort])


@dataclass(frozen=True)
class HeldTitle:
    """What is known of a title of a subject; ``held`` is None where it is not known, ``until`` where nobody says."""

    title: str
    label: Text
    held: bool | None
    since: dt.date | None
    until: dt.date | None


@dataclass(frozen=True)
class ListedVerdict:
    """One verdict of a row; ``gap`` is empty where nothing is in the way.

    ``title`` is the policy's, ``granted`` what is known of the title that it grants; None where it grants none.
    ``needed`` counts the facts that the policy reads, ``known`` those with a value; ``lacking`` the conditions that
    are not met or open. ``class_label`` and ``route_label`` name the class reached and the route by which it is met.
    """

    family: str
    title: Text
    outcome: Outcome
    gap: Text
    near_miss: bool
    contested: bool
    granted: HeldTitle | None
    known: int
    needed: int
    lacking: int = 0
    reasons: tuple[str, ...] = ()
    class_label: Text | None = None
    route_label: Text | None = None

    @property
    def coverage(self) -> int | None:
        """Whole percent of the facts that are known; None where nobody counted."""
        return self.known * 100 // self.needed if self.needed else None


@dataclass(frozen=True)
class ListedSubject:
    """One row of a list: who, where, the titles held, and the verdicts shown beside the name.

    ``tallies`` says how many policies have which outcome; outcomes of none are left out.
    """

    id: str
    name: str
    code: str
    territory: str
    place: str
    titles: tuple[HeldTitle, ...]
    verdicts: tuple[ListedVerdict, ...]
    tallies: tuple[tuple[Outcome, int], ...] = ()

    @property
    def near_misses(self) -> list[ListedVerdict]:
        """The verdicts that are near misses."""
        return [verdict for verdict in self.verdicts if verdict.near_miss]


def with_verdicts(subjects: QuerySet[Subject], policy: str) -> list[ListedSubject]:
    """Return rows with the verdict of one policy, or with all verdicts; four queries, however many rows."""
    return _listed(_narrow(subjects), _verdicts_of(policy), place_names())


def in_short(subjects: QuerySet[Subject]) -> list[ListedSubject]:
    """Return rows with the near misses alone among their verdicts; four queries, however many rows."""
    return _listed(_narrow(subjects), _near_misses, place_names())


def rows_of(actor: Actor, ids: Sequence[str], policy: str, names: PlaceNames) -> list[ListedSubject]:
    """Return the subjects of some ids that an actor may see, in the order of the ids; three queries.

    With the verdict of a policy, or else as `in_short`. An id that is no subject's any more has no row.
    """
    if not ids:
        return []
    found = {row[0]: row for row in _VISIBLE.rows(_filled_up(ids), fixed=(replace(actor, id="", label=""),))}
    rows = [found[each] for each in ids if each in found]
    return _listed(rows, _verdicts_of(policy) if policy else _near_misses, names)


def iterate_verdicts(subjects: QuerySet[Subject], policy: str, chunk: int = 2000) -> Iterator[ListedSubject]:
    """Yield rows as `with_verdicts` does, a chunk at a time, for lists of any length."""
    names, left = place_names(), _narrow(subjects).iterator(chunk_size=chunk)
    while rows := list(islice(left, chunk)):
        yield from _listed(rows, _verdicts_of(policy), names)


_SHOWN = ("id", "name", "code", "territory", "met", "not_met", "undetermined")
_VERDICT = (
    "subject_id",
    "family",
    "version",
    "outcome",
    "class_id",
    "route",
    "failing",
    "open",
    "near_miss",
    "contested",
    "gap_zh",
    "gap_en",
    "known",
    "needed",
    "reasons",
)
_TITLE = ("subject_id", "title", "held", "since", "until_low", "until_high")


_VISIBLE = Prepared(
    lambda actor, ids: Subject.objects.filter(visible_to(actor), id__in=ids).values_list(*_SHOWN)
)
_TITLES = Prepared(
    lambda ids: TitleHeld.objects.filter(subject__in=ids).order_by("title").values_list(*_TITLE)
)


def _verdict_rows(verdicts: Q) -> QuerySet[OutcomeCurrent, Row]:
    return OutcomeCurrent.objects.filter(verdicts).order_by("family").values_list(*_VERDICT)


_NEAR_MISSES = Prepared(lambda ids: _verdict_rows(Q(near_miss=True, subject__in=ids)))
_OF_POLICY = Prepared(lambda family, ids: _verdict_rows(Q(family=family, subject__in=ids)))
_OF_ALL = Prepared(lambda ids: _verdict_rows(Q(subject__in=ids)))

Verdicts = Callable[[Sequence[str]], list[Row]]


def _near_misses(ids: Sequence[str]) -> list[Row]:
    return _NEAR_MISSES.rows(ids)


def _verdicts_of(policy: str) -> Verdicts:
    return partial(_OF_POLICY.rows, policy) if policy else _OF_ALL.rows


EACH = 50
"""Ids that a query is written for, or that many times so many."""


def _filled_up(ids: Sequence[str]) -> Sequence[str]:
    """Return ids, the last of many again until their number is one that queries are written for."""
    return ids if len(ids) == 1 else [*ids, *[ids[-1]] * (-len(ids) % EACH)]


def _narrow(subjects: QuerySet[Subject]) -> QuerySet[Subject, Row]:
    return subjects.values_list(*_SHOWN)


def _listed(subjects: Iterable[Row], verdicts: Verdicts, names: PlaceNames) -> list[ListedSubject]:
    """Return rows with some of their verdicts; two queries, none for no rows."""
    rows = list(subjects)
    if not rows:
        return []
    ids = _filled_up([row[0] for row in rows])
    titles: dict[str, dict[str, HeldTitle]] = {each: {} for each in ids}
    for subject, title, *told in _TITLES.rows(ids):
        titles[subject][title] = _title(title, *told)
    shown: dict[str, list[ListedVerdict]] = {each: [] for each in ids}
    for subject, *verdict in verdicts(ids):
        shown[subject].append(_verdict(titles[subject], *verdict))
    return [_row(row, titles[row[0]], shown[row[0]], names) for row in rows]


def _row(
    row: Row, titles: dict[str, HeldTitle], verdicts: list[ListedVerdict], names: PlaceNames
) -> ListedSubject:
    subject, name, code, territory, met, not_met, undetermined = row
    held = tuple(each for each in titles.values() if each.held)
    counts = {Outcome.MET: met, Outcome.NOT_MET: not_met, Outcome.UNDETERMINED: undetermined}
    tallies = tuple((outcome, count) for outcome in Outcome if (count := counts[outcome]))
    return ListedSubject(subject, name, code, territory, names.of(territory), held, tuple(verdicts), tallies)


def _verdict(  # one column each, in the order of _VERDICT
    titles: Mapping[str, HeldTitle],
    family: str,
    version: str,
    outcome: str,
    class_id: str,
    route: str,
    failing: int,
    open_: int,
    near_miss: bool,
    contested: bool,
    gap_zh: str,
    gap_en: str,
    known: int,
    needed: int,
    reasons: str,
) -> ListedVerdict:
    title = granted_title(f"{family}@{version}")
    classes, routes = policy_labels(family, version)
    return ListedVerdict(
        family,
        policy_title(family, version),
        Outcome(outcome),
        Text(gap_zh, gap_en),
        near_miss,
        contested,
        titles.get(title) or _title(title, None, None, None, None) if title else None,
        known,
        needed,
        failing + open_,
        tuple(reasons.split()),
        classes.get(class_id),
        routes.get(route),
    )


@lru_cache(maxsize=2_000)
def _title(
    title: str,
    held: bool | None,
    since: dt.date | None,
    until_low: dt.date | None,
    until_high: dt.date | None,
) -> HeldTitle:
    """Return what is said of a title; of many subjects the same is."""
    until = until_low if until_low == until_high else None
    return HeldTitle(title, title_label(title), held, since, until)


_ONE = Prepared(lambda key: Subject.objects.filter(id=key).values_list(*_SHOWN))


def subject_row(subject: str, policy: str = "") -> ListedSubject | None:
    """Return one subject as a list shows it, with the verdict of one policy or all; None where there is none."""
    return next(iter(_listed(_ONE.rows(subject), _verdicts_of(policy), place_names())), None)


def policy_choices() -> list[PolicyChoice]:
    """Return the policies that the register holds outcomes of, in the order of their titles."""
    found = projection()
    if found is None:
        return []
    pairs = [policy.partition("@")[::2] for policy in found.receipt["policies"]]
    choices = [PolicyChoice(family, policy_title(family, version)) for family, version in pairs]
    return sorted(choices, key=lambda choice: choice.title.zh)


FIRST = 2_000
"""So many ids of what a text finds are kept; few look further, and a text that finds more is soon typed on."""


def order_wanted(actor: Actor, wanted: Wanted, built: Projection) -> Order:
    """Return the ids of the subjects that an actor may see and asked for, in order, found once for each register.

    Of more than `FIRST` that a text finds there are the first ones alone.
    """

    def find() -> Order:
        if wanted.text and wanted == Wanted(text=wanted.text):
            return find_texts(built, wanted.text, order_wanted(actor, Wanted(), built), sight, FIRST + 1)
        ids = subjects_wanted(actor, wanted).values_list("id", flat=True)
        if not wanted.text:
            return order_of(ids.iterator(chunk_size=10_000))
        first = list(ids[: FIRST + 1])
        return order_of(first, None if len(first) <= FIRST else count_wanted(actor, wanted))

    sight = sight_of(actor)
    return remembered_order(built, ("order", sight, wanted, _chains_of(built, wanted)), find)


def ids_wanted(actor: Actor, wanted: Wanted, order: Order, start: int, end: int) -> list[str]:
    """Return some of the ids of a list: from its order, or where that ends before them, by one query."""
    if order.has(end):
        return order.ids(start, end)
    return list(subjects_wanted(actor, wanted).values_list("id", flat=True)[start:end])


def count_wanted(actor: Actor, wanted: Wanted) -> int:
    """Count the subjects that an actor may see and asked for, once for each register."""

    def count() -> int:
        return subjects_wanted(actor, wanted).count()

    built = projection()
    if built is None:
        return count()
    question = ("count", sight_of(actor), replace(wanted, sort=""), _chains_of(built, wanted))
    return remembered(built, question, count)


def _chains_of(built: Projection, wanted: Wanted) -> int | None:
    """Return what a remembered answer depends on beside the register: chains change while it stays as it is."""
    return built.chains if wanted.in_chain else None


def territories_visible(actor: Actor) -> list[str]:
    """Return the division codes that visible subjects are registered in."""

    def find() -> list[str]:
        codes = Subject.objects.filter(visible_to(actor)).exclude(territory="").order_by("territory")
        return list(codes.values_list("territory", flat=True).distinct())

    built = projection()
    return find() if built is None else remembered(built, ("territories", sight_of(actor)), find)


def territories_in_use() -> list[str]:
    """Return every division code that some subject is registered in; it tells of no subject."""
    codes = Subject.objects.exclude(territory="").order_by("territory")
    return list(codes.values_list("territory", flat=True).distinct())


_SUBJECT = Prepared(lambda key: Subject.objects.filter(id=key).values_list(*columns_of(Subject)))


def subject_named(subject_id: str) -> Subject | None:
    """Return a subject by its id, or by an id that was merged into it; whether it may be seen is not asked here."""
    found = _SUBJECT.first(Subject, subject_id)
    if found is not None:
        return found
    alias = SubjectAlias.objects.select_related("subject").filter(id=subject_id).first()
    return alias.subject if alias is not None else None


def judged() -> Judged | None:
    """Return the facts and policies of the current verdicts; None while the register was never built."""
    found = projection()
    if found is None:
        return None
    folder = Path(settings.YUMIAO_DATA) / "judged" / found.folder
    return keep_open(open_judged(folder, found.as_of, found.receipt, library()))


def known_state(as_of_moment: str) -> State:
    """Return what the store knew when the register was made."""
    return open_store(Path(settings.YUMIAO_STORE)).state(as_of_moment or None)


def subject_title_rows(
    subject: str, hidden: frozenset[str] = frozenset()
) -> list[tuple[str, str, dt.date | None, str]]:
    """Return what lists of titles say of one subject: title, event, day of it (None: not said), file.

    Args:
        hidden: sources whose lists are left out.
    """
    found = projection()
    if found is None:
        return []
    state = known_state(found.receipt["known_at"])
    part, rows = records_part(REGISTER), []
    for batch in (each for each in state.batches if each.manifest.source not in hidden):
        for old in state.aliases.ids_of(subject, batch.manifest.id):
            rows += batch.rows_of(part, old)
    told = ((row["title"], row["event"], row.get("on") or row.get("valid_from"), row) for row in rows)
    return [(title, event, on, row.get("file") or "") for title, event, on, row in told]


_READ_AS = Prepared(
    lambda subject: SubjectAlias.objects.filter(subject=subject).order_by("id").values_list("id")
)


def ids_read_as(subject: str) -> list[str]:
    """Return the ids that are read as a subject: its own, and those that were merged into it."""
    return [subject, *(alias for (alias,) in _READ_AS.rows(subject))]
