"""What the profile page shows of one subject: every verdict in short, one of them clause by clause."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from yumiao.district.registry import selectors
from yumiao.district.registry.judged import Judged, Known
from yumiao.district.registry.packs import library, policy_title
from yumiao.district.registry.remembering import remembered
from yumiao.district.registry.selectors import HeldTitle, ListedSubject, ListedVerdict
from yumiao.district.registry.withholding import known_to_itself, read_withheld, shown_answers, titles_told
from yumiao.model.facts import HIGH_SUFFIX, LOW_SUFFIX
from yumiao.model.outcomes import Outcome
from yumiao.model.periods import split_column
from yumiao.model.text import Text
from yumiao.packs.library import Policy
from yumiao.report.wording import fact_label
from yumiao.rules import wording
from yumiao.rules.answers import Question
from yumiao.web.rungs import Rung, draw_rungs, leg_of
from yumiao.web.verdicts import Verdict, read_verdict

_ORDER: Mapping[Outcome, int] = {Outcome.NOT_MET: 0, Outcome.UNDETERMINED: 1, Outcome.MET: 2}
_HEADLINES = (
    "operating_revenue",
    "staff_total",
    "established_on",
    "ip_class1_count",
    "rd_expense",
    "total_assets",
)
"""The facts that the head of a profile names, as far as they are known; of yearly ones the latest year."""


@dataclass(frozen=True)
class ShortVerdict:
    """One verdict in a line.

    Attributes:
        reasons: why it is open; tokens.
        hindrance: the first thing in the way; None where nothing is, or it may not be shown.
        lacking: how many conditions are not met, or open.
    """

    title: Text
    outcome: Outcome
    reasons: tuple[str, ...]
    class_label: Text | None
    route_label: Text | None
    hindrance: Text | None
    lacking: int


@dataclass(frozen=True)
class PolicyVerdict:
    """One policy of the list: its verdict in a line, and what the register says beside it.

    ``listed`` is None for the subject's own people: the register counts with what may not be shown to them.
    """

    family: str
    short: ShortVerdict
    listed: ListedVerdict | None

    @property
    def granted(self) -> HeldTitle | None:
        """What is known of the title that the policy grants; None where it grants none or that may not be shown."""
        return self.listed.granted if self.listed is not None else None


@dataclass(frozen=True)
class Ask:
    """One unknown fact, and the policies whose outcome its answer could change."""

    text: Text
    policies: tuple[Text, ...]
    settles: int
    alone: bool


@dataclass(frozen=True)
class Profile:
    """Everything that the page shows of one subject.

    Attributes:
        chosen: the policy shown clause by clause; None where nothing is known of the subject.
        verdict: what that policy says, clause by clause.
        verdicts: all policies, what can be acted on first.
        headlines: a few facts and their values.
    """

    as_of: dt.date
    row: ListedSubject
    chosen: PolicyVerdict | None
    verdict: Verdict | None
    verdicts: tuple[PolicyVerdict, ...]
    rungs: tuple[Rung, ...]
    headlines: tuple[tuple[Text, Text], ...]


def read_profile(subject: str, *, for_itself: bool, family: str = "") -> Profile | None:
    """Read the profile of a subject of the register; None while there is no register.

    Args:
        for_itself: whether the subject's own people read it: then nothing is shown that rests on a source which the
            district does not show to subjects, and what rests on such a source says so.
        family: the policy to be shown clause by clause; another or none: the one that can be acted on first.
    """
    judged, row = selectors.judged(), selectors.subject_row(subject)
    if judged is None or row is None:
        return None
    known = judged.known_of(subject)
    own = dict(_own_verdicts(judged, subject)) if for_itself else {}
    lines = _own_lines(own) if for_itself else _lines(row) if known is not None else ()
    found = tuple(sorted(lines, key=_nearness))
    chosen = next((each for each in found if each.family == family), next(iter(found), None))
    verdict = None
    if chosen is not None and known is not None:
        verdict = own.get(chosen.family) or _verdict(judged, known, chosen.family)
    shown = known if known is None or not for_itself else known_to_itself(judged, known, library())
    if for_itself and known is not None:
        told = titles_told(subject, library(), read_withheld(judged, known, library()))
        row = replace(row, titles=tuple(each for each in row.titles if each.title in told))
    title = chosen.granted.title if chosen is not None and chosen.granted is not None else ""
    return Profile(
        judged.as_of,
        row,
        chosen,
        verdict,
        found,
        draw_rungs(leg_of(title), row.titles),
        tuple(_headlines(shown)) if shown is not None else (),
    )


def _lines(row: ListedSubject) -> Iterator[PolicyVerdict]:
    """What the register says of each policy: to judge all of them anew would take longer than the page."""
    for each in row.verdicts:
        gap = each.gap if each.gap.zh else None
        labels = (each.class_label, each.route_label)
        short = ShortVerdict(each.title, each.outcome, each.reasons, *labels, gap, each.lacking)
        yield PolicyVerdict(each.family, short, each)


def _own_verdicts(judged: Judged, subject: str) -> Iterator[tuple[str, Verdict]]:
    """Every verdict as its subject may see it."""
    for shown in shown_answers(judged, subject, library(), asks=False):
        family = shown.answer.policy
        yield family, read_verdict(shown.answer, _routes(judged, family), shown.hidden)


def _own_lines(verdicts: Mapping[str, Verdict]) -> Iterator[PolicyVerdict]:
    for family, each in verdicts.items():
        reasons, labels = tuple(each.answer.reasons), (each.class_label, each.route_label)
        outcome = each.answer.outcome
        short = ShortVerdict(each.title, outcome, reasons, *labels, each.hindrance, each.lacking)
        yield PolicyVerdict(family, short, None)


def _verdict(judged: Judged, known: Known, family: str) -> Verdict | None:
    answer = judged.answer(known, family, asks=False)
    return read_verdict(answer, _routes(judged, family)) if answer is not None else None


def _routes(judged: Judged, family: str) -> dict[str, Text]:
    found = judged.graph_of(family)
    return {route.id: route.text for route in found[1].routes} if found is not None else {}


def _nearness(each: PolicyVerdict) -> tuple[bool, bool, int, int, str]:
    """What can be acted on first: near misses, then titles to be had, not met before open, the fewest lacking."""
    is_near = each.listed is not None and each.listed.near_miss
    grants = each.granted is not None
    return not is_near, not grants, _ORDER[each.short.outcome], each.short.lacking, each.short.title.zh


def _headlines(known: Known) -> Iterator[tuple[Text, Text]]:
    metrics = library().metrics
    latest: dict[str, tuple[int, str]] = {}
    for column, value in known.row.items():
        if value is None or column.endswith((LOW_SUFFIX, HIGH_SUFFIX)):
            continue
        name, year = split_column(column)
        if name in _HEADLINES and (year or 0) >= latest.get(name, (0, ""))[0]:
            latest[name] = (year or 0, column)
    for name in _HEADLINES:
        if name in latest and (metric := metrics.get(name)) is not None:
            year = latest[name][0] or None
            label = Text(fact_label(metric, year, "zh"), fact_label(metric, year, "en"))
            yield label, wording.fact_value(metric, known.row[latest[name][1]]).label


def read_asks(subject: str, *, for_itself: bool) -> list[Ask] | None:
    """Return what to ask of a subject first, over all policies; None while there is no register.

    Args:
        for_itself: whether the subject's own people read it: then a fact is left out that the packs do not show them.
    """
    judged, built = selectors.judged(), selectors.projection()
    if judged is None or built is None:
        return None
    return remembered(built, ("asks", subject, for_itself), lambda: _find_asks(judged, subject, for_itself))


def _find_asks(judged: Judged, subject: str, for_itself: bool) -> list[Ask]:
    metrics, known = library().metrics, judged.known_of(subject)
    if known is None:
        return []
    found: dict[tuple[str, str], list[tuple[Policy, Question]]] = {}
    for policy, _ in judged.policies:
        for question in judged.questions(known, policy.family):
            if not for_itself or metrics[question.metric].shown_to_subject:
                found.setdefault((question.metric, question.period), []).append((policy, question))
    asked = [
        Ask(
            pairs[0][1].text,
            tuple(policy_title(policy.family, policy.version) for policy, _ in pairs),
            sum(len(question.settles) for _, question in pairs),
            any(question.alone for _, question in pairs),
        )
        for pairs in found.values()
    ]
    return sorted(asked, key=lambda each: (-len(each.policies), -each.settles, each.text.zh))
