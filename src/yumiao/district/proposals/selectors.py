"""What is asked about proposals: the queue, a firm's own, what is accepted and not yet in the register."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from yumiao.district.accounts.models import Person
from yumiao.district.accounts.selectors import Actor
from yumiao.district.joining.selectors import subject_names
from yumiao.district.permissions import visible_to
from yumiao.district.prepared import Prepared
from yumiao.district.proposals.known import would_count
from yumiao.district.proposals.models import Flush, Outgoing, Proposal
from yumiao.district.proposals.states import ProposalState
from yumiao.district.registry.aliases import speaks_of
from yumiao.district.registry.models import Projection, Subject
from yumiao.district.registry.packs import library
from yumiao.district.registry.searching import matching
from yumiao.district.registry.selectors import ids_read_as
from yumiao.model.periods import split_column
from yumiao.model.text import Text
from yumiao.report.stored_values import UNKNOWN, stored_words
from yumiao.report.wording import fact_label

SORTS = {"oldest": ("proposed_at", "id"), "newest": ("-proposed_at", "id")}


@dataclass(frozen=True)
class ListedProposal:
    """One proposal ready to be shown.

    Attributes:
        before: what counted when it was proposed; None where nothing did.
        author: what colleagues call who proposed it.
        counts: whether it is believed before the source of what it would replace.
        is_on_its_way: accepted, and the register does not have it yet.
    """

    id: str
    subject: str
    name: str
    column: str
    label: Text
    value: Text
    raw: str
    unit: str
    note: str
    evidence: str
    is_answer: bool
    before: Text | None
    before_source: Text
    before_token: str
    author: str
    proposed_at: dt.datetime
    state: ProposalState
    reason: str
    decided_at: dt.datetime | None
    counts: bool
    is_on_its_way: bool


def proposals_wanted(
    actor: Actor, *, state: ProposalState | None, text: str = "", sort: str = "oldest"
) -> QuerySet[Proposal]:
    """Return the proposals for subjects that an actor may see, the longest waiting first."""
    seen = Subject.objects.filter(visible_to(actor), matching(text))
    found = Proposal.objects.filter(speaks_of(seen))
    if state is not None:
        found = found.filter(state=state)
    return found.order_by(*SORTS.get(sort, SORTS["oldest"]))


def proposals_of(subject: str) -> QuerySet[Proposal]:
    """Return the proposals of one firm and of those merged into it, the latest first."""
    return Proposal.objects.filter(subject__in=ids_read_as(subject)).order_by("-proposed_at", "id")


def proposal_named(proposal_id: str) -> Proposal | None:
    """Return a proposal by its id; None where there is none. Whether it may be seen is not asked here."""
    return Proposal.objects.filter(id=proposal_id).first()


def waiting_count(actor: Actor) -> int:
    """Return how many proposals wait for a decision of an actor."""
    return proposals_wanted(actor, state=ProposalState.PROPOSED).count()


def listed_proposals(rows: Iterable[Proposal]) -> list[ListedProposal]:
    """Return proposals with the words of their facts; five queries, however many."""
    found = list(rows)
    names = subject_names({row.subject for row in found})
    people = Person.objects.filter(id__in={row.author for row in found})
    labels = dict(people.values_list("id", "label"))
    waiting = _on_their_way({row.id for row in found})
    return [_listed(row, names, labels, waiting) for row in found]


def _listed(
    row: Proposal, names: dict[str, str], labels: dict[str, str], waiting: frozenset[str]
) -> ListedProposal:
    packs = library()
    name, year = split_column(row.column)
    metric = packs.metrics.get(name)
    label = Text(row.column, row.column)
    if metric is not None:
        label = Text(fact_label(metric, year, "zh"), fact_label(metric, year, "en"))
    source = packs.reported.sources.get(row.before_source)
    before = None
    if row.before_source:
        before = stored_words(metric, row.before_value) if row.before_value is not None else UNKNOWN
    return ListedProposal(
        id=row.id,
        subject=row.subject,
        name=names.get(row.subject, row.subject),
        column=row.column,
        label=label,
        value=stored_words(metric, row.value),
        raw=row.raw,
        unit=row.unit,
        note=row.note,
        evidence=row.evidence,
        is_answer=row.is_answer,
        before=before,
        before_source=source.label if source else Text(row.before_source, row.before_source),
        before_token=row.before_source,
        author=labels.get(row.author, row.author),
        proposed_at=row.proposed_at,
        state=ProposalState(row.state),
        reason=row.reason,
        decided_at=row.decided_at,
        counts=would_count(row.column, row.before_source),
        is_on_its_way=row.id in waiting,
    )


def _on_their_way(ids: set[str]) -> frozenset[str]:
    """Return which accepted proposals the register does not have yet: in the outbox, or arrived after it was built."""
    built = Projection.objects.values_list("built_at", flat=True).first()
    rows = Outgoing.objects.filter(proposal__in=ids).values_list("proposal_id", "arrived_at")
    return frozenset(key for key, at in rows if at is None or built is None or at > built)


_ACCEPTED = Prepared(
    lambda ids: Proposal.objects.filter(subject__in=ids, state=ProposalState.ACCEPTED).values_list("id")[:1]
)


def on_its_way_to_register(subject: str) -> list[ListedProposal]:
    """Return what was accepted of a subject and is not in the register yet: shown beside its facts."""
    if not _ACCEPTED.rows(ids_read_as(subject)):  # so it is nearly always, and quickly asked
        return []
    rows = list(proposals_of(subject).filter(state=ProposalState.ACCEPTED)[:200])
    return [each for each in listed_proposals(rows) if each.is_on_its_way]


def outbox_counts() -> tuple[int, int]:
    """Return how many accepted facts wait for a flush, and how many flushes are unfinished."""
    return Outgoing.objects.filter(flush=None).count(), Flush.objects.filter(finished_at=None).count()
